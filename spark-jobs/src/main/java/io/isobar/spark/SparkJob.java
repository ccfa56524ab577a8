package io.isobar.spark;

import java.io.IOException;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.classic.SparkSession;

/**
 * Something that Spark does for the application: in one process with it, or submitted to
 * a cluster, where the class is the main class. Request and result are records, as they
 * travel as JSON.
 *
 * @param <Q> what is asked for
 * @param <R> what came of it
 */
public interface SparkJob<Q extends Record, R extends Record> {

	/** What it does, in a word or two, as the cluster's pages show it. */
	String name();

	Class<Q> request();

	Class<R> result();

	/**
	 * Does it. It must bear being done again.
	 * @param progress told how much is done, 0…1
	 */
	R run(SparkSession spark, Q request, DoubleConsumer progress) throws IOException;

}
