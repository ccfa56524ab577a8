package io.isobar.spark;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import scala.Option;

/**
 * The analysis of the master dataset: folds the readings into the states of the views,
 * and merges from these what is shown. Every result is a Delta table in the folder of the
 * analysis.
 */
public final class WeatherAnalysis {

	/** States of the view {@code city_day}. */
	public static final String CITY_DAY = "city_day";

	/** States of the view {@code city_month_pairs}. */
	public static final String CITY_MONTH_PAIRS = "city_month_pairs";

	public static final String CITY_MONTH = "city_month";

	public static final String EXTREMES = "extremes";

	public static final String COMPARISON = "comparison";

	public static final String CORRELATIONS = "correlations";

	public static final String CLUSTERS = "clusters";

	public static final String AMPLITUDE = "amplitude";

	/** As many extremes as anybody may ask for. */
	private static final int EXTREMES_KEPT = 1000;

	/**
	 * What is to be analysed.
	 *
	 * @param readings path of the table of readings
	 * @param version version of that table
	 * @param analysis folder in which the results are written
	 * @param results folder of this analysis' own, for its results
	 * @param zones the zone of each city, by name
	 */
	public record Request(String readings, long version, String analysis, String results, Map<String, String> zones) {
	}

	/**
	 * What was written.
	 *
	 * @param states version of each table of states, by name
	 * @param results folder with a file for each result, named as its table, as
	 * PostgreSQL's COPY reads it
	 */
	public record Written(Map<String, Long> states, String results) {
	}

	private WeatherAnalysis() {
	}

	/**
	 * Folds all readings of that version into the states of the views, and merges from
	 * these what is shown.
	 * @param progress told how much is done, 0…1
	 */
	public static Written recompute(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		Map<String, Long> states = new LinkedHashMap<>();
		SparkFold fold = SparkFold.of(spark, request.readings(), request.version(), request.zones());
		Dataset<Row> cityDays = write(states, request, CITY_DAY, fold.cityDays());
		progress.accept(0.4);
		Dataset<Row> pairs = write(states, request, CITY_MONTH_PAIRS, fold.cityMonthPairs());
		progress.accept(0.7);
		CityMonths months = CityMonths.of(cityDays);
		Results results = new Results(spark.sparkContext().hadoopConfiguration(), request.results());
		results.write(CITY_MONTH, Results.months(months, request.zones()));
		results.write(AMPLITUDE, Results.amplitudes(months));
		results.write(COMPARISON, Results.comparison(months));
		results.write(CLUSTERS, Results.clusters(months));
		progress.accept(0.8);
		results.write(EXTREMES, Results.extremes(Extremes.of(cityDays, months, EXTREMES_KEPT)));
		progress.accept(0.9);
		results.write(CORRELATIONS, Results.correlations(Correlations.of(pairs, months)));
		progress.accept(1);
		return new Written(states, request.results());
	}

	private static Dataset<Row> write(Map<String, Long> written, Request request, String table, Dataset<Row> rows) {
		String path = request.analysis() + "/" + table;
		rows.write()
			.format("delta")
			.mode(SaveMode.Overwrite)
			.option("overwriteSchema", true)
			.partitionBy("year")
			.save(path);
		SparkSession spark = (SparkSession) rows.sparkSession();
		long version = DeltaLog.forTable(spark, path).update(false, Option.empty(), Option.empty()).version();
		written.put(table, version);
		return spark.read().format("delta").option("versionAsOf", version).load(path);
	}

}
