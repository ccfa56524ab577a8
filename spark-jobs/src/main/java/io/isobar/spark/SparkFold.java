package io.isobar.spark;

import java.io.Serializable;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.functions;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

import io.isobar.weather.FiledZones;
import io.isobar.weather.ReplacedSources;

/**
 * Runs the views' fold over the readings of a version of their table. Their files are
 * sorted by (city, observed_at), so a task folds whole months as their rows pass by, and
 * nothing is shuffled; a month that lies in several files is merged from them. Only where
 * the files do not help are readings sorted by Spark first: a month in very many files,
 * and a city that has been in another time zone, whose readings may lie in the
 * neighbouring month.
 */
public final class SparkFold {

	/** So many files of a month are open at the same time; more are sorted. */
	private static final int MOST_MERGED = 64;

	/** A task reads so much, unless a single month has more. */
	private static final long MOST_BYTES = 64 << 20;

	private final SparkSession spark;

	private final Snapshot readings;

	private final Contents contents;

	private final HashMap<String, String> zones;

	/** By month; null: all of every city. */
	private final @Nullable HashMap<String, Set<String>> chosen;

	private final int mostMerged;

	private SparkFold(SparkSession spark, Snapshot readings, Contents contents, Map<String, String> zones,
			@Nullable HashMap<String, Set<String>> chosen, int mostMerged) {
		this.spark = spark;
		this.readings = readings;
		this.contents = contents;
		this.zones = new HashMap<>(zones);
		this.chosen = chosen;
		this.mostMerged = mostMerged;
	}

	/**
	 * A fold of all readings.
	 * @param table path of the table of readings
	 * @param zones the zone of each city, by name
	 */
	public static SparkFold of(SparkSession spark, String table, long version, Map<String, String> zones) {
		Snapshot readings = DeltaLog.forTable(spark, table)
			.getSnapshotAt(version, Option.empty(), Option.empty(), false);
		return new SparkFold(spark, readings, Contents.of(readings), zones, null, MOST_MERGED);
	}

	/**
	 * The same fold for some months of some cities only; other months are not even read.
	 * @param cities the cities by local month, such as 2025-12
	 */
	public SparkFold only(Map<String, Set<String>> cities) {
		HashMap<String, Set<String>> chosen = new HashMap<>();
		cities.forEach((month, names) -> chosen.put(month, Set.copyOf(names)));
		return new SparkFold(this.spark, this.readings, this.contents, this.zones, chosen, this.mostMerged);
	}

	/** The local months in which there may be readings. */
	Set<String> months() {
		Set<String> months = new TreeSet<>();
		for (Part part : parts()) {
			YearMonth month = YearMonth.parse(part.month());
			// A city that has been in another zone may have them in a neighbouring one
			List.of(month.minusMonths(1), month, month.plusMonths(1)).forEach((near) -> months.add(near.toString()));
		}
		return months;
	}

	/** So many files of a month are merged; if there are more, they are sorted. */
	SparkFold merging(int files) {
		return new SparkFold(this.spark, this.readings, this.contents, this.zones, this.chosen, files);
	}

	/**
	 * The states of {@code city_day}.
	 * @return city, local_day, resolution, simulated, the view's columns (null where
	 * there is no value), expected_readings, month, year
	 */
	public Dataset<Row> cityDays() {
		return fold(Folding.Kind.DAYS);
	}

	/**
	 * The states of {@code city_month_pairs}, a row for each pair of metrics that has any
	 * hour in common.
	 * @return city, month, simulated, first, second, count, first_sum, second_sum,
	 * first_square, product, second_square, year
	 */
	public Dataset<Row> cityMonthPairs() {
		return fold(Folding.Kind.PAIRS);
	}

	/**
	 * What counts in each hour. Of a metric that is measured on a local day nothing is
	 * simulated on that day.
	 * @return city, local_day, start, simulated, and the metrics, null where missing
	 */
	public Dataset<Row> cityHours() {
		return fold(Folding.Kind.HOURS);
	}

	/**
	 * The states of {@code city_day} of any readings, wherever they lie.
	 * @param readings the columns of the table of readings
	 * @param zones the zone of each city, by name
	 * @return as {@link #cityDays()}
	 */
	public static Dataset<Row> cityDays(Dataset<Row> readings, Map<String, String> zones) {
		return states((SparkSession) readings.sparkSession(),
				sorted(readings, new Folding.Order(Folding.Kind.DAYS, new HashMap<>(zones), null, new HashSet<>())),
				Folding.Kind.DAYS);
	}

