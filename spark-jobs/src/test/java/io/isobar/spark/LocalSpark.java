package io.isobar.spark;

import java.util.Map;

import org.apache.spark.sql.classic.SparkSession;

/** One session for all tests of this JVM. */
public final class LocalSpark {

	private static final SparkSession SESSION = SparkSessions.inProcess("local[2]", Map.of("fs.defaultFS", "file:///"));

	private LocalSpark() {
	}

	public static SparkSession session() {
		return SESSION;
	}

}
