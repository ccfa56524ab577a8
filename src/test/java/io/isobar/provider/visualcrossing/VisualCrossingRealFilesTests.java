package io.isobar.provider.visualcrossing;

import java.time.Instant;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.TestCities;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.provider.TestData;
import io.isobar.provider.UnitGroup;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Answers that were recorded elsewhere; skipped where they are not there. */
class VisualCrossingRealFilesTests {

	private static final Instant COLLECTED = Instant.parse("2026-01-01T00:00:00Z");

	/**
	 * The 15 days hold one day of 24 hours, the last of them a forecast, and 14 days of
	 * forecast.
	 */
	@ParameterizedTest
	@CsvSource({ "alexandria_2025-03-07_1d_arabic.json, 24, 0, 1",
			"alexandria_2025-03-10_15d_arabic.json, 23, 337, 0" })
	void onEveryCompleteDayTheExtremesOverTheHoursAreThoseOfTheDay(String file, int readings, int filtered,
			int completeDays) {
		JsonNode root = JsonFiles.parse(TestData.bytes("visualcrossing/" + file));
		Rows rows = VisualCrossingAnswer.of(root, UnitGroup.METRIC)
			.rows(TestCities.ALEXANDRIA, Channel.FILE, COLLECTED);

		assertThat(rows.readings()).hasSize(readings);
		assertThat(rows.counts().filtered()).isEqualTo(filtered);
		assertThat(rows.counts().rejected()).isZero();
		assertThat(rows.counts().flagged()).isZero();
		int complete = 0;
		for (JsonNode day : root.path("days")) {
			var observed = rows.readings()
				.stream()
				.filter((reading) -> dateOf(reading, TestCities.ALEXANDRIA).equals(day.path("datetime").stringValue()))
				.mapToDouble((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
				.summaryStatistics();
			if (observed.getCount() == 24) {
				complete++;
				assertThat(observed.getMin()).isEqualTo(day.path("tempmin").doubleValue());
				assertThat(observed.getMax()).isEqualTo(day.path("tempmax").doubleValue());
			}
		}
		assertThat(complete).isEqualTo(completeDays);
	}

	@Test
	void anAnswerInFahrenheitWithoutEpochsIsRefusedForItsUnits() {
		JsonNode root = JsonFiles.parse(TestData.bytes("visualcrossing/austin_2023-05_us_elements_subset_hours.json"));

		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> VisualCrossingAnswer.of(root, UnitGroup.METRIC))
			.withMessageContaining("°F")
			.withMessageContaining("datetimeEpoch")
			.extracting(AnswerRefused::reason)
			.isEqualTo(Reason.WRONG_UNITS);
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> VisualCrossingAnswer.of(root, UnitGroup.US))
			.withMessageContaining("no datetimeEpoch and no source");
	}

	@Test
	void aDayOfTwoHoursHasOneObservedOne() {
		City bordils = TestCities.city("Bordils", "ES", 42.04, 2.91, "Europe/Madrid");
		Rows rows = VisualCrossingAnswer.of(TestData.bytes("visualcrossing/bordils_2024-01-04_alert.json"))
			.rows(bordils, Channel.FILE, COLLECTED);

		assertThat(rows.readings()).singleElement()
			.satisfies((reading) -> assertThat(reading.observedAt()).isEqualTo(Instant.ofEpochSecond(1704366000)));
		assertThat(rows.counts().filtered()).isEqualTo(1);
	}

	@Test
	void aDayWithoutHoursIsOneReading() {
		City solingen = TestCities.city("Solingen", "DE", 51.17, 7.09, "Europe/Berlin");
		Rows rows = VisualCrossingAnswer.of(TestData.bytes("visualcrossing/solingen_2023-10-20.json"))
			.rows(solingen, Channel.FILE, COLLECTED);

		Reading day = rows.readings().get(0);
		assertThat(rows.readings()).hasSize(1);
		assertThat(day.highs().orNaN(Metric.TEMPERATURE)).isEqualTo(16.2);
		assertThat(day.lows().orNaN(Metric.TEMPERATURE)).isEqualTo(13.0);
		assertThat(day.values().orNaN(Metric.PRECIPITATION)).isEqualTo(14.6);
	}

	private static String dateOf(Reading reading, City city) {
		return reading.observedAt().atZone(city.zone()).toLocalDate().toString();
	}

}