	/**
	 * The states of {@code city_month_pairs} of any readings, wherever they lie.
	 * @return as {@link #cityMonthPairs()}
	 */
	public static Dataset<Row> cityMonthPairs(Dataset<Row> readings, Map<String, String> zones) {
		return states((SparkSession) readings.sparkSession(),
				sorted(readings, new Folding.Order(Folding.Kind.PAIRS, new HashMap<>(zones), null, new HashSet<>())),
				Folding.Kind.PAIRS);
	}

	private Dataset<Row> fold(Folding.Kind kind) {
		Set<String> moved = movedCities();
		List<Part> merged = new ArrayList<>();
		List<AddFile> many = new ArrayList<>();
		parts().forEach((part) -> {
			// What is chosen of a month may be all of cities whose readings are sorted
			if (this.chosen != null && moved.containsAll(this.chosen.getOrDefault(part.month(), Set.of()))) {
				return;
			}
			if (part.files().size() <= this.mostMerged) {
				merged.add(part);
			}
			else {
				many.addAll(part.files());
			}
		});
		Folding.Order order = new Folding.Order(kind, this.zones, this.chosen, replacedSources());
		List<JavaRDD<InternalRow>> states = new ArrayList<>();
		if (!merged.isEmpty()) {
			states.add(merged(merged, order, moved));
		}
		Dataset<Row> scattered = scattered(many, moved);
		if (scattered != null) {
			states.add(sorted(scattered, order));
		}
		return states(this.spark,
				states.stream()
					.reduce(JavaRDD::union)
					.orElseGet(() -> JavaSparkContext.fromSparkContext(this.spark.sparkContext()).emptyRDD()),
				kind);
	}

	/** The parts of the table, by month and bucket. */
	private List<Part> parts() {
		TreeMap<String, Part> parts = new TreeMap<>();
		for (AddFile file : this.contents.files()) {
			String month = file.partitionValues().apply("month");
			parts
				.computeIfAbsent(month + " " + file.partitionValues().apply("bucket"),
						(name) -> new Part(month, new ArrayList<>()))
				.files()
				.add(file);
		}
		return List.copyOf(parts.values());
	}

	/** Cities that are folded and whose readings may lie in a neighbouring month. */
	private Set<String> movedCities() {
		Set<String> moved = new TreeSet<>();
		domain(FiledZones.DOMAIN).ifPresent((text) -> moved.addAll(FiledZones.of(text).moved(this.zones)));
		if (this.chosen != null) {
			Set<String> cities = new HashSet<>();
			this.chosen.values().forEach(cities::addAll);
			moved.retainAll(cities);
		}
		return moved;
	}

	/** Sources whose readings count no longer. */
	private HashSet<UTF8String> replacedSources() {
		HashSet<UTF8String> replaced = new HashSet<>();
		domain(ReplacedSources.DOMAIN).ifPresent((text) -> ReplacedSources.of(text)
			.names()
			.forEach((source) -> replaced.add(UTF8String.fromString(source))));
		return replaced;
	}

	private Optional<String> domain(String name) {
		return Optional.ofNullable(this.contents.domains().get(name));
	}

	/** What is read of a row. */
	private static List<String> columns(Folding.Order order) {
		return order.replaced().isEmpty() ? ReadingRows.COLUMNS : ReadingRows.COLUMNS_WITH_SOURCE;
	}

	private JavaRDD<InternalRow> merged(List<Part> parts, Folding.Order order, Set<String> moved) {
		JavaSparkContext context = JavaSparkContext.fromSparkContext(this.spark.sparkContext());
		List<Task> tasks = tasks(parts, context.defaultParallelism());
		TableFiles reader = TableFiles.of(this.spark, this.readings, columns(order));
		return context.parallelize(tasks, tasks.size()).mapPartitions(new FoldFiles(reader, order, Set.copyOf(moved)));
	}

	/**
	 * Neighbouring parts go to one task while they are of one year, so that the states of
	 * a year are written into few files; but every core gets something to do.
	 */
	private List<Task> tasks(List<Part> parts, int cores) {
		long most = Math.min(MOST_BYTES, parts.stream().mapToLong(Part::bytes).sum() / (2L * cores));
		List<Task> tasks = new ArrayList<>();
		ArrayList<Files> together = new ArrayList<>();
		String year = "";
		long bytes = 0;
		for (Part part : parts) {
			if (!together.isEmpty() && (!part.month().startsWith(year) || bytes + part.bytes() > most)) {
				tasks.add(new Task(together));
				together = new ArrayList<>();
				bytes = 0;
			}
			year = part.month().substring(0, part.month().indexOf('-', 1) + 1);
			bytes += part.bytes();
			together.add(new Files(StateRows.number(YearMonth.parse(part.month())),
					part.files().stream().map((file) -> TableFiles.file(this.readings, file)).toList()));
		}
		tasks.add(new Task(together));
		return tasks;
	}

