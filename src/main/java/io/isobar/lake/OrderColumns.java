package io.isobar.lake;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import org.jspecify.annotations.Nullable;

import io.isobar.orders.Order;

/** The columns of the table of orders: their names, types and what they take from one. */
final class OrderColumns {

	/** Digits of an amount, two of them behind the point. */
	private static final int PRECISION = 38;

	/**
	 * An order as the table keeps it.
	 *
	 * @param channel history, file or stream
	 * @param source of history and files: which one
	 * @param line of history and files: where it stands there
	 * @param part of a message: where it lay
	 * @param offset of a message: where it lay there
	 */
	record Row(Order order, String channel, Instant collected, @Nullable String source, @Nullable Long line,
			@Nullable StreamPart part, @Nullable Long offset) {
	}

	private record Column(String name, DataType type, Function<Row, @Nullable Object> value) {
	}

	private static final List<Column> COLUMNS = List.of(
			new Column("customer", StringType.STRING, (row) -> row.order().customer()),
			new Column("amount", new DecimalType(PRECISION, Order.DECIMALS), (row) -> row.order().amount()),
			new Column("channel", StringType.STRING, Row::channel),
			new Column("collected", TimestampType.TIMESTAMP, (row) -> micros(row.collected())),
			new Column("source", StringType.STRING, Row::source), new Column("line", LongType.LONG, Row::line),
			new Column("kafka_partition", IntegerType.INTEGER,
					(row) -> (row.part() != null) ? row.part().number() : null),
			new Column("kafka_offset", LongType.LONG, Row::offset));

	private OrderColumns() {
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
		List<ColumnVector> vectors = new ArrayList<>();
		COLUMNS.forEach((column) -> vectors.add(new Values(column, rows)));
		return vectors.toArray(ColumnVector[]::new);
	}

	private static long micros(Instant instant) {
		return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
	}

	/** A column over rows that stay where they are. */
	private record Values(Column column, List<Row> rows) implements ColumnVector {

		@Override
		public DataType getDataType() {
			return this.column.type();
		}

		@Override
		public int getSize() {
			return this.rows.size();
		}

		@Override
		public void close() {
		}

		@Override
		public boolean isNullAt(int row) {
			return this.column.value().apply(this.rows.get(row)) == null;
		}

		@Override
		public String getString(int row) {
			return (String) value(row);
		}

		@Override
		public BigDecimal getDecimal(int row) {
			return (BigDecimal) value(row);
		}

		@Override
		public long getLong(int row) {
			return (Long) value(row);
		}

		@Override
		public int getInt(int row) {
			return (Integer) value(row);
		}

		/** Asked only where {@link #isNullAt} says no. */
		private Object value(int row) {
			Object value = this.column.value().apply(this.rows.get(row));
			if (value == null) {
				throw new IllegalStateException("%s has no value in row %d.".formatted(this.column.name(), row));
			}
			return value;
		}

	}

}
