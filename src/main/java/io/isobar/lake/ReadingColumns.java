package io.isobar.lake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import org.jspecify.annotations.Nullable;

import io.isobar.weather.Metric;
import io.isobar.weather.Reading;

/**
 * The columns of the table of readings: their names, types and what they take from a
 * reading. For each metric three: its value, and for readings of a day the lowest and the
 * highest.
 */
final class ReadingColumns {

	/** What the table did not have from the beginning. */
	static final String MESSAGE = "message";

	/**
	 * A reading with where it came from, as the table keeps it: from a source, or a
	 * message.
	 */
	record Row(Reading reading, @Nullable String source, @Nullable Streamed streamed, String month, int bucket) {

		Row(Reading reading, @Nullable String source, String month, int bucket) {
			this(reading, source, null, month, bucket);
		}

	}

	private record Column(String name, DataType type, Function<List<Row>, ColumnVector> vector) {
	}

	private static final List<Column> COLUMNS = columns();

	private static final Map<String, Column> BY_NAME = COLUMNS.stream()
		.collect(Collectors.toMap(Column::name, Function.identity()));

	private ReadingColumns() {
	}

	static StructType schema() {
		StructType schema = new StructType();
		for (Column column : COLUMNS) {
			schema = schema.add(column.name(), column.type());
		}
		return schema;
	}

	/** In the order of {@link #schema()}. */
	static ColumnVector[] vectors(List<Row> rows) {
		return vectors(schema(), rows);
	}

	/** In the order of a table's own schema: it may have been given a column later. */
	static ColumnVector[] vectors(StructType schema, List<Row> rows) {
		return schema.fieldNames()
			.stream()
			.map((name) -> Objects.requireNonNull(BY_NAME.get(name), name).vector().apply(rows))
			.toArray(ColumnVector[]::new);
	}

	private static List<Column> columns() {
		List<Column> columns = new ArrayList<>();
		columns.add(text("city", (row) -> row.reading().city()));
		columns.add(time("observed_at", (row) -> micros(row.reading().observedAt())));
		columns.add(text("resolution", (row) -> row.reading().resolution().column()));
		columns.add(text("origin", (row) -> row.reading().origin().name()));
		columns.add(text("channel", (row) -> row.reading().channel().column()));
		columns.add(time("collected", (row) -> micros(row.reading().collected())));
		for (Metric metric : Metric.ALL) {
			columns.add(number(metric.column(), (row) -> row.reading().values().orNaN(metric)));
		}
		for (Metric metric : Metric.ALL) {
			columns.add(number(metric.column() + "_low", (row) -> row.reading().lows().orNaN(metric)));
			columns.add(number(metric.column() + "_high", (row) -> row.reading().highs().orNaN(metric)));
		}
		columns.add(text("conditions", (row) -> row.reading().conditions()));
		columns.add(text("flagged", (row) -> flagged(row.reading().flagged())));
		columns.add(text("source", Row::source));
		// Where a message lay in Kafka, and the message as it came; null for history and
		// files
		columns
			.add(new Column("kafka_partition", IntegerType.INTEGER, (rows) -> new Numbers(IntegerType.INTEGER, rows) {
				@Override
				public boolean isNullAt(int row) {
					return this.rows.get(row).streamed() == null;
				}

				@Override
				public int getInt(int row) {
					Streamed streamed = this.rows.get(row).streamed();
					return (streamed != null) ? streamed.part().number() : 0;
				}
			}));
		columns.add(new Column("kafka_offset", LongType.LONG, (rows) -> new Numbers(LongType.LONG, rows) {
			@Override
			public boolean isNullAt(int row) {
				return this.rows.get(row).streamed() == null;
			}

			@Override
			public long getLong(int row) {
				Streamed streamed = this.rows.get(row).streamed();
				return (streamed != null) ? streamed.offset() : 0;
			}
		}));
		columns.add(text(MESSAGE, (row) -> (row.streamed() != null) ? row.streamed().message() : null));
		columns.add(text("month", Row::month));
		columns.add(new Column("bucket", IntegerType.INTEGER, (rows) -> new Numbers(IntegerType.INTEGER, rows) {
			@Override
			public int getInt(int row) {
				return this.rows.get(row).bucket();
			}
		}));
		return List.copyOf(columns);
	}

	private static long micros(Instant instant) {
		return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
	}

	/** {@code humidity=104.0;temperature=99.9}, null where nothing was flagged. */
	private static @Nullable String flagged(Map<String, Double> flagged) {
		if (flagged.isEmpty()) {
			return null;
		}
		StringBuilder text = new StringBuilder();
		new TreeMap<>(flagged).forEach(
				(field, value) -> text.append((text.isEmpty()) ? "" : ";").append(field).append('=').append(value));
		return text.toString();
	}

	private static Column text(String name, Function<Row, @Nullable String> value) {
		return new Column(name, StringType.STRING, (rows) -> new Texts(rows, value));
	}

	private static Column number(String name, ToDoubleFunction<Row> value) {
		return new Column(name, DoubleType.DOUBLE, (rows) -> new Numbers(DoubleType.DOUBLE, rows) {
			@Override
			public boolean isNullAt(int row) {
				return Double.isNaN(value.applyAsDouble(this.rows.get(row)));
			}

			@Override
			public double getDouble(int row) {
				return value.applyAsDouble(this.rows.get(row));
			}
		});
	}

	private static Column time(String name, ToLongFunction<Row> micros) {
		return new Column(name, TimestampType.TIMESTAMP, (rows) -> new Numbers(TimestampType.TIMESTAMP, rows) {
			@Override
			public long getLong(int row) {
				return micros.applyAsLong(this.rows.get(row));
			}
		});
	}

	/** A column over rows that stay where they are. */
	private abstract static class Vector implements ColumnVector {

		final List<Row> rows;

		private final DataType type;

		Vector(DataType type, List<Row> rows) {
			this.type = type;
			this.rows = rows;
		}

		@Override
		public DataType getDataType() {
			return this.type;
		}

		@Override
		public int getSize() {
			return this.rows.size();
		}

		@Override
		public void close() {
		}

	}

	private static class Numbers extends Vector {

		Numbers(DataType type, List<Row> rows) {
			super(type, rows);
		}

		@Override
		public boolean isNullAt(int row) {
			return false;
		}

	}

	private static final class Texts extends Vector {

		private final Function<Row, @Nullable String> value;

		Texts(List<Row> rows, Function<Row, @Nullable String> value) {
			super(StringType.STRING, rows);
			this.value = value;
		}

		@Override
		public boolean isNullAt(int row) {
			return this.value.apply(this.rows.get(row)) == null;
		}

		@Override
		@SuppressWarnings("NullAway") // asked only where isNullAt says no
		public String getString(int row) {
			return this.value.apply(this.rows.get(row));
		}

	}

}
