package io.isobar.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.delta.tables.DeltaTable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.functions;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Makes one sorted file of the many small ones that appends leave in a month. The
 * readings stay the same, so it is neither a change in the change feed nor a conflict for
 * those who append meanwhile. The only place that meets Delta's internal transactions.
 */
public final class Compaction {

	/**
	 * A month in few files is read as fast as one in a single file; so many are worth
	 * being rewritten.
	 */
	public static final int MANY_FILES = 16;

	private static final Duration SELDOM = Duration.ofDays(7);

	private Compaction() {
	}

	/**
	 * Rewrites the months (with their bucket) that lie in many files.
	 * @param table path of the table of readings
	 * @param many as many files as make a month worth being rewritten, at least 2
	 * @return how many files were replaced
	 */
	public static int compact(SparkSession spark, String table, int many) {
		DeltaLog log = DeltaLog.forTable(spark, table);
		log.update(false, Option.empty(), Option.empty());
		OptimisticTransaction transaction = log.startTransaction();
		Map<String, List<AddFile>> parts = new TreeMap<>();
		for (AddFile file : CollectionConverters.asJava(transaction.snapshot().getAllFiles(false))) {
			parts.computeIfAbsent(file.partitionValues().toString(), (part) -> new ArrayList<>()).add(file);
		}
		List<AddFile> small = parts.values()
			.stream()
			.filter((files) -> files.size() >= Math.max(2, many))
			.flatMap(List::stream)
			.toList();
		if (small.isEmpty()) {
			return 0;
		}
		// Two compactions of the same files: the later one fails, and nothing is lost
		transaction.trackFilesRead(seq(small));
		Column[] parted = { functions.col("month"), functions.col("bucket") };
		Column[] sorted = { parted[0], parted[1], functions.col("city"), functions.col("observed_at") };
		Dataset<Row> rows = log.createDataFrame(transaction.snapshot(), seq(small), false, Option.empty())
			.repartition(parted)
			.sortWithinPartitions(sorted);
		List<Action> actions = new ArrayList<>();
		for (FileAction file : CollectionConverters.asJava(transaction
			.writeFiles((org.apache.spark.sql.classic.Dataset<Row>) rows, Option.empty(), true, seq(List.of())))) {
			actions.add((file instanceof AddFile added) ? withoutChange(added) : file);
		}
		long now = System.currentTimeMillis();
		small.forEach((file) -> actions.add(file.removeWithTimestamp(now, false)));
		transaction.commit(seq(actions),
				new DeltaOperations.Optimize(seq(List.of()), seq(List.of()), false, Option.empty(), false));
		return small.size();
	}

	/**
	 * Deletes the files to which nothing has referred for as long as Delta keeps them for
	 * readers of earlier versions (a week), if that was not done for a week: it looks
	 * through all folders of the table. What has changed is told by the log and not by
	 * these files.
	 * @return whether it was done
	 */
	static boolean deleteReplaced(SparkSession spark, String table) throws IOException {
		// Delta passes over what begins so
		Path mark = new Path(table, "_vacuumed");
		FileSystem files = mark.getFileSystem(spark.sparkContext().hadoopConfiguration());
		long now = System.currentTimeMillis();
		if (!files.exists(mark)) {
			files.create(mark).close();
			return false;
		}
		if (now - files.getFileStatus(mark).getModificationTime() < SELDOM.toMillis()) {
			return false;
		}
		files.setTimes(mark, now, -1);
		DeltaTable.forPath(spark, table).vacuum();
		return true;
	}

	private static AddFile withoutChange(AddFile file) {
		return file.copy(file.path(), file.partitionValues(), file.size(), file.modificationTime(), false, file.stats(),
				file.tags(), file.deletionVector(), file.baseRowId(), file.defaultRowCommitVersion(),
				file.clusteringProvider(), file.backReference(), file.amtPassthrough());
	}

	private static <T> Seq<T> seq(Collection<? extends T> items) {
		return CollectionConverters.<T>asScala(new ArrayList<T>(items)).toSeq();
	}

}
