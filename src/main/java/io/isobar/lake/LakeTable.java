package io.isobar.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Reads tables of the lake without Spark: what an export needs, row by row. */
@Component
public class LakeTable {

	/** Takes the rows of a table. */
	@FunctionalInterface
	public interface RowConsumer {

		/**
		 * A row.
		 * @param values in the order of the columns asked for; String, Long, Integer,
		 * Double, BigDecimal, Boolean, LocalDate or Instant, null where missing; reused
		 * for the next row
		 */
		void row(@Nullable Object[] values) throws IOException;

	}

	private static final String LOG = "_delta_log";

	private final Lake lake;

	LakeTable(Lake lake) {
		this.lake = lake;
	}

	/**
	 * Reads some columns of a version of a table.
	 * @param version as it was written
	 * @param wanted which of the table's partitions are read, by their values
	 */
	public void read(Path table, long version, List<String> columns, Predicate<Map<String, String>> wanted,
			RowConsumer consumer) {
		Engine engine = this.lake.engine();
		Snapshot snapshot = TableManager.loadSnapshot(table.toString()).atVersion(version).build(engine);
		StructType schema = new StructType();
		for (String column : columns) {
			schema = schema.add(snapshot.getSchema().get(column));
		}
		Scan scan = snapshot.getScanBuilder().withReadSchema(schema).build();
		Row state = scan.getScanState(engine);
		try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
			while (batches.hasNext()) {
				try (CloseableIterator<Row> files = batches.next().getRows()) {
					while (files.hasNext()) {
						Row file = files.next();
						if (wanted.test(InternalScanFileUtils.getPartitionValues(file))) {
							readFile(engine, state, file, columns.size(), consumer);
						}
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("%s could not be read from the lake.".formatted(table), ex);
		}
	}

	/** What a version of a table knows of itself under that domain. */
	public Optional<String> metadata(Path table, long version, String domain) {
		return TableManager.loadSnapshot(table.toString())
			.atVersion(version)
			.build(this.lake.engine())
			.getDomainMetadata(domain);
	}

	/** The names of the columns that a version of a table has. */
	public List<String> columns(Path table, long version) {
		return TableManager.loadSnapshot(table.toString())
			.atVersion(version)
			.build(this.lake.engine())
			.getSchema()
			.fieldNames();
	}

	/**
	 * Deletes the files of data that neither those versions have nor the newest one.
	 * @param before younger files stay: somebody may be about to commit them
	 * @return how many were deleted
	 */
	public int keepOnly(Path table, Collection<Long> versions, Instant before) throws IOException {
		Engine engine = this.lake.engine();
		Snapshot newest = TableManager.loadSnapshot(table.toString()).build(engine);
		Set<String> needed = files(engine, newest);
		for (long version : versions) {
			if (version != newest.getVersion()) {
				needed.addAll(
						files(engine, TableManager.loadSnapshot(table.toString()).atVersion(version).build(engine)));
			}
		}
		int deleted = 0;
		RemoteIterator<LocatedFileStatus> there = this.lake.files().listFiles(table, true);
		while (there.hasNext()) {
			LocatedFileStatus file = there.next();
			if (file.getPath().getName().endsWith(".parquet") && !file.getPath().getParent().getName().equals(LOG)
					&& !needed.contains(file.getPath().getName())
					&& Instant.ofEpochMilli(file.getModificationTime()).isBefore(before)) {
				this.lake.files().delete(file.getPath(), false);
				deleted++;
			}
		}
		return deleted;
	}

	private static Set<String> files(Engine engine, Snapshot snapshot) throws IOException {
		Set<String> names = new HashSet<>();
		try (CloseableIterator<FilteredColumnarBatch> batches = snapshot.getScanBuilder()
			.build()
			.getScanFiles(engine)) {
			while (batches.hasNext()) {
				try (CloseableIterator<Row> files = batches.next().getRows()) {
					while (files.hasNext()) {
						names.add(new Path(InternalScanFileUtils.getAddFileStatus(files.next()).getPath()).getName());
					}
				}
			}
		}
		return names;
	}

	private static void readFile(Engine engine, Row state, Row file, int width, RowConsumer consumer)
			throws IOException {
		FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
		StructType physical = ScanStateRow.getPhysicalDataReadSchema(state);
		CloseableIterator<ColumnarBatch> data = engine.getParquetHandler()
			.readParquetFiles(Utils.singletonCloseableIterator(status), physical, Optional.empty())
			.map((result) -> result.getData());
		@Nullable Object[] values = new Object[width];
		try (CloseableIterator<FilteredColumnarBatch> batches = Scan.transformPhysicalData(engine, state, file, data)) {
			while (batches.hasNext()) {
				FilteredColumnarBatch batch = batches.next();
				Optional<ColumnVector> selection = batch.getSelectionVector();
				ColumnarBatch rows = batch.getData();
				for (int row = 0; row < rows.getSize(); row++) {
					if (selection.isPresent() && !selection.get().getBoolean(row)) {
						continue;
					}
					for (int column = 0; column < width; column++) {
						values[column] = value(rows.getColumnVector(column), row);
					}
					consumer.row(values);
				}
			}
		}
	}

	static @Nullable Object value(ColumnVector vector, int row) {
		if (vector.isNullAt(row)) {
			return null;
		}
		DataType type = vector.getDataType();
		if (type instanceof StringType) {
			return vector.getString(row);
		}
		if (type instanceof DoubleType) {
			return vector.getDouble(row);
		}
		if (type instanceof LongType) {
			return vector.getLong(row);
		}
		if (type instanceof IntegerType) {
			return vector.getInt(row);
		}
		if (type instanceof BooleanType) {
			return vector.getBoolean(row);
		}
		if (type instanceof DecimalType) {
			return vector.getDecimal(row);
		}
		if (type instanceof DateType) {
			return LocalDate.ofEpochDay(vector.getInt(row));
		}
		if (type instanceof TimestampType) {
			return Instant.EPOCH.plus(vector.getLong(row), ChronoUnit.MICROS);
		}
		throw new IllegalArgumentException("Columns of type %s are not read.".formatted(type));
	}

}
