package io.isobar.batch;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.isobar.spark.CopyText;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What generations of weather say of days, in PostgreSQL. */
@Component
class JdbcDayResults implements DayResults {

	/**
	 * What is known of each city: {@code today} and {@code settled} bound, both excluded,
	 * the days that have ended and those whose settling time is over; only between the
	 * two has it to be asked whether somebody has answered.
	 */
	private static final String FACTS = """
			WITH known AS (
			  SELECT n.city, n.today, n.settled, b.days AS before, least(lower(b.days),
			    (SELECT min(d.local_day) FROM city_day d WHERE d.city = n.city AND d.valid_to = %d),
			    (SELECT min(k.local_day) FROM collected_day k WHERE k.city = n.city)) AS first
			  FROM unnest(?, ?, ?) AS n (city, today, settled)
			  LEFT JOIN closed_days b ON b.city = n.city AND b.valid_from <= ? AND ? < b.valid_to),
			answered AS (
			  SELECT k.city, range_agg(daterange(d.local_day, d.local_day + 1)) AS days
			  FROM known k CROSS JOIN LATERAL (
			    SELECT c.local_day FROM collected_day c
			    WHERE c.city = k.city AND c.local_day >= k.settled AND c.local_day < k.today
			      AND c.collected <= coalesce(?, timestamptz 'infinity')
			    UNION SELECT f.local_day FROM city_day f
			    WHERE f.city = k.city AND f.local_day >= k.settled AND f.local_day < k.today
			      AND f.valid_to = %<d AND f.readings_file > 0) d GROUP BY k.city),
			broken AS (
			  SELECT city, range_agg(daterange(local_day, local_day + 1)) AS days
			  FROM broken_day WHERE valid_to = %<d GROUP BY city)
			SELECT k.city, k.today, k.settled, k.before::text, k.first, a.days::text AS answered, b.days::text AS broken
			FROM known k LEFT JOIN answered a USING (city) LEFT JOIN broken b USING (city)"""
		.formatted(VersionedRows.OPEN);

	private static final Pattern RANGE = Pattern.compile("\\[([^,]+),([^)]+)\\)");

	private final JdbcTemplate jdbc;

	private final JdbcClient client;

	private final VersionedRows rows;

	JdbcDayResults(JdbcTemplate jdbc, JdbcClient client) {
		this.jdbc = jdbc;
		this.client = client;
		this.rows = new VersionedRows(jdbc);
	}

	@Override
	public Map<String, ZoneId> zones() {
		Map<String, ZoneId> zones = new TreeMap<>();
		this.client.sql("SELECT name, zone FROM city").query((row) -> {
			zones.put(row.getString("name"), ZoneId.of(row.getString("zone")));
		});
		return zones;
	}

	@Override
	public Map<String, DayRanges> closed(int generation) {
		Map<String, DayRanges> closed = new TreeMap<>();
		this.client.sql(
				"SELECT city, days::text FROM closed_days WHERE valid_from <= ? AND ? < valid_to AND NOT isempty(days)")
			.params(generation, generation)
			.query((row) -> {
				closed.put(row.getString("city"), days(row.getString("days")));
			});
		return closed;
	}

	@Override
	public Map<LocalDate, Long> readings(int generation, String city, LocalDate from, LocalDate to) {
		Map<LocalDate, Long> readings = new TreeMap<>();
		this.client.sql("""
				SELECT local_day, sum(readings)::bigint AS readings FROM city_day
				WHERE city = ? AND local_day BETWEEN ? AND ? AND valid_from <= ? AND ? < valid_to
				GROUP BY local_day""").params(city, from, to, generation, generation).query((row) -> {
			readings.put(row.getObject("local_day", LocalDate.class), row.getLong("readings"));
		});
		return readings;
	}

	@Override
	public List<Facts> facts(@Nullable Integer base, Map<String, LocalDate> today, Period settlesAfter,
			@Nullable Instant pinned) {
		List<String> names = new ArrayList<>();
		List<Date> ends = new ArrayList<>();
		List<Date> settled = new ArrayList<>();
		today.forEach((city, day) -> {
			names.add(city);
			ends.add(Date.valueOf(day));
			settled.add(Date.valueOf(day.minus(settlesAfter)));
		});
		int from = (base != null) ? base : 0;
		return Objects.requireNonNull(this.jdbc.execute((ConnectionCallback<List<Facts>>) (connection) -> {
			List<Facts> facts = new ArrayList<>();
			try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
				statement.setArray(1, array(connection, "text", names));
				statement.setArray(2, array(connection, "date", ends));
				statement.setArray(3, array(connection, "date", settled));
				statement.setInt(4, from);
				statement.setInt(5, from);
				statement.setTimestamp(6, (pinned != null) ? Timestamp.from(pinned) : null);
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						facts.add(facts(row));
					}
				}
			}
			return facts;
		}));
	}

	private static Facts facts(ResultSet row) throws SQLException {
		return new Facts(row.getString("city"), row.getObject("today", LocalDate.class),
				row.getObject("settled", LocalDate.class), days(row.getString("before")),
				row.getObject("first", LocalDate.class), days(row.getString("answered")),
				days(row.getString("broken")));
	}

	private static Array array(Connection connection, String type, List<?> values) throws SQLException {
		return connection.createArrayOf(type, values.toArray());
	}

	@Override
	public void keep(int generation, Map<String, DayRanges> closed) {
		this.rows.takeBack(ClosedDays.TABLE, generation);
		String staged = this.rows.stage(ClosedDays.TABLE);
		Export.copy(this.jdbc, "COPY %s (city, days) FROM STDIN".formatted(staged), (pieces) -> {
			for (Map.Entry<String, DayRanges> city : closed.entrySet()) {
				pieces.piece(CopyText.line(city.getKey(), text(city.getValue())).getBytes(StandardCharsets.UTF_8));
			}
		});
		this.rows.replace(ClosedDays.TABLE, staged, null, generation);
	}

	/** As PostgreSQL writes a datemultirange; null: none. */
	private static DayRanges days(@Nullable String text) {
		List<DayRanges.Range> ranges = new ArrayList<>();
		Matcher matcher = RANGE.matcher((text != null) ? text : "");
		while (matcher.find()) {
			ranges.add(new DayRanges.Range(LocalDate.parse(matcher.group(1)), LocalDate.parse(matcher.group(2))));
		}
		return new DayRanges(ranges);
	}

	private static String text(DayRanges days) {
		return days.ranges()
			.stream()
			.map((range) -> "[%s,%s)".formatted(range.from(), range.to()))
			.collect(Collectors.joining(",", "{", "}"));
	}

}
