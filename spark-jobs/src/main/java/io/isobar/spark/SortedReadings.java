package io.isobar.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;

import org.apache.hadoop.fs.Path;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq$;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads files of readings that are sorted by (city, observed_at), in batches of columns,
 * and several files as one by merging them: nothing is shuffled. Serializable: made by
 * the driver, used by tasks. The only place that meets Spark's own reader of files.
 */
final class SortedReadings implements Serializable {

	private static final long serialVersionUID = 1;

	private final Function1<PartitionedFile, scala.collection.Iterator<InternalRow>> reader;

	private SortedReadings(Function1<PartitionedFile, scala.collection.Iterator<InternalRow>> reader) {
		this.reader = reader;
	}

	/**
	 * A reader of some columns.
	 * @param columns the first is the city, the second the instant
	 */
	static SortedReadings of(SparkSession spark, Snapshot snapshot, List<String> columns) {
		DeltaLog log = snapshot.deltaLog();
		StructType all = snapshot.metadata().dataSchema();
		StructType taken = new StructType(
				columns.stream().map(all::apply).toArray(org.apache.spark.sql.types.StructField[]::new));
		FileFormat format = log.fileFormat(snapshot.protocol(), snapshot.metadata());
		scala.collection.immutable.Map<String, String> options = Map$.MODULE$.<String, String>empty()
			.updated(FileFormat.OPTION_RETURNING_BATCH(), String.valueOf(format.supportBatch(spark, taken)));
		return new SortedReadings(format.buildReaderWithPartitionValues(spark, all, new StructType(), taken,
				Seq$.MODULE$.<org.apache.spark.sql.sources.Filter>empty(), options, log.newDeltaHadoopConf()));
	}

	/** How a task is told which file to read. */
	static PartitionedFile file(Snapshot snapshot, AddFile file) {
		Path path = file.absolutePath(snapshot.deltaLog());
		return new PartitionedFile(InternalRow.empty(), SparkPath.fromPath(path), 0, file.size(), new String[0],
				file.modificationTime(), file.size(), Map$.MODULE$.<String, Object>empty());
	}

	/** The rows of all these files together, sorted. */
	Rows read(List<PartitionedFile> files) {
		List<FileRows> rows = files.stream().map((file) -> new FileRows(this.reader.apply(file))).toList();
		return (rows.size() == 1) ? rows.get(0) : new MergedRows(rows);
	}

	/** Rows as Spark gives them. */
	static Rows rows(Iterator<InternalRow> iterator) {
		return new FileRows(CollectionConverters.asScala(iterator));
	}

	/** Rows one after the other. */
	interface Rows {

		/**
		 * Goes on to the next row.
		 * @return false if there is none
		 */
		boolean next();

		/** The row; valid until the next one. */
		InternalRow row();

	}

	/** The rows of one file. */
	private static final class FileRows implements Rows {

		/** Batches or, where these are not supported, rows: the type does not say. */
		private final scala.collection.Iterator<?> items;

		private @Nullable ColumnarBatch batch;

		private int index;

		private InternalRow row = InternalRow.empty();

		FileRows(scala.collection.Iterator<?> items) {
			this.items = items;
		}

		@Override
		public boolean next() {
			this.index++;
			while (this.batch == null || this.index >= this.batch.numRows()) {
				if (!this.items.hasNext()) {
					return false;
				}
				Object item = this.items.next();
				if (item instanceof InternalRow single) {
					this.row = single;
					return true;
				}
				this.batch = (ColumnarBatch) item;
				this.index = 0;
			}
			this.row = this.batch.getRow(this.index);
			return true;
		}

		@Override
		public InternalRow row() {
			return this.row;
		}

	}

	/** The rows of several files, merged. */
	private static final class MergedRows implements Rows {

		private static final Comparator<FileRows> ORDER = Comparator
			.comparing((FileRows rows) -> rows.row().getUTF8String(0))
			.thenComparingLong((rows) -> rows.row().getLong(1));

		private final PriorityQueue<FileRows> files = new PriorityQueue<>(ORDER);

		private @Nullable FileRows first;

		MergedRows(List<FileRows> files) {
			for (FileRows file : files) {
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

		@Override
		public InternalRow row() {
			return Objects.requireNonNull(this.first).row();
		}

	}

}
