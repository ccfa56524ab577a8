package io.isobar.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the batch layer has published. Each question is one statement, which finds the
 * current generation and its rows together, so an answer is never a mix of two.
 */
@Component
public class BatchViews {

	/**
	 * A month of a city.
	 *
	 * @param resolution hour or day: what was counted
	 * @param readings how many
	 * @param coverage share of the month's expected readings, 0…1
	 */
	public record Month(String city, YearMonth month, String resolution, long readings, double coverage,
			@Nullable Double temperatureMean, @Nullable Double temperatureMin, @Nullable Double temperatureMax,
			@Nullable Double humidityMean, @Nullable Double pressureMean, @Nullable Double windSpeedMean,
			@Nullable Double windSpeedMax, @Nullable Double precipitationSum) {
	}

	/**
	 * A day's most extreme value.
	 *
	 * @param kind max or min
	 */
	public record Extreme(String city, Metric metric, String kind, double value, Instant observedAt, Origin origin) {
	}

	/**
	 * A city beside the others.
	 *
	 * @param rank from 1, the highest mean first
	 * @param standardDeviation of the population of hours
	 */
	public record Compared(String city, int rank, double mean, @Nullable Double min, @Nullable Double max,
			double standardDeviation) {
	}

	/**
	 * Two metrics of a city; the first comes first by name.
	 *
	 * @param coefficient null where one of them never changes
	 * @param pairs hours in which both have a value
	 */
	public record Correlation(String city, Metric first, Metric second, @Nullable Double coefficient, long pairs) {
	}

	/**
	 * Where a city belongs.
	 *
	 * @param precipitation mm in a day
	 */
	public record Clustered(String city, int cluster, String label, @Nullable Double silhouette,
			@Nullable Double temperature, @Nullable Double humidity, @Nullable Double precipitation,
			@Nullable Double windSpeed) {
	}

	/**
	 * A state of {@link WeatherViews#SUMMARY} of a city's day. A day has up to four: of
	 * hours and of the whole day, each real and simulated.
	 *
	 * @param isFinal whether it is expected to stay as it is
	 */
	public record Day(LocalDate date, Resolution resolution, boolean simulated, int expectedReadings, boolean isFinal,
			State state) {

		public long readings() {
			return this.state.count(this.state.view().indexOf(WeatherViews.READINGS));
		}

	}

	/**
	 * From when to when there are readings.
	 *
	 * @param first the first local day that has any
	 * @param last the last one
	 */
	public record Known(LocalDate first, LocalDate last) {
	}

	/** How wide the temperature swings within a day of that month. */
	public record Amplitude(String city, YearMonth month, double mean, double max) {
	}

	/**
	 * How cold or warm a month was for houses.
	 *
	 * @param heating sum over the days of 18 °C - mean, where that is positive
	 * @param cooling sum over the days of mean - 18 °C, where that is positive
	 * @param days how many days' mean temperature is known
	 */
	public record DegreeDays(String city, YearMonth month, double heating, double cooling, long days) {
	}

	/**
	 * The usual temperature on a day of the year, in °C.
	 *
	 * @param mean of the days' means
	 * @param low mean of the days' lowest
	 * @param high mean of the days' highest
	 * @param years how many real years it stands on; fewer than 10 are no normal
	 */
	public record Normal(String city, MonthDay day, double mean, double low, double high, int years) {
	}

	/** The current generation, joined with the rows that are valid in it. */
	private static final String CURRENT = """
			JOIN current_generation g ON g.dataset = 'weather'
			  AND t.valid_from <= g.generation AND g.generation < t.valid_to
			""";

	/** The columns of the components, without when an extreme was measured. */
	private static final String SUMMARY = WeatherViews.SUMMARY.components()
		.stream()
		.map((component) -> "t." + component.name())
		.collect(Collectors.joining(", "));

	/** So many columns stand before them. */
	private static final int BEFORE_SUMMARY = 5;

	private final JdbcClient jdbc;

