package io.isobar.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.isobar.spark.Runs.Result;
import io.isobar.views.FoldedStates;
import io.isobar.views.PlainFold;
import io.isobar.views.ReadingsFold;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WeatherAnalysisTests {

	/** Of the years in which random readings lie some are closed then, some open. */
	private static final int CLOSED_BEFORE = 2024;

	@TempDir
	private Path folder;

	private Runs runs;

	@BeforeEach
	void lake() {
		this.runs = new Runs(this.folder);
	}

	@ParameterizedTest
	@ValueSource(longs = 1)
	void afterEachRunTheResultIsThatOfAllReadingsFoldedFromScratch(long seed) {
		Random random = new Random(seed);
		List<Result> results = new ArrayList<>();
		this.runs.append(RandomReadings.readings(random));
		results.add(this.runs.run(null, CLOSED_BEFORE));

		for (int night = 0; night < 4; night++) {
			this.runs.append(RandomReadings.readings(random));
			if (random.nextInt(3) == 0) {
				this.runs.compact();
			}
			// Now and then from an older result: somebody has gone back, or an attempt
			// was in vain
			Result basis = results.get(random.nextInt(4) == 0 ? random.nextInt(results.size()) : results.size() - 1);
			Result result = this.runs.run(basis, CLOSED_BEFORE + night / 2);

			assertThat(result.written().notIncremental()).isNull();
			this.runs.states(result).assertEqualTo(PlainFold.of(this.runs.readings));
			if (night % 2 == 1) {
				result.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
			}
			results.add(result);
		}
	}

	@Test
	void onlyTheMonthsThatGotReadingsAreFoldedAndACompactionIsNoChange() {
		this.runs.append(hours("Paris", "2024-03-30", 72, Origin.FILE, 10));
		this.runs.append(hours("Kolkata", "2024-03-30", 72, Origin.FILE, 20));
		Result first = this.runs.run(null, CLOSED_BEFORE);
		this.runs.compact();
		Result compacted = this.runs.run(first, CLOSED_BEFORE);
		this.runs.append(hours("Paris", "2024-04-02", 24, Origin.FILE, 30));
		Result second = this.runs.run(compacted, CLOSED_BEFORE);

		assertThat(compacted.written().changed()).isEmpty();
		assertThat(compacted.written().states()).isEqualTo(first.written().states());
		assertThat(second.written().changed()).containsExactly("Paris\t2024-04");
		second.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
	}

	@Test
	void aCityInAnotherZoneIsCutAnewAloneAndGoesOnAsBefore() {
		this.runs.append(hours("Paris", "2023-12-30", 96, Origin.FILE, 10));
		this.runs.append(hours("Kolkata", "2023-12-30", 96, Origin.FILE, 20));
		Result before = this.runs.run(null, CLOSED_BEFORE);

		this.runs.zones.put("Paris", ZoneId.of("Pacific/Apia"));
		Result moved = this.runs.run(before, CLOSED_BEFORE);
		this.runs.append(hours("Paris", "2024-01-03", 24, Origin.FILE, 15));
		Result after = this.runs.run(moved, CLOSED_BEFORE);

		assertThat(moved.written().changed()).containsExactly("Paris\t*");
		assertThat(after.written().notIncremental()).isNull();
		FoldedStates expected = new FoldedStates();
		ReadingsFold.fold(RandomReadings.ordered(this.runs.readings), this.runs.zones::get, expected);
		this.runs.states(after).assertEqualTo(expected);
		after.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
	}

	@Test
	void theFirstRealReadingsOfACityTakeItsSimulatedOnesOutOfAllYears() {
		this.runs.append(hours("Paris", "2019-07-01", 48, Origin.SIMULATED, 40));
		this.runs.append(hours("Kolkata", "2019-07-01", 48, Origin.SIMULATED, 30));
		Result simulated = this.runs.run(null, CLOSED_BEFORE);

		this.runs.append(hours("Paris", "2025-07-01", 24, Origin.OPEN_METEO, 10));
		Result real = this.runs.run(simulated, CLOSED_BEFORE);

		assertThat(real.written().notIncremental()).isNull();
		assertThat(simulated.tables().get(WeatherAnalysis.EXTREMES).get("temperature\tmax\t1")).contains("Paris");
		assertThat(real.tables().get(WeatherAnalysis.EXTREMES).get("temperature\tmax\t1")).contains("Kolkata");
		real.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
	}

	@Test
	void aValueThatItsProviderWithdrawsTakesItsDayOutOfEverything() {
		this.runs.append(hours("Paris", "2019-07-01", 24, Origin.OPEN_METEO, 40));
		this.runs.append(hours("Paris", "2020-07-01", 24, Origin.OPEN_METEO, 20));
		Result first = this.runs.run(null, CLOSED_BEFORE);

		this.runs.append(List.of(Reading.hour("Paris", start("Paris", "2019-07-01"), Origin.OPEN_METEO, Channel.HISTORY,
				Instant.parse("2026-02-01T00:00:00Z"), Values.NONE)));
		Result second = this.runs.run(first, CLOSED_BEFORE);

		assertThat(second.tables().get(WeatherAnalysis.CITY_MONTH)).hasSize(1);
		assertThat(second.tables().get(WeatherAnalysis.NORMALS).get("Paris\t07-01")).endsWith("\t1");
		second.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
	}

	@Test
	void whatARawFileWasReadAsBeforeCountsNoLonger() throws IOException {
		List<Reading> before = hours("Paris", "2019-07-01", 24, Origin.FILE, 40);
		this.runs.append("raw", before);
		this.runs.append("other", hours("Paris", "2019-07-02", 24, Origin.FILE, 20));
		Result first = this.runs.run(null, CLOSED_BEFORE);

		this.runs.readAnew("raw", before, hours("Paris", "2019-07-03", 24, Origin.FILE, 30));
		this.runs.compact();
		Result second = this.runs.run(first, CLOSED_BEFORE);
		this.runs.append(hours("Paris", "2019-07-04", 24, Origin.FILE, 10));
		Result third = this.runs.run(second, CLOSED_BEFORE);

		assertThat(second.written().notIncremental()).contains("read anew");
		assertThat(third.written().notIncremental()).isNull();
		this.runs.states(third).assertEqualTo(PlainFold.of(this.runs.readings));
	}

	@Test
	void whatNoLongerStandsInTheLogIsFoldedAsAWhole() throws IOException {
		this.runs.append(hours("Paris", "2024-03-01", 24, Origin.FILE, 10));
		Result first = this.runs.run(null, CLOSED_BEFORE);
		for (int day = 2; day < 14; day++) {
			this.runs.append(hours("Paris", LocalDate.of(2024, 3, day).toString(), 24, Origin.FILE, 10 + day));
		}
		// As Delta does, when a checkpoint holds what they said
		for (long version = 0; version < 9; version++) {
			Files.delete(
					Path.of(URI.create(this.runs.readingsTable())).resolve("_delta_log/%020d.json".formatted(version)));
		}

		Result result = this.runs.run(first, CLOSED_BEFORE);

		assertThat(result.written().notIncremental()).contains("log", "version 1");
		assertThat(result.written().changed()).isNull();
		this.runs.states(result).assertEqualTo(PlainFold.of(this.runs.readings));
	}

	@Test
	void withoutTheStatesOrHistoriesOfItsBasisARunFoldsEverything() throws IOException {
		this.runs.append(hours("Paris", "2024-03-01", 24, Origin.FILE, 10));
		Result first = this.runs.run(null, CLOSED_BEFORE);
		List<Path> states = files(WeatherAnalysis.CITY_DAY, ".parquet");
		this.runs.append(hours("Paris", "2024-03-02", 24, Origin.FILE, 20));
		Result second = this.runs.run(first, CLOSED_BEFORE);

		for (Path file : states) {
			Files.delete(file);
		}
		Result withoutStates = this.runs.run(first, CLOSED_BEFORE);
		for (Path file : files(WeatherAnalysis.HISTORIES, "closed")) {
			Files.delete(file);
		}
		Result withoutHistories = this.runs.run(withoutStates, CLOSED_BEFORE);

		assertThat(withoutStates.written().notIncremental()).contains("states", "no longer there");
		assertThat(withoutHistories.written().notIncremental()).contains("histories", "no longer there");
		withoutHistories.assertEqualTo(second);
	}

	@Test
	void degreeDaysCountHowFarTheMeanOfADayIsFrom18Degrees() {
		this.runs.append(hours("Paris", "2024-03-01", 24, Origin.FILE, 10));
		this.runs.append(hours("Paris", "2024-03-02", 24, Origin.FILE, 15));
		this.runs.append(hours("Paris", "2024-03-03", 24, Origin.FILE, 21));
		// Of so few hours the mean is not known
		this.runs.append(hours("Paris", "2024-03-04", 7, Origin.FILE, 0));

		Result result = this.runs.run(null, CLOSED_BEFORE);

		assertThat(result.tables().get(WeatherAnalysis.DEGREE_DAYS).values())
			.containsExactly("Paris\t2024-03\t11.0\t3.0\t3");
	}

	@Test
	void normalsAreMeansOverTheRealYearsThatADayWasMeasuredIn() {
		this.runs.append(hours("Paris", "2018-03-01", 24, Origin.FILE, 10));
		this.runs.append(hours("Paris", "2019-03-01", 24, Origin.OPEN_METEO, 14));
		this.runs.append(hours("Paris", "2020-03-01", 24, Origin.SIMULATED, 40));
		this.runs.append(hours("Paris", "2020-02-29", 24, Origin.FILE, 5));
		this.runs.append(hours("Kolkata", "2020-03-01", 24, Origin.SIMULATED, 40));

		Result result = this.runs.run(null, CLOSED_BEFORE);

		assertThat(result.tables().get(WeatherAnalysis.NORMALS).values())
			.containsExactly("Paris\t02-29\t5.0\t5.0\t5.0\t1", "Paris\t03-01\t12.0\t12.0\t12.0\t2");
	}

	private List<Path> files(String table, String ending) throws IOException {
		try (var files = Files.walk(this.runs.analysis("analysis").resolve(table))) {
			return files.filter((file) -> file.toString().endsWith(ending)).toList();
		}
	}

	/** Hours from a local midnight on, of the same temperature. */
	private List<Reading> hours(String city, String day, int count, Origin origin, double temperature) {
		Instant start = start(city, day);
		return IntStream.range(0, count)
			.mapToObj((hour) -> Reading.hour(city, start.plusSeconds(hour * 3600L), origin,
					(origin == Origin.FILE) ? Channel.FILE : Channel.HISTORY, Instant.parse("2026-01-01T00:00:00Z"),
					Values.of(Map.of(Metric.TEMPERATURE, temperature, Metric.HUMIDITY, 50.0 + hour))))
			.toList();
	}

	private Instant start(String city, String day) {
		return LocalDate.parse(day).atStartOfDay(RandomReadings.ZONES.get(city)).toInstant();
	}

}
