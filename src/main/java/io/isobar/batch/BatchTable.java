package io.isobar.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.isobar.spark.Results;
import io.isobar.spark.WeatherAnalysis;
import io.isobar.views.WeatherViews;

/**
 * A table of the batch layer, in the lake and in PostgreSQL under the same names.
 *
 * @param key the columns that name a row within a generation
 * @param columns all columns that come from the lake
 */
record BatchTable(String name, List<String> key, List<String> columns) {

	private static final List<String> KEY_OF_A_DAY = List.of("city", "local_day", "resolution", "simulated");

	static final List<BatchTable> WEATHER = List.of(cityDay(),
			result(WeatherAnalysis.CITY_MONTH, "city", "month", "resolution"),
			result(WeatherAnalysis.AMPLITUDE, "city", "month"), result(WeatherAnalysis.DEGREE_DAYS, "city", "month"),
			result(WeatherAnalysis.NORMALS, "city", "day"), result(WeatherAnalysis.COMPARISON, "metric", "city"),
			result(WeatherAnalysis.EXTREMES, "metric", "kind", "rank"),
			result(WeatherAnalysis.CORRELATIONS, "city", "first", "second"), result(WeatherAnalysis.CLUSTERS, "city"));

	private static BatchTable cityDay() {
		List<String> columns = new ArrayList<>(KEY_OF_A_DAY);
		WeatherViews.CITY_DAY.columns().forEach((column) -> columns.add(column.name()));
		columns.add("expected_readings");
		return new BatchTable(WeatherAnalysis.CITY_DAY, KEY_OF_A_DAY, columns);
	}

	/** A result of the analysis, which lies in a file of its own. */
	private static BatchTable result(String table, String... key) {
		return new BatchTable(table, List.of(key), Objects.requireNonNull(Results.COLUMNS.get(table)));
	}

	/** Whether it is a table of states in the lake, not a file of results. */
	boolean isState() {
		return this.name.equals(WeatherAnalysis.CITY_DAY);
	}

}
