package io.isobar.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.Stream;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Resolution;

/**
 * Readings one after the other, as Spark has them: the columns {@link #COLUMNS}. What is
 * told of one is valid until the next.
 */
interface ReadingRows {

	/** The columns of the table of readings that a fold takes, in this order. */
	List<String> COLUMNS = columns();

	/** These, and at last where each reading was read from. */
	List<String> COLUMNS_WITH_SOURCE = Stream.concat(COLUMNS.stream(), Stream.of("source")).toList();

	int FIRST_VALUE = 6;

	/** The lowest and the highest value of the first metric, then of the next. */
	int FIRST_LOW = FIRST_VALUE + Metric.COUNT;

	int SOURCE = FIRST_LOW + 2 * Metric.COUNT;

	/**
	 * Goes on to the next reading.
	 * @return false if there is none
	 */
	boolean next();

	/** Stays valid; the same object as long as the city is the same. */
	UTF8String city();

	/** In microseconds since 1970. */
	long observedAt();

	Resolution resolution();

	Origin origin();

	Channel channel();

	/** In microseconds since 1970. */
	long collected();

	/** By metric, NaN where missing. */
	void values(double[] into);

	/** The lowest and highest of a day, by metric, NaN where missing. */
	void extremes(double[] lows, double[] highs);

	/**
	 * Where it was read from, of {@link #COLUMNS_WITH_SOURCE}; null if that is not known.
	 */
	@Nullable UTF8String source();

	private static List<String> columns() {
		List<String> columns = new ArrayList<>(
				List.of("city", "observed_at", "resolution", "origin", "channel", "collected"));
		Metric.ALL.forEach((metric) -> columns.add(metric.column()));
		Metric.ALL.forEach((metric) -> columns.addAll(List.of(metric.column() + "_low", metric.column() + "_high")));
		return List.copyOf(columns);
	}

	/** What the texts of a column mean in which few are different: each is read once. */
	final class Words<T> {

		private final Map<UTF8String, T> words = new HashMap<>();

		private final Function<UTF8String, T> meaning;

		private Words(Function<UTF8String, T> meaning) {
			this.meaning = meaning;
		}

		static Words<UTF8String> cities() {
			return new Words<>(Function.identity());
		}

		static Words<Resolution> resolutions() {
			return new Words<>((text) -> Resolution.ofColumn(text.toString()));
		}

		static Words<Origin> origins() {
			return new Words<>((text) -> new Origin(text.toString()));
		}

		static Words<Channel> channels() {
			return new Words<>((text) -> Channel.ofColumn(text.toString()));
		}

		/** The meaning of a text whose bytes may be reused by whoever gives it. */
		T of(UTF8String text) {
			T known = this.words.get(text);
			if (known == null) {
				UTF8String kept = text.clone();
				known = this.meaning.apply(kept);
				this.words.put(kept, known);
			}
			return known;
		}

	}

	/** Readings as rows of Spark. */
	final class Plain implements ReadingRows {

		private final Iterator<InternalRow> rows;

		private final Words<UTF8String> cities = Words.cities();

		private final Words<Resolution> resolutions = Words.resolutions();

		private final Words<Origin> origins = Words.origins();

		private final Words<Channel> channels = Words.channels();

		private InternalRow row = InternalRow.empty();

		Plain(Iterator<InternalRow> rows) {
			this.rows = rows;
		}

		@Override
		public boolean next() {
			if (!this.rows.hasNext()) {
				return false;
			}
			this.row = this.rows.next();
			return true;
		}

		@Override
		public UTF8String city() {
			return this.cities.of(this.row.getUTF8String(0));
		}

		@Override
		public long observedAt() {
			return this.row.getLong(1);
		}

		@Override
		public Resolution resolution() {
			return this.resolutions.of(this.row.getUTF8String(2));
		}

		@Override
		public Origin origin() {
			return this.origins.of(this.row.getUTF8String(3));
		}

		@Override
		public Channel channel() {
			return this.channels.of(this.row.getUTF8String(4));
		}

		@Override
		public long collected() {
			return this.row.getLong(5);
		}

		@Override
		public void values(double[] into) {
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				into[metric] = number(FIRST_VALUE + metric);
			}
		}

