package io.isobar.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the analyses run.
 *
 * @param master {@code local[*]} or another {@code local[n]}: within this process; any
 * other: submitted to that cluster
 * @param home the folder of the Spark whose {@code bin/spark-submit} submits
 * @param jar the spark-jobs jar; the one beside the application where it is not set
 * @param conf Spark's own properties for what is submitted, by name
 * @param patience how long a job may wait while the cluster gives it no executor
 */
@ConfigurationProperties("isobar.spark")
public record SparkSettings(@DefaultValue("local[*]") String master, @Nullable Path home, @Nullable Path jar,
		@DefaultValue Map<String, String> conf, @DefaultValue("PT2M") Duration patience) {

	private static final String JAR = "-spark-jobs.jar";

	public SparkSettings {
		conf = Map.copyOf(conf);
		if (!isInProcess(master)) {
			checkMaster(master);
			checkHome(master, home);
			jar = (jar != null) ? jar : besideTheApplication();
			if (!Files.isRegularFile(jar)) {
				throw new IllegalArgumentException(
						"its jar %s is not there; set isobar.spark.jar to isobar-…%s".formatted(jar, JAR));
			}
			if (conf.containsKey("spark.submit.deployMode")) {
				throw new IllegalArgumentException(
						"its conf sets spark.submit.deployMode, but the driver runs beside the application, which watches it; leave that out");
			}
		}
	}

	boolean isInProcess() {
		return isInProcess(this.master);
	}

	private static boolean isInProcess(String master) {
		return master.matches("local(\\[[^]]*])?");
	}

	private static void checkMaster(String master) {
		if (!master.matches("spark://[^/]+:\\d+(,[^/]+:\\d+)*|yarn|k8s://.+")) {
			throw new IllegalArgumentException(
					"its master \"%s\" is none of Spark's; set local[*], spark://host:7077, yarn or k8s://https://host:443"
						.formatted(master));
		}
	}

	private static void checkHome(String master, @Nullable Path home) {
		if (home == null || home.toString().isEmpty()) {
			throw new IllegalArgumentException(
					"its master %s needs a Spark to submit with; set isobar.spark.home or SPARK_HOME to the folder of one"
						.formatted(master));
		}
		if (!Files.isExecutable(home.resolve("bin/spark-submit"))) {
			throw new IllegalArgumentException(
					"its home %s holds no bin/spark-submit that can be run; set isobar.spark.home or SPARK_HOME to the folder of a Spark"
						.formatted(home));
		}
	}

	/** The jar that the build makes beside that of the application. */
	private static Path besideTheApplication() {
		Path folder = SparkLibraries.application().getParent();
		List<Path> jars = List.of();
		if (folder != null && Files.isDirectory(folder)) {
			try (Stream<Path> files = Files.list(folder)) {
				jars = files.filter((file) -> file.getFileName().toString().endsWith(JAR)).toList();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		if (jars.size() != 1) {
			throw new IllegalArgumentException(
					"there %s isobar-…%s in %s, which is what a cluster gets; put that of the same build there, or set isobar.spark.jar"
						.formatted((jars.isEmpty()) ? "is no" : "are several", JAR, folder));
		}
		return jars.get(0);
	}

}
