package io.isobar.spark;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

import io.isobar.views.WeatherViews;

/**
 * The analysis of the master dataset: folds the readings into the states of the views,
 * and merges from these what is shown. It goes out from what an earlier result was made
 * from, and folds only the months that have changed since; where that is not possible, it
 * folds everything. Both give the same.
 */
public final class WeatherAnalysis {

	/** States of the view {@code city_day}. */
	public static final String CITY_DAY = "city_day";

	/** States of the view {@code city_month_pairs}. */
	public static final String CITY_MONTH_PAIRS = "city_month_pairs";

	/** What is kept of each year, and of all closed years together. */
	public static final String HISTORIES = "histories";

	public static final String CITY_MONTH = "city_month";

	public static final String EXTREMES = "extremes";

	public static final String COMPARISON = "comparison";

	public static final String CORRELATIONS = "correlations";

	public static final String CLUSTERS = "clusters";

	public static final String AMPLITUDE = "amplitude";

	public static final String DEGREE_DAYS = "degree_days";

	public static final String NORMALS = "normals";

	/**
	 * Changes whenever anything but the views changes what the results are, or how the
	 * histories are kept.
	 */
	private static final String VERSION = "1";

	/**
	 * What an earlier result was made from.
	 *
	 * @param readings version of the table of readings
	 * @param states version of each table of states, and the number of the histories
	 */
	public record Basis(long readings, Map<String, Long> states) {
	}

	/**
	 * What is to be analysed.
	 *
	 * @param readings path of the table of readings
	 * @param version version of that table
	 * @param analysis folder of the states
	 * @param results folder of this analysis' own, for its results
	 * @param zones the zone of each city, by name
	 * @param basis what the result goes out from; null: everything is folded
	 * @param closedBefore years before this one are expected to change seldom
	 */
	public record Request(String readings, long version, String analysis, String results, Map<String, String> zones,
			@Nullable Basis basis, int closedBefore) {
	}

	/**
	 * What was written.
	 *
	 * @param states version of each table of states, and the number of the histories
	 * @param results folder with a file for each result, named as its table, as
	 * PostgreSQL's COPY reads it
	 * @param changed the months that have changed, as lines of {@link ChangedMonths}: the
	 * results of months and of days are of these alone; null where they are of all
	 * @param notIncremental why everything was folded, although there was a basis; null
	 * where it was not
	 */
	public record Written(Map<String, Long> states, String results, @Nullable List<String> changed,
			@Nullable String notIncremental) {
	}

	private final SparkSession spark;

	private final Request request;

	private final DoubleConsumer progress;

	private final StateTable cityDays;

	private final StateTable pairs;

	private final KeptHistories kept;

	private WeatherAnalysis(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		this.spark = spark;
		this.request = request;
		this.progress = progress;
		this.cityDays = new StateTable(spark, request.analysis() + "/" + CITY_DAY);
		this.pairs = new StateTable(spark, request.analysis() + "/" + CITY_MONTH_PAIRS);
		Path folder = new Path(request.analysis(), HISTORIES);
		this.kept = new KeptHistories(folder.getFileSystem(spark.sparkContext().hadoopConfiguration()), folder);
	}

	/**
	 * All that decides the results, as a text: what was made with another one is computed
	 * anew.
	 */
	public static String definition() {
		return "%s %s".formatted(WeatherViews.definition(), VERSION);
	}

	/**
	 * Analyses.
	 * @param progress told how much is done, 0…1
	 */
	public static Written run(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		return new WeatherAnalysis(spark, request, progress).run();
	}

	/**
	 * Deletes the histories that belong to none of those numbers.
	 * @param analysis folder of the states
	 */
	public static void keepHistories(FileSystem files, Path analysis, Collection<Long> numbers) throws IOException {
		new KeptHistories(files, new Path(analysis, HISTORIES)).keepOnly(numbers);
	}

	private Written run() throws IOException {
		Basis basis = this.request.basis();
		if (basis == null) {
			return recompute(null);
		}
		Long number = basis.states().get(HISTORIES);
		Optional<KeptHistories.Contents> record = (number != null) ? this.kept.find(number) : Optional.empty();
		if (record.isEmpty()) {
			return recompute(
					"the histories of past years that the current generation was made with are no longer there");
		}
		if (!has(this.cityDays, basis, CITY_DAY) || !has(this.pairs, basis, CITY_MONTH_PAIRS)) {
			return recompute("the states that the current generation was made from are no longer there");
		}
		try {
			return update(basis, record.get(), ReadingChanges.between(this.spark, this.request.readings(),
					basis.readings(), this.request.version(), this.request.zones().keySet()));
		}
		catch (ReadingChanges.NotKnown ex) {
			return recompute(ex.getMessage());
		}
	}

