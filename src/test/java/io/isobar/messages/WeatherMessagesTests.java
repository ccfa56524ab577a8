package io.isobar.messages;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WeatherMessagesTests {

	private static final Instant APPENDED = Instant.parse("2026-01-31T14:00:02.345Z");

	private static final String WHOLE = """
			{"schema":2,"station_id":"station_Paris_FR","city":"Paris","country":"FR","timestamp":"2026-01-31T14:00:00Z","data_origin":"visual_crossing",
			 "location":{"city":"Paris","country":"FR","latitude":48.8566,"longitude":2.3522},
			 "temperature":7.4,"feels_like":5.1,"dew_point":3.0,"humidity":74.2,"pressure":1013.2,"wind_speed":14.8,"wind_gust":31.0,"wind_direction":230.0,
			 "precipitation":0.0,"precipitation_probability":10.0,"snow":0.0,"snow_depth":0.0,"cloud_cover":62.0,"visibility":14.3,"solar_radiation":120.0,"uv_index":1.0,
			 "weather_condition":"Partially cloudy","is_rain":0,"is_storm":1,"next_hour_temp":7.1,"next_hour_precip":0.2,
			 "tomorrow_temp_min":3.2,"tomorrow_temp_max":8.9,"tomorrow_precip":1.4}""";

	@Test
	void everyFieldOfAMessageIsRead() throws MessageRefused {
		WeatherMessage message = read(WHOLE);

		assertThat(message.city()).isEqualTo("Paris");
		assertThat(message.country()).isEqualTo("FR");
		assertThat(message.stationId()).isEqualTo("station_Paris_FR");
		assertThat(message.latitude()).isEqualTo(48.8566);
		assertThat(message.longitude()).isEqualTo(2.3522);
		assertThat(message.observedAt()).isEqualTo("2026-01-31T14:00:00Z");
		assertThat(message.reading().origin()).isEqualTo(Origin.VISUAL_CROSSING);
		assertThat(message.reading().channel()).isEqualTo(Channel.STREAM);
		assertThat(message.reading().resolution()).isEqualTo(Resolution.HOUR);
		assertThat(message.reading().collected()).isEqualTo(APPENDED);
		assertThat(message.reading().conditions()).isEqualTo("Partially cloudy");
		assertThat(Metric.ALL).allMatch((metric) -> message.reading().values().has(metric));
		assertThat(message.reading().values().orNaN(Metric.WIND_GUST)).isEqualTo(31.0);
		assertThat(message.rain()).isFalse();
		assertThat(message.storm()).isTrue();
		assertThat(message.outlook()).isEqualTo(new Outlook(7.1, 0.2, 3.2, 8.9, 1.4));
	}

	@Test
	void whatIsWrittenIsReadAsItWas() throws MessageRefused {
		WeatherMessage message = read(WHOLE);

		assertThat(WeatherMessages.read(WeatherMessages.write(message), APPENDED)).isEqualTo(message);
	}

	@Test
	void theOlderFormIsReadToo() throws MessageRefused {
		WeatherMessage message = read("""
				{"city":"Paris","country":"FR","timestamp":"2026-01-31T14:00:00Z","data_origin":"open_meteo",
				 "temperature":7,"weather_condition":"Clear"}""");

		assertThat(message.stationId()).isEqualTo("station_Paris_FR");
		assertThat(message.reading().values().orNaN(Metric.TEMPERATURE)).isEqualTo(7.0);
		assertThat(message.rain()).isNull();
		assertThat(message.outlook()).isEqualTo(Outlook.UNKNOWN);
	}

	@Test
	void aFieldThatNobodyKnowsIsPassedOver() throws MessageRefused {
		assertThat(read("""
				{"city":"Paris","timestamp":"2026-01-31T14:00:00Z","temperature":7.5,"mood":{"is":["fine"]}}""")
			.reading()
			.values()
			.orNaN(Metric.TEMPERATURE)).isEqualTo(7.5);
	}

	@Test
	void ofTextsOnlyTheTimestampHasToBeOne() throws MessageRefused {
		WeatherMessage message = read("""
				{"city":5,"location":{"city":"Paris"},"station_id":7156,"country":{"code":"FR"},"data_origin":[1],
				 "weather_condition":2,"timestamp":"2026-01-31T14:00:00Z","temperature":7.5}""");

		assertThat(message.city()).isEqualTo("Paris");
		assertThat(message.stationId()).isEqualTo("7156");
		assertThat(message.country()).isNull();
		assertThat(message.reading().origin()).isEqualTo(new Origin("unknown"));
		assertThat(message.reading().values().orNaN(Metric.TEMPERATURE)).isEqualTo(7.5);
	}

	@Test
	void nullMeansNotKnown() throws MessageRefused {
		assertThat(read("""
				{"city":"Paris","timestamp":"2026-01-31T14:00:00Z","temperature":null,"country":null}""").reading()
			.isEmpty()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "2026-01-31T15:00:00+01:00, 2026-01-31T14:00:00Z", "2026-01-31T14:00:00.999Z, 2026-01-31T14:00:00Z",
			"2026-01-31T08:30:00-05:30, 2026-01-31T14:00:00Z", "2026-01-31T14:10:02Z, 2026-01-31T14:10:02Z" })
	void aTimeIsReadToTheSecondInUtc(String timestamp, String expected) throws MessageRefused {
		assertThat(read("""
				{"city":"Paris","timestamp":"%s"}""".formatted(timestamp)).observedAt()).isEqualTo(expected);
	}

	@Test
	void theCityMayStandInItsLocation() throws MessageRefused {
		WeatherMessage message = read("""
				{"location":{"city":"Saint Malo","country":"FR"},"timestamp":"2026-01-31T14:00:00Z"}""");

		assertThat(message.city()).isEqualTo("Saint Malo");
		assertThat(message.stationId()).isEqualTo("station_Saint_Malo_FR");
	}

	@Test
	void anOriginThatNobodyKnowsIsKept() throws MessageRefused {
		assertThat(read("""
				{"city":"Paris","timestamp":"2026-01-31T14:00:00Z","data_origin":"balcony"}""").reading().origin())
			.isEqualTo(new Origin("balcony"));
	}

	@Test
	void anImpossibleValueIsLeftOutAndFlagged() throws MessageRefused {
		WeatherMessage message = read("""
				{"city":"Paris","timestamp":"2026-01-31T14:00:00Z","temperature":99.9,"humidity":50}""");

		assertThat(message.reading().values().has(Metric.TEMPERATURE)).isFalse();
		assertThat(message.flagged()).containsEntry("temperature", 99.9);
		assertThat(message.reading().values().orNaN(Metric.HUMIDITY)).isEqualTo(50.0);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "weather: fine | no JSON", "[1, 2] | no object",
			"{\"city\":\"Paris\" | no JSON",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00Z\"}{} | more behind",
			"{\"schema\":3,\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00Z\"} | schema 3",
			"{\"timestamp\":\"2026-01-31T14:00:00Z\"} | names no city",
			"{\"city\":\" \",\"timestamp\":\"2026-01-31T14:00:00Z\"} | names no city",
			"{\"city\":\"Paris\\u0000\",\"timestamp\":\"2026-01-31T14:00:00Z\"} | names no city",
			"{\"city\":7,\"timestamp\":\"2026-01-31T14:00:00Z\"} | names no city",
			"{\"city\":\"Paris\",\"timestamp\":1769868000} | not a text", "{\"city\":\"Paris\"} | no timestamp",
			"{\"city\":\"Paris\",\"timestamp\":\"yesterday\"} | can't be read",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00\"} | can't be read",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:10:03Z\"} | ahead of",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"temperature\":\"warm\"} | not a number",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"temperature\":true} | not a number",
			"{\"city\":\"Paris\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"humidity\":[1]} | not a number" })
	void whatCannotBeAReadingIsRefusedWithItsCause(String message, String cause) {
		assertThatThrownBy(() -> read(message)).isInstanceOf(MessageRefused.class).hasMessageContaining(cause);
	}

	@Test
	void aTombstoneAndAnEmptyMessageAreRefused() {
		assertThatThrownBy(() -> WeatherMessages.read(null, APPENDED)).hasMessageContaining("tombstone");
		assertThatThrownBy(() -> WeatherMessages.read(new byte[0], APPENDED)).hasMessageContaining("empty");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x00, 0x80, 0xff, 0x1f })
	void bytesThatAreNoTextAreRefused(int first) {
		assertThatThrownBy(() -> WeatherMessages.read(new byte[] { (byte) first, 2, 3, (byte) 0xfe }, APPENDED))
			.isInstanceOf(MessageRefused.class);
	}

	@Test
	void aCauseFitsIntoAHeader() {
		String city = "x".repeat(100_000);

		assertThatThrownBy(() -> read("""
				{"city":"%s","timestamp":"%s"}""".formatted(city, city))).isInstanceOf(MessageRefused.class)
			.satisfies((refused) -> assertThat(refused.getMessage()).hasSizeLessThan(1_100));
	}

	private static WeatherMessage read(String json) throws MessageRefused {
		return WeatherMessages.read(json.getBytes(StandardCharsets.UTF_8), APPENDED);
	}

}
