package io.isobar.spark;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** How a session of Spark is set up, in the application and on a cluster alike. */
public final class SparkSessions {

	private static final Map<String, String> CONFIGURATION = settings();

	private SparkSessions() {
	}

	/** What every session of isobar is set to. */
	public static Map<String, String> configuration() {
		return CONFIGURATION;
	}

	private static Map<String, String> settings() {
		Map<String, String> settings = new TreeMap<>();
		settings.put("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
		settings.put("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
		// The logs of these tables are small, and each partition has its code generated
		// anew
		settings.put("spark.databricks.delta.snapshotPartitions", "1");
		settings.put("spark.databricks.delta.vacuum.parallelDelete.enabled", "true");
		settings.put("spark.sql.sources.parallelPartitionDiscovery.parallelism", "4");
		settings.put("spark.sql.session.timeZone", "UTC");
		settings.put("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
		// A task writes the states of one year, or of a few: no need to sort them by year
		settings.put("spark.sql.maxConcurrentOutputFileWriters", "16");
		// Whole tables are read; statistics of their columns would only cost time
		settings.put("spark.databricks.delta.properties.defaults.dataSkippingNumIndexedCols", "0");
		// Numbers of states seldom repeat: to look each up in a dictionary takes half of
		// the time of writing, and saves a tenth of the bytes
		Stream.of(StateRows.Days.schema(), StateRows.Pairs.schema())
			.flatMap((schema) -> Arrays.stream(schema.fields()))
			.filter((column) -> column.dataType().equals(DataTypes.DoubleType)
					|| column.dataType().equals(DataTypes.TimestampType))
			.forEach((column) -> settings.put("parquet.enable.dictionary#" + column.name(), "false"));
		return Map.copyOf(settings);
	}

	/**
	 * A session within this process.
	 * @param master {@code local[*]}
	 * @param hadoop how the lake is reached, as Hadoop's own properties
	 */
	public static SparkSession inProcess(String master, Map<String, String> hadoop) {
		SparkSession.Builder builder = SparkSession.builder()
			.appName("isobar")
			.master(master)
			.config("spark.driver.host", "localhost")
			.config("spark.driver.bindAddress", "127.0.0.1")
			.config("spark.ui.enabled", false)
			// A web server that starts later wants to be the one who sets it
			.config("spark.sql.defaultUrlStreamHandlerFactory.enabled", false)
			.config("spark.sql.shuffle.partitions", 4)
			// Nobody sees what is told of a plan, and it is long where there are many
			// columns
			.config("spark.sql.ui.explainMode", "simple")
			// The driver keeps what it knows of finished stages; little of it is ever
			// asked for
			.config("spark.ui.retainedJobs", 50)
			.config("spark.ui.retainedStages", 50)
			.config("spark.sql.ui.retainedExecutions", 10);
		CONFIGURATION.forEach(builder::config);
		hadoop.forEach((name, value) -> builder.config("spark.hadoop." + name, value));
		return (SparkSession) builder.getOrCreate();
	}

}
