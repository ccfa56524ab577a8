package io.isobar.views;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a day or a month of a city, presented from its state. Means are over
 * the slots that have a value.
 *
 * @param readings slots with a reading
 * @param origins how many of them are of which origin; those of which none is are left
 * out
 */
public record Summary(long readings, Map<String, Long> origins, @Nullable Double temperatureMean,
		@Nullable Double temperatureMin, @Nullable Double temperatureMax, @Nullable Double humidityMean,
		@Nullable Double pressureMean, @Nullable Double windSpeedMean, @Nullable Double windSpeedMax,
		@Nullable Double precipitationSum) {

	/** Of nothing at all. */
	public static final Summary NOTHING = of(WeatherViews.SUMMARY.zero());

	/** What a state of {@link WeatherViews#SUMMARY} says. */
	public static Summary of(State state) {
		Map<String, Long> origins = new LinkedHashMap<>();
		for (int code = 1; code <= Origin.SIMULATED_CODE; code++) {
			origin(state, code, origins);
		}
		origin(state, Origin.OTHER_CODE, origins);
		return new Summary(count(state, WeatherViews.READINGS), Collections.unmodifiableMap(origins),
				mean(state, Metric.TEMPERATURE), number(state, WeatherViews.min(Metric.TEMPERATURE)),
				number(state, WeatherViews.max(Metric.TEMPERATURE)), mean(state, Metric.HUMIDITY),
				mean(state, Metric.PRESSURE), mean(state, Metric.WIND_SPEED),
				number(state, WeatherViews.max(Metric.WIND_SPEED)), sum(state, Metric.PRECIPITATION));
	}

	/** How many slots have a reading that was measured, not simulated. */
	public long realReadings() {
		return this.readings - simulatedReadings();
	}

	/** How many slots have only a simulated reading. */
	public long simulatedReadings() {
		return this.origins.getOrDefault(Origin.SIMULATED.name(), 0L);
	}

	private static void origin(State state, int code, Map<String, Long> origins) {
		long readings = count(state, WeatherViews.readingsOf(code));
		if (readings > 0) {
			origins.put(Origin.ofCode(code).name(), readings);
		}
	}

	private static long count(State state, String component) {
		return state.count(state.view().indexOf(component));
	}

	private static @Nullable Double number(State state, String component) {
		double value = state.number(state.view().indexOf(component));
		return Double.isNaN(value) ? null : (Double) value;
	}

	private static @Nullable Double mean(State state, Metric metric) {
		long count = count(state, WeatherViews.count(metric));
		return (count > 0) ? (Double) (state.number(state.view().indexOf(WeatherViews.sum(metric))) / count) : null;
	}

	private static @Nullable Double sum(State state, Metric metric) {
		return (count(state, WeatherViews.count(metric)) > 0) ? number(state, WeatherViews.sum(metric)) : null;
	}

}
