package io.isobar.provider;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import io.isobar.provider.openmeteo.OpenMeteoFormat;
import io.isobar.provider.visualcrossing.VisualCrossingFormat;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class JsonFilesTests {

	private static final Instant IMPORTED = Instant.parse("2026-10-01T00:00:00Z");

	private static final CityLookup PARIS_AND_ALEXANDRIA = CityLookup
		.among(List.of(TestCities.PARIS, TestCities.ALEXANDRIA));

	private static final String HOUR = "\"days\": [{\"datetime\": \"2025-03-10\", \"source\": \"obs\", \"temp\": 7}]";

	@Test
	void theRootDecidesWhoseAnswerItIs() {
		JsonFile timeline = read("{\"latitude\": 48.86, \"longitude\": 2.35, " + HOUR + "}", FileHints.NONE);
		JsonFile meteo = read(
				"{\"latitude\": 48.9, \"longitude\": 2.3, \"hourly\": {\"time\": [\"2025-03-10T00:00\"], \"temperature_2m\": [7]}}",
				FileHints.NONE);

		assertThat(timeline.origin()).isEqualTo(Origin.VISUAL_CROSSING);
		assertThat(timeline.city()).isEqualTo(TestCities.PARIS);
		assertThat(timeline.readings()).singleElement()
			.satisfies((reading) -> assertThat(reading.channel()).isEqualTo(Channel.FILE));
		assertThat(meteo.origin()).isEqualTo(Origin.OPEN_METEO);
		assertThat(meteo.city()).isEqualTo(TestCities.PARIS);
	}

	@Test
	void anythingElseIsRefusedByName() {
		assertRefused("{\"daily\": {}}",
				"odd.json: it has neither days (Visual Crossing) nor hourly (Open-Meteo) at its root");
		assertRefused("{\"days\": [", "odd.json: it is no complete JSON (line 1, column");
		assertRefused("<html></html>", "odd.json: it is no complete JSON");
		assertRefused("[{}]", "odd.json: it is no JSON object");
		assertRefused("", "odd.json: it is no JSON object");
	}

	@Test
	void theMappingsCityComesFirst() {
		JsonFile file = read("{\"latitude\": 48.86, \"longitude\": 2.35, " + HOUR + "}",
				new FileHints(TestCities.OSLO, null));

		assertThat(file.city()).isEqualTo(TestCities.OSLO);
		assertThat(file.readings().get(0).city()).isEqualTo("Oslo");
	}

	@Test
	void anAnswerFarFromAllListedCitiesIsAboutItsAddress() {
		City lille = read(
				"{\"latitude\": 50.63, \"longitude\": 3.07, \"address\": \"Lille,FR\", \"resolvedAddress\": "
						+ "\"Lille, Hauts-de-France, France\", \"timezone\": \"Europe/Paris\", " + HOUR + "}",
				FileHints.NONE)
			.city();
		City solingen = read(
				"{\"latitude\": 51.17, \"longitude\": 7.09, \"address\": \"Solingen\", \"resolvedAddress\": "
						+ "\"Solingen, Nordrhein-Westfalen, Deutschland\", \"timezone\": \"Europe/Berlin\", " + HOUR
						+ "}",
				FileHints.NONE)
			.city();

		assertThat(lille).extracting(City::name, City::country, City::listed, (city) -> city.zone().getId())
			.containsExactly("Lille", "FR", false, "Europe/Paris");
		assertThat(solingen).extracting(City::name, City::country).containsExactly("Solingen", "Deutschland");
	}

	@Test
	void anAnswerOfWhichNoCityIsKnownIsRefused() {
		assertRefused("{\"latitude\": 50.63, \"longitude\": 3.07, \"address\": \"50.63,3.07\", " + HOUR + "}",
				"no listed city lies within 20 km of 50.63, 3.07, and its address (50.63,3.07) is no name. Name the city in a mapping.");
		assertRefused("{\"hourly\": {\"time\": [\"2025-03-10T00:00\"], \"temperature_2m\": [7]}}",
				"it has no latitude and longitude. Name the city in a mapping.");
	}

	@Test
	void aMappingsUnitGroupConverts() {
		JsonFile file = read("{\"latitude\": 48.86, \"longitude\": 2.35, " + HOUR.replace("7}", "86}") + "}",
				new FileHints(null, UnitGroup.of("us")));

		assertThat(file.readings().get(0).values().orNaN(Metric.TEMPERATURE)).isEqualTo(30, within(1e-6));
	}

	@Test
	void realAnswersAreReadOrRefusedWithTheirReason() {
		assertThat(real("visualcrossing/alexandria_2025-03-07_1d_arabic.json", FileHints.NONE)).satisfies((file) -> {
			assertThat(file.city()).isEqualTo(TestCities.ALEXANDRIA);
			assertThat(file.readings()).hasSize(24);
		});
		assertThat(real("visualcrossing/solingen_2023-10-20.json", FileHints.NONE).city().name()).isEqualTo("Solingen");
		assertRealRefused("visualcrossing/austin_2023-05_us_elements_subset_hours.json", "°F");
		assertRealRefused("openmeteo/adelaide_archive_2025-01.json", "wind_speed_10m is in m/s");
		assertRealRefused("openmeteo/toronto_2026-03_us_units_dst.json", "temperature_2m is in °F");
		assertRealRefused("openmeteo/samara_2026-09-15_current_daily.json", "neither days");
		assertRealRefused("openmeteo/novosibirsk_weather_data.json", "no listed city lies within 20 km");
		assertRealRefused("openmeteo/openmeteopy_notebooks_data_2024-03-19_fbe9c03.json", "no latitude and longitude");
	}

	@Test
	void realAnswersOfOpenMeteoAreReadWithAMapping() {
		City adelaide = TestCities.city("Adelaide", "AU", -34.93, 138.6, "Australia/Adelaide");
		City toronto = TestCities.city("Toronto", "CA", 43.7, -79.4, "America/Toronto");

		JsonFile south = real("openmeteo/adelaide_archive_2025-01.json", new FileHints(adelaide, UnitGroup.BASE));
		JsonFile north = real("openmeteo/toronto_2026-03_us_units_dst.json", new FileHints(toronto, UnitGroup.US));
		JsonFile old = real("openmeteo/openmeteopy_notebooks_data_2024-03-19_fbe9c03.json",
				new FileHints(TestCities.PARIS, null));

		// Local 00:00 at +10:30 is labelled at +09:30 as the answer says
		assertThat(south.readings().get(1).observedAt()).isEqualTo(Instant.parse("2025-01-09T14:30:00Z"));
		assertThat(south.readings().get(1).values().orNaN(Metric.WIND_SPEED)).isEqualTo(1.27 * 3.6, within(1e-6));
		assertThat(north.readings().get(1).values().orNaN(Metric.TEMPERATURE)).isEqualTo(0, within(1e-6));
		assertThat(north.readings()).extracting((reading) -> reading.observedAt())
			.contains(Instant.parse("2026-03-05T02:00:00Z"))
			.allMatch((observed) -> !observed.isAfter(Instant.parse("2026-03-06T02:00:00Z")));
		assertThat(old.readings()).hasSize(72);
	}

	private static void assertRefused(String json, String why) {
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> read(json, FileHints.NONE))
			.withMessageContaining(why);
	}

	private static void assertRealRefused(String file, String why) {
		assertThatExceptionOfType(AnswerRefused.class).isThrownBy(() -> real(file, FileHints.NONE))
			.withMessageStartingWith(file)
			.withMessageContaining(why);
	}

	private static JsonFile real(String file, FileHints mapping) {
		return read(file, TestData.bytes(file), mapping);
	}

	private static JsonFile read(String json, FileHints mapping) {
		return read("odd.json", json.getBytes(StandardCharsets.UTF_8), mapping);
	}

	private static JsonFile read(String name, byte[] content, FileHints mapping) {
		return new JsonFiles(List.of(new OpenMeteoFormat(), new VisualCrossingFormat())).read(name, content, mapping,
				PARIS_AND_ALEXANDRIA, IMPORTED);
	}

}
