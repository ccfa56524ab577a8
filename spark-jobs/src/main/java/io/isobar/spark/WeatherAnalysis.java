package io.isobar.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
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
	 * @param zones the zone of each city, by name
	 */
	public record Request(String readings, long version, String analysis, Map<String, String> zones) {
	}

	private WeatherAnalysis() {
	}

	/**
	 * Folds all readings of that version and writes every result anew.
	 * @param progress told how much is done, 0…1
	 * @return the version of each table that was written, by name
	 */
	public static Map<String, Long> recompute(SparkSession spark, Request request, DoubleConsumer progress) {
		Map<String, Long> written = new LinkedHashMap<>();
		Dataset<Row> readings = spark.read()
			.format("delta")
			.option("versionAsOf", request.version())
			.load(request.readings());
		Dataset<Row> cityDays = write(written, request, CITY_DAY, SparkFold.cityDays(readings, request.zones()),
				"year");
		progress.accept(0.4);
		Dataset<Row> pairs = write(written, request, CITY_MONTH_PAIRS,
				SparkFold.cityMonthPairs(readings, request.zones()), "year");
		Dataset<Row> cities = CityDays.cities(cityDays);
		progress.accept(0.6);
		write(written, request, CITY_MONTH, CityDays.months(cityDays, request.zones()).coalesce(1));
		write(written, request, AMPLITUDE, CityDays.amplitude(cityDays).coalesce(1));
		progress.accept(0.7);
		write(written, request, COMPARISON, CityDays.comparison(cityDays, cities).coalesce(1));
		write(written, request, EXTREMES, Extremes.of(cityDays, cities, EXTREMES_KEPT).coalesce(1));
		progress.accept(0.9);
		write(written, request, CORRELATIONS, Correlations.of(pairs, cities).coalesce(1));
		write(written, request, CLUSTERS, clusters(spark, CityDays.profiles(cityDays, cities)).coalesce(1));
		progress.accept(1);
		return written;
	}

	private static Dataset<Row> write(Map<String, Long> written, Request request, String table, Dataset<Row> rows,
			String... partitions) {
		String path = request.analysis() + "/" + table;
		rows.write()
			.format("delta")
			.mode(SaveMode.Overwrite)
			.option("overwriteSchema", true)
			.partitionBy(partitions)
			.save(path);
		SparkSession spark = (SparkSession) rows.sparkSession();
		long version = DeltaLog.forTable(spark, path).update(false, Option.empty(), Option.empty()).version();
		written.put(table, version);
		return spark.read().format("delta").option("versionAsOf", version).load(path);
	}

	/**
	 * The cluster of each city.
	 * @return city, cluster, label, silhouette, temperature, humidity, precipitation,
	 * wind_speed
	 */
	static Dataset<Row> clusters(SparkSession spark, Dataset<Row> profiles) {
		List<Clusters.Profile> cities = profiles.collectAsList()
			.stream()
			.map((row) -> new Clusters.Profile(row.getString(0),
					new double[] { number(row, 1), number(row, 2), number(row, 3), number(row, 4) }))
			.toList();
		List<Row> members = Clusters.of(cities)
			.stream()
			.map((member) -> RowFactory.create(member.profile().city(), member.cluster(), member.label(),
					orNull(member.silhouette()), orNull(member.profile().values()[0]),
					orNull(member.profile().values()[1]), orNull(member.profile().values()[2]),
					orNull(member.profile().values()[3])))
			.toList();
		return spark.createDataFrame(members,
				new StructType().add("city", DataTypes.StringType)
					.add("cluster", DataTypes.IntegerType)
					.add("label", DataTypes.StringType)
					.add("silhouette", DataTypes.DoubleType)
					.add("temperature", DataTypes.DoubleType)
					.add("humidity", DataTypes.DoubleType)
					.add("precipitation", DataTypes.DoubleType)
					.add("wind_speed", DataTypes.DoubleType));
	}

	private static double number(Row row, int column) {
		return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
	}

	private static @Nullable Double orNull(double value) {
		return Double.isNaN(value) ? null : value;
	}

}
