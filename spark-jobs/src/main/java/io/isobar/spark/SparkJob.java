package io.isobar.spark;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.classic.SparkSession;
import scala.Tuple2;

/**
 * Something that Spark does for the application: in one process with it, or submitted to
 * a cluster, where the class is the main class. Request and result are records, as they
 * travel as JSON.
 *
 * @param <Q> what is asked for
 * @param <R> what came of it
 */
public interface SparkJob<Q extends Record, R extends Record> {

	/** Spark shows no property whose name has this word. */
	String SECRET = "spark.isobar.secret.";

	/** What it does, in a word or two, as the cluster's pages show it. */
	String name();

	Class<Q> request();

	Class<R> result();

	/**
	 * What it needs and nobody shall read beside its driver, by name: it does not travel
	 * with what is asked for, but in Spark's properties, behind {@link #SECRET}.
	 */
	default Map<String, String> secrets() {
		return Map.of();
	}

	/** What {@link #secrets()} is in a session that was submitted. */
	static Map<String, String> secretsOf(SparkSession spark) {
		Map<String, String> secrets = new HashMap<>();
		for (Tuple2<String, String> property : spark.sparkContext().getConf().getAllWithPrefix(SECRET)) {
			secrets.put(property._1(), property._2());
		}
		return secrets;
	}

	/**
	 * Does it. It must bear being done again.
	 * @param progress told how much is done, 0…1
	 */
	R run(SparkSession spark, Q request, DoubleConsumer progress) throws IOException;

}
