package io.isobar.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

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

	private final boolean inBatches;

	private SortedReadings(Function1<PartitionedFile, scala.collection.Iterator<InternalRow>> reader,
			boolean inBatches) {
		this.reader = reader;
		this.inBatches = inBatches;
	}

	/** A reader of the files of that version of the table. */
	static SortedReadings of(SparkSession spark, Snapshot snapshot) {
		DeltaLog log = snapshot.deltaLog();
		StructType all = snapshot.metadata().dataSchema();
		StructType taken = new StructType(ReadingRows.COLUMNS.stream().map(all::apply).toArray(StructField[]::new));
		FileFormat format = log.fileFormat(snapshot.protocol(), snapshot.metadata());
		boolean inBatches = format.supportBatch(spark, taken);
		scala.collection.immutable.Map<String, String> options = Map$.MODULE$.<String, String>empty()
			.updated(FileFormat.OPTION_RETURNING_BATCH(), String.valueOf(inBatches));
		return new SortedReadings(format.buildReaderWithPartitionValues(spark, all, new StructType(), taken,
				Seq$.MODULE$.<Filter>empty(), options, log.newDeltaHadoopConf()), inBatches);
	}

	/** How a task is told which file to read. */
	static PartitionedFile file(Snapshot snapshot, AddFile file) {
		Path path = file.absolutePath(snapshot.deltaLog());
		return new PartitionedFile(InternalRow.empty(), SparkPath.fromPath(path), 0, file.size(), new String[0],
				file.modificationTime(), file.size(), Map$.MODULE$.<String, Object>empty());
	}

	/** The readings of all these files together, sorted. */
	ReadingRows read(List<PartitionedFile> files) {
		List<ReadingRows> rows = files.stream().map(this::read).toList();
		return (rows.size() == 1) ? rows.get(0) : new ReadingRows.Merged(rows);
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // batches, though the type says rows
	private ReadingRows read(PartitionedFile file) {
		Iterator items = CollectionConverters.asJava(this.reader.apply(file));
		return this.inBatches ? new ReadingRows.Batches(items) : new ReadingRows.Plain(items);
	}

}
