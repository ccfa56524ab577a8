package io.isobar.spark;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
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
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fold in Spark, over tables as the lake has them, equals the fold in memory and
 * plain SQL.
 */
class SparkFoldTests {

	private static final Map<String, String> ZONES = zones();

	private final SparkSession spark = LocalSpark.session();

	@TempDir
	Path folder;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	void howeverReadingsLieInFilesTheFoldInSparkEqualsTheFoldInMemory(long seed) {
		Random random = new Random(seed);
		List<Reading> readings = RandomReadings.readings(random);
		Dataset<Row> table = written(readings, random);

		FoldedStates inSpark = states(SparkFold.cityDays(table, ZONES), SparkFold.cityMonthPairs(table, ZONES));

		inSpark.assertEqualTo(FoldedStates.of(readings));
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12, 13 })
	void theFoldInSparkEqualsPlainSql(long seed) {
		Random random = new Random(seed);
		Dataset<Row> table = written(RandomReadings.readings(random), random);
		PlainSql sql = new PlainSql(this.spark, table, ZONES);

		FoldedStates inSpark = states(SparkFold.cityDays(table, ZONES), SparkFold.cityMonthPairs(table, ZONES));

		FoldedStates inSql = PlainSql.interpreted(this.spark, () -> statesOfSql(sql));
		PlainFold.withoutSimulatedBesideReal(inSql);
		inSpark.assertEqualTo(inSql);
	}

	/** Appended in parts of any size, with compactions in between. */
	private Dataset<Row> written(List<Reading> readings, Random random) {
		Lake lake = LocalLake.in(this.folder);
		ReadingStore store = LocalLake.readings(lake);
		store.create();
		List<Reading> shuffled = new ArrayList<>(readings);
		Collections.shuffle(shuffled, random);
		long part = 0;
		while (!shuffled.isEmpty()) {
			List<Reading> some = shuffled.subList(0, Math.min(shuffled.size(), 20 + random.nextInt(200)));
			store.append("test", part++, null, some, RandomReadings.ZONES::get);
			some.clear();
			if (random.nextInt(3) == 0) {
				Compaction.compact(this.spark, lake.readings().toString(), 2);
			}
		}
		Dataset<Row> table = this.spark.read().format("delta").load(lake.readings().toString());
		assertThat(table.count()).isEqualTo(readings.size());
		return table;
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
