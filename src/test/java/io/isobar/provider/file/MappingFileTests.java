package io.isobar.provider.file;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;

import io.isobar.provider.UnitGroup;
import io.isobar.provider.file.Mapping.Column;
import io.isobar.provider.file.Mapping.Constant;
import io.isobar.provider.file.Mapping.FileName;
import io.isobar.provider.file.Mapping.Format;
import io.isobar.provider.file.Mapping.Prefix;
import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class MappingFileTests {

	private static final String COMPLETE = """
			format: csv                 # csv | parquet
			delimiter: ";"
			encoding: UTF-8
			nulls: ["", "NA", -9999]
			city: { column: location }
			country: { constant: FR }
			timezone: Europe/Paris
			latitude: 48.85
			longitude: 2.35
			time: { column: time, format: iso, zone: UTC }
			resolution: hour
			fields:
			  temperature:   { column: temperature_2m, unit: celsius }
			  humidity:      { column: relative_humidity_2m, unit: percent }
			  pressure:      { column: pressure, unit: hectopascal }
			  windSpeed:     { column: wind_speed, unit: metre-per-second }
			  precipitation: { column: precipitation, unit: millimetre }
			""";

	private static final String MINIMAL = """
			city: { constant: Oslo }
			time: { column: t }
			fields: { temperature: { column: temp, unit: celsius } }
			""";

	@Test
	void theMappingOfTheContractIsUnderstood() throws FileRefused {
		Mapping mapping = MappingFile.parse("mapping.yaml", COMPLETE);

		assertThat(mapping.format()).isEqualTo(Format.CSV);
		assertThat(mapping.delimiter()).isEqualTo(";");
		assertThat(mapping.encoding()).isEqualTo(StandardCharsets.UTF_8);
		assertThat(mapping.nulls().has("NA")).isTrue();
		assertThat(mapping.nulls().has(-9999.0)).isTrue();
		assertThat(mapping.nulls().has("0")).isFalse();
		assertThat(mapping.city()).isEqualTo(new Column("location"));
		assertThat(mapping.country()).isEqualTo(new Constant("FR"));
		assertThat(mapping.zone()).isEqualTo(ZoneId.of("Europe/Paris"));
		assertThat(mapping.latitude()).isEqualTo(48.85);
		assertThat(mapping.longitude()).isEqualTo(2.35);
		assertThat(mapping.time().zone()).isEqualTo(ZoneId.of("UTC"));
		assertThat(mapping.resolution()).isEqualTo(Resolution.HOUR);
		assertThat(mapping.columns()).extracting((column) -> column.field().metric())
			.containsExactly(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRESSURE, Metric.WIND_SPEED,
					Metric.PRECIPITATION);
		assertThat(mapping.columns().get(3).column()).isEqualTo("wind_speed");
		assertThat(mapping.columns().get(3).unit()).isEqualTo("metre-per-second");
	}

	@Test
	void whatIsNotSaidHasTheDefaultsOfTheContract() throws FileRefused {
		Mapping mapping = MappingFile.parse("m", MINIMAL);

		assertThat(mapping.delimiter()).isNull();
		assertThat(mapping.encoding()).isEqualTo(StandardCharsets.UTF_8);
		assertThat(mapping.resolution()).isEqualTo(Resolution.HOUR);
		assertThat(mapping.nulls().has("")).isTrue();
		assertThat(mapping.appliesTo("any/thing.csv", "thing.csv")).isTrue();
	}

	@Test
	void aCityStandsInTheFileNameOrBeforeAPrefix() throws FileRefused {
		FileName name = (FileName) MappingFile
			.parse("m", MINIMAL.replace("constant: Oslo", "fileName: \"weather_(.+)\\\\.parquet\""))
			.city();

		assertThat(name.in("weather_brest.parquet")).isEqualTo("brest");
		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> name.in("brest.parquet"))
			.withMessageContaining("brest.parquet")
			.withMessageContaining("weather_(.+)");
		assertThat(MappingFile.parse("m", MINIMAL.replace("constant: Oslo", "prefix: \"_\"")).city())
			.isEqualTo(new Prefix("_"));
	}

	@Test
	void citiesHaveFactsOfTheirOwn() throws FileRefused {
		Mapping mapping = MappingFile.parse("m", MINIMAL + """
				cities:
				  BASEL: { name: Basel, country: CH, timezone: Europe/Zurich, latitude: 47.56, longitude: 7.59 }
				  OSLO: { country: NO }
				""");

		assertThat(mapping.cities().get("BASEL"))
			.isEqualTo(new Mapping.CityEntry("Basel", "CH", ZoneId.of("Europe/Zurich"), 47.56, 7.59));
		assertThat(mapping.cities().get("OSLO").country()).isEqualTo("NO");
	}

	@ParameterizedTest
	@CsvSource({ "temperatureMin, TEMPERATURE, LOW, celsius", "temperatureMax, TEMPERATURE, HIGH, celsius",
			"temperatureMean, TEMPERATURE, VALUE, celsius", "temperature, TEMPERATURE, VALUE, celsius",
			"precipitationSum, PRECIPITATION, VALUE, millimetre", "windSpeedMax, WIND_SPEED, HIGH, knot",
			"windGustMax, WIND_GUST, HIGH, knot", "snowSum, SNOW, VALUE, centimetre",
			"solarRadiationMean, SOLAR_RADIATION, VALUE, watt-per-square-metre" })
	void aDayHasFieldsNamedAfterTheMetric(String name, Metric metric, Field.Part part, String unit) throws FileRefused {
		Mapping mapping = MappingFile.parse("m", """
				city: { constant: Oslo }
				time: { column: t }
				resolution: day
				fields: { %s: { column: x, unit: %s } }
				""".formatted(name, unit));

		assertThat(mapping.columns().get(0).field()).isEqualTo(new Field(metric, part));
	}

	@Test
	void aSumMayBeLabelledAtItsEnd() throws FileRefused {
		String fields = """
				city: { constant: Oslo }
				time: { column: t }
				fields:
				  temperature: { column: temp, unit: celsius }
				  precipitation: { column: rain, unit: inch%s }
				  snow: { column: snow, unit: inch }
				""";

		assertThat(MappingFile.parse("m", fields.formatted("")).columns())
			.noneMatch(Mapping.ValueColumn::labelledAtEnd);
		assertThat(MappingFile.parse("m", fields.formatted(", label: end")).columns())
			.extracting(Mapping.ValueColumn::labelledAtEnd)
			.containsExactly(false, true, false);
		assertThat(MappingFile.parse("m", "label: end\n" + fields.formatted(", label: start")).columns())
			.extracting(Mapping.ValueColumn::labelledAtEnd)
			.containsExactly(false, false, true);
	}

	@Test
	void aMappingOfAnAnswerSaysNoMoreThanItsCityAndUnits() throws FileRefused {
		Mapping mapping = MappingFile.parse("m", "city: { constant: Austin }\nunitGroup: us\n");

		assertThat(mapping.units()).isEqualTo(UnitGroup.US);
		assertThat(mapping.describesTable()).isFalse();
	}

	@Test
	void aGlobSaysOfWhichFilesItSpeaks() throws FileRefused {
		Mapping mapping = MappingFile.parse("m", "files: \"weather_*.parquet\"\n" + MINIMAL);

		assertThat(mapping.appliesTo("a/weather_x.parquet", "weather_x.parquet")).isTrue();
		assertThat(mapping.appliesTo("x.parquet", "x.parquet")).isFalse();
		assertThat(MappingFile.parse("m", "files: a/*.csv\n" + MINIMAL).appliesTo("a/x.csv", "x.csv")).isTrue();
	}

	@Test
	void wordsForTheWeatherHaveAColumn() throws FileRefused {
		Mapping mapping = MappingFile.parse("m",
				MINIMAL.replace("fields: {", "fields: { conditions: { column: weather },"));

		assertThat(mapping.conditions()).isEqualTo("weather");
		assertThat(mapping.columns()).hasSize(1);
	}

	@Test
	void whatHasOneUnitNeedsNotSayIt() throws FileRefused {
		Mapping mapping = MappingFile.parse("m",
				MINIMAL.replace("fields: {", "fields: { uvIndex: { column: uv }, windDirection: { column: dir },"));

		assertThat(mapping.columns()).extracting(Mapping.ValueColumn::unit)
			.containsExactly("index", "degree", "celsius");
	}

	@Test
	void everythingThatIsWrongIsToldAtOnce() {
		FileRefused refusal = refusal("""
				format: xml
				delimeter: ";"
				encoding: utf-9
				city: { column: a, constant: b }
				timezone: Europe/Pariss
				latitude: 91
				time: { format: "yyyy-bb" }
				resolution: month
				unitGroup: imperial
				fields:
				  temprature: { column: t, unit: celsius }
				  temperature: { column: t, unit: kelvins }
				  temperatureMin: { column: t, unit: celsius }
				  humidity: { unit: percent, label: end }
				  pressure: bar
				""");

		assertThat(refusal.file()).isEqualTo("mapping.yaml");
		assertThat(refusal.sentence()).startsWith("mapping.yaml: ");
		assertThat(refusal.problems()).contains("`format`: 'xml' is not known; allowed: csv, parquet.",
				"`resolution`: 'month' is not known; allowed: day, hour.",
				"`city`: it has exactly one of column, constant, fileName, prefix.",
				"`timezone`: 'Europe/Pariss' is no time zone; write a name such as Europe/Paris, or UTC.",
				"`latitude`: '91' is no number of degrees between -90 and 90.",
				"`time.column` is missing; it is a text.",
				"`fields.temperature.unit`: temperature has no unit 'kelvins'; allowed: celsius, fahrenheit, kelvin.",
				"`fields.temperatureMin`: only whole days have lowest and highest values: say `resolution: day`.",
				"`fields.humidity.column` is missing; it is a text.",
				"`fields.humidity.label`: only the sums precipitation and snow have a label.",
				"`fields.pressure`: it has keys of its own, as in `pressure: { … }`.");
		assertThat(refusal.sentence()).contains("`delimeter`: there is no such key; allowed: files, format, delimiter,")
			.contains("`encoding`: 'utf-9' is not known; write for example UTF-8, ISO-8859-1")
			.contains("`time.format`: 'yyyy-bb' is neither iso, epoch-seconds, epoch-millis nor a pattern")
			.contains("`unitGroup`: unitGroup imperial is not known.")
			.contains("`fields.temprature`: there is no such field; allowed: temperature, feelsLike, dewPoint,");
	}

	@Test
	void aTableWithoutCityOrTimeIsIncomplete() {
		assertThat(refusal("fields: { temperature: { column: t, unit: celsius } }").problems()).containsExactly(
				"`city` is missing; it is { column: … }, { constant: … }, { fileName: … } or { prefix: … }.",
				"`time` is missing; it is { column: …, format: … }.");
	}

	@Test
	void aUnitThatIsNotSaidIsMissing() {
		assertThat(refusal(MINIMAL.replace(", unit: celsius", "")).problems())
			.containsExactly("`fields.temperature.unit` is missing; it is one of celsius, fahrenheit, kelvin.");
	}

	@Test
	void twoNamesOfOneFieldAreTooMany() {
		assertThat(refusal("""
				city: { constant: Oslo }
				time: { column: t }
				resolution: day
				fields: { temperature: { column: a, unit: celsius }, temperatureMean: { column: b, unit: celsius } }
				""").problems()).containsExactly("`fields.temperatureMean`: it is the same as temperature.");
	}

	@Test
	void fieldsWithoutAnyColumnAreRefused() {
		assertThat(refusal("city: { constant: Oslo }\ntime: { column: t }\nfields: { }\n").sentence())
			.contains("`fields`: it names no column; allowed fields: temperature,");
	}

	@ParameterizedTest
	@CsvSource({ "'city: {constant: a', 'is not correct YAML'", "'format: csv\nformat: csv', 'line 2'",
			"'', 'it holds no keys'", "'just text', 'it holds no keys'", "'- a list', 'it holds no keys'",
			"'nulls: NA', 'it is a list of texts'", "'city: { fileName: \"(\" }', 'is no regular expression'",
			"'delimiter: \"\"', 'it is a character'", "'files: \"{a\"', 'is no glob'",
			"'cities: { A: B }', '`cities.A`: it has keys of its own'",
			"'city: { constant: \"\" }', '`city.constant`: it is empty.'",
			"'format: [csv]', '`format`: it is a text.'" })
	void whatIsNoMappingIsRefusedWithItsPlace(String yaml, String sentence) {
		assertThat(refusal(yaml).sentence()).contains(sentence);
	}

	@Test
	void orderAndCommentsDoNotChangeWhatAMappingSays() throws FileRefused {
		String reordered = """
				fields: { temperature: { unit: celsius, column: temp } } # of the air
				time: { column: t }
				city: { constant: Oslo }
				files: "*.csv"
				""";

		assertThat(MappingFile.parse("a", reordered).canonical())
			.isEqualTo(MappingFile.parse("b", MINIMAL).canonical());
		assertThat(MappingFile.parse("a", reordered.replace("celsius", "kelvin")).canonical())
			.isNotEqualTo(MappingFile.parse("b", MINIMAL).canonical());
	}

	private static FileRefused refusal(String yaml) {
		return catchThrowableOfType(FileRefused.class, () -> MappingFile.parse("mapping.yaml", yaml));
	}

}