	private static boolean has(StateTable table, Basis basis, String name) throws IOException {
		Long version = basis.states().get(name);
		return version != null && table.has(version);
	}

	private Written recompute(@Nullable String reason) throws IOException {
		Map<String, Long> states = new LinkedHashMap<>();
		SparkFold fold = fold();
		states.put(CITY_DAY, this.cityDays.overwrite(fold.cityDays()));
		this.progress.accept(0.4);
		states.put(CITY_MONTH_PAIRS, this.pairs.overwrite(fold.cityMonthPairs()));
		this.progress.accept(0.7);
		return finish(states, new AllYears(this.kept, KeptHistories.Contents.NOTHING, this.request.closedBefore()),
				null, reason);
	}

	private Written update(Basis basis, KeptHistories.Contents record, ChangedMonths changed) throws IOException {
		AllYears years = new AllYears(this.kept, record, this.request.closedBefore());
		addMoved(changed, record.zones(), years.before());
		this.progress.accept(0.1);
		Map<String, Long> states = new LinkedHashMap<>(basis.states());
		if (!changed.isEmpty()) {
			SparkFold fold = fold();
			SparkFold some = fold.only(changed.byMonth(fold.months()));
			states.computeIfPresent(CITY_DAY,
					(name, version) -> this.cityDays.replace(version, changed, some.cityDays()));
			this.progress.accept(0.4);
			states.computeIfPresent(CITY_MONTH_PAIRS,
					(name, version) -> this.pairs.replace(version, changed, some.cityMonthPairs()));
			this.progress.accept(0.7);
		}
		return finish(states, years, changed, null);
	}

	private SparkFold fold() {
		return SparkFold.of(this.spark, this.request.readings(), this.request.version(), this.request.zones());
	}

	/** Cities whose days are cut by another zone than before. */
	private void addMoved(ChangedMonths changed, Map<String, String> before, Histories histories) {
		for (String city : histories.cities()) {
			if (!Objects.equals(this.request.zones().get(city), before.get(city))) {
				changed.addAllOf(city);
			}
		}
	}

	private Written finish(Map<String, Long> states, AllYears years, @Nullable ChangedMonths changed,
			@Nullable String reason) throws IOException {
		StatesOfYears ofYears = new StatesOfYears(this.spark, this.cityDays.version(version(states, CITY_DAY)),
				this.pairs.version(version(states, CITY_MONTH_PAIRS)));
		Histories all = years.fold(ofYears,
				(changed == null || changed.hasWholeCities()) ? ofYears.years() : changed.years());
		this.progress.accept(0.8);
		Map<CityMonths.Key, Merged> months = years.months()
			.months((key) -> changed == null || changed.contains(key.city(), key.month()));
		Results results = new Results(this.spark.sparkContext().hadoopConfiguration(), this.request.results());
		results.write(CITY_MONTH, Results.months(months, this.request.zones()));
		results.write(AMPLITUDE, Results.amplitudes(months));
		results.write(DEGREE_DAYS, Results.degreeDays(months));
		results.write(COMPARISON, Results.comparison(all));
		results.write(CLUSTERS, Results.clusters(all));
		results.write(EXTREMES, Results.extremes(all));
		results.write(CORRELATIONS, Results.correlations(all));
		results.write(NORMALS, Results.normals(all));
		this.progress.accept(0.9);
		if (changed == null || !changed.isEmpty()) {
			long number = version(states, CITY_DAY);
			years.keep(number, ofYears, this.request.zones());
			states.put(HISTORIES, number);
		}
		this.progress.accept(1);
		return new Written(states, this.request.results(), (changed != null) ? changed.lines() : null, reason);
	}

	private static long version(Map<String, Long> states, String table) {
		return Objects.requireNonNull(states.get(table), table);
	}

	/** The states of each year, for being folded. */
	private record StatesOfYears(SparkSession spark, StateTable.Version days,
			StateTable.Version pairs) implements AllYears.States {

		@Override
		public Set<Integer> years() {
			return this.days.years().keySet();
		}

		@Override
		public Map<Integer, YearFold> fold(Set<Integer> years, Set<String> real) {
			return YearFold.of(this.spark, this.days, this.pairs, years, real);
		}

	}

}
