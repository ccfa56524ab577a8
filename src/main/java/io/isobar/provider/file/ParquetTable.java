package io.isobar.provider.file;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file: its columns that are neither nested nor repeated. Read a row group at a
 * time, and of that only the columns that are asked for.
 */
final class ParquetTable implements Table {

	/** Of INT96: 1 January 1970 as a Julian day. */
	private static final int EPOCH_DAY = 2_440_588;

	private final String file;

	private final InputFile input;

	private final NoValues none;

	private final MessageType schema;

	private final List<String> columns;

	private final List<PrimitiveType> types;

	/** By column: its position in what is read; -1 where it is not read. */
	private final int[] positions;

	/** Null: all. */
	private @Nullable Set<Integer> selected;

	private @Nullable ParquetReader<Group> reader;

	private @Nullable Group row;

	private long number;

	private ParquetTable(String file, InputFile input, MessageType schema, NoValues none) {
		this.file = file;
		this.input = input;
		this.none = none;
		this.schema = schema;
		this.types = schema.getFields()
			.stream()
			.filter((type) -> type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED))
			.map(Type::asPrimitiveType)
			.toList();
		this.columns = this.types.stream()
			.map((type) -> Normalizer.normalize(type.getName(), Normalizer.Form.NFC))
			.toList();
		this.positions = new int[this.columns.size()];
	}

	/**
	 * Opens a file and reads its schema.
	 * @throws FileRefused if it is no Parquet file
	 */
	static ParquetTable open(Location file, NoValues none) throws FileRefused, IOException {
		byte[] head = Content.head(file);
		if (!Content.isParquet(head)) {
			throw new FileRefused(file.name(), (head.length == 0) ? "it is empty. Copy or download it again."
					: "it is no Parquet file: it does not begin with PAR1. If it is a table of text, give it a name that ends in .csv.");
		}
		InputFile input = file.parquet();
		try (ParquetFileReader reader = ParquetFileReader.open(input)) {
			return new ParquetTable(file.name(), input, reader.getFooter().getFileMetaData().getSchema(), none);
		}
		catch (RuntimeException ex) {
			throw broken(file.name(), ex);
		}
	}

	private static FileRefused broken(String file, Exception failure) {
		return new FileRefused(file,
				"it cannot be read as Parquet; it is cut off or damaged (%s). Copy or download it again."
					.formatted(failure.getMessage()));
	}

	@Override
	public void select(Set<Integer> wanted) {
		this.selected = wanted;
	}

	private ParquetReader<Group> begin() throws IOException {
		Set<Integer> wanted = this.selected;
		List<Type> fields = new ArrayList<>();
		for (int column = 0; column < this.columns.size(); column++) {
			boolean read = wanted == null || wanted.contains(column);
			this.positions[column] = read ? fields.size() : -1;
			if (read) {
				fields.add(this.types.get(column));
			}
		}
		return new Opening(this.input, new MessageType(this.schema.getName(), fields))
			.withConf(new Configuration(false))
			.build();
	}

	@Override
	public List<String> columns() {
		return this.columns;
	}

	@Override
	public boolean next() throws FileRefused, IOException {
		try {
			if (this.reader == null) {
				this.reader = begin();
			}
			this.row = this.reader.read();
			this.number++;
			return this.row != null;
		}
		catch (RuntimeException ex) {
			throw broken(this.file, ex);
		}
	}

	@Override
	public void check() {
	}

	@Override
	public String place() {
		return "row " + this.number;
	}

	@Override
	public @Nullable String text(int column) throws RowRejected {
		if (isMissing(column)) {
			return null;
		}
		PrimitiveType type = this.types.get(column);
		String text = switch (type.getPrimitiveTypeName()) {
			case BINARY, FIXED_LEN_BYTE_ARRAY ->
				(type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation)
						? String.valueOf(number(column)) : row().getString(this.positions[column], 0).strip();
			default -> row().getValueToString(this.positions[column], 0);
		};
		return this.none.has(text) ? null : text;
	}

	@Override
	public double number(int column) throws RowRejected {
		if (isMissing(column)) {
			return Double.NaN;
		}
		double number = value(column, this.types.get(column), this.positions[column]);
		return this.none.has(number) ? Double.NaN : number;
	}

	private double value(int column, PrimitiveType type, int position) throws RowRejected {
		LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
		Group current = row();
		if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
			BigInteger unscaled = switch (type.getPrimitiveTypeName()) {
				case INT32 -> BigInteger.valueOf(current.getInteger(position, 0));
				case INT64 -> BigInteger.valueOf(current.getLong(position, 0));
				default -> new BigInteger(current.getBinary(position, 0).getBytes());
			};
			return new BigDecimal(unscaled, decimal.getScale()).doubleValue();
		}
		return switch (type.getPrimitiveTypeName()) {
			case DOUBLE -> current.getDouble(position, 0);
			case FLOAT -> current.getFloat(position, 0);
			case INT32 -> current.getInteger(position, 0);
			case INT64 -> current.getLong(position, 0);
			case BINARY, FIXED_LEN_BYTE_ARRAY -> parsed(column, current.getString(position, 0).strip());
			default -> throw new RowRejected(
					"%s is of the type %s, which is no number.".formatted(type.getName(), type.getPrimitiveTypeName()));
		};
	}

	private double parsed(int column, String text) throws RowRejected {
		if (this.none.has(text)) {
			return Double.NaN;
		}
		try {
			return Numbers.parse(text);
		}
		catch (NumberFormatException ex) {
			throw new RowRejected("%s is '%s', which is no number. If it means no value, add it to `nulls`."
				.formatted(this.columns.get(column), text));
		}
	}

	@Override
	public @Nullable Object time(int column, TimeFormat format) throws RowRejected {
		if (isMissing(column)) {
			return null;
		}
		PrimitiveType type = this.types.get(column);
		int position = this.positions[column];
		LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
		if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
			Instant instant = instant(row().getLong(position, 0), timestamp.getUnit());
			return timestamp.isAdjustedToUTC() ? instant : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
		}
		if (logical instanceof DateLogicalTypeAnnotation) {
			return LocalDate.ofEpochDay(row().getInteger(position, 0));
		}
		if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
			return int96(row().getInt96(position, 0));
		}
		if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT64 && logical == null) {
			return format.of(row().getLong(position, 0));
		}
		String text = text(column);
		return (text != null) ? format.parse(text) : null;
	}

	private static Instant instant(long value, TimeUnit unit) {
		long perSecond = switch (unit) {
			case MILLIS -> 1_000L;
			case MICROS -> 1_000_000L;
			case NANOS -> 1_000_000_000L;
		};
		return Instant.ofEpochSecond(Math.floorDiv(value, perSecond));
	}

	/**
	 * Eight bytes of nanoseconds of the day, four of the Julian day; Spark writes UTC.
	 */
	private static Instant int96(Binary binary) {
		ByteBuffer bytes = ByteBuffer.wrap(binary.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
		long nanos = bytes.getLong();
		long day = bytes.getInt() - EPOCH_DAY;
		return Instant.ofEpochSecond(day * 86_400 + Math.floorDiv(nanos, 1_000_000_000L));
	}

	private boolean isMissing(int column) {
		return row().getFieldRepetitionCount(this.positions[column]) == 0;
	}

	private Group row() {
		Group current = this.row;
		if (current == null) {
			throw new IllegalStateException("next() comes first.");
		}
		return current;
	}

	@Override
	public void close() throws IOException {
		if (this.reader != null) {
			this.reader.close();
		}
	}

	private static final class Opening extends ParquetReader.Builder<Group> {

		private final MessageType wanted;

		Opening(InputFile input, MessageType wanted) {
			super(input);
			this.wanted = wanted;
		}

		@Override
		protected ReadSupport<Group> getReadSupport() {
			MessageType requested = this.wanted;
			return new GroupReadSupport() {

				@Override
				public ReadContext init(InitContext context) {
					return new ReadContext(requested);
				}

			};
		}

	}

}
