package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The newest message of each city that this instance has seen in Kafka, where
 * {@link ReadingEvents} follows the topic. Kafka has it for good, and Cassandra will have
 * it in a moment: so whoever asks for the latest need not wait until then.
 */
@Component
@ConditionalOnSpeed
class NewestSeen {

	/** So many cities are remembered, those that were heard of last. */
	static final int MOST = 10_000;

	/** What is older was sent late, or is not being followed any more. */
	static final Duration RECENT = Duration.ofDays(1);

	private static final Comparator<WeatherMessage> AGE = Comparator.comparing(WeatherMessage::observedAt)
		.thenComparing((message) -> message.reading().collected());

	/** What was seen of a city. */
	private record Seen(@Nullable WeatherMessage reading, @Nullable WeatherMessage rain) {

		static final Seen NOTHING = new Seen(null, null);

		Seen with(WeatherMessage message) {
			boolean says = message.reading().values().has(Metric.PRECIPITATION);
			return new Seen(newer(this.reading, message), (says) ? newer(this.rain, message) : this.rain);
		}

	}

	private final Clock clock;

	private final Map<String, Seen> cities = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
			return size() > MOST;
		}

	};

	/** By city. */
	private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();

	private volatile boolean following;

	/** How often following has begun. */
	private volatile int begun;

	NewestSeen(Clock clock) {
		this.clock = clock;
	}

	/** Whether every message is seen from now on, or none can be. */
	synchronized void following(boolean following) {
		if (following && !this.following) {
			this.begun++;
		}
		this.following = following;
	}

	/** Whether every message is seen as it comes in. */
	boolean isFollowing() {
		return this.following;
	}

	/**
	 * How often following has begun: what a store had before it began last lacks what
	 * nobody has seen meanwhile.
	 */
	int begun() {
		return this.begun;
	}

	/** A message has been seen. */
	void see(WeatherMessage message) {
		if (isRecent(message) && !message.reading().isEmpty()) {
			remember(message);
			this.listeners.getOrDefault(message.city(), Set.of()).forEach(Runnable::run);
		}
	}

	private synchronized void remember(WeatherMessage message) {
		Seen before = this.cities.remove(message.city());
		this.cities.put(message.city(), ((before != null) ? before : Seen.NOTHING).with(message));
	}

	/**
	 * Tells the listener when something of a city has been seen; it must not wait.
	 * @return to be run when it does not listen any more
	 */
	Runnable listen(String city, Runnable listener) {
		this.listeners.compute(city, (any, known) -> {
			Set<Runnable> all = (known != null) ? known : ConcurrentHashMap.newKeySet();
			all.add(listener);
			return all;
		});
		return () -> this.listeners.computeIfPresent(city, (any, all) -> {
			all.remove(listener);
			return (all.isEmpty()) ? null : all;
		});
	}

	private boolean isRecent(@Nullable WeatherMessage message) {
		Instant oldest = this.clock.instant().minus(RECENT);
		return message != null && message.observedAt().isAfter(oldest);
	}

	/**
	 * Completes what a store has by what was seen.
	 * @param stored by city
	 * @param city of that city alone; null: of all
	 * @return by city, in the order of names
	 */
	synchronized Map<String, LatestReading> complete(Map<String, LatestReading> stored, @Nullable String city) {
		Map<String, LatestReading> all = new TreeMap<>(stored);
		if (city != null) {
			complete(all, city, this.cities.get(city));
		}
		else {
			this.cities.forEach((each, seen) -> complete(all, each, seen));
		}
		return all;
	}

	private void complete(Map<String, LatestReading> all, String city, @Nullable Seen seen) {
		if (seen == null || seen.reading() == null || !isRecent(seen.reading())) {
			return;
		}
		LatestReading stored = all.get(city);
		WeatherMessage reading = newer(seen.reading(), (stored != null) ? stored.message() : null);
		WeatherMessage rain = newer(seen.rain(), (stored != null) ? stored.rain() : null);
		if (reading != null) {
			all.put(city, LatestReading.of(reading, rain));
		}
	}

	/** Where both are of the same time, the second. */
	private static @Nullable WeatherMessage newer(@Nullable WeatherMessage one, @Nullable WeatherMessage other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (AGE.compare(one, other) > 0) ? one : other;
	}

}
