package io.isobar.weather;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A reading while its values are being gathered. A value that is physically impossible is
 * kept out and flagged with what came; infinities and NaN are missing values.
 */
public final class ReadingDraft {

	private final String city;

	private final Instant observedAt;

	private final Resolution resolution;

	private final Origin origin;

	private final Channel channel;

	private final Instant collected;

	private final double[] values = Values.missing();

	/** Null: none yet, as it stays for all readings of an hour. */
	private double @Nullable [] lows;

	private double @Nullable [] highs;

	private Map<String, Double> flagged = Map.of();

	private @Nullable String conditions;

	/**
	 * A draft without values.
	 * @param observedAt truncated to the second
	 */
	public ReadingDraft(String city, Instant observedAt, Resolution resolution, Origin origin, Channel channel,
			Instant collected) {
		this.city = city;
		this.observedAt = observedAt.truncatedTo(ChronoUnit.SECONDS);
		this.resolution = resolution;
		this.origin = origin;
		this.channel = channel;
		this.collected = collected;
	}

	/**
	 * The measured value; for a day the mean, or the sum of what is summed up. Null:
	 * missing.
	 */
	public ReadingDraft value(Metric metric, @Nullable Double value) {
		put(this.values, metric, metric.field(), value);
		return this;
	}

	/** As the other; NaN: missing. */
	public ReadingDraft value(Metric metric, double value) {
		put(this.values, metric, metric.field(), value);
		return this;
	}

	/** The lowest value within a day. Null: missing. */
	public ReadingDraft low(Metric metric, @Nullable Double value) {
		if (this.lows == null) {
			this.lows = Values.missing();
		}
		put(this.lows, metric, metric.field() + "Min", value);
		return this;
	}

	/** The highest value within a day. Null: missing. */
	public ReadingDraft high(Metric metric, @Nullable Double value) {
		if (this.highs == null) {
			this.highs = Values.missing();
		}
		put(this.highs, metric, metric.field() + "Max", value);
		return this;
	}

	public ReadingDraft conditions(@Nullable String conditions) {
		this.conditions = (conditions == null || conditions.isBlank()) ? null : conditions.strip();
		return this;
	}

	public Reading build() {
		return new Reading(this.city, this.observedAt, this.resolution, this.origin, this.channel, this.collected,
				Values.of(this.values), of(this.lows), of(this.highs), this.conditions, this.flagged);
	}

	private static Values of(double @Nullable [] values) {
		return (values != null) ? Values.of(values) : Values.NONE;
	}

	private void put(double[] array, Metric metric, String field, @Nullable Double value) {
		if (value != null) {
			put(array, metric, field, value.doubleValue());
		}
	}

	private void put(double[] array, Metric metric, String field, double value) {
		if (!Double.isFinite(value)) {
			return;
		}
		if (metric.isPlausible(value, this.resolution)) {
			// -0.0 and 0.0 are one value, so that equal readings have equal bytes
			array[metric.ordinal()] = value + 0.0;
		}
		else {
			if (this.flagged.isEmpty()) {
				this.flagged = new LinkedHashMap<>();
			}
			this.flagged.put(field, value);
		}
	}

}
