package io.isobar.provider.openmeteo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.TestCities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.JsonFiles;
import io.isobar.weather.Outlook;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.provider.UnitGroup;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class OpenMeteoAnswerTests {

	private static final Instant COLLECTED = Instant.parse("2025-03-20T12:00:00Z");

	@Test
	void aSumBelongsToTheHourThatEndsAtItsLabel() {
		Rows rows = rows("""
				{"utc_offset_seconds": 0,
				 "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
				 "hourly": {"time": ["2025-03-10T13:00", "2025-03-10T14:00", "2025-03-10T15:00"],
				   "temperature_2m": [7, 8.5, 9], "precipitation": [0.1, 0.2, 0.3], "wind_gusts_10m": [10, 20, 30],
				   "shortwave_radiation": [100, 200, 300]}}""");

		assertThat(rows.readings()).extracting(Reading::observedAt)
			.containsExactly(Instant.parse("2025-03-10T12:00:00Z"), Instant.parse("2025-03-10T13:00:00Z"),
					Instant.parse("2025-03-10T14:00:00Z"), Instant.parse("2025-03-10T15:00:00Z"));
		assertThat(rows.readings()).extracting((reading) -> reading.values().toString())
			.containsExactly("{windGust=10.0, precipitation=0.1, solarRadiation=100.0}",
					"{temperature=7.0, windGust=20.0, precipitation=0.2, solarRadiation=200.0}",
					"{temperature=8.5, windGust=30.0, precipitation=0.3, solarRadiation=300.0}", "{temperature=9.0}");
	}

	@Test
	void aLabelIsALocalTimeAtOneOffsetEvenWhereNoSuchHourExists() {
		Rows rows = rows(
				"""
						{"utc_offset_seconds": -18000, "timezone": "America/Toronto",
						 "hourly": {"time": ["2026-03-08T01:00", "2026-03-08T02:00", "2026-03-08T03:00"], "temperature_2m": [1, 2, 3]}}""",
				null, Instant.parse("2026-04-01T00:00:00Z"));

		assertThat(rows.readings()).extracting(Reading::observedAt)
			.containsExactly(Instant.parse("2026-03-08T06:00:00Z"), Instant.parse("2026-03-08T07:00:00Z"),
					Instant.parse("2026-03-08T08:00:00Z"));
	}

	@Test
	void nullIsMissingAndARowOfNullsIsFiltered() {
		Rows rows = rows("""
				{"hourly": {"time": ["2025-03-10T13:00", "2025-03-10T14:00"], "temperature_2m": [7, null],
				  "relative_humidity_2m": [null, null], "weather_code": [3, null]}}""");

		assertThat(rows.readings()).singleElement().satisfies((reading) -> {
			assertThat(reading.values()).hasToString("{temperature=7.0}");
			assertThat(reading.conditions()).isEqualTo("Overcast");
		});
		assertThat(rows.counts().read()).isEqualTo(2);
		assertThat(rows.counts().filtered()).isEqualTo(1);
	}

	@Test
	void depthAndVisibilityBecomeCentimetresAndKilometres() {
		Reading reading = rows("""
				{"hourly_units": {"snow_depth": "m", "visibility": "m"},
				 "hourly": {"time": ["2025-03-10T13:00"], "snow_depth": [0.12], "visibility": [24140.0]}}""").readings()
			.get(0);

		assertThat(reading.values().orNaN(Metric.SNOW_DEPTH)).isEqualTo(12, within(1e-6));
		assertThat(reading.values().orNaN(Metric.VISIBILITY)).isEqualTo(24.14, within(1e-6));
	}

	@Test
	void unitsThatDifferAreRefusedByName() {
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> rows(
				"""
						{"hourly_units": {"temperature_2m": "°F", "wind_speed_10m": "m/s", "precipitation": "mm"},
						 "hourly": {"time": ["2025-03-10T13:00"], "temperature_2m": [50], "wind_speed_10m": [3], "precipitation": [0]}}"""))
			.withMessageContaining("temperature_2m is in °F, wind_speed_10m is in m/s.")
			.extracting(AnswerRefused::reason)
			.isEqualTo(Reason.WRONG_UNITS);
	}

	@Test
	void withAMappingWhatTheAnswerDeclaresIsConverted() {
		Reading reading = rows(
				"""
						{"hourly_units": {"temperature_2m": "°F", "wind_speed_10m": "mp/h", "snowfall": "inch"},
						 "hourly": {"time": ["2025-03-10T13:00", "2025-03-10T14:00"], "temperature_2m": [50, 50], "wind_speed_10m": [10, 10],
						   "snowfall": [null, 1]}}""",
				UnitGroup.US, COLLECTED)
			.readings()
			.get(0);

		assertThat(reading.values().orNaN(Metric.TEMPERATURE)).isEqualTo(10, within(1e-6));
		assertThat(reading.values().orNaN(Metric.WIND_SPEED)).isEqualTo(16.09344, within(1e-6));
		assertThat(reading.values().orNaN(Metric.SNOW)).isEqualTo(2.54, within(1e-6));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"hourly_units\": {\"snow_depth\": \"ft\", \"visibility\": \"ft\"},", "" })
	void withInchesOfRainDepthAndVisibilityAreInFeetDeclaredOrNot(String units) {
		Reading reading = rows(
				"{%s \"hourly\": {\"time\": [\"2025-03-10T13:00\"], \"snow_depth\": [0.5], \"visibility\": [10000]}}"
					.formatted(units),
				UnitGroup.US, COLLECTED)
			.readings()
			.get(0);

		assertThat(reading.values().orNaN(Metric.SNOW_DEPTH)).isEqualTo(15.24, within(1e-6));
		assertThat(reading.values().orNaN(Metric.VISIBILITY)).isEqualTo(3.048, within(1e-6));
	}

	@Test
	void anOldAnswerWithoutUnitsIsTakenByItsTemperatures() {
		String old = "{\"hourly\": {\"time\": [\"2024-03-19T00:00\", \"2024-03-19T01:00\"], \"windspeed_10m\": [14.4, 15],"
				+ " \"cloudcover\": [61, 79], \"temperature_2m\": [%s, %s]}}";

		assertThat(rows(old.formatted(11, 12)).readings()).extracting((reading) -> reading.values().toString())
			.containsExactly("{temperature=11.0, windSpeed=14.4, cloudCover=61.0}",
					"{temperature=12.0, windSpeed=15.0, cloudCover=79.0}");
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> rows(old.formatted(71, 72)))
			.withMessageContaining("2 of its 2 temperatures are impossible");
	}

	@Test
	void columnsOfDifferentLengthsAreRefused() {
		assertThatExceptionOfType(AnswerRefused.class)
			.isThrownBy(() -> rows(
					"{\"hourly\": {\"time\": [\"2025-03-10T13:00\", \"2025-03-10T14:00\"], \"temperature_2m\": [7]}}"))
			.withMessageContaining("hourly.temperature_2m has 1 values for 2 times")
			.extracting(AnswerRefused::reason)
			.isEqualTo(Reason.BAD_ANSWER);
	}

	@Test
	void aRowThatCannotBeReadIsCountedAndTheOthersAreKept() {
		Rows rows = rows(
				"""
						{"hourly": {"time": ["2025-03-10T13:00", "yesterday", "2025-03-10T15:00"], "temperature_2m": ["warm", 8, 9]}}""");

		assertThat(rows.readings()).extracting((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
			.containsExactly(9.0);
		assertThat(rows.counts().read()).isEqualTo(3);
		assertThat(rows.counts().rejections()).containsExactly("Row 2 has no readable time (\"yesterday\").",
				"2025-03-10T13:00:00Z: temperature_2m is no number: \"warm\".");
	}

	@Test
	void whatLiesAfterTheAnswersOwnTimeIsAForecast() {
		Rows rows = rows("""
				{"current": {"time": "2025-03-10T14:15"},
				 "hourly": {"time": ["2025-03-10T13:00", "2025-03-10T14:00", "2025-03-10T15:00", "2025-03-10T16:00"],
				   "temperature_2m": [1, 2, 3, 4], "precipitation": [0, 0.5, 0.6, 0.7]}}""");

		assertThat(rows.readings()).extracting((reading) -> reading.values().toString())
			.containsExactly("{precipitation=0.0}", "{temperature=1.0, precipitation=0.5}", "{temperature=2.0}");
		assertThat(rows.counts().filtered()).isEqualTo(2);
	}

	@Test
	void nowHasNoSumsAndTheLastHourHas() {
		CurrentConditions current = OpenMeteoAnswer.of("""
				{"latitude": 48.9, "longitude": 2.3, "utc_offset_seconds": 0,
				 "current": {"time": "2025-03-10T14:15", "interval": 900, "temperature_2m": 8.2, "precipitation": 0.4,
				   "snowfall": 0, "weather_code": 95},
				 "hourly": {"time": ["2025-03-10T13:00", "2025-03-10T14:00", "2025-03-10T15:00", "2025-03-10T16:00",
				   "2025-03-11T00:00", "2025-03-11T12:00", "2025-03-11T13:00"],
				   "temperature_2m": [7, 8, 9, 10, 3, 12, 11], "precipitation": [0.1, 0.2, 0.3, 0.7, 0, 0, 1.4],
				   "dew_point_2m": [1, 2, 3, 4, 5, 6, 7]}}""".getBytes(StandardCharsets.UTF_8))
			.current(TestCities.PARIS, COLLECTED, 1);

		assertThat(current.reading().observedAt()).isEqualTo(Instant.parse("2025-03-10T14:15:00Z"));
		assertThat(current.reading().values()).hasToString("{temperature=8.2, dewPoint=2.0}");
		assertThat(current.reading().conditions()).isEqualTo("Thunderstorm");
		assertThat(current.lastHour()).isNotNull();
		assertThat(current.lastHour().observedAt()).isEqualTo(Instant.parse("2025-03-10T13:00:00Z"));
		assertThat(current.lastHour().values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.2);
		assertThat(current.rain()).isTrue();
		assertThat(current.storm()).isTrue();
		// The 11th in Paris begins at 23:00 UTC of the 10th
		assertThat(current.outlook()).isEqualTo(new Outlook(9.0, 0.7, 3.0, 12.0, 1.4));
	}

	@Test
	void rainAndStormFollowTheCode() {
		assertThat(new WeatherCode(61).isRain(null)).isTrue();
		assertThat(new WeatherCode(95).isRain(0.0)).isFalse();
		assertThat(new WeatherCode(71).isRain(1.0)).isFalse();
		assertThat(new WeatherCode(96).isStorm()).isTrue();
		assertThat(new WeatherCode(80).isStorm()).isFalse();
	}

	@Test
	void aCallWeighsByVariablesAndDays() {
		assertThat(OpenMeteo.weight(5, 7)).isEqualTo(1);
		assertThat(OpenMeteo.weight(17, 31)).isEqualTo(1.7 * 31 / 14, within(1e-9));
	}

	private static Rows rows(String json) {
		return rows(json, null, COLLECTED);
	}

	private static Rows rows(String json, @Nullable UnitGroup units, Instant collected) {
		return OpenMeteoAnswer.of(JsonFiles.parse(json.getBytes(StandardCharsets.UTF_8)), units)
			.rows(TestCities.PARIS, Channel.FILE, collected, Instant.MIN, Instant.MAX);
	}

}
