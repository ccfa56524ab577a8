package io.isobar.weather;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One measured fact; it never changes.
 *
 * @param city identity of the city
 * @param observedAt when it was measured, to the second; for a day the instant at which
 * the local day began
 * @param resolution an hour or a whole day
 * @param origin where it was made
 * @param channel how it came in
 * @param collected when it came in (for messages: when Kafka appended it)
 * @param values the measured values; for a day means, and sums of what is summed up
 * @param lows the lowest values within a day; empty for an hour
 * @param highs the highest values within a day; empty for an hour
 * @param conditions the weather in words
 * @param flagged values kept out because they are physically impossible, by field, as
 * they came
 */
public record Reading(String city, Instant observedAt, Resolution resolution, Origin origin, Channel channel,
		Instant collected, Values values, Values lows, Values highs, @Nullable String conditions,
		Map<String, Double> flagged) {

	public Reading {
		if (city.isBlank()) {
			throw new IllegalArgumentException("A reading belongs to a city.");
		}
		if (observedAt.getNano() != 0) {
			throw new IllegalArgumentException("A reading's time is precise to the second: " + observedAt);
		}
		if (resolution == Resolution.HOUR && !(lows.isEmpty() && highs.isEmpty())) {
			throw new IllegalArgumentException("Only readings of a day have lowest and highest values.");
		}
		flagged = Map.copyOf(flagged);
	}

	/** A reading of one hour without words or flags. */
	public static Reading hour(String city, Instant observedAt, Origin origin, Channel channel, Instant collected,
			Values values) {
		return new Reading(city, observedAt, Resolution.HOUR, origin, channel, collected, values, Values.NONE,
				Values.NONE, null, Map.of());
	}

	/**
	 * Whether nothing was measured. Such a reading counts for nothing, but a provider's
	 * empty answer still replaces its older ones.
	 */
	public boolean isEmpty() {
		return this.values.isEmpty() && this.lows.isEmpty() && this.highs.isEmpty();
	}

}
