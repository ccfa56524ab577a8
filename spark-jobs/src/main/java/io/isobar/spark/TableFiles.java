package io.isobar.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

import org.apache.hadoop.fs.Path;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Function1;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq$;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads whole files of a table within a task, without a shuffle, and in batches of
 * columns. Serializable: made by the driver, used by tasks. The only place that meets
 * Spark's own reader of files.
 */
final class TableFiles implements Serializable {

	private static final long serialVersionUID = 1;

	private final Function1<PartitionedFile, scala.collection.Iterator<InternalRow>> reader;

	private final boolean inBatches;

	private TableFiles(Function1<PartitionedFile, scala.collection.Iterator<InternalRow>> reader, boolean inBatches) {
		this.reader = reader;
		this.inBatches = inBatches;
	}

	/** A reader of some columns of that version of the table. */
	static TableFiles of(SparkSession spark, Snapshot snapshot, List<String> columns) {
		DeltaLog log = snapshot.deltaLog();
		StructType all = snapshot.metadata().dataSchema();
		StructType taken = new StructType(columns.stream().map(all::apply).toArray(StructField[]::new));
		FileFormat format = log.fileFormat(snapshot.protocol(), snapshot.metadata());
		boolean inBatches = format.supportBatch(spark, taken);
		scala.collection.immutable.Map<String, String> options = Map$.MODULE$.<String, String>empty()
			.updated(FileFormat.OPTION_RETURNING_BATCH(), String.valueOf(inBatches));
		return new TableFiles(format.buildReaderWithPartitionValues(spark, all, new StructType(), taken,
				Seq$.MODULE$.<Filter>empty(), options, log.newDeltaHadoopConf()), inBatches);
	}

	/** How a task is told which file to read. */
	static PartitionedFile file(Snapshot snapshot, AddFile file) {
		Path path = file.absolutePath(snapshot.deltaLog());
		return new PartitionedFile(InternalRow.empty(), SparkPath.fromPath(path), 0, file.size(), new String[0],
				file.modificationTime(), file.size(), Map$.MODULE$.<String, Object>empty());
	}

	/**
	 * The readings of all these files together, sorted by (city, observed_at) as each of
	 * them is.
	 */
	ReadingRows readings(List<PartitionedFile> files) {
		List<ReadingRows> readings = files.stream().map(this::readings).toList();
		return (readings.size() == 1) ? readings.get(0) : new ReadingRows.Merged(readings);
	}

	@SuppressWarnings("unchecked") // batches, though the type says rows
	private ReadingRows readings(PartitionedFile file) {
		Iterator<?> items = CollectionConverters.asJava(this.reader.apply(file));
		return this.inBatches ? new ReadingRows.Batches((Iterator<ColumnarBatch>) items)
				: new ReadingRows.Plain((Iterator<InternalRow>) items);
	}

	/** Gives each row of the file; it is valid until the next. */
	void forEach(PartitionedFile file, Consumer<InternalRow> consumer) {
		Iterator<?> items = CollectionConverters.asJava(this.reader.apply(file));
		while (items.hasNext()) {
			Object item = items.next();
			if (item instanceof ColumnarBatch batch) {
				batch.rowIterator().forEachRemaining(consumer);
			}
			else {
				consumer.accept((InternalRow) item);
			}
		}
	}

}
