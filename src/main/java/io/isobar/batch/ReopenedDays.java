package io.isobar.batch;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Sees to it that somebody can answer for the days that are open again with another
 * generation.
 */
@Component
class ReopenedDays implements GenerationCheck {

	/**
	 * The days that would be open again, that the speed layer no longer keeps, and of
	 * which the current generation has more readings than the wanted one.
	 */
	private static final String NOT_COMPLETABLE = """
			WITH reopened AS (
			  SELECT k.city, k.days - coalesce(w.days, '{}') AS days, o.day AS oldest
			  FROM closed_days k JOIN unnest(?::text[], ?::date[]) AS o (city, day) ON o.city = k.city
			  LEFT JOIN closed_days w ON w.city = k.city AND w.valid_from <= ? AND ? < w.valid_to
			  WHERE k.valid_from <= ? AND ? < k.valid_to),
			lost AS (
			  SELECT d.city, d.local_day FROM reopened r JOIN city_day d ON d.city = r.city
			    AND d.local_day >= lower(r.days) AND d.local_day < r.oldest AND r.days @> d.local_day
			  WHERE d.valid_from <= ? AND ? < d.valid_to OR d.valid_from <= ? AND ? < d.valid_to
			  GROUP BY d.city, d.local_day
			  HAVING sum(d.readings) FILTER (WHERE d.valid_from <= ? AND ? < d.valid_to)
			    > coalesce(sum(d.readings) FILTER (WHERE d.valid_from <= ? AND ? < d.valid_to), 0))
			SELECT count(*) AS days, min(local_day) AS first, max(local_day) AS last,
			  (array_agg(city ORDER BY local_day, city))[1] AS city FROM lost HAVING count(*) > 0""";

	private final JdbcClient jdbc;

	private final ObjectProvider<SpeedLayer> speed;

	ReopenedDays(JdbcClient jdbc, ObjectProvider<SpeedLayer> speed) {
		this.jdbc = jdbc;
		this.speed = speed;
	}

	/**
	 * Days that are open again are answered by the fuller layer. Of such as the speed
	 * layer no longer keeps that is the batch layer, so there must not be more readings
	 * now. (Where there is no speed layer, a generation is all that is answered.)
	 */
	@Override
	public void check(Generation from, Generation to) {
		int current = from.number();
		int wanted = to.number();
		SpeedLayer layer = this.speed.getIfAvailable();
		if (to.dataset() != Dataset.WEATHER || layer == null) {
			return;
		}
		Map<String, String> oldest = new LinkedHashMap<>();
		this.jdbc.sql("SELECT name, zone FROM city").query((row) -> {
			oldest.put(row.getString("name"), layer.oldestDay(ZoneId.of(row.getString("zone"))).toString());
		});
		this.jdbc.sql(NOT_COMPLETABLE)
			.params(oldest.keySet().toArray(String[]::new), oldest.values().toArray(String[]::new), wanted, wanted,
					current, current, current, current, wanted, wanted, current, current, wanted, wanted)
			.query((row, number) -> GenerationRefusal.NotCompletable.days(wanted, row.getLong("days"),
					row.getString("city"), row.getObject("first", LocalDate.class),
					row.getObject("last", LocalDate.class)))
			.optional()
			.ifPresent((refusal) -> {
				throw refusal;
			});
	}

}
