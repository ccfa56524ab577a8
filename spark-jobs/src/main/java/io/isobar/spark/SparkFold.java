package io.isobar.spark;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

import io.isobar.views.Component;
import io.isobar.views.LocalCalendar;
import io.isobar.views.ReadingsFold;
import io.isobar.views.Stamp;
import io.isobar.views.State;
import io.isobar.views.Term;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Resolution;

/**
 * Runs the views' fold over readings in Spark: the only place that meets Spark's internal
 * rows. A partition's rows are sorted by (city, observed_at) and hold whole months of a
 * city, so a task folds them as they pass by, without a shuffle of states.
 */
public final class SparkFold {

	/** The columns of the table of readings that the fold takes, in its order. */
	private static final List<String> TAKEN = taken();

	private static final int FIRST_VALUE = 6;

	private SparkFold() {
	}

	/**
	 * The states of {@code city_day}.
	 * @param readings the columns of the table of readings
	 * @param zones the zone of each city, by name
	 * @return city, local_day, resolution, simulated, the view's columns (null where
	 * there is no value), month, year
	 */
	public static Dataset<Row> cityDays(Dataset<Row> readings, Map<String, String> zones) {
		return fold(readings, new FoldPartition(zones, true), cityDaySchema());
	}

	/**
	 * The states of {@code city_month_pairs}, a row for each pair of metrics that has any
	 * hour in common.
	 * @return city, month, simulated, first, second, count, first_sum, second_sum,
	 * first_square, product, second_square, year
	 */
	public static Dataset<Row> cityMonthPairs(Dataset<Row> readings, Map<String, String> zones) {
		return fold(readings, new FoldPartition(zones, false), pairsSchema());
	}

	private static Dataset<Row> fold(Dataset<Row> readings, FoldPartition fold, StructType schema) {
		SparkSession spark = (SparkSession) readings.sparkSession();
		Dataset<Row> whole = readings.repartition(functions.col("city"))
			.sortWithinPartitions("city", "observed_at")
			.select(TAKEN.stream().map(functions::col).toArray(Column[]::new));
		JavaRDD<InternalRow> states = ((org.apache.spark.sql.classic.Dataset<Row>) whole).queryExecution()
			.toRdd()
			.toJavaRDD()
			.mapPartitions(fold);
		return spark.internalCreateDataFrame(states.rdd(), schema, false);
	}

	static StructType cityDaySchema() {
		StructType schema = new StructType().add("city", DataTypes.StringType, false)
			.add("local_day", DataTypes.DateType, false)
			.add("resolution", DataTypes.StringType, false)
			.add("simulated", DataTypes.BooleanType, false);
		for (Component.Column column : WeatherViews.CITY_DAY.columns()) {
			schema = schema.add(column.name(), switch (column.type()) {
				case COUNT -> DataTypes.LongType;
				case NUMBER -> DataTypes.DoubleType;
				case INSTANT -> DataTypes.TimestampType;
				case ORIGIN -> DataTypes.StringType;
			});
		}
		return schema.add("expected_readings", DataTypes.IntegerType, false)
			.add("month", DataTypes.StringType, false)
			.add("year", DataTypes.IntegerType, false);
	}

	static StructType pairsSchema() {
		return new StructType().add("city", DataTypes.StringType, false)
			.add("month", DataTypes.StringType, false)
			.add("simulated", DataTypes.BooleanType, false)
			.add("first", DataTypes.StringType, false)
			.add("second", DataTypes.StringType, false)
			.add("count", DataTypes.LongType, false)
			.add("first_sum", DataTypes.DoubleType, false)
			.add("second_sum", DataTypes.DoubleType, false)
			.add("first_square", DataTypes.DoubleType, false)
			.add("product", DataTypes.DoubleType, false)
			.add("second_square", DataTypes.DoubleType, false)
			.add("year", DataTypes.IntegerType, false);
	}

