package io.isobar.batch;

import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.spark.WeatherAnalysis;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The states of days: those that a run has computed anew, and those that were published.
 */
@Component
class CityDayRows {

	/** So many rows are fetched at a time. */
	private static final int FETCHED = 10_000;

	private static final String PUBLISHED = """
			SELECT t.city, t.local_day, sum(t.readings)::bigint AS readings,
			  coalesce(bool_or(k.days @> t.local_day), false) AS closed
			FROM %s LEFT JOIN closed_days k ON k.city = t.city AND k.valid_from <= %2$d AND %2$d < k.valid_to
			%3$s GROUP BY t.city, t.local_day""";

	private final Lake lake;

	private final LakeTable tables;

	private final VersionedRows rows;

	private final JdbcTemplate jdbc;

	CityDayRows(Lake lake, LakeTable tables, DataSource database, JdbcTemplate jdbc) {
		this.lake = lake;
		this.tables = tables;
		this.rows = new VersionedRows(jdbc);
		this.jdbc = new JdbcTemplate(database);
		this.jdbc.setFetchSize(FETCHED);
	}

	/**
	 * A day of a city as a generation has it.
	 *
	 * @param readings of all its rows
	 */
	record PublishedDay(String city, LocalDate day, long readings, boolean closed) {
	}

	/**
	 * Reads what a run has computed anew, from the lake; the first two columns are city
	 * and local_day.
	 */
	void read(RunContext run, List<String> columns, LakeTable.RowConsumer consumer) {
		Scope scope = run.scope();
		this.tables.read(this.lake.path("weather/analysis/" + WeatherAnalysis.CITY_DAY),
				run.stateVersion(WeatherAnalysis.CITY_DAY), columns,
				(partition) -> scope.touches(Integer.parseInt(partition.get("year"))), (row) -> {
					if (scope.contains(String.valueOf(row[0]), (LocalDate) Objects.requireNonNull(row[1]))) {
						consumer.row(row);
					}
				});
	}

	/** The days of a generation in the months that were computed anew. */
	@Transactional
	void published(int generation, Scope scope, Consumer<PublishedDay> consumer) {
		this.rows.changed(scope);
		String valid = "t.valid_from <= %1$d AND %1$d < t.valid_to".formatted(generation);
		String sql = scope.isAll() ? PUBLISHED.formatted("city_day t", generation, "WHERE " + valid)
				: PUBLISHED.formatted(VersionedRows.inChangedMonths(Export.CITY_DAY, valid), generation, "");
		this.jdbc.query(sql, (row) -> {
			consumer.accept(new PublishedDay(row.getString("city"), row.getObject("local_day", LocalDate.class),
					row.getLong("readings"), row.getBoolean("closed")));
		});
	}

}
