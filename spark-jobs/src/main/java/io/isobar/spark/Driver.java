package io.isobar.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

import org.apache.spark.SparkContext;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.sql.classic.SparkSession;

import io.isobar.views.WeatherViews;

/**
 * An application on a cluster: reads what is asked for, has it done, writes what came of
 * it, and tells on its output how far it is. It runs beside the application that
 * submitted it, and ends with it.
 */
final class Driver {

	/** Where what it tells is read; the log goes to both outputs. */
	private static final PrintStream OUT = System.out;

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private Driver() {
	}

	/**
	 * Does a job.
	 * @param arguments the folder of the exchange, the definition of the views and the
	 * version of Spark that are asked for, and how long to wait for an executor, as
	 * ISO-8601 has it
	 */
	static <Q extends Record, R extends Record> void run(SparkJob<Q, R> job, String[] arguments) throws Exception {
		endWithParent();
		try {
			check(arguments[1], arguments[2]);
			run(job, arguments[0], Duration.parse(arguments[3]));
		}
		catch (Exception | LinkageError ex) {
			tell(ex);
			throw ex;
		}
	}

	static void check(String definition, String version) {
		if (!definition.equals(WeatherViews.definition())) {
			throw new IllegalStateException(
					"The spark-jobs jar is of another build than the application, for it defines the views otherwise. Put the jar of the same build beside the application.");
		}
		if (!release(version).equals(release(org.apache.spark.package$.MODULE$.SPARK_VERSION()))) {
			throw new IllegalStateException(
					"The Spark in isobar.spark.home is %s, but isobar is made for %s. Install a Spark %s.x there, and on the cluster."
						.formatted(org.apache.spark.package$.MODULE$.SPARK_VERSION(), version, release(version)));
		}
	}

	/** The version without its last part. */
	private static String release(String version) {
		return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
	}

	private static <Q extends Record, R extends Record> void run(SparkJob<Q, R> job, String folder, Duration patience)
			throws IOException {
		try (SparkSession spark = (SparkSession) SparkSession.builder().getOrCreate()) {
			watchExecutors(spark.sparkContext(), patience);
			try {
				Exchange exchange = Exchange.in(folder, spark.sparkContext().hadoopConfiguration());
				exchange.answer(job.run(spark, exchange.request(job.request()),
						(done) -> OUT.println(DriverLine.progress(done))));
			}
			catch (Exception | LinkageError ex) {
				// Before the session is closed: then Spark says that it has finished
				tell(ex);
				throw ex;
			}
		}
	}

	private static void tell(Throwable ex) {
		OUT.println(DriverLine.failed(reason(ex)));
	}

	/** The input is a pipe from who submitted it, and ends when that process does. */
	private static void endWithParent() {
		inBackground("end-with-parent", () -> {
			while (System.in.read() >= 0) {
				continue;
			}
			System.err.println("The application that submitted this one has ended.");
			System.exit(1);
		});
	}

	/**
	 * Gives up where jobs have waited too long for a cluster without any executor: there
	 * is no worker with so much memory or so many cores free, or all were lost.
	 */
	private static void watchExecutors(SparkContext context, Duration patience) {
		SparkStatusTracker status = context.statusTracker();
		inBackground("watch-executors", () -> {
			Instant missingSince = null;
			while (!context.isStopped()) {
				// The driver itself is counted
				boolean waiting = status.getActiveJobIds().length > 0 && status.getExecutorInfos().length <= 1;
				Instant now = Instant.now();
				missingSince = (waiting) ? (missingSince != null) ? missingSince : now : null;
				if (missingSince != null && Duration.between(missingSince, now).compareTo(patience) >= 0) {
					OUT.println(DriverLine.failed(
							"For %d s the cluster has given no executor. See on the master's page whether a worker is up and has as much memory and as many cores free as isobar.spark.conf.spark.executor.memory and …cores ask for."
								.formatted(patience.toSeconds())));
					System.exit(1);
				}
				Thread.sleep(INTERVAL.toMillis());
			}
		});
	}

	private interface Watch {

		void run() throws Exception;

	}

	private static void inBackground(String name, Watch watch) {
		Thread thread = new Thread(() -> {
			try {
				watch.run();
			}
			catch (Exception ex) {
				System.err.println(name + " has ended: " + ex);
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	private static String reason(Throwable ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		String outermost = message(ex);
		String innermost = message(root);
		return (outermost.contains(innermost)) ? outermost : outermost + " Because: " + innermost;
	}

	private static String message(Throwable ex) {
		return (ex instanceof LinkageError || ex.getMessage() == null) ? ex.toString() : ex.getMessage();
	}

}
