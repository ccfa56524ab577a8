package io.isobar.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands on loopback between a client and a server, and does to their connections what
 * networks do.
 */
public final class FaultyProxy implements Closeable {

	/** What happens to connections. */
	public enum Fault {

		/** Nothing. */
		NONE,
		/** They are reset, and new ones too. */
		CUT,
		/** They are taken, and nothing ever comes back. */
		HALF_OPEN,
		/** All that is said comes half a second later. */
		SLOW,
		/** What the server says comes at a byte a second. */
		TRICKLE,
		/** They are reset in the middle of an answer. */
		RESET

	}

	private final ServerSocket listening;

	private final int server;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private volatile Fault fault = Fault.NONE;

	/**
	 * A proxy that listens.
	 * @param server port on loopback of what is behind it
	 */
	public FaultyProxy(int server) {
		try {
			this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server = server;
		run("accept", this::accept);
	}

	/** Where clients connect to. */
	public int port() {
		return this.listening.getLocalPort();
	}

	/** From now on that happens. */
	public synchronized void set(Fault fault) {
		this.fault = fault;
		notifyAll();
		if (fault == Fault.CUT) {
			this.open.forEach(FaultyProxy::reset);
		}
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			try {
				Socket client = this.listening.accept();
				this.open.add(client);
				if (this.fault == Fault.CUT) {
					reset(client);
				}
				else {
					connect(client);
				}
			}
			catch (IOException ex) {
				// The proxy was closed, or the client has gone
			}
		}
	}

	private void connect(Socket client) throws IOException {
		Socket behind = new Socket();
		try {
			behind.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server));
		}
		catch (IOException ex) {
			reset(client);
			throw ex;
		}
		this.open.add(behind);
		run("questions", () -> pump(client, behind, false));
		run("answers", () -> pump(behind, client, true));
	}

	private void pump(Socket from, Socket to, boolean answers) {
		try (from; to) {
			from.setTcpNoDelay(true);
			to.setTcpNoDelay(true);
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[16384];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				pass(buffer, length, out, to, answers);
			}
		}
		catch (IOException | InterruptedException ex) {
			// Both ends are closed, as one is
		}
		finally {
			this.open.remove(from);
			this.open.remove(to);
		}
	}

	private void pass(byte[] buffer, int length, OutputStream out, Socket to, boolean answers)
			throws IOException, InterruptedException {
		int passed = 0;
		while (answers && this.fault == Fault.TRICKLE && passed < length) {
			out.write(buffer, passed++, 1);
			pause(1000, Fault.TRICKLE);
		}
		pause(500, Fault.SLOW);
		pause(Long.MAX_VALUE, Fault.HALF_OPEN);
		if (answers && this.fault == Fault.RESET) {
			out.write(buffer, passed, (length - passed) / 2);
			reset(to);
		}
		out.write(buffer, passed, length - passed);
	}

	/** As long as that fault lasts, and no longer than so many milliseconds. */
	private synchronized void pause(long millis, Fault during) throws InterruptedException {
		long end = System.nanoTime() / 1_000_000 + Math.min(millis, Integer.MAX_VALUE);
		for (long left = millis; this.fault == during && left > 0; left = end - System.nanoTime() / 1_000_000) {
			wait(Math.min(left, Integer.MAX_VALUE));
		}
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		catch (IOException ex) {
			// Closed before
		}
	}

	private static void run(String name, Runnable work) {
		Thread thread = new Thread(work, "proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		set(Fault.CUT);
	}

}
