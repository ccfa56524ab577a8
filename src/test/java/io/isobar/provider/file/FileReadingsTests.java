package io.isobar.provider.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.AnswerRefused;
import io.isobar.provider.CityLookup;
import io.isobar.provider.Counts;
import io.isobar.provider.FileHints;
import io.isobar.provider.JsonFile;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.UnitGroup;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

class FileReadingsTests {

	private static final String OSLO = """
			city: { constant: Oslo }
			country: { constant: "NO" }
			timezone: Europe/Oslo
			latitude: 59.91
			longitude: 10.75
			time: { column: time }
			fields:
			  temperature: { column: temp, unit: celsius }
			""";

	private static final String TABLE = "time,temp\n2024-01-01T00:00Z,-3.5\n";

	@TempDir
	Path folder;

	private final Gathered gathered = new Gathered();

	// Tables with a mapping

	@Test
	void aRowBecomesAReadingOfTheCity() throws Exception {
		Tally tally = read(OSLO, TABLE);

		Reading reading = this.gathered.only();
		assertThat(reading.city()).isEqualTo("Oslo");
		assertThat(reading.observedAt()).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
		assertThat(reading.resolution()).isEqualTo(Resolution.HOUR);
		assertThat(reading.origin()).isEqualTo(Origin.FILE);
		assertThat(reading.channel()).isEqualTo(Channel.FILE);
		assertThat(reading.collected()).isEqualTo(Gathered.NOW);
		assertThat(reading.values().orNaN(Metric.TEMPERATURE)).isEqualTo(-3.5);
		assertThat(tally).isEqualTo(new Tally(1, 1, 0, 0, 0, List.of(),
				List.of(new City("Oslo", "NO", 59.91, 10.75, ZoneId.of("Europe/Oslo"), false))));
		assertThat(this.gathered.cities).isEqualTo(tally.cities());
	}

	@Test
	void valuesAreConvertedAndWordsKept() throws Exception {
		read("""
				delimiter: ";"
				nulls: ["-"]
				city: { column: place }
				country: { column: land }
				timezone: Europe/Oslo
				time: { column: when, format: "dd.MM.yyyy HH:mm", zone: UTC }
				fields:
				  temperature: { column: f, unit: fahrenheit }
				  humidity: { column: rh, unit: fraction }
				  pressure: { column: p, unit: inch-of-mercury }
				  windSpeed: { column: w, unit: knot }
				  precipitation: { column: r, unit: inch }
				  snow: { column: s, unit: inch }
				  conditions: { column: words }
				""",
				"when;place;land;f;rh;p;w;r;s;words\n01.02.2024 06:00;Oslo;NO;14;0.8;29.92;10;0.1;-; Light snow \n");

		Reading reading = this.gathered.only();
		assertThat(reading.observedAt()).isEqualTo(Instant.parse("2024-02-01T06:00:00Z"));
		assertThat(reading.values().orNaN(Metric.TEMPERATURE)).isEqualTo(-10);
		assertThat(reading.values().orNaN(Metric.HUMIDITY)).isEqualTo(80);
		assertThat(reading.values().orNaN(Metric.PRESSURE)).isEqualTo(1013.2075888);
		assertThat(reading.values().orNaN(Metric.WIND_SPEED)).isEqualTo(18.52);
		assertThat(reading.values().orNaN(Metric.PRECIPITATION)).isEqualTo(2.54);
		assertThat(reading.values().has(Metric.SNOW)).isFalse();
		assertThat(reading.conditions()).isEqualTo("Light snow");
		assertThat(this.gathered.cities.get(0).country()).isEqualTo("NO");
	}

	@Test
	void aDayHasMeansSumsAndExtremesAndBeginsAtLocalMidnight() throws Exception {
		read(OSLO.replace("fields:", """
				resolution: day
				fields:
				  temperatureMin: { column: low, unit: celsius }
				  temperatureMax: { column: high, unit: celsius }
				  precipitationSum: { column: rain, unit: centimetre }
				  windSpeedMax: { column: wind, unit: metre-per-second }"""),
				"time,temp,low,high,rain,wind\n2024-07-01,18,12,25,1.2,10\n2024-07-02T00:00:00-05:00,19,13,26,0,9\n");

		Reading day = this.gathered.at("Oslo", "2024-06-30T22:00:00Z");
		assertThat(day.resolution()).isEqualTo(Resolution.DAY);
		assertThat(day.values().orNaN(Metric.TEMPERATURE)).isEqualTo(18);
		assertThat(day.lows().orNaN(Metric.TEMPERATURE)).isEqualTo(12);
		assertThat(day.highs().orNaN(Metric.TEMPERATURE)).isEqualTo(25);
		assertThat(day.values().orNaN(Metric.PRECIPITATION)).isEqualTo(12);
		assertThat(day.highs().orNaN(Metric.WIND_SPEED)).isEqualTo(36);
		assertThat(day.values().has(Metric.WIND_SPEED)).isFalse();
		// The day that is written, whatever offset stands beside it
		assertThat(this.gathered.at("Oslo", "2024-07-01T22:00:00Z").lows().orNaN(Metric.TEMPERATURE)).isEqualTo(13);
	}

