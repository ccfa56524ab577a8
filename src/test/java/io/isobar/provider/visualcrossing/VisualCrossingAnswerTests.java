package io.isobar.provider.visualcrossing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

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
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class VisualCrossingAnswerTests {

	private static final Instant COLLECTED = Instant.parse("2025-03-20T12:00:00Z");

	/** 2025-03-10T00:00 in Paris. */
	private static final long MIDNIGHT = 1741561200;

	@Test
	void observedHoursAreReadingsAndForecastsAreFiltered() {
		Rows rows = rows("""
				{"days": [{"datetime": "2025-03-10", "source": "comb", "hours": [
				  {"datetime": "00:00:00", "datetimeEpoch": 1741561200, "temp": 7, "source": "obs"},
				  {"datetime": "01:00:00", "datetimeEpoch": 1741564800, "temp": 6.5, "source": "remote"},
				  {"datetime": "02:00:00", "datetimeEpoch": 1741568400, "temp": 6, "source": "fcst"},
				  {"datetime": "03:00:00", "datetimeEpoch": 1741572000, "temp": 6, "source": "histfcst"},
				  {"datetime": "04:00:00", "datetimeEpoch": 1741575600, "temp": 6, "source": "stats"},
				  {"datetime": "05:00:00", "datetimeEpoch": 1741579200, "temp": 6, "source": "comb"}]}]}""");

		assertThat(rows.readings()).extracting(Reading::observedAt)
			.containsExactly(Instant.ofEpochSecond(MIDNIGHT), Instant.ofEpochSecond(MIDNIGHT + 3600));
		assertThat(temperatures(rows)).containsExactly(7.0, 6.5);
		assertThat(rows.counts().read()).isEqualTo(6);
		assertThat(rows.counts().filtered()).isEqualTo(4);
	}

	@Test
	void mixedHoursCountUpToTheCurrentConditions() {
		Rows rows = rows("""
				{"days": [{"datetime": "2025-03-10", "source": "comb", "hours": [
				  {"datetimeEpoch": 1741561200, "temp": 1, "source": "comb"},
				  {"datetimeEpoch": 1741564800, "temp": 2, "source": "comb"},
				  {"datetimeEpoch": 1741568400, "temp": 3, "source": "comb"}]}],
				 "currentConditions": {"datetimeEpoch": 1741564800, "temp": 2, "source": "obs"}}""");

		assertThat(temperatures(rows)).containsExactly(1.0, 2.0);
		assertThat(rows.counts().filtered()).isEqualTo(1);
	}

	@Test
	void anHourIsWhereItsEpochSaysAlsoWhenClocksChange() {
		Rows rows = rows("""
				{"days": [{"datetime": "2024-10-27", "tzoffset": 1, "source": "obs", "hours": [
				  {"datetime": "02:00:00", "datetimeEpoch": 1729987200, "tzoffset": 2, "temp": 9, "source": "obs"},
				  {"datetime": "02:00:00", "datetimeEpoch": 1729990800, "temp": 8, "source": "obs"}]}]}""");

		assertThat(rows.readings()).extracting(Reading::observedAt)
			.containsExactly(Instant.parse("2024-10-27T00:00:00Z"), Instant.parse("2024-10-27T01:00:00Z"));
	}

	@Test
	void everyElementFindsItsMetric() {
		Reading reading = rows("""
				{"days": [{"datetime": "2025-03-10", "source": "obs", "hours": [
				  {"datetimeEpoch": 1741561200, "temp": 1.5, "feelslike": -1, "dew": 0.5, "humidity": 79.96,
				   "precip": 0.3, "precipprob": 100, "preciptype": ["rain", "snow"], "snow": 0.1, "snowdepth": 2,
				   "windgust": 31, "windspeed": 14.8, "winddir": 230, "pressure": 1013.2, "cloudcover": 62,
				   "visibility": 14.3, "solarradiation": 120, "uvindex": 1, "conditions": "Rain, Partially cloudy",
				   "source": "obs"}]}]}""").readings().get(0);

		assertThat(reading.values()).hasToString(
				"{temperature=1.5, feelsLike=-1.0, dewPoint=0.5, humidity=79.96, pressure=1013.2, windSpeed=14.8, "
						+ "windGust=31.0, windDirection=230.0, precipitation=0.3, precipitationProbability=100.0, "
						+ "snow=0.1, snowDepth=2.0, cloudCover=62.0, visibility=14.3, solarRadiation=120.0, uvIndex=1.0}");
		assertThat(reading.conditions()).isEqualTo("Rain, Partially cloudy");
	}

	@Test
	void nullAndAbsentAreMissingAndNeverZero() {
		Rows rows = rows(
				"""
						{"days": [{"datetime": "2025-03-10", "source": "obs", "hours": [
						  {"datetimeEpoch": 1741561200, "temp": 1, "precip": null, "preciptype": null, "stations": null, "source": "obs"},
						  {"datetimeEpoch": 1741564800, "temp": null, "windgust": null, "source": "obs"}]}]}""");

		assertThat(rows.readings()).singleElement()
			.satisfies((reading) -> assertThat(reading.values()).hasToString("{temperature=1.0}"));
		assertThat(rows.counts().filtered()).isEqualTo(1);
	}

	@Test
	void aDayWithoutHoursIsOneReadingOfTheDay() {
		Rows rows = rows(
				"""
						{"days": [{"datetime": "2025-03-10", "datetimeEpoch": 1741561200, "tempmax": 16, "tempmin": 13, "temp": 14.6,
						  "feelslikemax": 15, "feelslikemin": 12, "precip": 14.6, "windspeed": 26.4, "windgust": 40.3,
						  "uvindex": 3, "humidity": 91, "preciptype": "rain", "source": "obs"},
						 {"datetime": "2025-03-11", "temp": 3, "source": "fcst", "hours": []},
						 {"datetime": "2025-03-12", "temp": 3, "source": "comb"}]}""");

		Reading day = rows.readings().get(0);
		assertThat(rows.readings()).hasSize(1);
		assertThat(rows.counts().filtered()).isEqualTo(2);
		assertThat(day.resolution()).isEqualTo(Resolution.DAY);
		assertThat(day.observedAt()).isEqualTo(Instant.ofEpochSecond(MIDNIGHT));
		assertThat(day.values()).hasToString("{temperature=14.6, humidity=91.0, precipitation=14.6}");
		assertThat(day.lows()).hasToString("{temperature=13.0, feelsLike=12.0}");
		assertThat(day.highs())
			.hasToString("{temperature=16.0, feelsLike=15.0, windSpeed=26.4, windGust=40.3, uvIndex=3.0}");
	}

	@Test
	void anImpossibleValueIsFlaggedAndTheOthersAreKept() {
		Rows rows = rows("""
				{"days": [{"datetime": "2025-03-10", "source": "obs", "hours": [
				  {"datetimeEpoch": 1741561200, "temp": 99, "humidity": 50, "source": "obs"},
				  {"datetimeEpoch": 1741564800, "temp": 9, "source": "obs"}]}]}""");

		assertThat(rows.readings().get(0).flagged()).containsEntry("temperature", 99.0);
		assertThat(rows.readings().get(0).values()).hasToString("{humidity=50.0}");
		assertThat(rows.counts().flagged()).isEqualTo(1);
	}

	@Test
	void aRowThatCannotBeReadIsCountedAndTheOthersAreKept() {
		Rows rows = rows("""
				{"days": [{"datetime": "2025-03-10", "source": "obs", "hours": [
				  {"datetime": "00:00:00", "datetimeEpoch": 1741561200, "temp": "warm", "source": "obs"},
				  {"datetime": "01:00:00", "temp": 2, "source": "obs"},
				  {"datetime": "02:00:00", "datetimeEpoch": 1741568400, "temp": 3},
				  {"datetime": "03:00:00", "datetimeEpoch": 1741572000, "temp": 4, "source": "obs"}]}]}""");

		assertThat(temperatures(rows)).containsExactly(4.0);
		assertThat(rows.counts().read()).isEqualTo(4);
		assertThat(rows.counts().rejected()).isEqualTo(3);
		assertThat(rows.counts().rejections()).containsExactly("2025-03-10 00:00:00: temp is no number: \"warm\".",
				"2025-03-10 01:00:00 has no datetimeEpoch.", "2025-03-10 02:00:00 has no source.");
	}

	@Test
	void anAnswerInFahrenheitIsRefused() {
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> rows("""
				{"days": [{"datetime": "2025-07-10", "tempmax": 91, "tempmin": 71, "source": "obs", "hours": [
				  {"datetimeEpoch": 1752098400, "temp": 73, "source": "obs"}]}]}"""))
			.withMessageContaining("3 of its 3 temperatures, such as 91.0, are impossible in °C")
			.withMessageContaining("unitGroup: us")
			.extracting(AnswerRefused::reason)
			.isEqualTo(Reason.WRONG_UNITS);
	}

	@Test
	void anAnswerInKelvinIsRefused() {
		assertThatExceptionOfType(AnswerRefused.class)
			.isThrownBy(() -> rows("{\"days\": [{\"datetime\": \"2025-07-10\", \"temp\": 280, \"source\": \"obs\"}]}"))
			.withMessageContaining("Kelvin")
			.withMessageContaining("unitGroup: base");
	}

	@Test
	void anAnswerWithoutEpochOrSourceIsRefused() {
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> rows("""
				{"days": [{"datetime": "2025-03-10", "hours": [{"datetime": "00:00:00", "temp": 7}]}]}"""))
			.withMessageContaining("no datetimeEpoch and no source")
			.extracting(AnswerRefused::reason)
			.isEqualTo(Reason.BAD_ANSWER);
	}

	@Test
	void anotherGroupOfUnitsIsConverted() {
		Reading reading = VisualCrossingAnswer.of(parse("""
				{"days": [{"datetime": "2025-03-10", "source": "obs", "hours": [
				  {"datetimeEpoch": 1741561200, "temp": 86, "windspeed": 10, "precip": 0.5, "snow": 1, "visibility": 10,
				   "pressure": 1013, "source": "obs"}]}]}"""), UnitGroup.US)
			.rows(TestCities.PARIS, Channel.FILE, COLLECTED)
			.readings()
			.get(0);

		assertThat(reading.values().orNaN(Metric.TEMPERATURE)).isEqualTo(30, within(1e-6));
		assertThat(reading.values().orNaN(Metric.WIND_SPEED)).isEqualTo(16.09344, within(1e-6));
		assertThat(reading.values().orNaN(Metric.PRECIPITATION)).isEqualTo(12.7, within(1e-6));
		assertThat(reading.values().orNaN(Metric.SNOW)).isEqualTo(2.54, within(1e-6));
		assertThat(reading.values().orNaN(Metric.VISIBILITY)).isEqualTo(16.09344, within(1e-6));
		assertThat(reading.values().orNaN(Metric.PRESSURE)).isEqualTo(1013);
	}

	@Test
	void nowHasNoSumsAndTheLastHourHas() {
		CurrentConditions current = VisualCrossingAnswer.of("""
				{"latitude": 48.86, "longitude": 2.35, "queryCost": 1, "days": [
				  {"datetime": "2025-03-10", "source": "comb", "hours": [
				    {"datetimeEpoch": 1741600800, "temp": 7, "precip": 0.1, "source": "obs"},
				    {"datetimeEpoch": 1741604400, "temp": 8, "precip": 0.4, "source": "obs"},
				    {"datetimeEpoch": 1741608000, "temp": 9, "precip": 0.7, "source": "comb"},
				    {"datetimeEpoch": 1741611600, "temp": 10, "precip": 1.1, "source": "fcst"}]},
				  {"datetime": "2025-03-11", "tempmin": 3.2, "tempmax": 8.9, "precip": 1.4, "source": "fcst"}],
				 "currentConditions": {"datetimeEpoch": 1741609800, "temp": 9.2, "precip": 0.3, "preciptype": ["rain"],
				   "conditions": "Rain", "icon": "rain", "source": "obs"}}""".getBytes(StandardCharsets.UTF_8))
			.current(TestCities.PARIS, COLLECTED, 1);

		assertThat(current.reading().observedAt()).isEqualTo(Instant.ofEpochSecond(1741609800));
		assertThat(current.reading().channel()).isEqualTo(Channel.STREAM);
		assertThat(current.reading().values()).hasToString("{temperature=9.2}");
		assertThat(current.lastHour()).isNotNull();
		assertThat(current.lastHour().observedAt()).isEqualTo(Instant.ofEpochSecond(1741604400));
		assertThat(current.lastHour().values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.4);
		assertThat(current.rain()).isTrue();
		assertThat(current.storm()).isFalse();
		assertThat(current.outlook()).isEqualTo(new Outlook(10.0, 1.1, 3.2, 8.9, 1.4));
	}

	@Test
	void whatIsNotKnownOfNowIsNull() {
		CurrentConditions current = VisualCrossingAnswer
			.of("{\"days\": [], \"currentConditions\": {\"datetimeEpoch\": 1741609800, \"temp\": 9}}"
				.getBytes(StandardCharsets.UTF_8))
			.current(TestCities.PARIS, COLLECTED, 1);

		assertThat(current.rain()).isNull();
		assertThat(current.storm()).isNull();
		assertThat(current.lastHour()).isNull();
		assertThat(current.outlook()).isEqualTo(Outlook.UNKNOWN);
	}

	@Test
	void itKnowsItsDaysAndPlace() {
		VisualCrossingAnswer answer = VisualCrossingAnswer.of("""
				{"queryCost": 48, "resolvedAddress": "48.85,2.35", "timezone": "Europe/Paris",
				 "days": [{"datetime": "2025-03-10", "source": "obs"}, {"datetime": "2025-03-11", "source": "obs"}]}"""
			.getBytes(StandardCharsets.UTF_8));

		assertThat(answer.dates()).containsExactly(LocalDate.of(2025, 3, 10), LocalDate.of(2025, 3, 11));
		assertThat(answer.latitude()).isEqualTo(48.85);
		assertThat(answer.longitude()).isEqualTo(2.35);
		assertThat(answer.cost()).isEqualTo(48);
	}

	private static Rows rows(String json) {
		return VisualCrossingAnswer.of(parse(json), UnitGroup.METRIC).rows(TestCities.PARIS, Channel.FILE, COLLECTED);
	}

	private static tools.jackson.databind.JsonNode parse(String json) {
		return JsonFiles.parse(json.getBytes(StandardCharsets.UTF_8));
	}

	private static List<Double> temperatures(Rows rows) {
		return rows.readings().stream().map((reading) -> reading.values().orNaN(Metric.TEMPERATURE)).toList();
	}

}
