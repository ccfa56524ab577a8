package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest reading of each city: what Cassandra had a moment ago, completed by what was
 * seen in Kafka since. As long as this instance follows the topic nobody who asks waits
 * for Cassandra: one asks it for all, once in a while.
 */
class LatestReadings {

	/** After that Cassandra is asked again, when somebody wants to know. */
	static final Duration FRESH = Duration.ofSeconds(1);

	/** Who is told of nothing younger waits for Cassandra, or hears that it is away. */
	static final Duration OLDEST = Duration.ofSeconds(3);

	/** It is being asked for all in one of so many moments at most. */
	private static final int SHARE = 10;

	/** An answer that took longer does so because Cassandra is in trouble. */
	private static final Duration LONGEST = Duration.ofMillis(500);

	private static final Logger logger = LoggerFactory.getLogger(LatestReadings.class);

	/** What Cassandra has. */
	interface Store {

		/**
		 * The newest reading of each city, by name.
		 * @param city of that city alone; null: of all
		 */
		CompletableFuture<Map<String, LatestReading>> ask(@Nullable String city);

		/**
		 * Waits for the answer.
		 * @throws io.isobar.web.StoreUnavailable if there is none in time
		 */
		Map<String, LatestReading> await(CompletableFuture<Map<String, LatestReading>> answer);

	}

	/**
	 * What it had.
	 *
	 * @param asked when it was asked, in nanoseconds
	 * @param took how many nanoseconds it took to answer
	 * @param begun how often following had begun when it was asked
	 */
	private record Answer(Map<String, LatestReading> cities, long asked, long took, int begun) {

		/**
		 * Where the answer takes long, as there are many cities, it is good for longer.
		 */
		boolean isOlder(Duration age, long now) {
			long longer = Math.max(0, SHARE * Math.min(this.took, LONGEST.toNanos()) - FRESH.toNanos());
			return now - this.asked > age.toNanos() + longer;
		}

		Map<String, LatestReading> of(@Nullable String city) {
			if (city == null) {
				return this.cities;
			}
			LatestReading latest = this.cities.get(city);
			return (latest != null) ? Map.of(city, latest) : Map.of();
		}

	}

	private final Store store;

	private final NewestSeen seen;

	private final LongSupplier nanoTime;

	private final AtomicBoolean asking = new AtomicBoolean();

	private volatile @Nullable Answer answer;

	LatestReadings(Store store, NewestSeen seen, LongSupplier nanoTime) {
		this.store = store;
		this.seen = seen;
		this.nanoTime = nanoTime;
	}

	/**
	 * By name.
	 * @param city of that city alone; null: of all
	 * @throws io.isobar.web.StoreUnavailable if Cassandra is needed and does not answer
	 */
	List<LatestReading> of(@Nullable String city) {
		Answer known = this.answer;
		long now = this.nanoTime.getAsLong();
		if (known == null || known.begun() != this.seen.begun() || known.isOlder(FRESH, now)) {
			askForAll();
		}
		Map<String, LatestReading> stored = (known != null && isGood(known, now)) ? known.of(city)
				: this.store.await(this.store.ask(city));
		return List.copyOf(this.seen.complete(stored, city).values());
	}

	private boolean isGood(Answer known, long now) {
		return this.seen.isFollowing() && known.begun() == this.seen.begun() && !known.isOlder(OLDEST, now);
	}

	/** One at a time; where it fails, whoever needs the answer hears why. */
	private void askForAll() {
		if (!this.seen.isFollowing() || !this.asking.compareAndSet(false, true)) {
			return;
		}
		int begun = this.seen.begun();
		long asked = this.nanoTime.getAsLong();
		try {
			this.store.ask(null).whenComplete((cities, failure) -> {
				if (failure == null) {
					this.answer = new Answer(cities, asked, this.nanoTime.getAsLong() - asked, begun);
				}
				else {
					logger.debug("Cassandra was asked for the newest of all cities in vain.", failure);
				}
				this.asking.set(false);
			});
		}
		catch (RuntimeException ex) {
			logger.debug("Cassandra was asked for the newest of all cities in vain.", ex);
			this.asking.set(false);
		}
	}

}
