package io.isobar.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks for one address on several connections that stay open, each again as soon as it is
 * answered. Plain sockets, so that who asks takes little of the cores.
 */
final class Requests {

	private final int port;

	private final byte[] request;

	Requests(int port, String address, String authorization) {
		this.port = port;
		this.request = ("GET " + address + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
				+ (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n") + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * What came of it.
	 *
	 * @param p50 in milliseconds
	 * @param p99 in milliseconds
	 */
	record Answered(double perSecond, double p50, double p99) {
	}

	Answered ask(int connections, Duration time) throws IOException, InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(connections);
		try {
			long begin = System.nanoTime();
			List<Future<List<Long>>> asking = new ArrayList<>();
			for (int i = 0; i < connections; i++) {
				asking.add(threads.submit(() -> ask(begin + time.toNanos())));
			}
			List<Long> all = new ArrayList<>();
			for (Future<List<Long>> each : asking) {
				all.addAll(each.get());
			}
			double seconds = (System.nanoTime() - begin) / 1e9;
			long[] sorted = all.stream().mapToLong(Long::longValue).toArray();
			Arrays.sort(sorted);
			return new Answered(sorted.length / seconds, sorted[sorted.length / 2] / 1e6,
					sorted[(int) (sorted.length * 0.99)] / 1e6);
		}
		catch (ExecutionException ex) {
			throw new IOException(ex.getCause());
		}
		finally {
			threads.shutdownNow();
		}
	}

	private List<Long> ask(long until) throws IOException {
		List<Long> took = new ArrayList<>();
		while (System.nanoTime() < until) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				socket.setTcpNoDelay(true);
				OutputStream out = socket.getOutputStream();
				InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
				boolean open = true;
				for (long now = System.nanoTime(); open && now < until;) {
					out.write(this.request);
					open = answer(in);
					long end = System.nanoTime();
					took.add(end - now);
					now = end;
				}
			}
		}
		return took;
	}

	/** Whether the connection stays open: the server ends each after some requests. */
	private static boolean answer(InputStream in) throws IOException {
		String status = line(in);
		if (!status.startsWith("HTTP/1.1 200")) {
			throw new IOException("The answer is " + status);
		}
		long length = -1;
		boolean open = true;
		for (String header = line(in); !header.isEmpty(); header = line(in)) {
			if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
				length = Long.parseLong(header.substring(15).trim());
			}
			open &= !header.equalsIgnoreCase("connection: close");
		}
		if (length >= 0) {
			in.skipNBytes(length);
			return open;
		}
		// In pieces, each with its length before it
		for (int piece = Integer.parseInt(line(in), 16);; piece = Integer.parseInt(line(in), 16)) {
			in.skipNBytes(piece + 2L);
			if (piece == 0) {
				return open;
			}
		}
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0) {
				throw new IOException("The connection was closed.");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

}