		@Override
		public void extremes(double[] lows, double[] highs) {
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				lows[metric] = number(FIRST_LOW + 2 * metric);
				highs[metric] = number(FIRST_LOW + 2 * metric + 1);
			}
		}

		@Override
		public @Nullable UTF8String source() {
			return this.row.isNullAt(SOURCE) ? null : this.row.getUTF8String(SOURCE);
		}

		private double number(int column) {
			return this.row.isNullAt(column) ? Double.NaN : this.row.getDouble(column);
		}

	}

	/** Readings as batches of columns. */
	final class Batches implements ReadingRows {

		private final Iterator<ColumnarBatch> batches;

		private final Text<UTF8String> cities = new Text<>(Words.cities());

		private final Text<Resolution> resolutions = new Text<>(Words.resolutions());

		private final Text<Origin> origins = new Text<>(Words.origins());

		private final Text<Channel> channels = new Text<>(Words.channels());

		private @Nullable ColumnarBatch batch;

		private int row;

		private int size;

		private long[] observed = new long[0];

		private long[] collected = new long[0];

		private double[][] values = new double[Metric.COUNT][0];

		Batches(Iterator<ColumnarBatch> batches) {
			this.batches = batches;
		}

		@Override
		public boolean next() {
			this.row++;
			while (this.row >= this.size) {
				if (!this.batches.hasNext()) {
					return false;
				}
				open(this.batches.next());
			}
			return true;
		}

		/** Column by column, which is faster than value by value. */
		private void open(ColumnarBatch batch) {
			this.batch = batch;
			this.row = 0;
			this.size = batch.numRows();
			if (this.size > this.observed.length) {
				this.observed = new long[this.size];
				this.collected = new long[this.size];
				this.values = new double[Metric.COUNT][this.size];
			}
			this.cities.open(batch.column(0));
			longs(batch.column(1), this.observed);
			this.resolutions.open(batch.column(2));
			this.origins.open(batch.column(3));
			this.channels.open(batch.column(4));
			longs(batch.column(5), this.collected);
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				numbers(batch.column(FIRST_VALUE + metric), this.values[metric]);
			}
		}

		private void longs(ColumnVector column, long[] into) {
			for (int i = 0; i < this.size; i++) {
				into[i] = column.getLong(i);
			}
		}

		private void numbers(ColumnVector column, double[] into) {
			if (!column.hasNull()) {
				for (int i = 0; i < this.size; i++) {
					into[i] = column.getDouble(i);
				}
			}
			else if (column.numNulls() >= this.size) {
				Arrays.fill(into, 0, this.size, Double.NaN);
			}
			else {
				for (int i = 0; i < this.size; i++) {
					into[i] = number(column, i);
				}
			}
		}

		private static double number(ColumnVector column, int row) {
			return column.isNullAt(row) ? Double.NaN : column.getDouble(row);
		}

		@Override
		public UTF8String city() {
			return this.cities.at(this.row);
		}

		@Override
		public long observedAt() {
			return this.observed[this.row];
		}

		@Override
		public Resolution resolution() {
			return this.resolutions.at(this.row);
		}

		@Override
		public Origin origin() {
			return this.origins.at(this.row);
		}

		@Override
		public Channel channel() {
			return this.channels.at(this.row);
		}

		@Override
		public long collected() {
			return this.collected[this.row];
		}

		@Override
		public void values(double[] into) {
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				into[metric] = this.values[metric][this.row];
			}
		}

		@Override
		public void extremes(double[] lows, double[] highs) {
			ColumnarBatch columns = Objects.requireNonNull(this.batch);
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				lows[metric] = number(columns.column(FIRST_LOW + 2 * metric), this.row);
				highs[metric] = number(columns.column(FIRST_LOW + 2 * metric + 1), this.row);
			}
		}

		@Override
		public @Nullable UTF8String source() {
			ColumnVector column = Objects.requireNonNull(this.batch).column(SOURCE);
			return column.isNullAt(this.row) ? null : column.getUTF8String(this.row);
		}

		/** A column of texts: where its file has a dictionary, its numbers are enough. */
		private static final class Text<T> {

			private final Words<T> words;

			private @Nullable ColumnVector column;

			private @Nullable WritableColumnVector numbers;

			private int number;

			private @Nullable T meaning;

			Text(Words<T> words) {
				this.words = words;
			}

			void open(ColumnVector column) {
				this.column = column;
				this.numbers = (column instanceof WritableColumnVector writable && writable.hasDictionary())
						? writable.getDictionaryIds() : null;
				this.meaning = null;
			}

			T at(int row) {
				WritableColumnVector numbers = this.numbers;
				T known = this.meaning;
				if (numbers != null) {
					int number = numbers.getDictId(row);
					if (known != null && number == this.number) {
						return known;
					}
					this.number = number;
				}
				known = this.words.of(Objects.requireNonNull(this.column).getUTF8String(row));
				this.meaning = known;
				return known;
			}

		}

	}

	/** The readings of several files that are each sorted by (city, observed_at). */
	final class Merged implements ReadingRows {

		private static final Comparator<ReadingRows> ORDER = Comparator.comparing(ReadingRows::city)
			.thenComparingLong(ReadingRows::observedAt);

		private final PriorityQueue<ReadingRows> files = new PriorityQueue<>(ORDER);

		private final Words<UTF8String> cities = Words.cities();

		private @Nullable ReadingRows first;

		Merged(List<? extends ReadingRows> files) {
			for (ReadingRows file : files) {
				if (file.next()) {
					this.files.add(file);
				}
			}
		}

		@Override
		public boolean next() {
			if (this.first != null && this.first.next()) {
				this.files.add(this.first);
			}
			this.first = this.files.poll();
			return this.first != null;
		}

		private ReadingRows first() {
			return Objects.requireNonNull(this.first);
		}

		@Override
		public UTF8String city() {
			return this.cities.of(first().city());
		}

		@Override
		public long observedAt() {
			return first().observedAt();
		}

		@Override
		public Resolution resolution() {
			return first().resolution();
		}

		@Override
		public Origin origin() {
			return first().origin();
		}

		@Override
		public Channel channel() {
			return first().channel();
		}

		@Override
		public long collected() {
			return first().collected();
		}

		@Override
		public void values(double[] into) {
			first().values(into);
		}

		@Override
		public void extremes(double[] lows, double[] highs) {
			first().extremes(lows, highs);
		}

		@Override
		public @Nullable UTF8String source() {
			return first().source();
		}

	}

}
