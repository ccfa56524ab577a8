package io.isobar.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.unsafe.types.UTF8String;

import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

/**
 * The states of one year, merged into what is told of its months and of histories. A year
 * passes through one task, so which of its days have hours is known to it.
 */
record YearFold(CityMonths months, Histories histories) {

	private static final String HOUR = "hour";

	/** The columns of the states that the fold takes, in its order. */
	private static final List<String> DAY_COLUMNS = dayColumns();

	private static final List<String> PAIR_COLUMNS = List.of("city", "simulated", "first", "second", "count",
			"first_sum", "second_sum", "first_square", "product", "second_square");

	private static final int FIRST_METRIC = 6;

	/**
	 * Count, sum, square, and the lowest and the highest, each with instant and origin.
	 */
	private static final int COLUMNS_OF_A_METRIC = 9;

	private static final int LOWEST = 3;

	private static final int HIGHEST = 6;

	YearFold() {
		this(new CityMonths(), new Histories());
	}

	/**
	 * Folds years.
	 * @param days the states of {@code city_day}
	 * @param pairs the states of {@code city_month_pairs}
	 * @param real cities that are known to have real readings: their simulated ones are
	 * left out of the extremes
	 * @return the fold of each year
	 */
	static Map<Integer, YearFold> of(SparkSession spark, StateTable.Version days, StateTable.Version pairs,
			Set<Integer> years, Set<String> real) {
		Map<Integer, YearFold> folds = new TreeMap<>();
		List<Task> tasks = new ArrayList<>();
		for (int year : years) {
			tasks.add(new Task(year, true, days.files(year)));
			tasks.add(new Task(year, false, pairs.files(year)));
		}
		if (tasks.isEmpty()) {
			return folds;
		}
		JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
		List<byte[]> results = context.parallelize(tasks, tasks.size())
			.map(new FoldYear(TableFiles.of(spark, days.snapshot(), DAY_COLUMNS),
					TableFiles.of(spark, pairs.snapshot(), PAIR_COLUMNS), new HashSet<>(real)))
			.collect();
		for (int i = 0; i < tasks.size(); i++) {
			folds.merge(tasks.get(i).year(), YearFold.ofBytes(results.get(i)), YearFold::merge);
		}
		return folds;
	}

	YearFold merge(YearFold other) {
		this.months.merge(other.months);
		this.histories.merge(other.histories);
		return this;
	}

