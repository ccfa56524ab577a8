package io.isobar.batch;

import java.util.ArrayList;
import java.util.List;

import io.isobar.spark.WeatherAnalysis;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

/**
 * A table of the batch layer, in the lake and in PostgreSQL under the same names.
 *
 * @param key the columns that name a row within a generation
 * @param values the other columns that come from the lake
 */
record BatchTable(String name, List<String> key, List<String> values) {

	static final List<BatchTable> WEATHER = List.of(cityDay(), cityMonth(),
			new BatchTable(WeatherAnalysis.AMPLITUDE, List.of("city", "month"),
					List.of("mean_daily_amplitude", "max_daily_amplitude", "days")),
			new BatchTable(WeatherAnalysis.COMPARISON, List.of("metric", "city"),
					List.of("rank", "mean", "min", "max", "standard_deviation", "count")),
			new BatchTable(WeatherAnalysis.EXTREMES, List.of("metric", "kind", "rank"),
					List.of("city", "value", "observed_at", "origin")),
			new BatchTable(WeatherAnalysis.CORRELATIONS, List.of("city", "first", "second"),
					List.of("coefficient", "pairs")),
			new BatchTable(WeatherAnalysis.CLUSTERS, List.of("city"), List.of("cluster", "label", "silhouette",
					"temperature", "humidity", "precipitation", "wind_speed")));

	/** All columns that come from the lake. */
	List<String> columns() {
		List<String> columns = new ArrayList<>(this.key);
		columns.addAll(this.values);
		return columns;
	}

	private static BatchTable cityDay() {
		List<String> values = new ArrayList<>();
		WeatherViews.CITY_DAY.columns().forEach((column) -> values.add(column.name()));
		values.add("expected_readings");
		return new BatchTable(WeatherAnalysis.CITY_DAY, List.of("city", "local_day", "resolution", "simulated"),
				values);
	}

	private static BatchTable cityMonth() {
		List<String> values = new ArrayList<>(List.of("days", WeatherViews.READINGS, "expected_readings"));
		for (Metric metric : Metric.ALL) {
			values.addAll(List.of(WeatherViews.count(metric), WeatherViews.sum(metric), WeatherViews.square(metric),
					WeatherViews.min(metric), WeatherViews.max(metric)));
		}
		return new BatchTable(WeatherAnalysis.CITY_MONTH, List.of("city", "month", "resolution"), values);
	}

}
