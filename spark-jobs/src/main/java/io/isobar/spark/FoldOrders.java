package io.isobar.spark;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

import io.isobar.views.CustomerTotals;
import io.isobar.views.CustomerTotals.Total;

/**
 * Folds orders into the view {@code customer_total}, as a job and as a program for a
 * cluster: all of a version of the table, or those that came since another version. The
 * result is a file of lines that PostgreSQL's COPY reads.
 */
public final class FoldOrders implements SparkJob<FoldOrders.Request, FoldOrders.Folded> {

	/** The columns of the result. */
	public static final List<String> COLUMNS = List.of("customer", "amount", "orders");

	/**
	 * What is to be folded.
	 *
	 * @param table path of the table of orders
	 * @param version of the table
	 * @param since what this version has is left out; null: nothing is
	 * @param minimumAmount a smaller order does not count
	 * @param sources which sources of history and files count; messages have none
	 * @param result path of the file that is written
	 */
	public record Request(String table, long version, @Nullable Long since, String minimumAmount, List<String> sources,
			String result) {
	}

	/**
	 * What was folded.
	 *
	 * @param all whether it is everything, also where only a part was asked for: the log
	 * no longer tells what came since
	 * @param orders how many orders count
	 * @param customers how many customers have any of them
	 * @param digits how many digits the largest total has before its decimal point
	 */
	public record Folded(boolean all, long orders, long customers, int digits) {
	}

	public static void main(String[] arguments) throws Exception {
		Driver.run(new FoldOrders(), arguments);
	}

	@Override
	public String name() {
		return "fold orders";
	}

	@Override
	public Class<Request> request() {
		return Request.class;
	}

	@Override
	public Class<Folded> result() {
		return Folded.class;
	}

	@Override
	public Folded run(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		DeltaLog log = DeltaLog.forTable(spark, request.table());
		Snapshot snapshot = log.getSnapshotAt(request.version(), Option.empty(), Option.empty(), false);
		List<AddFile> files = (request.since() != null) ? since(log, request.since(), request.version()) : null;
		boolean all = files == null;
		if (files == null) {
			files = new ArrayList<>(CollectionConverters.asJava(snapshot.getAllFiles(false)));
		}
		Dataset<Row> orders = log.createDataFrame(snapshot, seq(files), false, Option.empty())
			.select("customer", "amount", "source");
		String minimum = request.minimumAmount();
		HashSet<String> sources = new HashSet<>(request.sources());
		JavaPairRDD<String, Total> totals = orders.toJavaRDD()
			.mapPartitionsToPair((rows) -> fold(rows, minimum, sources))
			.reduceByKey(Total::plus);
		Folded folded = write(spark, totals, request.result(), all);
		progress.accept(1);
		return folded;
	}

	/** The files that came since a version; null where the log can't tell. */
	private static @Nullable List<AddFile> since(DeltaLog log, long after, long upTo) {
		List<AddFile> files = new ArrayList<>();
		long expected = after + 1;
		if (after > upTo) {
			return null;
		}
		if (after == upTo) {
			return files;
		}
		scala.collection.Iterator<Tuple2<Object, Seq<Action>>> commits = log.getChanges(expected, upTo, Option.empty(),
				false);
		while (commits.hasNext()) {
			Tuple2<Object, Seq<Action>> commit = commits.next();
			if ((Long) commit._1() != expected++) {
				return null;
			}
			for (Action action : CollectionConverters.asJava(commit._2())) {
				if (action instanceof AddFile file && file.dataChange()) {
					files.add(file);
				}
				// Orders are never deleted; if somebody has done so all the same, it
				// shows
				else if (action instanceof RemoveFile file && file.dataChange()) {
					return null;
				}
			}
		}
		return (expected == upTo + 1) ? files : null;
	}

	private static Iterator<Tuple2<String, Total>> fold(Iterator<Row> rows, String minimum, Set<String> sources) {
		CustomerTotals totals = new CustomerTotals(new BigDecimal(minimum));
		while (rows.hasNext()) {
			Row row = rows.next();
			if (row.isNullAt(2) || sources.contains(row.getString(2))) {
				totals.add(row.getString(0), row.getDecimal(1));
			}
		}
		return totals.byCustomer()
			.entrySet()
			.stream()
			.map((total) -> new Tuple2<>(total.getKey(), total.getValue()))
			.iterator();
	}

	/**
	 * As many rows as there are customers: written by the driver, one after the other.
	 */
	private static Folded write(SparkSession spark, JavaPairRDD<String, Total> totals, String result, boolean all)
			throws IOException {
		Path path = new Path(result);
		FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
		long orders = 0;
		long customers = 0;
		int digits = 0;
		try (BufferedWriter writer = new BufferedWriter(
				new OutputStreamWriter(files.create(path, true), StandardCharsets.UTF_8))) {
			Iterator<Tuple2<String, Total>> rows = totals.toLocalIterator();
			while (rows.hasNext()) {
				Tuple2<String, Total> row = rows.next();
				Total total = row._2();
				writer.write(CopyText.line(row._1(), total.amount(), total.orders()));
				orders += total.orders();
				customers++;
				digits = Math.max(digits, total.amount().precision() - total.amount().scale());
			}
		}
		return new Folded(all, orders, customers, digits);
	}

	private static <T> Seq<T> seq(List<? extends T> items) {
		return CollectionConverters.<T>asScala(new ArrayList<T>(items)).toSeq();
	}

}