	@Test
	void aWideTableHoldsAReadingForEachListedCity() throws Exception {
		Tally tally = read("""
				city: { prefix: "_" }
				country: { constant: NL }
				cities:
				  DE_BILT: { name: De Bilt, timezone: Europe/Amsterdam }
				  OSLO: { name: Oslo, country: "NO", timezone: Europe/Oslo }
				time: { column: DATE, format: yyyyMMdd }
				resolution: day
				fields:
				  temperature: { column: temp_mean, unit: celsius }
				  windGustMax: { column: wind_gust, unit: metre-per-second }
				""", """
				DATE,MONTH,DE_BILT_temp_mean,DE_BILT_wind_gust,OSLO_temp_mean,ROMA_temp_mean
				20000101,1,2.9,10,-4.5,9.1
				20000102,1,,,x,9.2
				""");

		assertThat(tally.cities()).extracting(City::name).containsExactly("De Bilt", "Oslo");
		assertThat(tally.cities()).extracting(City::country).containsExactly("NL", "NO");
		assertThat(this.gathered.at("De Bilt", "1999-12-31T23:00:00Z").highs().orNaN(Metric.WIND_GUST)).isEqualTo(36);
		assertThat(this.gathered.at("Oslo", "1999-12-31T23:00:00Z").values().orNaN(Metric.TEMPERATURE)).isEqualTo(-4.5);
		assertThat(tally.rows()).isEqualTo(2);
		assertThat(tally.readings()).isEqualTo(2);
		assertThat(tally.filtered()).isEqualTo(1);
		assertThat(tally.rejections()).containsExactly(
				"line 3: OSLO_temp_mean is 'x', which is no number. If it means no value, add it to `nulls`.");
	}

	@Test
	void aWideTableWithoutListedCitiesGivesAllOfThem() throws Exception {
		Tally tally = read(OSLO.replace("constant: Oslo", "prefix: \".\""),
				"time,Oslo.temp,Bergen.temp\n2024-01-01T00:00Z,-3,2\n");

		assertThat(tally.cities()).extracting(City::name).containsExactly("Oslo", "Bergen");
	}

	@Test
	void aWideTableWithoutAListedCityIsRefusedByName() {
		assertThat(refusal(OSLO.replace("constant: Oslo", "prefix: \"_\"") + "cities: { BERGEN: { name: Bergen } }\n",
				"time,OSLO_temp\n2024-01-01T00:00Z,-3\n"))
			.contains("No column begins with 'BERGEN_' (cities.BERGEN); its columns are: time, OSLO_temp.");
	}

	@Test
	void theCityStandsInTheFileName() throws Exception {
		write("weather_bergen.csv", TABLE);
		write("mapping.yaml", OSLO.replace("constant: Oslo", "fileName: \"weather_(.+)\\\\.csv\"")
				+ "cities: { bergen: { name: Bergen } }\n");

		readAll();

		assertThat(this.gathered.only().city()).isEqualTo("Bergen");
	}

	@Test
	void aTypedParquetTimeNeedsNoFormat() throws Exception {
		Path file = ParquetFiles.write(this.folder.resolve("t.parquet"),
				"optional int64 time (TIMESTAMP(NANOS,true)); optional float temp; optional double other;",
				(row) -> row.append("time", Instant.parse("2024-01-01T00:00:00Z").getEpochSecond() * 1_000_000_000L)
					.append("temp", -3.5f));
		write("mapping.yaml", "format: parquet\n" + OSLO);

		Tally tally = read(file);

		assertThat(tally.readings()).isEqualTo(1);
		assertThat(this.gathered.only().values().orNaN(Metric.TEMPERATURE)).isEqualTo(-3.5);
	}

	@Test
	void aSumLabelledAtItsEndBelongsToTheHourBefore() throws Exception {
		Tally tally = read(OSLO + "  precipitation: { column: rain, unit: millimetre, label: end }\n", """
				time,temp,rain
				2024-01-01T01:00Z,1,0.1
				2024-01-01T02:00Z,2,0.2
				2024-01-01T03:00Z,,0.3
				2024-01-01T06:00Z,6,0.6
				""");

		assertThat(tally.readings()).isEqualTo(5);
		assertThat(this.gathered.at("Oslo", "2024-01-01T00:00:00Z").values()).hasToString("{precipitation=0.1}");
		assertThat(this.gathered.at("Oslo", "2024-01-01T01:00:00Z").values())
			.hasToString("{temperature=1.0, precipitation=0.2}");
		assertThat(this.gathered.at("Oslo", "2024-01-01T02:00:00Z").values())
			.hasToString("{temperature=2.0, precipitation=0.3}");
		assertThat(this.gathered.at("Oslo", "2024-01-01T05:00:00Z").values()).hasToString("{precipitation=0.6}");
		assertThat(this.gathered.at("Oslo", "2024-01-01T06:00:00Z").values()).hasToString("{temperature=6.0}");
	}

	@Test
	void aDaysSumLabelledAtItsEndBelongsToTheDayBefore() throws Exception {
		read(OSLO.replace("fields:",
				"resolution: day\nlabel: end\nfields:\n  precipitation: { column: rain, unit: millimetre }"),
				"time,temp,rain\n2024-04-01,1,5\n2024-04-02,2,6\n");

		assertThat(this.gathered.at("Oslo", "2024-03-30T23:00:00Z").values()).hasToString("{precipitation=5.0}");
		assertThat(this.gathered.at("Oslo", "2024-03-31T22:00:00Z").values())
			.hasToString("{temperature=1.0, precipitation=6.0}");
	}