	private static List<String> taken() {
		List<String> columns = new ArrayList<>(
				List.of("city", "observed_at", "resolution", "origin", "channel", "collected"));
		Metric.ALL.forEach((metric) -> columns.add(metric.column()));
		Metric.ALL.forEach((metric) -> columns.addAll(List.of(metric.column() + "_low", metric.column() + "_high")));
		return List.copyOf(columns);
	}

	private static final class FoldPartition implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {

		private static final long serialVersionUID = 1;

		private final HashMap<String, String> zones;

		private final boolean days;

		FoldPartition(Map<String, String> zones, boolean days) {
			this.zones = new HashMap<>(zones);
			this.days = days;
		}

		@Override
		public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
			StateRows states = this.days ? new CityDayRows(this::zone) : new PairRows();
			return new Folding(rows, new ReadingsFold(this::zone, states), states);
		}

		private ZoneId zone(String city) {
			String zone = this.zones.get(city);
			if (zone == null) {
				throw new IllegalStateException("No zone is known for the city %s.".formatted(city));
			}
			return ZoneId.of(zone);
		}

	}

	/** Feeds the fold only as far as its results are asked for. */
	private static final class Folding implements Iterator<InternalRow> {

		private final Iterator<InternalRow> rows;

		private final ReadingsFold fold;

		private final StateRows states;

		private final Map<UTF8String, Origin> origins = new HashMap<>();

		private boolean finished;

		private UTF8String cityBytes = UTF8String.EMPTY_UTF8;

		private String city = "";

		Folding(Iterator<InternalRow> rows, ReadingsFold fold, StateRows states) {
			this.rows = rows;
			this.fold = fold;
			this.states = states;
		}

		@Override
		public boolean hasNext() {
			while (this.states.ready.isEmpty() && !this.finished) {
				if (this.rows.hasNext()) {
					add(this.rows.next());
				}
				else {
					this.fold.finish();
					this.finished = true;
				}
			}
			return !this.states.ready.isEmpty();
		}

		@Override
		public InternalRow next() {
			if (!hasNext()) {
				throw new NoSuchElementException();
			}
			return this.states.ready.remove();
		}

		private void add(InternalRow row) {
			UTF8String bytes = row.getUTF8String(0);
			if (!bytes.equals(this.cityBytes)) {
				// The row is reused by Spark, so its bytes are copied
				this.cityBytes = bytes.clone();
				this.city = bytes.toString();
			}
			Resolution resolution = (row.getUTF8String(2).numBytes() == 3) ? Resolution.DAY : Resolution.HOUR;
			int index = this.fold.add(this.city, Math.floorDiv(row.getLong(1), 1_000_000L),
					Math.floorDiv(row.getLong(5), 1000L), channel(row.getUTF8String(4)), origin(row.getUTF8String(3)),
					resolution);
			double[] values = this.fold.values(index);
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				values[metric] = number(row, FIRST_VALUE + metric);
			}
			if (resolution == Resolution.DAY) {
				double[] lows = this.fold.lows(index);
				double[] highs = this.fold.highs(index);
				for (int metric = 0; metric < Metric.COUNT; metric++) {
					lows[metric] = number(row, FIRST_VALUE + Metric.COUNT + 2 * metric);
					highs[metric] = number(row, FIRST_VALUE + Metric.COUNT + 2 * metric + 1);
				}
			}
		}

		private static double number(InternalRow row, int column) {
			return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
		}

		private static Channel channel(UTF8String column) {
			// history, file, stream: told apart by their first letter
			return switch (column.getByte(0)) {
				case 'h' -> Channel.HISTORY;
				case 'f' -> Channel.FILE;
				default -> Channel.STREAM;
			};
		}

		private Origin origin(UTF8String column) {
			Origin origin = this.origins.get(column);
			if (origin == null) {
				origin = new Origin(column.toString());
				this.origins.put(column.clone(), origin);
			}
			return origin;
		}

	}

	/** Turns finished states into rows. */
	private abstract static class StateRows implements ReadingsFold.Output {

		final Queue<InternalRow> ready = new ArrayDeque<>();

		@Override
		public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
		}

		@Override
		public void cityMonthPairs(String city, long month, boolean simulated, State state) {
		}

	}

	private static final class CityDayRows extends StateRows {

		private static final UTF8String[] ORIGINS = Stream.of(0, 1, 2, 3, 4)
			.map((code) -> UTF8String.fromString(Origin.ofCode(code).name()))
			.toArray(UTF8String[]::new);

		private final List<Component> components = WeatherViews.CITY_DAY.components();

		private final int width = cityDaySchema().size();

		private final Function<String, ZoneId> zones;

		private String city = "";

		private LocalCalendar calendar = new LocalCalendar(ZoneOffset.UTC);

		CityDayRows(Function<String, ZoneId> zones) {
			this.zones = zones;
		}

		@Override
		public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
			@Nullable Object[] row = new Object[this.width];
			LocalDate date = LocalDate.ofEpochDay(day);
			row[0] = UTF8String.fromString(city);
			row[1] = (int) day;
			row[2] = UTF8String.fromString(resolution.column());
			row[3] = simulated;
			int column = 4;
			for (int i = 0; i < this.components.size(); i++) {
				column = write(this.components.get(i), state, i, row, column);
			}
			row[column++] = (resolution == Resolution.DAY) ? 1 : expectedSlots(city, day);
			row[column++] = UTF8String.fromString(YearMonth.from(date).toString());
			row[column] = date.getYear();
			this.ready.add(new GenericInternalRow(row));
		}

		private int expectedSlots(String name, long day) {
			if (!name.equals(this.city)) {
				this.city = name;
				this.calendar = new LocalCalendar(this.zones.apply(name));
			}
			return this.calendar.expectedSlots(day);
		}

		private static int write(Component component, State state, int i, @Nullable Object[] row, int column) {
			switch (component.merge()) {
				case COUNT -> row[column] = state.count(i);
				case SUM -> row[column] = state.number(i);
				case MIN_AT, MAX_AT -> {
					if (!Double.isNaN(state.number(i))) {
						row[column] = state.number(i);
						row[column + 1] = Stamp.epochSecond(state.stamp(i)) * 1_000_000L;
						row[column + 2] = ORIGINS[Stamp.originCode(state.stamp(i))];
					}
					return column + 3;
				}
			}
			return column + 1;
		}

	}

	private static final class PairRows extends StateRows {

		/** Where the six components of each pair begin. */
		private record Pair(UTF8String first, UTF8String second, int count) implements Serializable {
		}

		private final List<Pair> pairs = new ArrayList<>();

		PairRows() {
			List<Component> components = WeatherViews.CITY_MONTH_PAIRS.components();
			for (int i = 0; i < components.size(); i++) {
				if (components.get(i).term() instanceof Term.PairCount pair) {
					this.pairs.add(new Pair(UTF8String.fromString(pair.first().column()),
							UTF8String.fromString(pair.second().column()), i));
				}
			}
		}

		@Override
		public void cityMonthPairs(String city, long month, boolean simulated, State state) {
			UTF8String name = UTF8String.fromString(city);
			int year = Math.toIntExact(Math.floorDiv(month, 12));
			UTF8String yearMonth = UTF8String
				.fromString(YearMonth.of(year, Math.toIntExact(Math.floorMod(month, 12L)) + 1).toString());
			for (Pair pair : this.pairs) {
				int i = pair.count();
				if (state.count(i) > 0) {
					this.ready.add(new GenericInternalRow(new Object[] { name, yearMonth, simulated, pair.first(),
							pair.second(), state.count(i), state.number(i + 1), state.number(i + 2),
							state.number(i + 3), state.number(i + 4), state.number(i + 5), year }));
				}
			}
		}

	}

}
