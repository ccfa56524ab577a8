package io.isobar.bench;

import java.io.IOException;
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
 * answered.
 */
final class Requests {

	private final int port;

	private final byte[] request;

	Requests(int port, String address, String authorization) {
		this.port = port;
		this.request = Connection.get(address, authorization);
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
		try (Connection connection = new Connection(this.port)) {
			for (long now = System.nanoTime(); now < until;) {
				connection.ask(this.request);
				long end = System.nanoTime();
				took.add(end - now);
				now = end;
			}
		}
		return took;
	}

}