	@Test
	void localTimesAreOfTheCitysZone() throws Exception {
		Tally tally = read(OSLO, """
				time,temp
				2023-03-26T01:00,1
				2023-03-26T02:00,2
				2023-10-29T02:00,3
				2023-10-29T02:00,4
				""");

		assertThat(this.gathered.at("Oslo", "2023-03-26T00:00:00Z").values().orNaN(Metric.TEMPERATURE)).isEqualTo(1);
		assertThat(this.gathered.at("Oslo", "2023-10-29T00:00:00Z").values().orNaN(Metric.TEMPERATURE)).isEqualTo(3);
		assertThat(this.gathered.at("Oslo", "2023-10-29T01:00:00Z").values().orNaN(Metric.TEMPERATURE)).isEqualTo(4);
		assertThat(tally.rejections()).hasSize(1)
			.first()
			.asString()
			.startsWith("line 3: its time 2023-03-26T02:00 does not exist in Europe/Oslo");
	}

	// What happens to rows

	@Test
	void aRowWithoutTimeOrCityIsRejectedWithItsLine() throws Exception {
		Tally tally = read(OSLO.replace("constant: Oslo", "column: place"), """
				time,place,temp
				,Oslo,1
				2024-01-01T00:00Z,,1
				2024-01-01T00:00Z,Oslo,1
				soon,Oslo,1
				2024-01-01,Oslo,1
				""");

		assertThat(tally.rejected()).isEqualTo(4);
		assertThat(tally.rejections()).containsExactly("line 2: it has no time.", "line 3: it has no city.",
				"line 5: its time 'soon' is not of the format iso.",
				"line 6: its time 2024-01-01 is a date without a time of day. If the rows are whole days, say `resolution: day`.");
		assertThat(this.gathered.readings).hasSize(1);
	}

	@Test
	void theFirstHundredRejectionsAreToldAndAllAreCounted() throws Exception {
		Tally tally = read(OSLO, TABLE + ",1\n".repeat(250));

		assertThat(tally.rejected()).isEqualTo(250);
		assertThat(tally.rejections()).hasSize(100);
		assertThat(tally.rows()).isEqualTo(251);
	}

	@Test
	void aRowWithoutAnyValueIsFiltered() throws Exception {
		Tally tally = read(OSLO, TABLE + "2024-01-01T01:00Z,\n");

		assertThat(tally.filtered()).isEqualTo(1);
		assertThat(tally.rejected()).isZero();
		assertThat(this.gathered.readings).hasSize(1);
	}

	@Test
	void anHourThatIsStillToComeIsFiltered() throws Exception {
		Tally tally = read(OSLO, "time,temp\n2026-06-01T12:00Z,1\n2026-06-01T12:00:01Z,1\n2099-01-01T00:00Z,1\n");

		assertThat(tally.readings()).isEqualTo(1);
		assertThat(tally.filtered()).isEqualTo(2);
	}

	@Test
	void aDayThatHasNotEndedIsFiltered() throws Exception {
		Tally tally = read(OSLO.replace("fields:", "resolution: day\nfields:"),
				"time,temp\n2026-05-31,1\n2026-06-01,1\n");

		assertThat(tally.readings()).isEqualTo(1);
		assertThat(tally.filtered()).isEqualTo(1);
	}

	@Test
	void anImpossibleValueIsKeptOutAndFlagged() throws Exception {
		Tally tally = read(OSLO + "  humidity: { column: rh, unit: fraction }\n",
				"time,temp,rh\n2024-01-01T00:00Z,99,0.5\n2024-01-01T01:00Z,-3,1.3\n2024-01-01T02:00Z,-999,\n");

		assertThat(tally.flagged()).isEqualTo(3);
		assertThat(tally.readings()).isEqualTo(3);
		Reading first = this.gathered.at("Oslo", "2024-01-01T00:00:00Z");
		assertThat(first.values()).hasToString("{humidity=50.0}");
		assertThat(first.flagged()).containsOnly(entry("temperature", 99.0));
		assertThat(this.gathered.at("Oslo", "2024-01-01T01:00:00Z").flagged()).containsOnly(entry("humidity", 130.0));
	}

	@Test
	void readingsComeInBatches() throws Exception {
		StringBuilder table = new StringBuilder("time,temp\n");
		IntStream.range(0, 2500).forEach((i) -> table.append(1_600_000_000 + i * 3600).append(",1\n"));

		Tally tally = read(OSLO.replace("column: time", "column: time, format: epoch-seconds"), table.toString());

		assertThat(tally.readings()).isEqualTo(2500);
		assertThat(this.gathered.readings).hasSize(2500);
		assertThat(this.gathered.largestBatch).isEqualTo(FileReadings.BATCH);
	}

	@Test
	void aFileOfWhichNoRowCanBeReadIsRefused() {
		assertThat(refusal(OSLO, "time,temp\n01/02/2024,1\n02/02/2024,1\n")).isEqualTo(
				"t.csv: not one of its 2 rows could be read. line 2: its time '01/02/2024' is not of the format iso.");
	}

	@Test
	void aHeaderWithoutRowsGivesNothing() throws Exception {
		assertThat(read(OSLO, "time,temp\n").rows()).isZero();
	}

	// TestCities

