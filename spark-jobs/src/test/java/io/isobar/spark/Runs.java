package io.isobar.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.views.FoldedStates;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.ReplacedSources;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * A lake in a folder whose readings are analysed again and again. Keeps of each result
 * what a store would have after its export.
 */
final class Runs {

	/** By table the number of columns that name a row. */
	private static final Map<String, Integer> KEYS = Map.of(WeatherAnalysis.CITY_MONTH, 3, WeatherAnalysis.AMPLITUDE, 2,
			WeatherAnalysis.DEGREE_DAYS, 2, WeatherAnalysis.COMPARISON, 2, WeatherAnalysis.CLUSTERS, 1,
			WeatherAnalysis.EXTREMES, 3, WeatherAnalysis.CORRELATIONS, 3, WeatherAnalysis.NORMALS, 2);

	private static final List<String> BY_MONTH = List.of(WeatherAnalysis.CITY_MONTH, WeatherAnalysis.AMPLITUDE,
			WeatherAnalysis.DEGREE_DAYS);

	/**
	 * A result with all that a store has of it.
	 *
	 * @param tables rows by table and key
	 */
	record Result(long readings, WeatherAnalysis.Written written, Map<String, Map<String, String>> tables) {

		WeatherAnalysis.Basis basis() {
			return new WeatherAnalysis.Basis(this.readings, this.written.states());
		}

		/** Counts, names and instants exactly, numbers as far as their sums are exact. */
		void assertEqualTo(Result other) {
			this.tables.forEach((table, rows) -> {
				Map<String, String> expected = other.tables.get(table);
				assertThat(rows.keySet()).as(table).isEqualTo(expected.keySet());
				rows.forEach((key, row) -> assertEqual(table + " " + key, row.split("\t", -1),
						Objects.requireNonNull(expected.get(key)).split("\t", -1)));
			});
		}

		private static void assertEqual(String name, String[] row, String[] expected) {
			assertThat(row).as(name).hasSameSizeAs(expected);
			for (int i = 0; i < row.length; i++) {
				if (!row[i].equals(expected[i])) {
					double number = Double.parseDouble(expected[i]);
					assertThat(Double.parseDouble(row[i])).as("%s, column %d", name, i)
						.isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
				}
			}
		}

	}

	final SparkSession spark = LocalSpark.session();

	final ReadingStore store;

	final List<Reading> readings = new ArrayList<>();

	final Map<String, ZoneId> zones = new TreeMap<>(RandomReadings.ZONES);

	private final Path folder;

	private final Lake lake;

	private int writes;

	private int runs;

	Runs(Path folder) {
		this.folder = folder;
		this.lake = LocalLake.in(folder);
		this.store = LocalLake.readings(this.lake);
		this.store.create();
	}

	void append(Collection<Reading> some) {
		this.readings.addAll(some);
		this.store.append("write" + this.writes++, 0, null, some, this.zones::get);
	}

	/** Appends what a raw file is read as. */
	void append(String source, Collection<Reading> some) {
		this.readings.addAll(some);
		this.store.append("write" + this.writes++, 0, source, some, this.zones::get);
	}

	/** Replaces what a raw file was read as. */
	void readAnew(String source, Collection<Reading> before, Collection<Reading> now) throws IOException {
		ReadingStore.Replacing replacing = this.store.replacing();
		replacing.replace(source);
		replacing.add(ReplacedSources.next(source), now, this.zones::get);
		replacing.commit();
		this.readings.removeAll(before);
		this.readings.addAll(now);
	}

	void compact() {
		Compaction.compact(this.spark, this.lake.readings().toString(), 2);
	}

	String readingsTable() {
		return this.lake.readings().toString();
	}

	/** All readings anew, in folders of its own. */
	Result fromScratch(int closedBefore) {
		return run("scratch" + this.runs, null, closedBefore);
	}

	/** Goes out from an earlier result, or from nothing. */
	Result run(@Nullable Result basis, int closedBefore) {
		return run("analysis", basis, closedBefore);
	}

	private Result run(String analysis, @Nullable Result basis, int closedBefore) {
		Path results = this.folder.resolve("results" + this.runs++);
		long version = this.store.version().orElseThrow();
		Map<String, String> names = new TreeMap<>();
		this.zones.forEach((city, zone) -> names.put(city, zone.getId()));
		try {
			WeatherAnalysis.Written written = WeatherAnalysis.run(this.spark,
					new WeatherAnalysis.Request(readingsTable(), version, analysis(analysis).toString(),
							results.toString(), names, (basis != null) ? basis.basis() : null, closedBefore),
					(progress) -> {
					});
			return new Result(version, written, exported(written, basis));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path analysis(String name) {
		return this.folder.resolve(name);
	}

	private static Map<String, Map<String, String>> exported(WeatherAnalysis.Written written, @Nullable Result basis)
			throws IOException {
		ChangedMonths changed = (written.changed() != null) ? ChangedMonths.of(written.changed()) : null;
		Map<String, Map<String, String>> tables = new TreeMap<>();
		for (String table : KEYS.keySet()) {
			Map<String, String> rows = new TreeMap<>();
			if (changed != null && BY_MONTH.contains(table)) {
				Objects.requireNonNull(basis).tables().get(table).forEach((key, row) -> {
					String[] columns = row.split("\t", -1);
					if (!changed.contains(columns[0], columns[1])) {
						rows.put(key, row);
					}
				});
			}
			for (String line : Files.readAllLines(Path.of(written.results(), table))) {
				String key = String.join("\t", List.of(line.split("\t", -1)).subList(0, KEYS.get(table)));
				assertThat(rows.put(key, line)).as("%s %s stands twice", table, key).isNull();
			}
			tables.put(table, rows);
		}
		return tables;
	}

	/** The states of a result. */
	FoldedStates states(Result result) {
		return SparkFoldTests.states(table(result, WeatherAnalysis.CITY_DAY),
				table(result, WeatherAnalysis.CITY_MONTH_PAIRS));
	}

	private Dataset<Row> table(Result result, String table) {
		return this.spark.read()
			.format("delta")
			.option("versionAsOf", Objects.requireNonNull(result.written().states().get(table)))
			.load(analysis("analysis").resolve(table).toString());
	}

}
