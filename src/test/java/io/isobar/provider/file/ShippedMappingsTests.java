package io.isobar.provider.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.isobar.provider.TestData;
import io.isobar.provider.openmeteo.OpenMeteoFormat;
import io.isobar.provider.visualcrossing.VisualCrossingFormat;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

/**
 * The mappings and the dataset that come with the project. Those of files that may not be
 * distributed are tested where the files are (system property {@code test.data}). The
 * expected counts were counted with another program.
 */
class ShippedMappingsTests {

	private final Gathered gathered = new Gathered();

	@ParameterizedTest
	@MethodSource("mappings")
	void everyShippedMappingIsCorrect(Path mapping) throws Exception {
		assertThat(MappingFile.read(Location.local(mapping)).city()).isNotNull();
		assertThat(Files.readString(mapping)).startsWith("# ");
	}

	static Stream<Path> mappings() throws Exception {
		try (Stream<Path> mappings = Files.list(Path.of("mappings"))) {
			return mappings.filter(Files::isRegularFile).sorted().toList().stream();
		}
	}

	@Test
	void theMappingsOfTheManualAreCorrect() throws Exception {
		Matcher blocks = Pattern.compile("```yaml\n(.+?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("docs/importing.md")));
		int mappings = 0;
		while (blocks.find()) {
			MappingFile.parse("block %d of the manual".formatted(++mappings), blocks.group(1));
		}

		assertThat(mappings).isEqualTo(4);
	}

	@Test
	void theShippedDatasetIsImportedWithNothingButItsPath() throws Exception {
		FileReadings files = Gathered.files();
		List<FoundFile> found = files.find(Location.local(Path.of("datasets/noaa-seattle-new-york")), null);

		assertThat(found).extracting(FoundFile::name).containsExactly("weather.csv");
		seattleAndNewYork(files.read(found.get(0), this.gathered));
	}

	@Test
	void theDatasetsMappingSaysWhatTheShippedOneSays() throws Exception {
		assertThat(mapping("datasets/noaa-seattle-new-york/mapping.yaml").canonical())
			.isEqualTo(mapping("mappings/noaa-seattle-new-york.yaml").canonical());
	}

	private void seattleAndNewYork(Tally tally) {
		assertCounts(tally, 2922, 2922, 0, 0);
		assertThat(tally.cities()).extracting(City::name).containsExactly("Seattle", "New York");
		assertThat(tally.cities()).extracting((city) -> city.zone().getId())
			.containsExactly("America/Los_Angeles", "America/New_York");
		Reading day = this.gathered.at("Seattle", "2012-01-02T08:00:00Z");
		assertThat(day.resolution()).isEqualTo(Resolution.DAY);
		assertThat(day.values()).hasToString("{windSpeed=16.2, precipitation=10.9}");
		assertThat(day.lows()).hasToString("{temperature=2.8}");
		assertThat(day.highs()).hasToString("{temperature=10.6}");
		assertThat(day.conditions()).isEqualTo("rain");
		assertThat(this.gathered.at("New York", "2015-12-31T05:00:00Z").conditions()).isNotNull();
	}

	@Test
	void seattleAndNewYorkAreRead() throws Exception {
		seattleAndNewYork(read("weather/vega_weather_seattle_newyork_2012_2015.csv", "noaa-seattle-new-york"));
	}

	@ParameterizedTest
	@CsvSource({ "brest, Brest, 5, 3907.900026552379", "lille, Lille, 15, 3577.80002079159",
			"lyon, Lyon, 14, 3634.900018952787", "marseille, Marseille, 8, 1877.6000128090382",
			"paris, Paris, 11, 3346.2000224888325" })
	void frenchHoursAreRead(String file, String city, long flagged, double rain) throws Exception {
		Tally tally = read("weather/france_openmeteo_parquet/weather_%s.parquet".formatted(file), "open-meteo-france");

		assertCounts(tally, 38_688, 36_744, 1944, flagged);
		assertThat(tally.cities()).extracting(City::name).containsExactly(city);
		assertThat(tally.cities().get(0).isLocated()).isTrue();
		assertThat(this.gathered.readings.stream()
			.map(Reading::values)
			.filter((values) -> values.has(Metric.PRECIPITATION))
			.mapToDouble((values) -> values.orNaN(Metric.PRECIPITATION))
			.sum()).isCloseTo(rain, within(1e-9));
		Reading last = this.gathered.at(city, "2025-05-31T23:00:00Z");
		assertThat(last.values().has(Metric.TEMPERATURE)).isTrue();
		assertThat(last.values().has(Metric.PRECIPITATION)).as("its hour is not in the file").isFalse();
	}

	@Test
	void frenchRainIsOfTheHourBeforeItsLabel() throws Exception {
		read("weather/france_openmeteo_parquet/weather_brest.parquet", "open-meteo-france");

		assertThat(this.gathered.at("Brest", "2023-07-15T11:00:00Z").values().orNaN(Metric.PRECIPITATION))
			.isEqualTo((double) 0.1f);
		assertThat(this.gathered.at("Brest", "2023-07-15T12:00:00Z").values().orNaN(Metric.TEMPERATURE))
			.isEqualTo(18.66750144958496);
	}

	@Test
	void europeanDaysAreRead() throws Exception {
		Tally tally = read("weather/ecad_18_european_cities_daily_2000_2010.csv", "ecad-18-european-cities");

		assertCounts(tally, 3654, 65_772, 0, 7);
		assertThat(tally.cities()).hasSize(18).allMatch(City::isLocated);
		Reading day = this.gathered.at("De Bilt", "2000-04-09T22:00:00Z");
		assertThat(day.values()).hasToString("{temperature=5.9, humidity=60.0, pressure=1012.4, windSpeed=15.12, "
				+ "precipitation=0.0, cloudCover=12.5, solarRadiation=245.0}");
		assertThat(day.lows()).hasToString("{temperature=1.5}");
		assertThat(day.highs()).hasToString("{temperature=10.4, windGust=36.0}");
		assertThat(this.gathered.readings).filteredOn((reading) -> !reading.flagged().isEmpty())
			.extracting(Reading::city)
			.containsOnly("Stockholm", "Tours");
	}

	@Test
	void threeHourlyObservationsAreRead() throws Exception {
		Tally tally = read("weather/meteofrance_synop_single_station_2020.csv", "meteo-france-synop");

		assertCounts(tally, 2532, 2531, 1, 14);
		assertThat(this.gathered.at("Station SYNOP", "2020-01-01T00:00:00Z").values())
			.hasToString("{temperature=7.800000000000011, dewPoint=4.2, humidity=78.0, windSpeed=2.52, windGust=9.0, "
					+ "windDirection=210.0, cloudCover=100.0, visibility=15.41}");
		assertThat(this.gathered.at("Station SYNOP", "2020-08-07T15:00:00Z").values().orNaN(Metric.TEMPERATURE))
			.isCloseTo(38.1, within(1e-9));
	}

	@Test
	void tenMinuteRowsWithLoneCarriageReturnsAreRead() throws Exception {
		Tally tally = read("weather/meteoswiss_zurich_geneva_2012-10_CRonly.csv", "meteo-swiss-zurich-geneva");

		assertCounts(tally, 5040, 1671, 3369, 0);
		assertThat(tally.cities()).extracting(City::name)
			.containsExactly("Zürich-Kloten", "Zürich-Affoltern", "Zürich-Fluntern", "Genève-Cointrin",
					"Nyon-Changins");
		assertThat(this.gathered.at("Zürich-Kloten", "2012-10-01T03:00:00Z").values())
			.hasToString("{temperature=12.0, dewPoint=10.8, humidity=92.4, pressure=1019.2, windSpeed=3.2, "
					+ "windDirection=310.0, cloudCover=100.0}");
		assertThat(this.gathered.at("Zürich-Kloten", "2012-10-01T07:10:00Z").values()).hasToString("{cloudCover=87.5}");
	}

	@Test
	void frenchRegionsAreRead() throws Exception {
		Tally tally = read("weather/historique_meteo_fr_regions_2018.csv", "french-regions-2018");

		assertCounts(tally, 4380, 4380, 0, 0);
		assertThat(tally.cities()).hasSize(12)
			.extracting(City::name)
			.contains("Île-de-France", "Bourgogne-Franche-Comté");
		Reading day = this.gathered.at("Bourgogne-Franche-Comté", "2017-12-31T23:00:00Z");
		assertThat(day.values()).hasToString("{humidity=87.0, windSpeed=35.5, cloudCover=79.5, visibility=9.0625}");
		assertThat(day.lows().orNaN(Metric.TEMPERATURE)).isEqualTo(5);
		assertThat(day.highs().orNaN(Metric.TEMPERATURE)).isEqualTo(7.5);
		assertThat(this.gathered.readings).filteredOn((reading) -> !reading.lows().has(Metric.TEMPERATURE)).hasSize(4);
	}

	@Test
	void placesAroundBogotaAreRead() throws Exception {
		Path folder = TestData.file("visualcrossing/bogota_csv");
		FileReadings files = Gathered.files();
		Location mapping = Location.local(Path.of("mappings/visual-crossing-bogota.yaml"));
		List<FoundFile> found = files.find(Location.local(folder), mapping);

		assertThat(found).hasSize(6);
		for (FoundFile file : found) {
			assertCounts(files.read(file, this.gathered), 1, 1, 0, 0);
		}
		Reading day = this.gathered.at("Bogotá", "2022-02-26T05:00:00Z");
		assertThat(day.values()).hasToString("{temperature=14.6, feelsLike=14.6, dewPoint=11.4, humidity=82.5, "
				+ "pressure=1026.1, windDirection=184.1, precipitation=7.6, precipitationProbability=100.0, snow=0.0, "
				+ "snowDepth=0.0, cloudCover=77.5, visibility=9.6, solarRadiation=196.3}");
		assertThat(day.highs())
			.hasToString("{temperature=18.3, feelsLike=18.3, windSpeed=18.0, windGust=9.0, uvIndex=8.0}");
	}

	@Test
	void answersOfProvidersAreReadBesideTables() throws Exception {
		FileReadings files = Gathered.files(List.of(new VisualCrossingFormat(), new OpenMeteoFormat()));
		Path folder = TestData.file("visualcrossing");

		List<FoundFile> found = files.find(Location.local(folder.resolve("solingen_2023-10-20.json")), null);
		Tally tally = files.read(found.get(0), this.gathered);
		assertThat(tally.cities()).extracting(City::name).containsExactly("Solingen");
		FoundFile austin = files
			.find(Location.local(folder.resolve("austin_2023-05_us_elements_subset_hours.json")), null)
			.get(0);
		assertThat(catchThrowable(() -> files.read(austin, this.gathered))).isInstanceOf(FileRefused.class)
			.hasMessageStartingWith("austin_2023-05_us_elements_subset_hours.json: its units are wrong");
	}

	@Test
	void normalsAndDescriptionsAreNoReadings() throws Exception {
		Path weather = TestData.file("weather");
		FileReadings files = Gathered.files();

		for (String name : List.of("vega_seattle_hourly_normals.csv", "ecad_18_european_cities_metadata.txt")) {
			FoundFile file = files.find(Location.local(weather.resolve(name)), null).get(0);
			assertThat(catchThrowable(() -> files.read(file, this.gathered))).isInstanceOf(FileRefused.class)
				.hasMessageStartingWith(name + ": ")
				.hasMessageContaining("mapping");
		}
	}

	private Tally read(String file, String mapping) throws Exception {
		FileReadings files = Gathered.files();
		Location shipped = Location.local(Path.of("mappings/%s.yaml".formatted(mapping)));
		return files.read(files.find(Location.local(TestData.file(file)), shipped).get(0), this.gathered);
	}

	private static void assertCounts(Tally tally, long rows, long readings, long filtered, long flagged) {
		assertThat(tally).extracting(Tally::rows, Tally::readings, Tally::filtered, Tally::rejected, Tally::flagged)
			.containsExactly(rows, readings, filtered, 0L, flagged);
	}

	private static Mapping mapping(String path) throws Exception {
		return MappingFile.read(Location.local(Path.of(path)));
	}

}
