package io.isobar.speed;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.isobar.embedded.Faults;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Orders come in at a steady rate, whatever happens meanwhile, and a reader asks for the
 * totals again and again: none is counted twice, and none is missing that an earlier
 * answer had, nor the customer.
 */
final class WatchedOrders implements AutoCloseable {

	/** Orders a second. */
	private static final int RATE = (Faults.repetitions() > 0) ? 50 : 10;

	private static final Duration ASK = Duration.ofMillis(50);

	private static final Duration LONG = Duration.ofMinutes(3);

	private final PlacedOrders orders;

	private final Http program;

	private final String viewer;

	/** Which orders of each customer were counted, as bits. */
	private final Map<String, BigInteger> counted = new ConcurrentHashMap<>();

	private final Thread reading = new Thread(this::read, "read-totals");

	private volatile boolean ended;

	private volatile @Nullable Throwable wrong;

	/** When the reader had an answer, in nanoseconds. */
	private volatile long answered;

	private volatile long longest;

	/** For how long there was none before does not count. */
	private volatile boolean begun;

	private WatchedOrders(PlacedOrders orders, int port, String viewer) {
		this.orders = orders;
		this.program = Http.program(port);
		this.viewer = viewer;
	}

	/**
	 * Begins, and waits until an order is counted.
	 * @param viewer the header {@code Authorization}
	 */
	static WatchedOrders start(String topic, int port, String viewer) {
		WatchedOrders orders = new WatchedOrders(PlacedOrders.start(topic, RATE), port, viewer);
		orders.reading.setDaemon(true);
		orders.reading.start();
		await().atMost(LONG).until(() -> !orders.counted.isEmpty());
		orders.begun = true;
		return orders;
	}

	private void read() {
		try {
			while (!this.ended) {
				Answer answer = this.program.ask("GET", "/api/orders/totals", "Authorization", this.viewer);
				long now = System.nanoTime();
				if (answer.status() == 200) {
					if (this.begun) {
						this.longest = Math.max(this.longest, now - this.answered);
					}
					this.answered = now;
					read(answer);
				}
				else {
					assertThat(answer.status()).as(answer.body()).isEqualTo(503);
				}
				LockSupport.parkNanos(ASK.toNanos());
			}
		}
		catch (RuntimeException | Error ex) {
			this.wrong = ex;
		}
	}

	private void read(Answer totals) {
		Map<String, BigInteger> now = this.orders.counted(JsonMapper.shared().readTree(totals.body()));
		this.counted.forEach((customer, before) -> assertThat(PlacedOrders.without(before, now, customer))
			.as("counted of %s before, and not in %s", customer, totals.body())
			.isZero());
		this.counted.putAll(now);
	}

	/**
	 * No more come, and all that Kafka has confirmed are counted; fails where the reader
	 * saw anything wrong.
	 * @return how long the reader was without an answer, at most
	 */
	Duration end() throws InterruptedException {
		this.orders.end();
		await().atMost(LONG).until(() -> this.wrong != null || this.orders.areAll(this.counted));
		stop();
		if (this.wrong != null) {
			throw new AssertionError("A reader of totals saw something wrong.", this.wrong);
		}
		this.orders.assertPlaced(this.counted);
		return Duration.ofNanos(this.longest);
	}

	/** How many Kafka has confirmed. */
	int confirmed() {
		return this.orders.confirmed();
	}

	private void stop() throws InterruptedException {
		this.ended = true;
		this.reading.join();
	}

	@Override
	public void close() throws InterruptedException {
		stop();
		this.orders.close();
	}

}
