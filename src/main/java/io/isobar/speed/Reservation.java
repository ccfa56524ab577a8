package io.isobar.speed;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A row in PostgreSQL that one has reserved in order to send it to Kafka. It is handed
 * over soon after that or not at all: so another, who finds it reserved and not sent when
 * it is no longer held, may look for it in the topic, and send it where it is not there.
 */
final class Reservation {

	/**
	 * After that, whoever has reserved a row has sent it or never will: Kafka's client
	 * has long given up on what it was handed in time. (One that was frozen in between
	 * may send it when it goes on, though it tells that it has given up.)
	 */
	private static final Duration HELD = Duration.ofSeconds(30);

	/**
	 * So much later what a leader has taken is seen by those who look for it: when its
	 * followers have it too, or are left out for being slow, of which Kafka makes sure
	 * every now and then ({@code replica.lag.time.max.ms}).
	 */
	private static final Duration FOLLOWED = Duration.ofSeconds(60);

	private static final Duration IN_TIME = Duration.ofSeconds(5);

	private final LongSupplier nanoTime;

	private final long begin;

	private Reservation(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.begin = nanoTime.getAsLong();
	}

	/**
	 * Before the row is reserved: its time is PostgreSQL's, and how long that takes is
	 * not known.
	 */
	static Reservation begin(LongSupplier nanoTime) {
		return new Reservation(nanoTime);
	}

	/**
	 * How long a row is left alone that is reserved.
	 * @param replicated whether its topic has followers
	 */
	static Duration held(boolean replicated) {
		return (replicated) ? HELD.plus(FOLLOWED) : HELD;
	}

	/** Whether what is reserved may be handed to Kafka now. */
	boolean isInTime() {
		return this.nanoTime.getAsLong() - this.begin < IN_TIME.toNanos();
	}

}
