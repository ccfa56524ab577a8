package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a sink is doing: for people, and as meters. One line in the log for one cause. */
final class SinkStatus {

	private static final Logger logger = LoggerFactory.getLogger(SinkStatus.class);

	/** A store that is there answers sooner. */
	static final Duration LONG = Duration.ofSeconds(15);

	private final String name;

	private final LongSupplier nanoTime;

	private final Timer writes;

	private final Timer age;

	private final Counter refused;

	private volatile @Nullable Long lag;

	/** Where the consumers are that run now, or were that ran last. */
	private volatile Positions positions = new Positions();

	private volatile boolean running;

	private volatile boolean restart;

	private volatile @Nullable String waiting;

	private volatile @Nullable Instant since;

	/** Whether it waits for its consumers only, and not for its store. */
	private boolean forConsumers;

	/** Whether it goes on only when a person has decided. */
	private boolean forPerson;

	/** Whether nothing has failed, and it only takes long. */
	private boolean forLong;

	/** Since when threads of its consumers have been with its session, in nanoseconds. */
	private final Map<Thread, Long> inside = new ConcurrentHashMap<>();

	SinkStatus(String name, MeterRegistry meters) {
		this(name, meters, System::nanoTime);
	}

	/**
	 * @param nanoTime by which it is told how long a store takes
	 */
	SinkStatus(String name, MeterRegistry meters, LongSupplier nanoTime) {
		this.name = name;
		this.nanoTime = nanoTime;
		this.writes = Timer.builder("isobar.speed.write")
			.description("How long a sink's store takes for what it is given at once")
			.tag("sink", name)
			.publishPercentiles(0.5, 0.95, 0.99)
			.register(meters);
		this.age = Timer.builder("isobar.speed.age")
			.description("How old the oldest message of a write is, since Kafka appended it, when it is in the store")
			.tag("sink", name)
			.publishPercentiles(0.5, 0.95, 0.99)
			.register(meters);
		this.refused = Counter.builder("isobar.speed.refused")
			.description("Messages that nothing could be read from")
			.tag("sink", name)
			.register(meters);
		Gauge.builder("isobar.speed.lag", this, SinkStatus::lagOrNaN)
			.description(
					"Messages that are in Kafka and not in the store, of this instance's partitions; of a sink that stands still, of those that it had; no number while that is not known")
			.tag("sink", name)
			.register(meters);
		Gauge.builder("isobar.speed.paused", this, (status) -> (status.waiting != null) ? 1 : 0)
			.description("1 while a sink waits for its store or for a person")
			.tag("sink", name)
			.register(meters);
	}

	String name() {
		return this.name;
	}

	/** Something is in the way of writing; it is tried again. */
	void waits(String sentence, Throwable cause) {
		waits(sentence, cause, false);
	}

	/** Something is in the way of reading; its consumers are started anew. */
	void waitsForConsumers(String sentence, Throwable cause) {
		waits(sentence, cause, true);
	}

	private void waits(String sentence, Throwable cause, boolean forConsumers) {
		synchronized (this) {
			this.forLong = false;
		}
		if (waits(sentence, forConsumers)) {
			logger.warn("{} waits: {} ({}). It is tried again until it works; nothing is passed over.", this.name,
					sentence, rootMessage(cause));
		}
		logger.debug("{} waits", this.name, cause);
	}

	private synchronized boolean waits(String sentence, boolean forConsumers) {
		boolean first = this.waiting == null;
		if (first) {
			this.waiting = sentence;
			this.forConsumers = forConsumers;
			this.since = Instant.now();
		}
		return first;
	}

	/** A consumer's thread begins to be with its session. */
	void enters() {
		this.inside.put(Thread.currentThread(), this.nanoTime.getAsLong());
	}

	/** It is back. */
	void leaves() {
		this.inside.remove(Thread.currentThread());
		synchronized (this) {
			if (this.forLong && !isInsideForLong()) {
				works();
			}
		}
	}

	/** Looks whether a store takes so long that somebody should know. */
	synchronized void watch() {
		if (isInsideForLong() && waits("its store has not answered for %d s".formatted(LONG.toSeconds()), false)) {
			this.forLong = true;
			logger.warn("{} waits: its store has not answered for {} s, and neither refuses. Nothing is passed over.",
					this.name, LONG.toSeconds());
		}
	}

	private boolean isInsideForLong() {
		long now = this.nanoTime.getAsLong();
		return this.inside.values().stream().anyMatch((since) -> now - since > LONG.toNanos());
	}

	/** A person is needed before its consumers are started anew. */
	synchronized void needsPerson(String sentence) {
		this.forPerson = true;
		if (!sentence.equals(this.waiting)) {
			this.waiting = sentence;
			this.forConsumers = true;
			this.forLong = false;
			this.since = Instant.now();
			logger.error("{} has stopped: {}", this.name, sentence);
		}
	}

	/** Its consumers read, whether anything comes or not. */
	synchronized void reads() {
		if (this.forConsumers) {
			this.forPerson = false;
			works();
		}
	}

	/** What was in the way no longer is, unless it waits for a person. */
	void works() {
		if (this.waiting != null) {
			Instant began;
			synchronized (this) {
				if (this.forPerson) {
					// What it had begun to write before
					return;
				}
				began = this.since;
				this.waiting = null;
				this.since = null;
				this.forLong = false;
			}
			logger.info("{} goes on, after {} s.", this.name,
					(began != null) ? Duration.between(began, Instant.now()).toSeconds() : 0);
		}
	}

	/** What the deepest cause says that says anything. */
	private static String rootMessage(Throwable cause) {
		String message = cause.getClass().getSimpleName();
		for (Throwable each = cause; each != null; each = each.getCause()) {
			message = (each.getMessage() != null) ? each.getMessage() : message;
		}
		return message;
	}

	Timer writes() {
		return this.writes;
	}

	/**
	 * Messages are in the store.
	 * @param oldest when Kafka has appended the first of them, in milliseconds
	 */
	void written(long oldest) {
		this.age.record(Duration.ofMillis(Math.max(0, System.currentTimeMillis() - oldest)));
	}

	void refused() {
		this.refused.increment();
	}

	/** Consumers run, and are there now. */
	void follow(Positions positions) {
		this.positions = positions;
		this.running = true;
	}

	/** No consumers run; until others do, the store has what it had. */
	void standsStill() {
		this.running = false;
	}

	/** Its consumers are to be started anew. */
	void askRestart() {
		this.restart = true;
	}

	boolean takeRestart() {
		boolean asked = this.restart;
		this.restart = false;
		return asked;
	}

	/** Compares with the ends of the partitions. */
	void compare(Map<Integer, Long> ends) {
		this.lag = (this.positions.isEmpty() && this.waiting != null) ? null : this.positions.missing(ends);
	}

	Set<Integer> partitions() {
		return (this.running) ? this.positions.partitions() : Set.of();
	}

	/** How many messages are not in the store, as far as that is known. */
	@Nullable Long lag() {
		return this.lag;
	}

	private double lagOrNaN() {
		Long known = this.lag;
		return (known != null) ? known : Double.NaN;
	}

	@Nullable String waiting() {
		return this.waiting;
	}

	@Nullable Instant since() {
		return this.since;
	}

}
