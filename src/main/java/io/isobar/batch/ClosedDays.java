package io.isobar.batch;

import java.time.Clock;
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

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Which days the batch layer answers for, as {@link DayClosing} decides. A city's days
 * are kept as ranges, so that closing a night's days costs the same after forty years.
 */
@Component
public class ClosedDays {

	static final VersionedRows.Table TABLE = new VersionedRows.Table("closed_days", List.of("city"),
			List.of("city", "days"), VersionedRows.Cut.NONE);

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

	private final JdbcClient client;

	private final DayResults results;

	private final Clock clock;

	ClosedDays(JdbcClient client, DayResults results, Clock clock) {
		this.client = client;
		this.results = results;
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
	 * @param pinned what providers have answered later is not among the readings of the
	 * run; null: all is
	 */
	@Transactional
	void close(int generation, @Nullable Integer base, Period settlesAfter, @Nullable Instant complete,
			@Nullable Instant pinned) {
		new DayClosing(this.results).close(generation, base, settlesAfter, complete, pinned);
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
		this.results.zones().forEach((city, zone) -> today.put(city, LocalDate.ofInstant(now, zone)));
		return today;
	}

}
