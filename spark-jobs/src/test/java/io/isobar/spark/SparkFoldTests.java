package io.isobar.spark;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.views.Component;
import io.isobar.views.FoldedStates;
import io.isobar.views.PlainFold;
import io.isobar.views.Stamp;
import io.isobar.views.State;
import io.isobar.views.View;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The fold in Spark, over tables as the lake has them, equals the fold in memory and
 * plain SQL.
 */
class SparkFoldTests {

	private static final Map<String, String> ZONES = zones();

	private final SparkSession spark = LocalSpark.session();

	@TempDir
	private Path folder;

	private Lake lake;

	private ReadingStore store;

	@BeforeEach
	void aTableWithoutReadings() {
		this.lake = LocalLake.in(this.folder);
		this.store = LocalLake.readings(this.lake);
		this.store.create();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void howeverReadingsLieInFilesTheFoldInSparkEqualsTheFoldInMemory(long seed) {
		Random random = new Random(seed);
		List<Reading> readings = RandomReadings.readings(random);
		write(readings, random);

		FoldedStates merged = states(fold());
		FoldedStates sorted = states(fold().merging(1));

		merged.assertEqualTo(FoldedStates.of(readings));
		sorted.assertEqualTo(FoldedStates.of(readings));
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12, 13 })
	void theFoldInSparkEqualsPlainSql(long seed) {
		Random random = new Random(seed);
		write(RandomReadings.readings(random), random);
		PlainSql sql = new PlainSql(this.spark, table(), ZONES);

		FoldedStates inSpark = states(fold());

		FoldedStates inSql = PlainSql.interpreted(this.spark, () -> statesOfSql(sql));
		PlainFold.withoutSimulatedBesideReal(inSql);
		inSpark.assertEqualTo(inSql);
	}

	@Test
	void onlyTheChosenMonthsOfTheChosenCitiesAreFolded() {
		List<Reading> readings = aroundTheEndOfJuly(RandomReadings.ZONES.keySet());
		write(readings, new Random(21));
		Map<String, Set<String>> chosen = Map.of("2025-07", Set.of("Paris", "Apia"), "2025-08", Set.of("Kolkata"),
				"2031-01", Set.of("Paris"));

		FoldedStates inSpark = states(fold().only(chosen));

		FoldedStates expected = FoldedStates.of(readings);
		expected.states.keySet()
			.removeIf((key) -> !key.matches("(Paris|Apia)[|](2025-07-.*|%d[|].*)".formatted(month("2025-07")))
					&& !key.matches("Kolkata[|](2025-08-.*|%d[|].*)".formatted(month("2025-08"))));
		inSpark.assertEqualTo(expected);
		assertThat(inSpark.states).hasSizeGreaterThan(6);
	}

	@Test
	void aCityThatWasInAnotherZoneIsFoldedByTheDaysOfItsZoneNow() {
		List<Reading> readings = aroundTheEndOfJuly(Set.of("Paris", "Kolkata"));
		Map<String, ZoneId> before = Map.of("Paris", ZoneId.of("Pacific/Apia"), "Kolkata", ZoneId.of("Asia/Kolkata"));
		this.store.append("before", 0, null, readings.subList(0, readings.size() / 2), before::get);
		this.store.append("after", 0, null, readings.subList(readings.size() / 2, readings.size()),
				RandomReadings.ZONES::get);

		FoldedStates all = states(fold());
		FoldedStates july = states(fold().only(Map.of("2025-07", Set.of("Paris", "Kolkata"))));

		FoldedStates expected = FoldedStates.of(readings);
		all.assertEqualTo(expected);
		expected.states.keySet().removeIf((key) -> !key.contains("|2025-07-") && !key.contains("|" + month("2025-07")));
		july.assertEqualTo(expected);
	}

	@Test
	void aReadingInTheWrongMonthIsNotOverlooked() {
		List<Reading> readings = aroundTheEndOfJuly(Set.of("Paris"));
		write(readings, new Random(22));
		table().limit(1)
			.withColumn("month", functions.lit("2024-01"))
			.write()
			.format("delta")
			.mode("append")
			.save(path());

		assertThatThrownBy(() -> states(fold())).hasStackTraceContaining("lie in 2024-01");
	}

	/** Every hour of some days, in no order. */
	private static List<Reading> aroundTheEndOfJuly(Set<String> cities) {
		List<Reading> readings = new ArrayList<>();
		Random random = new Random(20);
		for (String city : cities) {
			for (int hour = 0; hour < 96; hour++) {
				Instant at = Instant.parse("2025-07-30T00:00:00Z").plusSeconds(hour * 3600L);
				readings.add(Reading.hour(city, at, Origin.FILE, Channel.FILE, Instant.parse("2025-09-01T00:00:00Z"),
						Values.of(Map.of(Metric.TEMPERATURE, random.nextInt(300) / 10.0, Metric.HUMIDITY,
								(double) random.nextInt(100)))));
			}
		}
		Collections.shuffle(readings, random);
		return readings;
	}