	private byte[] bytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			this.months.write(out);
			this.histories.write(out);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static YearFold ofBytes(byte[] bytes) {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			return new YearFold(CityMonths.read(in), Histories.read(in));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> dayColumns() {
		List<String> columns = new ArrayList<>(
				List.of("city", "local_day", "resolution", "simulated", "month", WeatherViews.READINGS));
		for (Metric metric : Metric.ALL) {
			columns.addAll(List.of(WeatherViews.count(metric), WeatherViews.sum(metric), WeatherViews.square(metric)));
			for (String extreme : List.of(WeatherViews.min(metric), WeatherViews.max(metric))) {
				columns.addAll(List.of(extreme, extreme + "_at", extreme + "_origin"));
			}
		}
		return List.copyOf(columns);
	}

	/** The states of a year that pass through one task: of its days, or of its pairs. */
	private record Task(int year, boolean days, ArrayList<PartitionedFile> files) implements Serializable {
	}

	/** Folds the states of a year. */
	private record FoldYear(TableFiles days, TableFiles pairs, HashSet<String> real) implements Function<Task, byte[]> {

		@Override
		public byte[] call(Task task) {
			if (task.days()) {
				Days folding = new Days(this.real);
				forEach(this.days, task, folding::add);
				return folding.finish().bytes();
			}
			Pairs folding = new Pairs();
			forEach(this.pairs, task, folding::add);
			return folding.fold.bytes();
		}

		/** One file after the other: the order of states does not matter. */
		private static void forEach(TableFiles reader, Task task, Consumer<InternalRow> consumer) {
			for (PartitionedFile file : task.files()) {
				reader.forEach(file, consumer);
			}
		}

	}

	/** What is gathered while the pairs of a year pass by. */
	private static final class Pairs {

		private final YearFold fold = new YearFold();

		private final Map<String, Integer> indexes = new HashMap<>();

		private final Texts texts = new Texts();

		void add(InternalRow row) {
			State state = this.fold.histories()
				.correlations()
				.of(this.texts.of(row.getUTF8String(0)), row.getBoolean(1));
			int i = this.indexes.computeIfAbsent(
					Correlations.pair(this.texts.of(row.getUTF8String(2)), this.texts.of(row.getUTF8String(3))),
					Correlations::indexOf);
			state.set(i, 0, state.count(i) + row.getLong(4));
			for (int j = 1; j <= 5; j++) {
				state.set(i + j, state.number(i + j) + row.getDouble(4 + j), 0);
			}
		}

	}

	/** Few texts that are met often. */
	private static final class Texts {

		private final Map<UTF8String, String> known = new HashMap<>();

		String of(UTF8String bytes) {
			String text = this.known.get(bytes);
			if (text == null) {
				text = bytes.toString();
				// The row is reused by Spark, so its bytes are copied
				this.known.put(bytes.clone(), text);
			}
			return text;
		}

	}

	/** What is gathered while the days of a year pass by, in whatever order. */
	private static final class Days {

		private final YearFold fold = new YearFold();

		private final Set<String> real;

		private final Texts texts = new Texts();

		/** By city, the days on which hours count. */
		private final Map<String, BitSet> hours = new HashMap<>();

		/** By city, what is known of real days by their hours and as a whole. */
		private final Map<String, DayTemperature[]> warmth = new LinkedHashMap<>();

		private final Map<String, DayTemperature[]> warmthOfWholeDays = new LinkedHashMap<>();

		/** Extremes of whole days: they count where the day has no hours. */
		private final List<WholeDay> wholeDays = new ArrayList<>();

		private record WholeDay(String city, int place, int list, Extremes.Extreme extreme) {
		}

		Days(Set<String> real) {
			this.real = real;
		}

		void add(InternalRow row) {
			String city = this.texts.of(row.getUTF8String(0));
			int place = Normals.place(LocalDate.ofEpochDay(row.getInt(1)));
			String resolution = this.texts.of(row.getUTF8String(2));
			boolean simulated = row.getBoolean(3);
			boolean hour = resolution.equals(HOUR);
			DayTemperature temperature = temperature(row, hour);
			add(row, temperature,
					this.fold.months.of(city, this.texts.of(row.getUTF8String(4)), resolution, simulated));
			add(row, temperature, this.fold.histories.of(city, resolution, simulated));
			if (!simulated && temperature.isComplete()) {
				(hour ? this.warmth : this.warmthOfWholeDays).computeIfAbsent(city,
						(key) -> new DayTemperature[12 * 31])[place] = temperature;
			}
			boolean counts = !simulated || !this.real.contains(city);
			if (simulated) {
				this.fold.histories.simulated(city, counts);
			}
			if (counts) {
				addExtremes(row, city, place, hour);
			}
		}

		private static DayTemperature temperature(InternalRow row, boolean hour) {
			int column = FIRST_METRIC + Metric.TEMPERATURE.ordinal() * COLUMNS_OF_A_METRIC;
			long count = row.getLong(column);
			double sum = row.getDouble(column + 1);
			double low = number(row, column + LOWEST);
			double high = number(row, column + HIGHEST);
			return hour ? DayTemperature.ofHours(count, sum, low, high) : DayTemperature.ofDay(count, sum, low, high);
		}

		private static void add(InternalRow row, DayTemperature temperature, Merged merged) {
			long readings = row.getLong(FIRST_METRIC - 1);
			merged.readings += readings;
			merged.days += (readings > 0) ? 1 : 0;
			merged.addTemperature(temperature);
			int column = FIRST_METRIC;
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				merged.counts[metric] += row.getLong(column);
				merged.sums[metric] += row.getDouble(column + 1);
				merged.squares[metric] += row.getDouble(column + 2);
				merged.mins[metric] = Merged.lower(merged.mins[metric], number(row, column + LOWEST));
				merged.maxs[metric] = Merged.higher(merged.maxs[metric], number(row, column + HIGHEST));
				column += COLUMNS_OF_A_METRIC;
			}
		}

		private void addExtremes(InternalRow row, String city, int place, boolean hour) {
			if (hour) {
				this.hours.computeIfAbsent(city, (key) -> new BitSet()).set(place);
			}
			Extremes extremes = this.fold.histories.extremes();
			int column = FIRST_METRIC;
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				for (int kind = 0; kind < 2; kind++) {
					int list = 2 * metric + kind;
					int value = column + (Extremes.isHighest(list) ? HIGHEST : LOWEST);
					if (!row.isNullAt(value) && extremes.takes(list, row.getDouble(value))) {
						Extremes.Extreme extreme = new Extremes.Extreme(city, row.getDouble(value),
								row.getLong(value + 1), this.texts.of(row.getUTF8String(value + 2)));
						if (hour) {
							extremes.add(list, extreme);
						}
						else {
							this.wholeDays.add(new WholeDay(city, place, list, extreme));
						}
					}
				}
				column += COLUMNS_OF_A_METRIC;
			}
		}

		YearFold finish() {
			for (WholeDay day : this.wholeDays) {
				BitSet hoursOfCity = this.hours.get(day.city());
				if (hoursOfCity == null || !hoursOfCity.get(day.place())) {
					this.fold.histories.extremes().add(day.list(), day.extreme());
				}
			}
			this.warmthOfWholeDays.forEach((city, days) -> {
				DayTemperature[] byHours = this.warmth.computeIfAbsent(city, (key) -> new DayTemperature[days.length]);
				Arrays.setAll(byHours, (place) -> (byHours[place] != null) ? byHours[place] : days[place]);
			});
			this.warmth.forEach((city, days) -> {
				for (int place = 0; place < days.length; place++) {
					DayTemperature day = days[place];
					if (day != null) {
						this.fold.histories.normals().add(city, place, day.mean(), day.low(), day.high());
					}
				}
			});
			return this.fold;
		}

		private static double number(InternalRow row, int column) {
			return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
		}

	}

}
