package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.influxdb.exceptions.InfluxException;
import io.isobar.messages.WeatherMessage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Writes readings to InfluxDB, each as a point: every number of the message as a field.
 * What InfluxDB refuses for good does not hold back the others: it is passed over, said
 * once for each cause, and counted.
 */
@Component
@ConditionalOnSpeed
class InfluxSink implements WeatherSink {

	private static final Logger logger = LoggerFactory.getLogger(InfluxSink.class);

	private static final Duration LINGER = Duration.ofMillis(400);

	/** So many points go together at most: what InfluxDB advises. */
	private static final int LARGEST_BATCH = 5_000;

	/** So many causes are told; after them the counter goes on alone. */
	private static final int MOST_CAUSES = 50;

	private final InfluxStore store;

	private final InfluxSettings settings;

	private final Clock clock;

	private final Counter refused;

	/** Of what was written last, which several threads do. */
	private volatile boolean someRefused;

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	InfluxSink(InfluxStore store, InfluxSettings settings, Clock clock, MeterRegistry meters) {
		this.store = store;
		this.settings = settings;
		this.clock = clock;
		this.refused = Counter.builder("isobar.speed.influx.refused")
			.description("Points that InfluxDB refused for good")
			.register(meters);
	}

	@Override
	public String name() {
		return "influxdb";
	}

	/** A write costs it much more than a point. */
	@Override
	public Duration linger() {
		return LINGER;
	}

	@Override
	public void write(List<WeatherMessage> messages) {
		if (messages.isEmpty()) {
			return;
		}
		boolean standIn = this.store.isStandIn();
		long kept = this.settings.keptSeconds();
		Instant oldest = (kept > 0) ? this.clock.instant().minusSeconds(kept) : Instant.MIN;
		List<String> points = new ArrayList<>(messages.size());
		for (WeatherMessage message : messages) {
			// InfluxDB refuses what its bucket would drop at once
			if (message.observedAt().isAfter(oldest)) {
				String point = InfluxLine.of(message, standIn);
				if (point != null) {
					points.add(point);
				}
			}
		}
		for (int from = 0; from < points.size(); from += LARGEST_BATCH) {
			writeAllButRefused(points.subList(from, Math.min(points.size(), from + LARGEST_BATCH)));
		}
		if (this.someRefused) {
			// It may be because another one answers by now
			this.someRefused = false;
			this.store.askAgain();
		}
	}

	/** One refused point refuses all that were sent with it: found by halving. */
	private void writeAllButRefused(List<String> points) {
		try {
			this.store.write(points);
		}
		catch (InfluxException ex) {
			if (!InfluxStore.isForGood(ex)) {
				throw ex;
			}
			this.someRefused = true;
			if (points.size() == 1) {
				passOver(points.get(0), ex);
				return;
			}
			int half = points.size() / 2;
			writeAllButRefused(points.subList(0, half));
			writeAllButRefused(points.subList(half, points.size()));
		}
	}

	private void passOver(String point, InfluxException ex) {
		this.refused.increment();
		// Without the numbers, which are of this point alone
		String cause = String.valueOf(ex.getMessage()).replaceAll("[0-9]+", "#");
		if (this.told.size() < MOST_CAUSES && this.told.add(cause)) {
			logger.warn(
					"InfluxDB refuses a point for good, so it is passed over, as will be others of this cause: {} The other stores have it. The point: {}",
					ex.getMessage(), point);
		}
	}

}
