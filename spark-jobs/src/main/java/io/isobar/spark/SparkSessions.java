package io.isobar.spark;

import java.util.Map;

import org.apache.spark.sql.classic.SparkSession;

/** How a session of Spark is set up, in the application and on a cluster alike. */
public final class SparkSessions {

	private static final Map<String, String> CONFIGURATION = Map.ofEntries(
			Map.entry("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension"),
			Map.entry("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog"),
			Map.entry("spark.databricks.delta.snapshotPartitions", "2"),
			Map.entry("spark.databricks.delta.vacuum.parallelDelete.enabled", "true"),
			Map.entry("spark.sql.sources.parallelPartitionDiscovery.parallelism", "4"),
			Map.entry("spark.sql.session.timeZone", "UTC"),
			Map.entry("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"),
			// Whole tables are read; statistics of their columns would only cost time
			Map.entry("spark.databricks.delta.properties.defaults.dataSkippingNumIndexedCols", "0"));

	private SparkSessions() {
	}

	/** What every session of isobar is set to. */
	public static Map<String, String> configuration() {
		return CONFIGURATION;
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
