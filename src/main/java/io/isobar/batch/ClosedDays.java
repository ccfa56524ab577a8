package io.isobar.batch;

import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Which days the batch layer answers for. A day of a city is closed when it has ended
 * there and is answered for: a provider has answered about it, be it that there are no
 * values; or a file covers it; or its settling time is over, so that no answer is waited
 * for any more. A day that breaks a {@linkplain DayRules rule} stays open. What was
 * closed in the generation that a run started from stays closed, unless a clock that was
 * ahead has closed days that are still to come. A city's days are kept as ranges, so that
 * closing a night's days costs the same after forty years.
 * <p>
 * Where readings are streamed, a day is closed only when all that had been sent at its
 * end is among the readings of the run.
 */
@Component
public class ClosedDays {

	static final VersionedRows.Table TABLE = new VersionedRows.Table("closed_days", List.of("city"),
			List.of("city", "days"), VersionedRows.Cut.NONE);

	/** A clock may be put back by so much, and what was closed before stays closed. */
	private static final Duration PUT_BACK = Duration.ofDays(2);

	/**
	 * The closed days of each city: {@code today} and {@code settled} bound, both
	 * excluded, the days that have ended and those whose settling time is over; only
	 * between the two has it to be asked whether somebody has answered. What was closed
	 * before is so still, unless it can't have ended ({@code ahead}): a clock was ahead.
	 */
	private static final String CLOSED = """
			INSERT INTO %s
			WITH known AS (
			  SELECT n.city, n.today, n.settled, b.days * datemultirange(daterange(NULL, n.ahead)) AS before, least(lower(b.days),
			    (SELECT min(d.local_day) FROM city_day d WHERE d.city = n.city AND d.valid_to = %d),
			    (SELECT min(k.local_day) FROM collected_day k WHERE k.city = n.city)) AS first
			  FROM unnest(?, ?, ?, ?) AS n (city, today, settled, ahead)
			  LEFT JOIN closed_days b ON b.city = n.city AND b.valid_from <= ? AND ? < b.valid_to),
			answered AS (
			  SELECT k.city, range_agg(daterange(d.local_day, d.local_day + 1)) AS days
			  FROM known k CROSS JOIN LATERAL (
			    SELECT c.local_day FROM collected_day c
			    WHERE c.city = k.city AND c.local_day >= k.settled AND c.local_day < k.today
			    UNION SELECT f.local_day FROM city_day f
			    WHERE f.city = k.city AND f.local_day >= k.settled AND f.local_day < k.today
			      AND f.valid_to = %<d AND f.readings_file > 0) d GROUP BY k.city),
			broken AS (
			  SELECT city, range_agg(daterange(local_day, local_day + 1)) AS days
			  FROM broken_day WHERE valid_to = %<d GROUP BY city)
			SELECT k.city, coalesce(k.before, '{}')
			  + ((datemultirange(daterange(least(k.first, k.settled), k.settled)) + coalesce(a.days, '{}'))
			    * datemultirange(daterange(least(k.first, k.today), k.today)) - coalesce(b.days, '{}'))
			FROM known k LEFT JOIN answered a USING (city) LEFT JOIN broken b USING (city) WHERE k.first < k.today""";

	/** Where no day can be closed: what was closed before. */
	private static final String AS_BEFORE = """
			INSERT INTO %s SELECT city, days FROM closed_days WHERE valid_from <= ? AND ? < valid_to""";

	private static final String CURRENT = """
			SELECT g.generation, n.published_at, c.city, lower(r.days) AS first, upper(r.days) AS behind
			FROM current_generation g JOIN generation n ON n.generation = g.generation
			LEFT JOIN closed_days c ON c.valid_from <= g.generation AND g.generation < c.valid_to
			LEFT JOIN LATERAL unnest(c.days) AS r (days) ON true
			WHERE g.dataset = 'weather' ORDER BY c.city, first""";

	private static final String BOUNDARY = """
			SELECT c.city, upper(c.days) AS boundary FROM closed_days c
			JOIN current_generation g ON g.dataset = 'weather' AND c.valid_from <= g.generation AND g.generation < c.valid_to
			WHERE NOT isempty(c.days)""";

	private final JdbcTemplate jdbc;

	private final JdbcClient client;

	private final VersionedRows rows;

	private final Clock clock;

	ClosedDays(JdbcTemplate jdbc, JdbcClient client, Clock clock) {
		this.jdbc = jdbc;
		this.client = client;
		this.rows = new VersionedRows(jdbc);
		this.clock = clock;
	}

	/**
	 * A day that stays open, and why.
	 *
	 * @param rule the one it breaks
	 */
	record Broken(String city, LocalDate day, String rule, String detail) {

		@Override
		public String toString() {
			return "%s %s (%s: %s)".formatted(this.city, this.day, this.rule, this.detail);
		}

	}

	/**
	 * What the current generation answers for.
	 *
	 * @param generation its number
	 * @param days the closed days of each city, by name
	 */
	public record Current(int generation, Instant publishedAt, Map<String, DayRanges> days) {

		/** The closed days of a city. */
		public DayRanges of(String city) {
			return this.days.getOrDefault(city, DayRanges.NONE);
		}

	}

	/**
	 * A city as it is known, and the generation that is current.
	 *
	 * @param generation its number; null while there is none
	 */
	public record CityNow(String city, ZoneId zone, @Nullable Integer generation) {
	}