	/** Appends in parts of any size, with compactions in between. */
	private void write(List<Reading> readings, Random random) {
		List<Reading> shuffled = new ArrayList<>(readings);
		Collections.shuffle(shuffled, random);
		long part = 0;
		while (!shuffled.isEmpty()) {
			List<Reading> some = shuffled.subList(0, Math.min(shuffled.size(), 20 + random.nextInt(200)));
			this.store.append("test", part++, null, some, RandomReadings.ZONES::get);
			some.clear();
			if (random.nextInt(3) == 0) {
				Compaction.compact(this.spark, path(), 2);
			}
		}
		assertThat(table().count()).isEqualTo(readings.size());
	}

	private SparkFold fold() {
		return SparkFold.of(this.spark, path(), this.store.version().orElseThrow(), ZONES);
	}

	private Dataset<Row> table() {
		return this.spark.read().format("delta").load(path());
	}

	private String path() {
		return this.lake.readings().toString();
	}

	private static FoldedStates states(SparkFold fold) {
		return states(fold.cityDays(), fold.cityMonthPairs());
	}

	static FoldedStates states(Dataset<Row> cityDays, Dataset<Row> pairs) {
		FoldedStates states = new FoldedStates();
		for (Row row : cityDays.collectAsList()) {
			State state = WeatherViews.CITY_DAY.zero();
			int column = 4;
			for (int i = 0; i < state.view().components().size(); i++) {
				switch (state.view().components().get(i).merge()) {
					case COUNT -> state.set(i, 0, row.getLong(column++));
					case SUM -> state.set(i, row.getDouble(column++), 0);
					case MIN_AT, MAX_AT -> {
						if (!row.isNullAt(column)) {
							state.set(i, row.getDouble(column),
									stamp(row.getTimestamp(column + 1), row.getString(column + 2)));
						}
						column += 3;
					}
				}
			}
			put(states, row, state);
		}
		for (Row row : pairs.collectAsList()) {
			State state = WeatherViews.CITY_MONTH_PAIRS.zero();
			int i = state.view().indexOf(row.<String>getAs("first") + "_" + row.<String>getAs("second") + "_count");
			state.set(i, 0, row.<Long>getAs("count"));
			List<String> sums = List.of("first_sum", "second_sum", "first_square", "product", "second_square");
			for (int j = 0; j < sums.size(); j++) {
				state.set(i + 1 + j, row.<Double>getAs(sums.get(j)), 0);
			}
			states.cityMonthPairs(row.getAs("city"), month(row.getAs("month")), row.getAs("simulated"), state);
		}
		return states;
	}

	private static FoldedStates statesOfSql(PlainSql sql) {
		FoldedStates states = new FoldedStates();
		for (Row row : sql.cityDays().collectAsList()) {
			put(states, row, stateOfSql(WeatherViews.CITY_DAY, row, 4));
		}
		for (Row row : sql.cityMonthPairs().collectAsList()) {
			states.cityMonthPairs(row.getAs("city"), month(row.getAs("month")), row.getAs("simulated"),
					stateOfSql(WeatherViews.CITY_MONTH_PAIRS, row, 3));
		}
		return states;
	}

	private static State stateOfSql(View view, Row row, int firstColumn) {
		State state = view.zero();
		for (int i = 0; i < view.components().size(); i++) {
			Component.Merge merge = view.components().get(i).merge();
			int column = firstColumn + i;
			switch (merge) {
				case COUNT -> state.set(i, 0, row.getLong(column));
				case SUM -> state.set(i, row.getDouble(column), 0);
				case MIN_AT, MAX_AT -> {
					if (!row.isNullAt(column)) {
						Row extreme = row.getStruct(column);
						double value = (merge == Component.Merge.MAX_AT) ? -extreme.getDouble(0) : extreme.getDouble(0);
						state.set(i, value, stamp(extreme.getTimestamp(1), extreme.getString(2)));
					}
				}
			}
		}
		return state;
	}

	private static void put(FoldedStates states, Row row, State state) {
		states.cityDay(row.getAs("city"), LocalDate.parse(row.getAs("local_day").toString()).toEpochDay(),
				Resolution.ofColumn(row.getAs("resolution")), row.getAs("simulated"), state);
	}

	private static long stamp(Timestamp at, String origin) {
		return Stamp.of(at.toInstant().getEpochSecond(), new Origin(origin).code());
	}

	private static long month(String month) {
		YearMonth yearMonth = YearMonth.parse(month);
		return yearMonth.getYear() * 12L + yearMonth.getMonthValue() - 1;
	}

	private static Map<String, String> zones() {
		Map<String, String> zones = new TreeMap<>();
		RandomReadings.ZONES.forEach((city, zone) -> zones.put(city, zone.getId()));
		return zones;
	}

}
