package io.isobar.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.functions;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

import static org.apache.spark.sql.functions.not;

/**
 * A Delta table of a view's states, partitioned by year. What a run replaces goes out
 * from the version that the published result was made from, so what a failed attempt or a
 * result that was taken back has left there is gone with the same commit.
 */
final class StateTable {

	/** So few years are written as one file each. */
	private static final int FEW_YEARS = 2;

	private final SparkSession spark;

	private final String path;

	StateTable(SparkSession spark, String path) {
		this.spark = spark;
		this.path = path;
	}

	/** Replaces everything; returns the version. */
	long overwrite(Dataset<Row> states) {
		states.write()
			.format("delta")
			.mode(SaveMode.Overwrite)
			.option("overwriteSchema", true)
			.partitionBy("year")
			.save(this.path);
		return newest(DeltaLog.forTable(this.spark, this.path)).version();
	}

	/** Whether that version can still be read. */
	boolean has(long version) throws IOException {
		DeltaLog log = DeltaLog.forTable(this.spark, this.path);
		Snapshot newest = newest(log);
		if (!log.tableExists() || version > newest.version()) {
			return false;
		}
		if (version == newest.version()) {
			return true;
		}
		try {
			FileSystem files = new Path(this.path).getFileSystem(this.spark.sparkContext().hadoopConfiguration());
			Set<String> there = files(newest).stream().map(AddFile::path).collect(Collectors.toSet());
			for (AddFile file : files(at(log, version))) {
				if (!there.contains(file.path()) && !files.exists(file.absolutePath(log))) {
					return false;
				}
			}
			return true;
		}
		catch (RuntimeException ex) {
			// Of which kind it is depends on how much of the log is left
			return false;
		}
	}

	/**
	 * Replaces the states of some months.
	 * @param base the version that all other states are taken from
	 * @param folded the states of the changed months
	 * @return the version
	 */
	long replace(long base, ChangedMonths changed, Dataset<Row> folded) {
		DeltaLog log = DeltaLog.forTable(this.spark, this.path);
		OptimisticTransaction transaction = startedAt(log);
		Map<String, AddFile> now = byPath(files(transaction.snapshot()));
		boolean newest = base == transaction.snapshot().version();
		Snapshot from = newest ? transaction.snapshot() : at(log, base);
		Set<Integer> years = changed.years();
		Map<String, AddFile> target = newest ? new HashMap<>(now) : byPath(files(from));
		List<AddFile> rewritten = target.values()
			.stream()
			.filter((file) -> changed.hasWholeCities() || years.contains(year(file)))
			.toList();
		rewritten.forEach((file) -> target.remove(file.path()));
		Dataset<Row> kept = log.createDataFrame(from, seq(rewritten), false, Option.empty())
			.where(not(changed.condition()));
		Dataset<Row> rows = kept
			.unionByName(folded.select(Arrays.stream(kept.columns()).map(functions::col).toArray(Column[]::new)));
		if (!changed.hasWholeCities() && years.size() <= FEW_YEARS) {
			rows = rows.coalesce(1);
		}
		List<Action> actions = new ArrayList<>();
		for (FileAction file : CollectionConverters.asJava(transaction
			.writeFiles((org.apache.spark.sql.classic.Dataset<Row>) rows, Option.empty(), false, seq(List.of())))) {
			actions.add(file);
		}
		long time = System.currentTimeMillis();
		now.forEach((name, file) -> {
			if (!target.containsKey(name)) {
				actions.add(file.removeWithTimestamp(time, true));
			}
		});
		target.forEach((name, file) -> {
			if (!now.containsKey(name)) {
				actions.add(file);
			}
		});
		return transaction.commit(seq(actions),
				new DeltaOperations.Write(SaveMode.Overwrite, Option.empty(), Option.empty(), Option.empty(),
						Option.empty(), Option.empty(), Option.empty(), Option.empty(), Option.empty()));
	}

	/** A run is alone: whoever has written since makes the commit fail. */
	private OptimisticTransaction startedAt(DeltaLog log) {
		newest(log);
		OptimisticTransaction transaction = log.startTransaction();
		transaction.readWholeTable();
		return transaction;
	}

	/** Where the states of a version lie. */
	Version version(long version) {
		DeltaLog log = DeltaLog.forTable(this.spark, this.path);
		Snapshot newest = newest(log);
		Snapshot snapshot = (version == newest.version()) ? newest : at(log, version);
		Map<Integer, List<AddFile>> years = new TreeMap<>();
		files(snapshot).forEach((file) -> years.computeIfAbsent(year(file), (year) -> new ArrayList<>()).add(file));
		return new Version(snapshot, years);
	}

	/**
	 * A version of the table.
	 *
	 * @param years the files of each year
	 */
	record Version(Snapshot snapshot, Map<Integer, List<AddFile>> years) {

		/** The files of a year, as a task is told; none where it has no state. */
		ArrayList<PartitionedFile> files(int year) {
			ArrayList<PartitionedFile> files = new ArrayList<>();
			this.years.getOrDefault(year, List.of()).forEach((file) -> files.add(TableFiles.file(this.snapshot, file)));
			return files;
		}

	}

	private static Snapshot newest(DeltaLog log) {
		return log.update(false, Option.empty(), Option.empty());
	}

	private static Snapshot at(DeltaLog log, long version) {
		return log.getSnapshotAt(version, Option.empty(), Option.empty(), false);
	}

	private static Collection<AddFile> files(Snapshot snapshot) {
		return CollectionConverters.asJava(snapshot.getAllFiles(false));
	}

	private static Map<String, AddFile> byPath(Collection<AddFile> files) {
		Map<String, AddFile> byPath = new HashMap<>();
		files.forEach((file) -> byPath.put(file.path(), file));
		return byPath;
	}

	private static int year(AddFile file) {
		return Integer.parseInt(file.partitionValues().apply("year"));
	}

	private static <T> Seq<T> seq(Collection<? extends T> items) {
		return CollectionConverters.<T>asScala(new ArrayList<T>(items)).toSeq();
	}

}
