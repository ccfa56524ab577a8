package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;

import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

/**
 * A city's newest reading, with what goes with it.
 *
 * @param message as it came
 * @param values its values; rain and snow, where it has none, of the newest reading of
 * the last two hours that has some, as they are measured by the hour and sent on their
 * own
 * @param rain the city's newest reading that says how much rain fell, null where there is
 * none
 */
public record LatestReading(WeatherMessage message, Values values, @Nullable WeatherMessage rain) {

	private static final Duration RECENT = Duration.ofHours(2);

	/**
	 * The newest reading with the newest rain.
	 */
	static LatestReading of(WeatherMessage newest, @Nullable WeatherMessage rain) {
		Values values = newest.reading().values();
		if (rain == null || !isRecent(newest.reading(), rain.reading())) {
			return new LatestReading(newest, values, rain);
		}
		double[] completed = new double[Metric.COUNT];
		for (Metric metric : Metric.ALL) {
			completed[metric.ordinal()] = (metric.isSum() && !values.has(metric))
					? rain.reading().values().orNaN(metric) : values.orNaN(metric);
		}
		return new LatestReading(newest, Values.of(completed), rain);
	}

	/** What is simulated is never shown as a part of what was measured. */
	private static boolean isRecent(Reading newest, Reading rain) {
		return newest.origin().isSimulated() == rain.origin().isSimulated()
				&& !rain.observedAt().isAfter(newest.observedAt())
				&& Duration.between(rain.observedAt(), newest.observedAt()).compareTo(RECENT) <= 0;
	}

	public String city() {
		return this.message.city();
	}

	/** Whether it was observed after an instant. */
	public boolean isAfter(Instant instant) {
		return this.message.observedAt().isAfter(instant);
	}

}
