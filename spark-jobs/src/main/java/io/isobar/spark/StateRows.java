package io.isobar.spark;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
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
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Resolution;

/** Turns the states that a fold has finished into rows of Spark. */
abstract class StateRows implements ReadingsFold.Output {

	/** Tells whether the states of a city's month are wanted. */
	@FunctionalInterface
	interface Wanted extends Serializable {

		/**
		 * Whether they are.
		 * @param month year · 12 + month - 1
		 */
		boolean test(String city, long month);

	}

	final Queue<InternalRow> ready = new ArrayDeque<>();

	private final Wanted wanted;

	private StateRows(Wanted wanted) {
		this.wanted = wanted;
	}

	/** Year · 12 + month - 1. */
	static long number(YearMonth month) {
		return month.getYear() * 12L + month.getMonthValue() - 1;
	}

	static YearMonth month(long number) {
		return YearMonth.of(Math.toIntExact(Math.floorDiv(number, 12)),
				Math.toIntExact(Math.floorMod(number, 12L)) + 1);
	}

	final boolean isWanted(String city, long month) {
		return this.wanted.test(city, month);
	}

	@Override
	public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
	}

	@Override
	public void cityMonthPairs(String city, long month, boolean simulated, State state) {
	}

	/** The states of {@code city_day}. */
	static final class Days extends StateRows {

		private static final UTF8String[] ORIGINS = Stream.of(0, 1, 2, 3, 4)
			.map((code) -> UTF8String.fromString(Origin.ofCode(code).name()))
			.toArray(UTF8String[]::new);

		private final List<Component> components = WeatherViews.CITY_DAY.components();

		private final int width = schema().size();

		private final Function<String, ZoneId> zones;

		private String city = "";

		private LocalCalendar calendar = new LocalCalendar(ZoneOffset.UTC);

		Days(Wanted wanted, Function<String, ZoneId> zones) {
			super(wanted);
			this.zones = zones;
		}

		static StructType schema() {
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

		@Override
		public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
			LocalDate date = LocalDate.ofEpochDay(day);
			YearMonth month = YearMonth.from(date);
			if (!isWanted(city, number(month))) {
				return;
			}
			@Nullable Object[] row = new Object[this.width];
			row[0] = UTF8String.fromString(city);
			row[1] = (int) day;
			row[2] = UTF8String.fromString(resolution.column());
			row[3] = simulated;
			int column = 4;
			for (int i = 0; i < this.components.size(); i++) {
				column = write(this.components.get(i), state, i, row, column);
			}
			row[column++] = (resolution == Resolution.DAY) ? 1 : expectedSlots(city, day);
			row[column++] = UTF8String.fromString(month.toString());
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

	/** What counts in each hour. */
	static final class Hours extends StateRows implements ReadingsFold.Slots {

		private static final int FIRST_VALUE = 4;

		private final Function<String, ZoneId> zones;

		private String city = "";

		private LocalCalendar calendar = new LocalCalendar(ZoneOffset.UTC);

		private long day = Long.MIN_VALUE;

		/** Which metrics are measured on the day that passes by. */
		private final boolean[] measured = new boolean[Metric.COUNT];

		Hours(Wanted wanted, Function<String, ZoneId> zones) {
			super(wanted);
			this.zones = zones;
		}

		static StructType schema() {
			StructType schema = new StructType().add("city", DataTypes.StringType, false)
				.add("local_day", DataTypes.DateType, false)
				.add("start", DataTypes.TimestampType, false)
				.add("simulated", DataTypes.BooleanType, false);
			for (Metric metric : Metric.ALL) {
				schema = schema.add(metric.column(), DataTypes.DoubleType);
			}
			return schema;
		}

		/** The real slots of a day come before its simulated ones. */
		@Override
		public void slot(String name, long start, boolean simulated, double[] values) {
			if (!name.equals(this.city)) {
				this.city = name;
				this.calendar = new LocalCalendar(this.zones.apply(name));
				this.day = Long.MIN_VALUE;
			}
			long dayOfSlot = this.calendar.dayOf(start);
			if (dayOfSlot != this.day) {
				this.day = dayOfSlot;
				Arrays.fill(this.measured, false);
			}
			@Nullable Object[] row = new Object[FIRST_VALUE + Metric.COUNT];
			boolean any = false;
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				if (Double.isNaN(values[metric]) || (simulated && this.measured[metric])) {
					continue;
				}
				this.measured[metric] |= !simulated;
				row[FIRST_VALUE + metric] = values[metric];
				any = true;
			}
			if (any && isWanted(name, number(YearMonth.from(LocalDate.ofEpochDay(dayOfSlot))))) {
				row[0] = UTF8String.fromString(name);
				row[1] = (int) dayOfSlot;
				row[2] = start * 1_000_000L;
				row[3] = simulated;
				this.ready.add(new GenericInternalRow(row));
			}
		}

	}

	/** The states of {@code city_month_pairs}. */
	static final class Pairs extends StateRows {

		/** Where the six components of each pair begin. */
		private record Pair(UTF8String first, UTF8String second, int count) implements Serializable {
		}

		private final List<Pair> pairs = new ArrayList<>();

		Pairs(Wanted wanted) {
			super(wanted);
			List<Component> components = WeatherViews.CITY_MONTH_PAIRS.components();
			for (int i = 0; i < components.size(); i++) {
				if (components.get(i).term() instanceof Term.PairCount pair) {
					this.pairs.add(new Pair(UTF8String.fromString(pair.first().column()),
							UTF8String.fromString(pair.second().column()), i));
				}
			}
		}

		static StructType schema() {
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

		@Override
		public void cityMonthPairs(String city, long month, boolean simulated, State state) {
			if (!isWanted(city, month)) {
				return;
			}
			UTF8String name = UTF8String.fromString(city);
			UTF8String yearMonth = UTF8String.fromString(month(month).toString());
			int year = month(month).getYear();
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