	@Test
	void aKnownCityKeepsItsFacts() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml",
				OSLO.replace("Oslo", "Paris").replace("\"NO\"", "FR").replace("Europe/Oslo", "Europe/Paris"));

		Tally tally = readAll(Gathered.files(Gathered.PARIS));

		assertThat(tally.cities()).containsExactly(Gathered.PARIS);
	}

	@Test
	void anotherZoneForAKnownCityIsRefusedNamingBoth() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml",
				OSLO.replace("constant: Oslo", "constant: Paris")
					.replace("\"NO\"", "FR")
					.replace("Europe/Oslo", "America/Chicago"));

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll(Gathered.files(Gathered.PARIS)))
			.withMessage("t.csv: Paris is known with the zone Europe/Paris, but this file or its mapping says "
					+ "America/Chicago. Correct the one that is wrong.");
	}

	@Test
	void namesakesInOneFileArePartedByTheirCountry() throws Exception {
		Tally tally = read(OSLO.replace("constant: Oslo", "column: place").replace("constant: \"NO\"", "column: land"),
				"time,place,land,temp\n2024-01-01T00:00Z,Paris,FR,1\n2024-01-01T00:00Z,Paris,US,2\n2024-01-01T01:00Z,Paris,FR,3\n");

		assertThat(tally.cities()).extracting(City::name).containsExactly("Paris", "Paris, US");
		assertThat(this.gathered.readings).extracting(Reading::city).containsExactly("Paris", "Paris, US", "Paris");
	}

	@Test
	void aNewCityWithoutZoneIsRefusedWithWhatIsMissing() {
		assertThat(refusal(OSLO.replace("timezone: Europe/Oslo\n", ""), TABLE))
			.contains("the city Oslo is not known, and nothing says its time zone. Give a mapping with `timezone`.");
	}

	// Refusals

	@Test
	void columnsThatAreMissingAreNamedWithThoseThatAreThere() {
		assertThat(refusal(OSLO + "  humidity: { column: rh, unit: percent }\n", "when,temp\n2024-01-01T00:00Z,1\n"))
			.isEqualTo("t.csv: The mapping names columns that it has not: 'time' (time), 'rh' (fields.humidity); "
					+ "its columns are: when, temp.");
	}

	@Test
	void aWrongDelimiterIsGuessedInTheSentence() {
		assertThat(refusal(OSLO, TABLE.replace(',', ';'))).contains("its columns are: time;temp.")
			.endsWith("Its first line is not parted by ','; say `delimiter: \";\"`.");
	}

	@Test
	void aColumnThatIsThereTwiceIsRefused() {
		assertThat(refusal(OSLO, "time,temp,temp\n2024-01-01T00:00Z,1,2\n"))
			.contains("only one 'temp' (fields.temperature)");
	}

	@ParameterizedTest
	@CsvSource({ "notes.pdf, its name ends neither in .csv", "notes.txt, a text file needs a mapping",
			"other.csv, there is no mapping for it", "page.csv, it is a page", "none.csv, it is empty",
			"fake.parquet, it is no Parquet file" })
	void anythingElseIsRefusedByName(String name, String sentence) throws Exception {
		write(name, switch (name) {
			case "page.csv" -> "<!DOCTYPE html>";
			case "none.csv" -> "";
			default -> "a,b\n1,2\n";
		});

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll())
			.withMessageStartingWith(name + ": ")
			.withMessageContaining(sentence);
	}

	@Test
	void aMappingOfAnotherFormatIsRefused() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml", "format: parquet\n" + OSLO);

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll())
			.withMessageContaining("its mapping mapping.yaml says `format: parquet`, but its name ends otherwise");
	}

	@Test
	void aWrongMappingRefusesItsFilesWithAllItsProblems() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml", OSLO.replace("celsius", "kelvins").replace("Europe/Oslo", "Oslo"));

		FoundFile file = files().find(Location.local(this.folder), null).get(0);

		assertThat(file.refusal().orElseThrow().sentence()).startsWith("t.csv: its mapping mapping.yaml is wrong. ")
			.contains("`timezone`: 'Oslo' is no time zone")
			.contains("'kelvins'");
	}

	@Test
	void anotherFileIsStillImportedWhereOneIsRefused() throws Exception {
		write("bad.pdf", "x");
		write("good.csv", TABLE);
		write("mapping.yaml", OSLO);

		List<FoundFile> found = files().find(Location.local(this.folder), null);

		assertThat(found).extracting(FoundFile::name).containsExactly("bad.pdf", "good.csv");
		assertThat(found).extracting((file) -> file.refusal().isPresent()).containsExactly(true, false);
	}

	// Finding files and mappings

	@Test
	void theParameterComesBeforeTheFilesOwnMappingAndThatBeforeTheFolders() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml", OSLO.replace("constant: Oslo", "constant: Folder"));
		readAll();
		write("t.csv.mapping.yaml", OSLO.replace("constant: Oslo", "constant: File"));
		readAll();
		Path parameter = write("parameter.yaml", OSLO.replace("constant: Oslo", "constant: Parameter"));
		FoundFile file = files().find(Location.local(this.folder), Location.local(parameter)).get(0);
		files().read(file, this.gathered);

		assertThat(this.gathered.readings).extracting(Reading::city).containsExactly("Folder", "File", "Parameter");
		assertThat(file.mappingName()).hasValue("parameter.yaml");
	}

	@Test
	void aMappingIsUsedForTheFilesOfWhichItSpeaks() throws Exception {
		write("a.csv", TABLE);
		write("b.csv", "x,y\n1,2\n");
		write("mapping.yaml", "files: a*.csv\n" + OSLO);

		List<FoundFile> found = files().find(Location.local(this.folder), null);

		assertThat(found).extracting((file) -> file.mappingName().isPresent()).containsExactly(true, false);
	}

	@Test
	void papersHiddenFilesAndMappingsAreLeftOut() throws Exception {
		for (String name : List.of("README.md", "LICENSE", ".hidden.csv", "_SUCCESS", "t.csv.mapping.yaml",
				"mapping.yaml", "readme.txt")) {
			write(name, "x");
		}
		write("t.csv", TABLE);

		assertThat(files().find(Location.local(this.folder), null)).extracting(FoundFile::name)
			.containsExactly("t.csv");
	}

	@Test
	void foldersAreSearchedToTheirDepthAndMappingsReachDown() throws Exception {
		Files.createDirectories(this.folder.resolve("a/b"));
		write("a/b/t.csv", TABLE);
		write("z.csv", TABLE);
		write("mapping.yaml", OSLO);
		Files.createSymbolicLink(this.folder.resolve("a/loop"), this.folder);

		List<FoundFile> found = files().find(Location.local(this.folder), null);

		assertThat(found).extracting(FoundFile::name).containsExactly("a/b/t.csv", "z.csv");
		assertThat(found).allMatch((file) -> file.mappingName().isPresent());
	}

	@Test
	void aRefusalNamesTheFileWithItsFolder() throws Exception {
		Files.createDirectories(this.folder.resolve("a"));
		write("a/t.csv", "x\n");

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll())
			.withMessageStartingWith("a/t.csv: there is no mapping for it");
	}

	@Test
	void whatIsNotThereIsRefused() {
		assertThatExceptionOfType(FileRefused.class)
			.isThrownBy(() -> files().find(Location.local(this.folder.resolve("none")), null))
			.withMessageContaining("none: there is no such file or folder. Correct the path.");
		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> files().find(Location.local(this.folder), null))
			.withMessageContaining("the folder holds no file to import.");
		assertThatExceptionOfType(FileRefused.class)
			.isThrownBy(() -> files().find(Location.local(this.folder), Location.local(this.folder.resolve("m.yaml"))))
			.withMessageContaining("m.yaml: there is no such mapping file.");
	}

	@Test
	void onlyWhatLiesBelowTheRootsIsRead() throws Exception {
		Files.createDirectories(this.folder.resolve("inside"));
		Files.createDirectories(this.folder.resolve("outside"));
		Path inside = write("inside/t.csv", TABLE);
		Path outside = write("outside/t.csv", TABLE);
		Path link = Files.createSymbolicLink(this.folder.resolve("inside/link.csv"), outside);
		Path mapping = write("outside/m.yaml", OSLO);
		FileReadings files = new FileReadings(new ImportSettings(List.of(this.folder.resolve("inside").toString())),
				new JsonFiles(List.of()), KnownCities.of(List.of()), Clock.systemUTC());

		assertThat(files.find(Location.local(inside), null)).hasSize(1);
		for (Path path : List.of(outside, link, this.folder.resolve("inside/../outside"))) {
			assertThatExceptionOfType(FileRefused.class).as(path.toString())
				.isThrownBy(() -> files.find(Location.local(path), null))
				.withMessageContaining("isobar.import.roots");
		}
		assertThatExceptionOfType(FileRefused.class)
			.isThrownBy(() -> files.find(Location.local(inside), Location.local(mapping)))
			.withMessageContaining("isobar.import.roots");
		assertThat(files.find(Location.local(this.folder.resolve("inside")), null))
			.filteredOn((file) -> file.name().equals("link.csv"))
			.first()
			.satisfies((file) -> assertThat(file.refusal().orElseThrow().sentence()).contains("isobar.import.roots"));
	}

	@Test
	void aHadoopFileSystemIsReadLikeTheDisk() throws Exception {
		write("t.csv", TABLE);
		ParquetFiles.write(this.folder.resolve("u.parquet"), "optional binary time (STRING); optional double temp;",
				(row) -> row.append("time", "2024-01-01T01:00Z").append("temp", 7.0));
		write("mapping.yaml", OSLO);
		FileSystem fileSystem = FileSystem.getLocal(new Configuration(false)).getRawFileSystem();
		Location location = Location.hadoop(fileSystem, new org.apache.hadoop.fs.Path(this.folder.toUri()));

		List<FoundFile> found = files().find(location, null);
		for (FoundFile file : found) {
			files().read(file, this.gathered);
		}

		assertThat(found).extracting(FoundFile::name).containsExactly("t.csv", "u.parquet");
		assertThat(this.gathered.readings).extracting((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
			.containsExactly(-3.5, 7.0);
		assertThat(found.get(0).contentHash()).isEqualTo(found("t.csv").contentHash());
	}

	@Test
	void hadoopRootsCarryTheirScheme() throws Exception {
		write("t.csv", TABLE);
		FileSystem fileSystem = FileSystem.getLocal(new Configuration(false)).getRawFileSystem();
		Location location = Location.hadoop(fileSystem,
				new org.apache.hadoop.fs.Path(this.folder.resolve("t.csv").toUri()));

		new ImportSettings(List.of("file:" + this.folder.toRealPath())).check(location);
		assertThatExceptionOfType(FileRefused.class)
			.isThrownBy(() -> new ImportSettings(List.of("hdfs://lake/imports", "/")).check(location));
	}

	// Hashes

	@Test
	void theSameFileUnderTheSameMappingIsTheSameImport() throws Exception {
		write("t.csv", TABLE);
		write("mapping.yaml", OSLO);
		FoundFile first = found("t.csv");
		write("mapping.yaml", "# said otherwise\n" + OSLO);
		Files.copy(this.folder.resolve("t.csv"), this.folder.resolve("u.csv"));
		FoundFile again = found("u.csv");
		write("mapping.yaml", OSLO.replace("celsius", "kelvin"));
		FoundFile corrected = found("u.csv");

		assertThat(first.contentHash()).matches("[0-9a-f]{64}").isEqualTo(again.contentHash());
		assertThat(again.importHash()).isEqualTo(first.importHash());
		assertThat(corrected.contentHash()).isEqualTo(first.contentHash());
		assertThat(corrected.importHash()).isNotEqualTo(first.importHash()).matches("[0-9a-f]{64}");
	}

	@Test
	void theNameOfTheFileMattersWhereTheMappingLooksAtIt() throws Exception {
		write("oslo.csv", TABLE);
		write("bergen.csv", TABLE);
		write("mapping.yaml", OSLO.replace("constant: Oslo", "fileName: \"(.+)\\\\.csv\""));

		assertThat(found("oslo.csv").contentHash()).isEqualTo(found("bergen.csv").contentHash());
		assertThat(found("oslo.csv").importHash()).isNotEqualTo(found("bergen.csv").importHash());
	}

	// Headers that are known

	@Test
	void visualCrossingsHoursAreKnownByTheirHeader() throws Exception {
		write("t.csv",
				"""
						name,datetime,temp,feelslike,dew,humidity,precip,precipprob,preciptype,snow,snowdepth,windgust,windspeed,winddir,sealevelpressure,cloudcover,visibility,solarradiation,solarenergy,uvindex,severerisk,conditions,icon,stations
						"Paris, France",2024-07-01T06:00:00,16.2,16.1,11,71.5,0.3,100,rain,0,0,21.6,9.4,230,1016.2,90,15.2,80,0.3,1,10,"Rain, Overcast",rain,"07149,07156"
						""");

		Tally tally = readAll(Gathered.files(Gathered.PARIS));

		Reading reading = this.gathered.only();
		assertThat(reading.city()).isEqualTo("Paris");
		assertThat(reading.observedAt()).isEqualTo(Instant.parse("2024-07-01T04:00:00Z"));
		assertThat(reading.resolution()).isEqualTo(Resolution.HOUR);
		assertThat(reading.values()).hasToString(
				"{temperature=16.2, feelsLike=16.1, dewPoint=11.0, humidity=71.5, pressure=1016.2, windSpeed=9.4, "
						+ "windGust=21.6, windDirection=230.0, precipitation=0.3, precipitationProbability=100.0, snow=0.0, "
						+ "snowDepth=0.0, cloudCover=90.0, visibility=15.2, solarRadiation=80.0, uvIndex=1.0}");
		assertThat(reading.conditions()).isEqualTo("Rain, Overcast");
		assertThat(tally.cities()).containsExactly(Gathered.PARIS);
	}

	@Test
	void visualCrossingsDaysAreKnownWithAnyDelimiterAndFindTheCityNearby() throws Exception {
		write("t.csv", """
				name;datetime;tempmax;tempmin;temp;windgust;windspeed;pressure;uvindex;conditions
				48.80,2.30;2024-07-01;25;12;18;40;22;1010;8;Clear
				""");

		readAll(Gathered.files(Gathered.PARIS));

		Reading day = this.gathered.only();
		assertThat(day.city()).isEqualTo("Paris");
		assertThat(day.resolution()).isEqualTo(Resolution.DAY);
		assertThat(day.observedAt()).isEqualTo(Instant.parse("2024-06-30T22:00:00Z"));
		assertThat(day.values()).hasToString("{temperature=18.0, pressure=1010.0}");
		assertThat(day.lows()).hasToString("{temperature=12.0}");
		assertThat(day.highs()).hasToString("{temperature=25.0, windSpeed=22.0, windGust=40.0, uvIndex=8.0}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Paris     | FR | Paris, France
			Paris     | FR | Paris,FR
			Paris     | FR | Paris, Île-de-France, France
			Paris, US | US | Paris, US
			Austin    | US | Austin, TX, United States
			London    | GB | London,UK
			Solingen  | DE | Solingen, Nordrhein-Westfalen, Deutschland
			""")
	void visualCrossingsAddressThatEndsWithItsCountryIsTheKnownCity(String name, String country, String address)
			throws Exception {
		write("t.csv", addressed(address));

		readAll(Gathered.files(new City(name, country, null, null, ZoneId.of("UTC"), true)));

		assertThat(this.gathered.only().city()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Paris, TX, United States", "Paris, Texas", "Paris, US", "Paris,", "," })
	void visualCrossingsAddressElsewhereIsNotTheKnownCityOfThatName(String address) throws Exception {
		write("t.csv", addressed(address));

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll(Gathered.files(Gathered.PARIS)))
			.withMessageContaining(
					"no city that is known has the name '%s' or lies within 20 km of it. ".formatted(address)
							+ "Give the file a mapping with `city`, `country` and `timezone`.");
	}

	@Test
	void visualCrossingsForecastRowsAreNoReadings() throws Exception {
		write("t.csv", """
				name,datetime,temp,conditions,source
				Paris,2024-07-01T06:00:00,16,Clear,obs
				Paris,2024-07-01T07:00:00,17,Clear,fcst
				Paris,2024-07-01T08:00:00,18,Clear,stats
				""");

		assertThat(readAll(Gathered.files(Gathered.PARIS)).filtered()).isEqualTo(2);
	}

	@Test
	void visualCrossingsRowsOfWhichAPartIsForecastAreNoReadings() throws Exception {
		write("t.csv", """
				name,datetime,tempmax,tempmin,temp,conditions,source
				Paris,2024-07-01,25,12,18,Clear,obs
				Paris,2024-07-02,26,13,19,Clear,comb
				""");

		assertThat(readAll(Gathered.files(Gathered.PARIS)).filtered()).isEqualTo(1);
		assertThat(this.gathered.only().observedAt()).isEqualTo(Instant.parse("2024-06-30T22:00:00Z"));
	}

	@Test
	void visualCrossingsUnknownPlaceIsRefusedWithWhatIsMissing() throws Exception {
		write("t.csv", addressed("4.58,-74.12"));

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll(Gathered.files(Gathered.PARIS)))
			.withMessageContaining("no city that is known has the name '4.58,-74.12' or lies within 20 km of it. "
					+ "Give the file a mapping with `city`, `country` and `timezone`.");
	}

	@Test
	void aMappingSaysTheCityAndTheUnitsOfAKnownHeader() throws Exception {
		write("t.csv", "name;datetime;temp;windspeed;precip;conditions\nx;2024-07-01T06:00:00;86;10;1;Clear\n");
		write("mapping.yaml", """
				city: { constant: Austin }
				country: { constant: US }
				timezone: America/Chicago
				unitGroup: us
				""");

		readAll();

		assertThat(this.gathered.only().observedAt()).isEqualTo(Instant.parse("2024-07-01T11:00:00Z"));
		assertThat(this.gathered.only().values())
			.hasToString("{temperature=30.0, windSpeed=16.09344, precipitation=25.4}");
	}

	@Test
	void temperaturesThatAreImpossibleInCelsiusAreRefusedForTheirUnits() throws Exception {
		write("t.csv", "name,datetime,temp,conditions\nParis,2024-07-01T06:00:00,86,\nParis,2024-07-01T07:00:00,88,\n"
				+ "Paris,2024-07-01T08:00:00,59,\n");

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll(Gathered.files(Gathered.PARIS)))
			.withMessage("t.csv: its units are wrong: 2 of its 3 temperatures are impossible in °C. If they are in °F, "
					+ "give it a mapping with `unitGroup: us`, or fetch it again with unitGroup=metric.");
	}

	@Test
	void ourOwnColumnsAreReadingsAsTheyAre() throws Exception {
		write("t.csv",
				"""
						city,country,observed_at,temperature,wind_speed,resolution,origin,conditions,timezone,latitude,longitude,temperature_max,extra
						Oslo,NO,2024-01-01T05:00:00Z,-3.5,12,hour,open_meteo,Snow,Europe/Oslo,59.91,10.75,,x
						Oslo,NO,2023-12-31T23:00:00Z,-4,,day,,,Europe/Oslo,,,1.5,x
						Paris,FR,2024-01-01 06:00:00,5,,,,,,,,,x
						Bergen,NO,2024-01-01T05:00:00Z,2,,,,,,,,,x
						""");

		Tally tally = readAll(Gathered.files(Gathered.PARIS));

		Reading hour = this.gathered.at("Oslo", "2024-01-01T05:00:00Z");
		assertThat(hour.origin()).isEqualTo(Origin.OPEN_METEO);
		assertThat(hour.channel()).isEqualTo(Channel.FILE);
		assertThat(hour.conditions()).isEqualTo("Snow");
		assertThat(hour.values()).hasToString("{temperature=-3.5, windSpeed=12.0}");
		Reading day = this.gathered.at("Oslo", "2023-12-31T23:00:00Z");
		assertThat(day.resolution()).isEqualTo(Resolution.DAY);
		assertThat(day.highs().orNaN(Metric.TEMPERATURE)).isEqualTo(1.5);
		assertThat(day.origin()).isEqualTo(Origin.FILE);
		assertThat(this.gathered.at("Paris", "2024-01-01T06:00:00Z").values().orNaN(Metric.TEMPERATURE)).isEqualTo(5);
		assertThat(tally.cities()).containsExactly(
				new City("Oslo", "NO", 59.91, 10.75, ZoneId.of("Europe/Oslo"), false), Gathered.PARIS,
				new City("Bergen", "NO", null, null, ZoneId.of("UTC"), false));
	}

	@Test
	void ourOwnColumnsMayLieInParquet() throws Exception {
		Path file = ParquetFiles.write(this.folder.resolve("t.parquet"),
				"required binary city (STRING); required binary country (STRING); required int64 observed_at (TIMESTAMP(MICROS,true)); optional double temperature;",
				(row) -> row.append("city", "Oslo")
					.append("country", "NO")
					.append("observed_at", Instant.parse("2024-01-01T05:00:00Z").getEpochSecond() * 1_000_000)
					.append("temperature", -3.5));

		assertThat(read(file).readings()).isEqualTo(1);
		assertThat(this.gathered.only().observedAt()).isEqualTo(Instant.parse("2024-01-01T05:00:00Z"));
	}

	@Test
	void anUnknownHeaderIsRefusedWithItsColumns() throws Exception {
		write("t.csv", "day;degrees\n2024-01-01;5\n");

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> readAll())
			.withMessage(
					"t.csv: there is no mapping for it (parameter, <file>.mapping.yaml beside it, or mapping.yaml in "
							+ "its folder), and its columns are not Visual Crossing's (datetime, …, temp, …, conditions) or this "
							+ "project's own (city, country, observed_at, temperature, …); its columns are: day;degrees.");
	}

	// Answers of providers

	@Test
	void anAnswerIsReadByItsProvidersFormat() throws Exception {
		write("t.json", "{\"days\": 3}");

		Tally tally = readAll(Gathered.files(List.of(new Answers()), Gathered.PARIS));

		assertThat(tally).isEqualTo(new Tally(5, 3, 1, 1, 0, List.of("a day is missing"), List.of(Gathered.PARIS)));
		assertThat(this.gathered.readings).hasSize(3).allMatch((reading) -> reading.city().equals("Paris"));
	}

	@Test
	void anAnswersMappingSaysItsCityAndUnits() throws Exception {
		write("t.json", "{\"days\": 1}");
		write("mapping.yaml",
				"city: { constant: Austin }\ncountry: { constant: US }\ntimezone: America/Chicago\nunitGroup: us\n");
		Answers answers = new Answers();

		readAll(Gathered.files(List.of(answers)));

		assertThat(answers.hints).isEqualTo(
				new FileHints(new City("Austin", "US", null, null, ZoneId.of("America/Chicago"), false), UnitGroup.US));
		assertThat(this.gathered.only().city()).isEqualTo("Austin");
	}

	@Test
	void anAnswerOfANamesakeIsKeptUnderItsOwnName() throws Exception {
		write("t.json", "{\"days\": 1, \"zone\": \"America/Chicago\", \"country\": \"US\"}");

		readAll(Gathered.files(List.of(new Answers()), Gathered.PARIS));

		assertThat(this.gathered.only().city()).isEqualTo("Paris, US");
		assertThat(this.gathered.cities).extracting(City::name).containsExactly("Paris, US");
	}

	@Test
	void anAnswerThatIsRefusedIsRefusedByName() throws Exception {
		write("t.json", "{\"days\": -1}");

		FileRefused refusal = catchThrowableOfType(FileRefused.class,
				() -> readAll(Gathered.files(List.of(new Answers()))));

		assertThat(refusal.file()).isEqualTo("t.json");
		assertThat(refusal.sentence()).isEqualTo("t.json: it has less than no days.");
	}

	private Tally read(String mapping, String table) throws Exception {
		write("mapping.yaml", mapping);
		return read(write("t.csv", table));
	}

	private Tally read(Path file) throws Exception {
		FileReadings files = files();
		return files.read(files.find(Location.local(file), null).get(0), this.gathered);
	}

	private Tally readAll() throws Exception {
		return readAll(files());
	}

	private Tally readAll(FileReadings files) throws Exception {
		Tally last = null;
		for (FoundFile file : files.find(Location.local(this.folder), null)) {
			last = files.read(file, this.gathered);
		}
		return last;
	}

	private static String addressed(String address) {
		return "name,datetime,temp,conditions\n\"%s\",2024-07-01T06:00:00,16,Clear\n".formatted(address);
	}

	private String refusal(String mapping, String table) {
		return catchThrowableOfType(FileRefused.class, () -> read(mapping, table)).sentence();
	}

	private FoundFile found(String name) throws Exception {
		return files().find(Location.local(this.folder.resolve(name)), null).get(0);
	}

	private static FileReadings files() {
		return Gathered.files();
	}

	private Path write(String name, String content) {
		try {
			return Files.writeString(this.folder.resolve(name), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A provider whose answers say how many days they hold. */
	private static final class Answers implements AnswerFormat {

		private FileHints hints = FileHints.NONE;

		@Override
		public boolean recognises(JsonNode root) {
			return root.has("days");
		}

		@Override
		public String mark() {
			return "days";
		}

		@Override
		public JsonFile read(JsonNode root, FileHints mapping, CityLookup cities, Instant collected) {
			this.hints = mapping;
			int days = root.get("days").asInt();
			if (days < 0) {
				throw new AnswerRefused(Reason.BAD_ANSWER, "it has less than no days.");
			}
			City said = new City("Paris", root.path("country").asString("FR"), 48.85, 2.35,
					ZoneId.of(root.path("zone").asString("Europe/Paris")), false);
			City city = (mapping.city() != null) ? mapping.city() : said;
			List<Reading> readings = IntStream.range(0, days)
				.mapToObj((day) -> new ReadingDraft(city.name(), Instant.ofEpochSecond(day * 3600L), Resolution.HOUR,
						Origin.OPEN_METEO, Channel.FILE, collected)
					.value(Metric.TEMPERATURE, 1.0)
					.build())
				.toList();
			return new JsonFile(city, Origin.OPEN_METEO, readings,
					new Counts(days + 2, 1, 1, 0, List.of("a day is missing")));
		}

	}

}
