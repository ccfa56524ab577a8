package io.isobar.batch;

import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.isobar.provider.History;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The ledger of what providers have answered, so that nothing is asked twice without
 * need.
 */
@Component
class CollectedDays {

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	CollectedDays(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	/**
	 * The days of that city that are to be asked of this provider, the newest first: all
	 * but those that are settled. Those without values count only where this provider has
	 * said so.
	 * @param since those that it has answered since then are not asked either
	 */
	List<LocalDate> toAsk(Origin provider, City city, LocalDate from, LocalDate to, @Nullable Instant since) {
		return this.jdbc.sql("""
				SELECT CAST(asked AS date) FROM generate_series(CAST(:from AS timestamp), CAST(:to AS timestamp),
				    interval '1 day') AS asked
				WHERE NOT EXISTS (SELECT FROM collected_day had
				    WHERE had.city = :city AND had.local_day = CAST(asked AS date)
				    AND (had.settled AND (had.provider = :provider
				            OR had.provider <> :simulated AND had.outcome = 'values')
				        OR had.provider = :provider AND had.collected >= CAST(:since AS timestamptz)))
				ORDER BY asked DESC""")
			.param("from", from)
			.param("to", to)
			.param("city", city.name())
			.param("provider", provider.name())
			.param("simulated", Origin.SIMULATED.name())
			.param("since", (since != null) ? since.atOffset(ZoneOffset.UTC) : null, Types.TIMESTAMP_WITH_TIMEZONE)
			.query(LocalDate.class)
			.list();
	}

	/** The days of that city that this provider has answered, settled or not. */
	Set<LocalDate> answered(Origin provider, City city) {
		return new HashSet<>(this.jdbc.sql("SELECT local_day FROM collected_day WHERE provider = ? AND city = ?")
			.params(provider.name(), city.name())
			.query(LocalDate.class)
			.list());
	}

	/** How many days of cities each provider has answered since then. */
	Map<Origin, Long> answeredSince(Instant since) {
		Map<Origin, Long> days = new LinkedHashMap<>();
		this.jdbc.sql(
				"SELECT provider, count(*) AS days FROM collected_day WHERE collected >= ? GROUP BY provider ORDER BY provider")
			.param(Timestamp.from(since))
			.query((row) -> {
				days.put(new Origin(row.getString("provider")), row.getLong("days"));
			});
		return days;
	}

	/** The first day of that city that was ever to be collected. */
	Optional<LocalDate> first(City city) {
		return this.jdbc.sql("SELECT first_day FROM collected_from WHERE city = ?")
			.param(city.name())
			.query(LocalDate.class)
			.optional();
	}

	/** Notes from which day on a city is to be collected, so that no day is forgotten. */
	void wanted(City city, LocalDate first) {
		this.jdbc.sql("""
				INSERT INTO collected_from (city, first_day) VALUES (?, ?)
				ON CONFLICT (city) DO UPDATE SET first_day = least(collected_from.first_day, excluded.first_day)""")
			.params(city.name(), first)
			.update();
	}

	/** Notes what an answer said about each of its days. */
	void note(History history, Set<LocalDate> days, LocalDate settledBefore) {
		List<Object[]> rows = new ArrayList<>();
		Instant collected = history.asked().collected();
		history.days().forEach((day, outcome) -> {
			if (days.contains(day)) {
				rows.add(new Object[] { history.origin().name(), history.asked().city().name(), day,
						Timestamp.from(collected), outcome.name().toLowerCase(Locale.ROOT),
						day.isBefore(settledBefore) });
			}
		});
		this.batches.batchUpdate("""
				INSERT INTO collected_day (provider, city, local_day, collected, outcome, settled)
				VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (provider, city, local_day) DO UPDATE
				SET collected = excluded.collected, outcome = excluded.outcome, settled = excluded.settled
				WHERE collected_day.collected <= excluded.collected""", rows);
	}

}
