package io.isobar.batch;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.isobar.provider.History;
import io.isobar.weather.City;
import io.isobar.weather.Origin;

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

	/** The days of that city about which this provider has nothing new to say. */
	Set<LocalDate> settled(Origin provider, City city) {
		return days("SELECT local_day FROM collected_day WHERE provider = ? AND city = ? AND settled", provider, city);
	}

	/** The days of that city that this provider has answered, settled or not. */
	Set<LocalDate> answered(Origin provider, City city) {
		return days("SELECT local_day FROM collected_day WHERE provider = ? AND city = ?", provider, city);
	}

	/** The first day that was ever answered for any city. */
	Optional<LocalDate> first() {
		return Optional
			.ofNullable(this.jdbc.sql("SELECT min(local_day) FROM collected_day").query(LocalDate.class).single());
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

	private Set<LocalDate> days(String sql, Origin provider, City city) {
		return new HashSet<>(this.jdbc.sql(sql).params(provider.name(), city.name()).query(LocalDate.class).list());
	}

}
