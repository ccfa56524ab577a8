package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * A row in PostgreSQL that one has reserved in order to send it to Kafka. It is handed
 * over soon after that or not at all, and Kafka takes it soon after that or it counts as
 * not taken: so another, who finds it reserved and not sent when it is no longer held,
 * may look for it in the topic, and send it where it is not there.
 */
final class Reservation {

	/**
	 * Until then Kafka has to take what is sent. Its client has given up by then, but may
	 * send it all the same: where it is frozen in between, it has looked at its clock too
	 * early.
	 */
	private static final Duration TAKEN_WITHIN = Duration.ofSeconds(20);

	/** Clocks differ, but not by more than is known of them and this. */
	private static final Duration CLOCKS = Duration.ofSeconds(10);

	/**
	 * After that, what whoever has reserved a row has sent is there, or counts no more.
	 */
	private static final Duration HELD = TAKEN_WITHIN.plus(CLOCKS);

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
	 * How long a row is left alone that is reserved, and for how much longer Kafka's
	 * clock was ahead then.
	 * @param replicated whether its topic has followers
	 */
	static Duration held(boolean replicated) {
		return (replicated) ? HELD.plus(FOLLOWED) : HELD;
	}

	/**
	 * Until when Kafka has to take what is sent, by its clock.
	 * @param reservedAt by PostgreSQL's
	 * @param ahead how far that one is behind
	 */
	static Instant deadline(Instant reservedAt, Duration ahead) {
		return reservedAt.plus(TAKEN_WITHIN).plus(ahead);
	}

	/**
	 * What PostgreSQL's clock shows, or a little more; less where this machine stood
	 * still.
	 * @param reservedAt by that clock
	 */
	Instant now(Instant reservedAt) {
		return reservedAt.plusNanos(this.nanoTime.getAsLong() - this.begin);
	}

	/** Whether what is reserved may be handed to Kafka now. */
	boolean isInTime() {
		return this.nanoTime.getAsLong() - this.begin < IN_TIME.toNanos();
	}

}
