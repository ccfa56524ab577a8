package io.isobar.provider;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import io.isobar.provider.History.Outcome;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HistoryTests {

	private static final Instant NOW = Instant.parse("2025-03-13T08:00:00Z");

	private static final LocalDate TENTH = LocalDate.of(2025, 3, 10);

	private static final LocalDate TWELFTH = LocalDate.of(2025, 3, 12);

	@Test
	void aDayWithoutDataHasOneEmptyReadingAtItsStart() {
		Asked asked = new Asked(TestCities.PARIS, TENTH, TWELFTH, NOW);

		History history = history(asked, List.of(reading("2025-03-10T23:00:00Z", 7)));

		assertThat(history.days()).containsExactly(Map.entry(TENTH, Outcome.NO_DATA),
				Map.entry(LocalDate.of(2025, 3, 11), Outcome.VALUES), Map.entry(TWELFTH, Outcome.NO_DATA));
		assertThat(history.readings()).extracting(Reading::observedAt)
			.containsExactly(Instant.parse("2025-03-09T23:00:00Z"), Instant.parse("2025-03-10T23:00:00Z"),
					Instant.parse("2025-03-11T23:00:00Z"));
		Reading empty = history.readings().get(0);
		assertThat(empty.isEmpty()).isTrue();
		assertThat(empty.resolution()).isEqualTo(Resolution.HOUR);
		assertThat(empty.channel()).isEqualTo(Channel.HISTORY);
		assertThat(empty.collected()).isEqualTo(NOW);
	}

	@Test
	void hoursOfDaysThatWereNotAskedAreFiltered() {
		Asked asked = new Asked(TestCities.PARIS, TENTH, TENTH, NOW);

		History history = history(asked, List.of(reading("2025-03-09T22:00:00Z", 1), reading("2025-03-09T23:00:00Z", 2),
				reading("2025-03-10T22:00:00Z", 3), reading("2025-03-10T23:00:00Z", 4)));

		assertThat(history.readings()).extracting((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
			.containsExactly(2.0, 3.0);
		assertThat(history.counts().read()).isEqualTo(4);
		assertThat(history.counts().filtered()).isEqualTo(2);
	}

	@Test
	void aDayThatHasNotEndedIsNotAsked() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Asked(TestCities.PARIS, TENTH, LocalDate.of(2025, 3, 13), NOW))
			.withMessageContaining("2025-03-13 has not ended in Paris");
	}

	@Test
	void whetherADayHasEndedIsDecidedByTheCity() {
		Instant evening = Instant.parse("2025-03-12T20:00:00Z");

		assertThat(new Asked(TestCities.SYDNEY, TWELFTH, TWELFTH, evening).days()).containsExactly(TWELFTH);
		assertThatIllegalArgumentException().isThrownBy(() -> new Asked(TestCities.PARIS, TWELFTH, TWELFTH, evening));
	}

	private static History history(Asked asked, List<Reading> readings) {
		return History.of(asked, Origin.OPEN_METEO, "", new byte[0],
				new Rows(readings, new Counts(readings.size(), 0, 0, 0, List.of())), asked.days(), 1);
	}

	private static Reading reading(String observed, double temperature) {
		return Reading.hour("Paris", Instant.parse(observed), Origin.OPEN_METEO, Channel.HISTORY, NOW,
				Values.of(Map.of(Metric.TEMPERATURE, temperature)));
	}

}
