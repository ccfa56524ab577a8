package io.isobar.batch;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How far what the speed layer said of a day may be from what the batch layer says.
 *
 * @param tolerance by metric ({@code wind-speed}), in its unit, for the mean of a day or
 * the sum; those that are named are compared, beside five that always are
 */
@ConfigurationProperties("isobar.serving")
record ToleranceSettings(@DefaultValue Map<String, Double> tolerance) {

	private static final Map<String, Double> ALWAYS = Map.of("temperature", 0.5, "precipitation", 1.0, "pressure", 1.0,
			"humidity", 5.0, "windspeed", 5.0);

	ToleranceSettings {
		tolerance.forEach((name, value) -> {
			if (metric(name) == null) {
				throw new IllegalArgumentException(
						"isobar.serving.tolerance." + name + ": there is no such metric. Possible: "
								+ Metric.ALL.stream()
									.map((metric) -> metric.column().replace('_', '-'))
									.collect(Collectors.joining(", ")));
			}
			if (!(value >= 0) || value.isInfinite()) {
				throw new IllegalArgumentException("isobar.serving.tolerance." + name + " is " + value
						+ ", and must be 0 or more: how far the layers may be from each other");
			}
		});
		tolerance = Map.copyOf(tolerance);
	}

	private static @Nullable Metric metric(String name) {
		return Metric.ALL.stream()
			.filter((metric) -> uniform(metric.column()).equals(uniform(name)))
			.findFirst()
			.orElse(null);
	}

	private static String uniform(String name) {
		return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
	}

	/** The metrics that are compared, with their tolerance. */
	Map<Metric, Double> byMetric() {
		Map<String, Double> byName = new HashMap<>(ALWAYS);
		this.tolerance.forEach((name, value) -> byName.put(uniform(name), value));
		Map<Metric, Double> byMetric = new EnumMap<>(Metric.class);
		for (Metric metric : Metric.ALL) {
			Double value = byName.get(uniform(metric.column()));
			if (value != null) {
				byMetric.put(metric, value);
			}
		}
		return byMetric;
	}

}
