package io.isobar.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;

/**
 * What holds for each day of a city. One that breaks a rule can't be right: it is
 * published as it is, and stays open, so that the batch layer does not answer for it
 * alone, until the readings or what was made of them are mended. The rules are conditions
 * in SQL, for they look at a day where it is a row.
 * <ul>
 * <li>{@code slots}: no more readings than the day has hours;</li>
 * <li>{@code counts}: no metric has more values than there are readings, or fewer than
 * none; what is simulated beside real readings has values without readings, at most one
 * an hour;</li>
 * <li>{@code extremes}: a metric with values has a lowest and a highest one, in this
 * order; of a day that came as a whole they need not be known, as of a sum they never
 * are;</li>
 * <li>{@code range}: no value that is physically impossible.</li>
 * </ul>
 */
final class DayRules {

	static final VersionedRows.Table BROKEN = new VersionedRows.Table("broken_day",
			List.of("city", "local_day", "resolution", "simulated", "rule"),
			List.of("city", "local_day", "resolution", "simulated", "rule", "detail"), VersionedRows.Cut.DAY);

	/**
	 * A rule.
	 *
	 * @param broken condition on a row of {@code city_day}
	 * @param detail what is wrong, an expression of SQL
	 */
	private record Rule(String name, String broken, String detail) {
	}

	private static final List<Rule> RULES = rules();

	private DayRules() {
	}

	/**
	 * A statement that finds the days that break a rule.
	 * @param days table with the columns of {@code city_day}
	 * @param into table with the columns of {@link #BROKEN}
	 */
	static String find(String days, String into) {
		Map<String, List<Rule>> byName = new TreeMap<>();
		RULES.forEach((rule) -> byName.computeIfAbsent(rule.name(), (name) -> new ArrayList<>()).add(rule));
		List<String> details = new ArrayList<>();
		byName
			.forEach((name,
					rules) -> details.add("('%s', nullif(concat_ws(', ', %s), ''))".formatted(name,
							String.join(", ", rules.stream()
								.map((rule) -> "CASE WHEN %s THEN %s END".formatted(rule.broken(), rule.detail()))
								.toList()))));
		// The quick question first: hardly any day breaks a rule
		return """
				INSERT INTO %s SELECT d.city, d.local_day, d.resolution, d.simulated, r.rule, r.detail
				FROM (SELECT * FROM %s WHERE %s) d CROSS JOIN LATERAL (VALUES %s) AS r (rule, detail)
				WHERE r.detail IS NOT NULL""".formatted(into, days,
				String.join(" OR ", RULES.stream().map((rule) -> "(" + rule.broken() + ")").toList()),
				String.join(", ", details));
	}

	private static List<Rule> rules() {
		List<Rule> rules = new ArrayList<>();
		rules.add(new Rule("slots", "readings > expected_readings",
				"format('%s readings where %s are possible', readings, expected_readings)"));
		for (Metric metric : Metric.ALL) {
			String count = WeatherViews.count(metric);
			String min = WeatherViews.min(metric);
			String max = WeatherViews.max(metric);
			String name = metric.field();
			rules.add(new Rule("counts",
					"%1$s > CASE WHEN simulated THEN expected_readings ELSE readings END OR %1$s < 0".formatted(count),
					"format('%%s values of %s in %%s readings', %s, readings)".formatted(name, count)));
			rules.add(new Rule("extremes",
					"%1$s > 0 AND (resolution = 'hour' AND (%2$s IS NULL OR %3$s IS NULL) OR %2$s > %3$s)"
						.formatted(count, min, max),
					"format('%s from %%s to %%s', coalesce(%s::text, '?'), coalesce(%s::text, '?'))".formatted(name,
							min, max)));
			rules.add(new Rule("range", "%s < %s OR %s > %s".formatted(min, metric.lowest(), max, highest(metric)),
					"format('%s from %%s to %%s', %s, %s)".formatted(name, min, max)));
		}
		return List.copyOf(rules);
	}

	private static String highest(Metric metric) {
		return String.format(Locale.ROOT, "CASE WHEN resolution = 'day' THEN %s ELSE %s END",
				metric.highest(Resolution.DAY), metric.highest(Resolution.HOUR));
	}

}