	/** The current generation with its closed days, in one statement. */
	public Optional<Current> current() {
		Map<String, List<DayRanges.Range>> ranges = new TreeMap<>();
		List<Current> found = this.client.sql(CURRENT).query((row, number) -> {
			String city = row.getString("city");
			LocalDate first = row.getObject("first", LocalDate.class);
			if (city != null && first != null) {
				ranges.computeIfAbsent(city, (key) -> new ArrayList<>())
					.add(new DayRanges.Range(first, row.getObject("behind", LocalDate.class)));
			}
			return new Current(row.getInt("generation"), row.getTimestamp("published_at").toInstant(), Map.of());
		}).list();
		Map<String, DayRanges> days = new TreeMap<>();
		ranges.forEach((city, each) -> days.put(city, new DayRanges(each)));
		return found.stream().findFirst().map((any) -> new Current(any.generation(), any.publishedAt(), days));
	}

	/**
	 * The cities that are known, by name, with the generation that is current now: all
	 * that has to be asked before an answer from what is already known of a generation.
	 * @param city of that city alone; null: of all
	 */
	public List<CityNow> cities(@Nullable String city) {
		return this.client.sql("""
				SELECT c.name, c.zone, g.generation FROM city c
				LEFT JOIN current_generation g ON g.dataset = 'weather'
				WHERE (:city::text IS NULL OR c.name = :city) ORDER BY c.name COLLATE "C\"""")
			.param("city", city)
			.query((row, number) -> new CityNow(row.getString("name"), ZoneId.of(row.getString("zone")),
					row.getObject("generation", Integer.class)))
			.list();
	}

	/**
	 * Closes the days that can be closed, when all other tables of the attempt have been
	 * exported.
	 * @param base the generation that the run started from; what it has closed stays so
	 * @param settlesAfter how long an answer is waited for after a day's end
	 * @param complete all that had been sent at that time is among the readings of the
	 * run; null: nobody knows, so no more days are closed
	 */
	@Transactional
	void close(int generation, @Nullable Integer base, Period settlesAfter, @Nullable Instant complete) {
		String staged = this.rows.stage(TABLE);
		int from = (base != null) ? base : 0;
		if (complete != null) {
			close(staged, from, settlesAfter, complete);
		}
		else {
			this.jdbc.update(AS_BEFORE.formatted(staged), from, from);
		}
		this.rows.replace(TABLE, staged, null, generation);
	}

	private void close(String staged, int from, Period settlesAfter, Instant complete) {
		List<String> names = new ArrayList<>();
		List<Date> today = new ArrayList<>();
		List<Date> settled = new ArrayList<>();
		List<Date> ahead = new ArrayList<>();
		Map<String, LocalDate> later = today(complete.plus(PUT_BACK));
		today(complete).forEach((city, day) -> {
			names.add(city);
			today.add(Date.valueOf(day));
			settled.add(Date.valueOf(day.minus(settlesAfter)));
			ahead.add(Date.valueOf(later.getOrDefault(city, day)));
		});
		this.jdbc.execute((ConnectionCallback<Integer>) (connection) -> {
			try (var statement = connection.prepareStatement(CLOSED.formatted(staged, VersionedRows.OPEN))) {
				statement.setArray(1, array(connection, "text", names));
				statement.setArray(2, array(connection, "date", today));
				statement.setArray(3, array(connection, "date", settled));
				statement.setArray(4, array(connection, "date", ahead));
				statement.setInt(5, from);
				statement.setInt(6, from);
				return statement.executeUpdate();
			}
		});
	}

	/** The days of a generation that break a rule, the newest first. */
	List<Broken> broken(int generation) {
		return this.client.sql("""
				SELECT city, local_day, rule, string_agg(DISTINCT detail, '; ') AS detail FROM broken_day
				WHERE valid_from <= :generation AND :generation < valid_to
				GROUP BY city, local_day, rule ORDER BY local_day DESC, city, rule""")
			.param("generation", generation)
			.query((row, number) -> new Broken(row.getString("city"), row.getObject("local_day", LocalDate.class),
					row.getString("rule"), row.getString("detail")))
			.list();
	}

	/**
	 * Where the batch layer's answer ends for each city, by name: the first open day
	 * after the last closed one, never after the city's today. A city of which no day is
	 * closed is not among them.
	 */
	public Map<String, LocalDate> boundaries() {
		Map<String, LocalDate> today = today(this.clock.instant());
		Map<String, LocalDate> boundaries = new TreeMap<>();
		this.client.sql(BOUNDARY).query((row) -> {
			String city = row.getString("city");
			LocalDate boundary = row.getObject("boundary", LocalDate.class);
			LocalDate latest = today.getOrDefault(city, boundary);
			boundaries.put(city, boundary.isAfter(latest) ? latest : boundary);
		});
		return boundaries;
	}

	/** As {@link #boundaries}, of one city. */
	public Optional<LocalDate> boundary(String city) {
		return Optional.ofNullable(boundaries().get(city));
	}

	/** The local day that it is in each city at that time. */
	Map<String, LocalDate> today(Instant now) {
		Map<String, LocalDate> today = new TreeMap<>();
		this.client.sql("SELECT name, zone FROM city").query((row) -> {
			today.put(row.getString("name"), LocalDate.ofInstant(now, ZoneId.of(row.getString("zone"))));
		});
		return today;
	}

	private static Array array(Connection connection, String type, List<?> values) throws SQLException {
		return connection.createArrayOf(type, values.toArray());
	}

}
