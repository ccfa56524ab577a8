package io.isobar.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.isobar.weather.Metric;

/**
 * The peer: DuckDB over the same files, as plain as it can be asked. It groups by days of
 * UTC and knows nothing of slots, so it has less to do than the views.
 */
final class DuckDb {

	private final Statement statement;

	private DuckDb(Statement statement) {
		this.statement = statement;
	}

	public static void main(String[] args) throws SQLException, IOException {
		try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
				Statement statement = connection.createStatement()) {
			for (String setting : List.of("threads = 2", "memory_limit = '2GB'", "preserve_insertion_order = false",
					"TimeZone = 'UTC'")) {
				statement.execute("set " + setting);
			}
			DuckDb duck = new DuckDb(statement);
			Worker.serve((words) -> duck.run(words.get(0), words.get(1)));
		}
	}

	private Map<String, Double> run(String task, String folder) throws SQLException {
		String readings = "read_parquet('%s/weather/readings/*/*/*.parquet', hive_partitioning = true)"
			.formatted(folder);
		String days = folder + "/duckdb-city-day.parquet";
		switch (task) {
			case "scan" ->
				rows("select count(city), max(observed_at), max(origin), max(channel), max(collected), %s from %s"
					.formatted(each("sum(%1$s)"), readings));
			case "city_day" -> rows("copy (%s) to '%s'".formatted(cityDay(readings), days));
			case "months" -> {
				rows(months("'" + days + "'"));
				rows("select city, %s from %s group by city".formatted(pairs(), readings));
			}
			default -> throw new IllegalArgumentException("DuckDB has no task " + task);
		}
		return Map.of();
	}

	/** The columns of the view: each extreme with its instant and origin. */
	private static String cityDay(String readings) {
		return """
				select city, epoch_us(observed_at) // 86400000000 as local_day, any_value(month) as month,
				  count(*) as readings, %s, %s from %s group by 1, 2""".formatted(
				List.of("visual_crossing", "open_meteo", "file", "simulated")
					.stream()
					.map("count(*) filter (origin = '%1$s') as readings_%1$s"::formatted)
					.collect(Collectors.joining(", ")),
				each("""
						count(%1$s) as %1$s_count, sum(%1$s) as %1$s_sum, sum(%1$s * %1$s) as %1$s_square,
						min(%1$s) as %1$s_min, arg_min(observed_at, %1$s) as %1$s_min_at, arg_min(origin, %1$s) as %1$s_min_origin,
						max(%1$s) as %1$s_max, arg_max(observed_at, %1$s) as %1$s_max_at, arg_max(origin, %1$s) as %1$s_max_origin"""),
				readings);
	}

	private static String months(String days) {
		return "select city, month, sum(readings), %s from %s group by 1, 2"
			.formatted(each("sum(%1$s_count), sum(%1$s_sum), sum(%1$s_square), min(%1$s_min), max(%1$s_max)"), days);
	}

	private static String pairs() {
		return Metric.ALL.stream()
			.flatMap((first) -> Metric.ALL.subList(first.ordinal() + 1, Metric.COUNT)
				.stream()
				.map((second) -> "corr(%2$s, %1$s), regr_count(%2$s, %1$s)".formatted(first.column(), second.column())))
			.collect(Collectors.joining(", "));
	}

	private static String each(String sql) {
		return Metric.ALL.stream().map((metric) -> sql.formatted(metric.column())).collect(Collectors.joining(", "));
	}

	private void rows(String sql) throws SQLException {
		if (this.statement.execute(sql)) {
			try (ResultSet rows = this.statement.getResultSet()) {
				while (rows.next()) {
					rows.getObject(1);
				}
			}
		}
	}

}