	BatchViews(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Months by city and month. Where a month has hours and whole days, the ones that
	 * cover more of it are told.
	 * @param city all where null
	 * @param from the first month; from the beginning where null
	 * @param to the last month, included; to the end where null
	 */
	public List<Month> months(@Nullable String city, @Nullable YearMonth from, @Nullable YearMonth to) {
		return this.jdbc.sql("SELECT DISTINCT ON (t.city COLLATE \"C\", t.month) t.* FROM city_month t " + CURRENT + """
				WHERE (:city::text IS NULL OR t.city = :city)
				  AND (:from::text IS NULL OR t.month >= :from) AND (:to::text IS NULL OR t.month <= :to)
				ORDER BY t.city COLLATE "C", t.month, t.days DESC, t.resolution DESC""")
			.param("city", city)
			.param("from", (from != null) ? from.toString() : null)
			.param("to", (to != null) ? to.toString() : null)
			.query(BatchViews::month)
			.list();
	}

	/** The highest, then the lowest days of all history, at most so many of each kind. */
	public List<Extreme> extremes(Metric metric, int limit) {
		return this.jdbc
			.sql("SELECT t.* FROM extremes t " + CURRENT
					+ "WHERE t.metric = :metric AND t.rank <= :limit ORDER BY t.kind, t.rank")
			.param("metric", metric.column())
			.param("limit", limit)
			.query((row, number) -> new Extreme(row.getString("city"), metric, row.getString("kind"),
					row.getDouble("value"), row.getTimestamp("observed_at").toInstant(),
					new Origin(row.getString("origin"))))
			.list();
	}

	/**
	 * The cities side by side over some days. Simulated readings are left out for a city
	 * that has any real one, and readings of whole days for one that has hours, both
	 * within these days.
	 */
	public List<Compared> comparison(Metric metric, LocalDate from, LocalDate to) {
		return this.jdbc.sql("""
				WITH days AS (
				  SELECT t.*, bool_and(t.simulated) OVER city AS only_simulated,
				    coalesce(max(t.resolution) FILTER (WHERE NOT t.simulated) OVER city,
				      max(t.resolution) OVER city) AS finest
				  FROM city_day t %1$s WHERE t.local_day BETWEEN :from AND :to WINDOW city AS (PARTITION BY t.city)),
				cities AS (
				  SELECT city, sum(%2$s) AS n, sum(%3$s) / nullif(sum(%2$s), 0) AS mean,
				    sum(%4$s) / nullif(sum(%2$s), 0) AS square, min(%5$s) AS min, max(%6$s) AS max
				  FROM days WHERE (NOT simulated OR only_simulated) AND resolution = finest GROUP BY city)
				SELECT city, rank() OVER (ORDER BY mean DESC) AS rank, mean, min, max,
				  sqrt(greatest(square - mean * mean, 0)) AS standard_deviation
				FROM cities WHERE n > 0 ORDER BY rank, city COLLATE "C"
				""".formatted(CURRENT, WeatherViews.count(metric), WeatherViews.sum(metric),
				WeatherViews.square(metric), WeatherViews.min(metric), WeatherViews.max(metric)))
			.param("from", from)
			.param("to", to)
			.query((row, number) -> new Compared(row.getString("city"), row.getInt("rank"), row.getDouble("mean"),
					number(row, "min"), number(row, "max"), row.getDouble("standard_deviation")))
			.list();
	}

	/**
	 * Correlations over all history, by city and names of the metrics.
	 * @param city all where null
	 */
	public List<Correlation> correlations(@Nullable String city) {
		return this.jdbc
			.sql("SELECT t.* FROM correlations t " + CURRENT + "WHERE (:city::text IS NULL OR t.city = :city)")
			.param("city", city)
			.query(BatchViews::correlation)
			.list()
			.stream()
			.sorted(Comparator.comparing(Correlation::city)
				.thenComparing((correlation) -> correlation.first().field())
				.thenComparing((correlation) -> correlation.second().field()))
			.toList();
	}

	/** The clusters by number, the cities in them by name. */
	public List<Clustered> clusters() {
		return this.jdbc.sql("SELECT t.* FROM clusters t " + CURRENT + "ORDER BY t.cluster, t.city COLLATE \"C\"")
			.query((row, number) -> new Clustered(row.getString("city"), row.getInt("cluster"), row.getString("label"),
					number(row, "silhouette"), number(row, "temperature"), number(row, "humidity"),
					number(row, "precipitation"), number(row, "wind_speed")))
			.list();
	}

	/**
	 * The states of a city's days in a generation, both ends included, in no order. What
	 * a generation says never changes, so it is the same whenever it is asked.
	 */
	public List<Day> days(int generation, String city, LocalDate from, LocalDate to) {
		return this.jdbc
			.sql("SELECT t.local_day, t.resolution, t.simulated, t.expected_readings, t.status, " + SUMMARY + """
					 FROM city_day t WHERE t.city = ? AND t.local_day BETWEEN ? AND ?
					AND t.valid_from <= ? AND ? < t.valid_to""")
			.params(city, from, to, generation, generation)
			.query(BatchViews::day)
			.list();
	}

	/**
	 * The days between which a generation has readings of a city; empty where it has
	 * none.
	 * @param until the last day that is looked at
	 */
	public Optional<Known> known(int generation, String city, LocalDate until) {
		return this.jdbc.sql("""
				SELECT min(t.local_day) AS first, max(t.local_day) AS last FROM city_day t
				WHERE t.city = ? AND t.local_day <= ? AND t.valid_from <= ? AND ? < t.valid_to AND t.readings > 0
				HAVING count(*) > 0""")
			.params(city, until, generation, generation)
			.query((row, number) -> new Known(row.getObject("first", LocalDate.class),
					row.getObject("last", LocalDate.class)))
			.optional();
	}

	/** Daily amplitudes of a city, by month; both ends included. */
	public List<Amplitude> amplitude(String city, YearMonth from, YearMonth to) {
		return this.jdbc
			.sql("SELECT t.* FROM amplitude t " + CURRENT
					+ "WHERE t.city = :city AND t.month BETWEEN :from AND :to ORDER BY t.month")
			.param("city", city)
			.param("from", from.toString())
			.param("to", to.toString())
			.query((row, number) -> new Amplitude(row.getString("city"), YearMonth.parse(row.getString("month")),
					row.getDouble("mean_daily_amplitude"), row.getDouble("max_daily_amplitude")))
			.list();
	}

	/** Degree days of a city, by month; both ends included. */
	public List<DegreeDays> degreeDays(String city, YearMonth from, YearMonth to) {
		return this.jdbc
			.sql("SELECT t.* FROM degree_days t " + CURRENT
					+ "WHERE t.city = :city AND t.month BETWEEN :from AND :to ORDER BY t.month")
			.param("city", city)
			.param("from", from.toString())
			.param("to", to.toString())
			.query((row, number) -> new DegreeDays(city, YearMonth.parse(row.getString("month")),
					row.getDouble("heating"), row.getDouble("cooling"), row.getLong("days")))
			.list();
	}

	/** What is usual in a city, by day of the year. */
	public List<Normal> normals(String city) {
		return this.jdbc.sql("SELECT t.* FROM normals t " + CURRENT + "WHERE t.city = :city ORDER BY t.day")
			.param("city", city)
			.query((row, number) -> new Normal(city, MonthDay.parse("--" + row.getString("day")), row.getDouble("mean"),
					row.getDouble("low"), row.getDouble("high"), row.getInt("years")))
			.list();
	}

	/** The cities of which at least some readings are simulated. */
	public List<String> simulatedCities() {
		return this.jdbc.sql("SELECT DISTINCT t.city FROM city_day t " + CURRENT + "WHERE t.simulated ORDER BY t.city")
			.query(String.class)
			.list();
	}

	private static Day day(ResultSet row, int number) throws SQLException {
		State state = WeatherViews.SUMMARY.zero();
		List<io.isobar.views.Component> components = WeatherViews.SUMMARY.components();
		for (int i = 0; i < components.size(); i++) {
			int column = BEFORE_SUMMARY + 1 + i;
			switch (components.get(i).merge()) {
				case COUNT -> state.set(i, 0, row.getLong(column));
				case SUM -> state.set(i, row.getDouble(column), 0);
				case MIN_AT, MAX_AT -> {
					double value = row.getDouble(column);
					state.set(i, row.wasNull() ? Double.NaN : value, 0);
				}
			}
		}
		return new Day(row.getObject(1, LocalDate.class), Resolution.ofColumn(row.getString(2)), row.getBoolean(3),
				row.getInt(4), row.getString(5).equals("final"), state);
	}

	private static Month month(ResultSet row, int number) throws SQLException {
		long readings = row.getLong(WeatherViews.READINGS);
		long expected = row.getLong("expected_readings");
		return new Month(row.getString("city"), YearMonth.parse(row.getString("month")), row.getString("resolution"),
				readings, (expected > 0) ? Math.min(1, (double) readings / expected) : 0, mean(row, Metric.TEMPERATURE),
				number(row, WeatherViews.min(Metric.TEMPERATURE)), number(row, WeatherViews.max(Metric.TEMPERATURE)),
				mean(row, Metric.HUMIDITY), mean(row, Metric.PRESSURE), mean(row, Metric.WIND_SPEED),
				number(row, WeatherViews.max(Metric.WIND_SPEED)), sum(row, Metric.PRECIPITATION));
	}

	private static Correlation correlation(ResultSet row, int number) throws SQLException {
		Metric first = metric(row.getString("first"));
		Metric second = metric(row.getString("second"));
		boolean inOrder = first.field().compareTo(second.field()) < 0;
		return new Correlation(row.getString("city"), inOrder ? first : second, inOrder ? second : first,
				number(row, "coefficient"), row.getLong("pairs"));
	}

	private static Metric metric(String column) {
		return Metric.valueOf(column.toUpperCase(Locale.ROOT));
	}

	private static @Nullable Double mean(ResultSet row, Metric metric) throws SQLException {
		long count = row.getLong(WeatherViews.count(metric));
		return (count > 0) ? row.getDouble(WeatherViews.sum(metric)) / count : null;
	}

	private static @Nullable Double sum(ResultSet row, Metric metric) throws SQLException {
		return (row.getLong(WeatherViews.count(metric)) > 0) ? row.getDouble(WeatherViews.sum(metric)) : null;
	}

	private static @Nullable Double number(ResultSet row, String column) throws SQLException {
		double value = row.getDouble(column);
		return row.wasNull() ? null : value;
	}

}
