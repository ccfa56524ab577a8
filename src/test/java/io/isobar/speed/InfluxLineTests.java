package io.isobar.speed;

import java.time.Instant;
import java.util.Map;

import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A message as a line, as the client of InfluxDB would write it. */
class InfluxLineTests {

	private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

	@Test
	void everyNumberIsAField() {
		WeatherMessage message = new WeatherMessage(
				reading("Paris", Map.of(Metric.TEMPERATURE, 7.4, Metric.PRESSURE, 1013.0)), "FR", "station_Paris_FR",
				48.8566, null, true, false, new Outlook(-0.5, null, null, null, 1.4));

		assertThat(InfluxLine.of(message, false)).isEqualTo(
				"weather,city=Paris,country=FR,data_origin=open_meteo,station_id=station_Paris_FR temperature=7.4,"
						+ "pressure=1013.0,latitude=48.8566,is_rain=1.0,is_storm=0.0,next_hour_temp=-0.5,"
						+ "tomorrow_precip=1.4 1769860800");
	}

	@Test
	void forQuestDbItSaysWhichMetricsItHas() {
		assertThat(InfluxLine.of(message("Paris", Map.of(Metric.TEMPERATURE, 7.0, Metric.PRESSURE, 1013.0)), true))
			.endsWith(" temperature=7.0,pressure=1013.0,metrics=17i 1769860800");
	}

	@Test
	void withoutAnyNumberThereIsNoLine() {
		assertThat(InfluxLine.of(message("Paris", Map.of()), true)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Den Haag", "Paris, US", "a=b", "\"quoted\"", "Łódź", "東京" })
	void namesAreWrittenAsTheClientWritesThem(String name) {
		String expected = Point.measurement("weather")
			.time(NOON.getEpochSecond(), WritePrecision.S)
			.addTag("city", name)
			.addTag("data_origin", "open_meteo")
			.addTag("station_id", "station")
			.addField("temperature", 1.5)
			.toLineProtocol();

		assertThat(InfluxLine.of(message(name, Map.of(Metric.TEMPERATURE, 1.5)), false)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "back\\", "back\\slash" })
	void aBackslashIsNoEscape(String name) {
		assertThat(InfluxLine.of(message(name, Map.of(Metric.TEMPERATURE, 1.5)), false))
			.startsWith("weather,city=" + name.replace('\\', '/') + ",data_origin=");
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, -0.1, 1e-7, 1e9, 123456789.125 })
	void numbersAreReadAsTheyWere(double value) {
		String line = String.valueOf(InfluxLine.of(new WeatherMessage(reading("Paris", Map.of()), null, "station", null,
				null, null, null, new Outlook(value, null, null, null, null)), false));

		assertThat(Double.parseDouble(line.replaceFirst(".*next_hour_temp=", "").replaceFirst(" .*", "")))
			.isEqualTo(value);
	}

	private static WeatherMessage message(String city, Map<Metric, Double> values) {
		return new WeatherMessage(reading(city, values), null, "station", null, null, null, null, Outlook.UNKNOWN);
	}

	private static Reading reading(String city, Map<Metric, Double> values) {
		return new Reading(city, NOON, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM, NOON, Values.of(values),
				Values.NONE, Values.NONE, null, Map.of());
	}

}
