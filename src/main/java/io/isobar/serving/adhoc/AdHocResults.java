package io.isobar.serving.adhoc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of results. They never change, so pages of them fit together. */
@Component
class AdHocResults {

	/** So many are fetched at a time where all are wanted. */
	private static final int CHUNK = 2_000;

	/** Possible columns to sort by, by their names in JSON. */
	static final List<String> COLUMNS = List.of("city", "period", "metric", "mean", "min", "max", "sum", "readings");

	private static final String ORDER = "city, period, metric";

	private final JdbcClient jdbc;

	AdHocResults(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * A page.
	 * @param column one of {@link #COLUMNS} to sort by, else by city, period and metric;
	 * missing values come last
	 */
	List<ResultRow> page(UUID task, int page, int size, @Nullable String column, boolean descending) {
		if (column != null && !COLUMNS.contains(column)) {
			throw new IllegalArgumentException(column);
		}
		String order = (column == null) ? ORDER
				: column + (descending ? " DESC NULLS LAST, " : " NULLS LAST, ") + ORDER;
		return this.jdbc
			.sql("SELECT * FROM ad_hoc_result WHERE task = :task ORDER BY " + order + " LIMIT :size OFFSET :offset")
			.param("task", task)
			.param("size", size)
			.param("offset", (long) page * size)
			.query(AdHocResults::row)
			.list();
	}

	/**
	 * All rows, by city, period and metric: a chunk at a time, so that nothing waits in
	 * PostgreSQL for somebody who reads slowly.
	 */
	void forEach(UUID task, Consumer<ResultRow> consumer) {
		String select = "SELECT * FROM ad_hoc_result WHERE task = :task ";
		Map<String, Object> after = Map.of("task", task, "size", CHUNK);
		String condition = "";
		while (true) {
			List<ResultRow> rows = this.jdbc.sql(select + condition + "ORDER BY " + ORDER + " LIMIT :size")
				.params(after)
				.query(AdHocResults::row)
				.list();
			rows.forEach(consumer);
			if (rows.size() < CHUNK) {
				return;
			}
			ResultRow last = rows.get(rows.size() - 1);
			condition = "AND (city, period, metric) > (:city, :period, :metric) ";
			after = Map.of("task", task, "size", CHUNK, "city", last.city(), "period", last.period(), "metric",
					last.metric());
		}
	}

	private static ResultRow row(ResultSet row, int number) throws SQLException {
		return new ResultRow(row.getString("city"), row.getString("period"), row.getString("metric"),
				value(row, "mean"), value(row, "min"), value(row, "max"), value(row, "sum"), row.getLong("readings"));
	}

	private static @Nullable Double value(ResultSet row, String column) throws SQLException {
		double value = row.getDouble(column);
		return row.wasNull() ? null : value;
	}

}