	/** What has to be sorted; null: nothing. */
	private @Nullable Dataset<Row> scattered(List<AddFile> many, Set<String> moved) {
		Column isMoved = functions.col("city").isin(moved.toArray());
		Dataset<Row> scattered = null;
		if (!many.isEmpty()) {
			scattered = rows(many).where(functions.not(isMoved));
		}
		if (!moved.isEmpty()) {
			Dataset<Row> rows = rows(
					parts().stream().filter(this::mayHold).flatMap((part) -> part.files().stream()).toList())
				.where(isMoved);
			scattered = (scattered != null) ? scattered.unionByName(rows) : rows;
		}
		return scattered;
	}

	/** Whether readings of the chosen months may have been filed in that part. */
	private boolean mayHold(Part part) {
		YearMonth month = YearMonth.parse(part.month());
		return this.chosen == null || List.of(month.minusMonths(1), month, month.plusMonths(1))
			.stream()
			.anyMatch((near) -> this.chosen.containsKey(near.toString()));
	}

	private Dataset<Row> rows(List<AddFile> files) {
		return this.readings.deltaLog()
			.createDataFrame(this.readings, CollectionConverters.asScala(files).toSeq(), false, Option.empty());
	}

	private static JavaRDD<InternalRow> sorted(Dataset<Row> readings, Folding.Order order) {
		Dataset<Row> whole = readings.repartition(functions.col("city"))
			.sortWithinPartitions("city", "observed_at")
			.select(columns(order).stream().map(functions::col).toArray(Column[]::new));
		return ((org.apache.spark.sql.classic.Dataset<Row>) whole).queryExecution()
			.toRdd()
			.toJavaRDD()
			.mapPartitions(new FoldSorted(order));
	}

	private static Dataset<Row> states(SparkSession spark, JavaRDD<InternalRow> states, Folding.Kind kind) {
		return spark.internalCreateDataFrame(states.rdd(), kind.schema(), false);
	}

	/**
	 * What the log says of a version. It is asked once, as each question is a job of
	 * Spark, which takes longer than to fold a few readings.
	 *
	 * @param files the files of the table
	 * @param domains what is noted beside them, by its name
	 */
	private record Contents(List<AddFile> files, Map<String, String> domains) {

		static Contents of(Snapshot snapshot) {
			Map<String, String> domains = new HashMap<>();
			// The snapshot itself would first compute statistics of the table
			snapshot.stateDF()
				.where("domainMetadata IS NOT NULL AND NOT domainMetadata.removed")
				.select("domainMetadata.domain", "domainMetadata.configuration")
				.collectAsList()
				.forEach((row) -> domains.put(row.getString(0), row.getString(1)));
			return new Contents(List.copyOf(CollectionConverters.asJava(snapshot.getAllFiles(false))), domains);
		}

	}

	/** What lies in one month and bucket. */
	private record Part(String month, List<AddFile> files) {

		long bytes() {
			return this.files.stream().mapToLong(AddFile::size).sum();
		}

	}

	/** The files of a part, as a task is told. */
	private record Files(long month, List<PartitionedFile> files) implements Serializable {
	}

	private record Task(ArrayList<Files> parts) implements Serializable {
	}

	/** Folds whole parts, from their files. */
	private record FoldFiles(TableFiles reader, Folding.Order order,
			Set<String> moved) implements FlatMapFunction<Iterator<Task>, InternalRow> {

		@Override
		public Iterator<InternalRow> call(Iterator<Task> tasks) {
			Iterator<Files> parts = tasks.next().parts().iterator();
			return new Folding(this.order, new Iterator<>() {

				@Override
				public boolean hasNext() {
					return parts.hasNext();
				}

				@Override
				public Folding.Run next() {
					Files part = parts.next();
					return new Folding.Run(part.month(), FoldFiles.this.reader.readings(part.files()));
				}

			}, this.moved);
		}

	}

	/** Folds readings that Spark has sorted: all of a city's in one task. */
	private record FoldSorted(Folding.Order order) implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {

		@Override
		public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
			return new Folding(this.order, List.of(new Folding.Run(null, new ReadingRows.Plain(rows))).iterator(),
					Set.of());
		}

	}

}
