package io.isobar.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.isobar.jobs.StepProgress;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.lake.Lake;
import io.isobar.spark.Exchange;
import io.isobar.spark.SparkJob;
import io.isobar.spark.SparkSessions;
import io.isobar.views.WeatherViews;
import org.apache.spark.launcher.SparkAppHandle;
import org.apache.spark.launcher.SparkLauncher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Submits jobs to a cluster, and watches them to their end. The driver runs beside this
 * process and ends with it. What one writes that nobody waits for any more does no harm:
 * only this process, told of its end, goes on to publish.
 */
@Component
public class SparkCluster {

	private static final Logger logger = LoggerFactory.getLogger(SparkCluster.class);

	private static final int CONNECT_WITHIN_MS = 3000;

	/** How long an application may take to stop before its driver is killed. */
	private static final int STOP_WITHIN_S = 10;

	private final SparkSettings settings;

	private final Lake lake;

	private final SubmittedApplications applications;

	private final StepProgress progress;

	public SparkCluster(SparkSettings settings, Lake lake, SubmittedApplications applications, StepProgress progress) {
		this.settings = settings;
		this.lake = lake;
		this.applications = applications;
		this.progress = progress;
	}

	/** Has the cluster do a job, and waits for its end. */
	public <Q extends Record, R extends Record> R run(StepExecution step, SparkJob<Q, R> job, Q request)
			throws IOException, JobInterruptedException {
		checkMaster();
		String folder = this.lake.path("weather/analysis/submitted/" + UUID.randomUUID()).toString();
		Exchange exchange = new Exchange(this.lake.files(), new org.apache.hadoop.fs.Path(folder));
		Path work = Files.createTempDirectory("isobar-spark-");
		try {
			exchange.ask(request);
			submit(step, job, folder, work);
			return exchange.result(job.result());
		}
		finally {
			FileSystemUtils.deleteRecursively(work);
			delete(exchange);
		}
	}

	/** With those that killed processes have left: nothing runs for a day. */
	private void delete(Exchange exchange) {
		try {
			exchange.deleteOlder(Duration.ofDays(1));
			exchange.delete();
		}
		catch (IOException ex) {
			logger.debug("{} is left", exchange, ex);
		}
	}

	private void submit(StepExecution step, SparkJob<?, ?> job, String folder, Path work)
			throws IOException, JobInterruptedException {
		DriverOutput output = new DriverOutput(Files.createFile(work.resolve("driver.log")));
		CountDownLatch ended = new CountDownLatch(1);
		SparkAppHandle application = launcher(job, folder, work).redirectError()
			.redirectOutput(work.resolve("driver.log").toFile())
			.startApplication(new EndListener(ended));
		long id = this.applications.submitted(step, job.name(), this.settings.master(), state(application));
		try {
			while (!ended.await(1, TimeUnit.SECONDS)) {
				this.progress.stopIfRequested(step);
				output.read();
				if (output.progress() > 0) {
					this.progress.at(step, output.progress());
				}
				this.applications.is(id, application.getAppId(), state(application), output.log());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting for the cluster.");
		}
		finally {
			stop(application, ended);
			output.read();
			this.applications.ended(id, application.getAppId(), end(application, output).name(), output.log());
		}
		if (end(application, output) != SparkAppHandle.State.FINISHED) {
			throw new IOException(sentence(application, output));
		}
		logger.info("Spark application {} ({}) has finished on {}", application.getAppId(), job.name(),
				this.settings.master());
	}

	private SparkLauncher launcher(SparkJob<?, ?> job, String folder, Path work) throws IOException {
		SparkLauncher launcher = new SparkLauncher().setJavaHome(System.getProperty("java.home"))
			.setSparkHome(String.valueOf(this.settings.home()))
			.setMaster(this.settings.master())
			.setDeployMode("client")
			.setAppName("isobar: " + job.name())
			.setAppResource(String.valueOf(this.settings.jar()))
			.setMainClass(job.getClass().getName())
			.setPropertiesFile(properties(job, work).toString())
			.addSparkArg("--load-spark-defaults")
			.addAppArgs(folder, WeatherViews.definition(), org.apache.spark.package$.MODULE$.SPARK_VERSION(),
					this.settings.patience().toString());
		for (Path library : SparkLibraries.files(work)) {
			launcher.addJar(library.toString());
		}
		return launcher;
	}

	/** In a file, as everybody on the machine can read a command line. */
	private Path properties(SparkJob<?, ?> job, Path work) throws IOException {
		Properties properties = new Properties();
		SparkSessions.configuration().forEach(properties::setProperty);
		this.lake.client().forEach((name, value) -> properties.setProperty("spark.hadoop." + name, value));
		this.settings.conf().forEach(properties::setProperty);
		job.secrets().forEach((name, value) -> properties.setProperty(SparkJob.SECRET + name, value));
		// Of a folder that is its owner's alone
		Path file = work.resolve("spark.properties");
		try (OutputStream written = Files.newOutputStream(file)) {
			properties.store(written, null);
		}
		return file;
	}

	/** A driver would ask for a minute, and then say something else. */
	private void checkMaster() throws IOException {
		String master = this.settings.master();
		if (!master.startsWith("spark://")) {
			return;
		}
		List<String> addresses = Arrays.asList(master.substring("spark://".length()).split(","));
		IOException last = null;
		for (String address : addresses) {
			int colon = address.lastIndexOf(':');
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(address.substring(0, colon),
						Integer.parseInt(address.substring(colon + 1))), CONNECT_WITHIN_MS);
				return;
			}
			catch (IOException ex) {
				last = ex;
			}
		}
		throw new IOException(
				"The Spark master %s does not answer. Start it, or set isobar.spark.master to the address that its page shows; then restart this execution."
					.formatted(master),
				last);
	}

	private static void stop(SparkAppHandle application, CountDownLatch ended) {
		if (application.getState().isFinal()) {
			return;
		}
		try {
			application.stop();
			if (ended.await(STOP_WITHIN_S, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IllegalStateException ex) {
			logger.debug("The driver has not called back yet", ex);
		}
		application.kill();
	}

	/**
	 * Where a driver fails but stops its session in order, Spark says that it finished.
	 */
	private static SparkAppHandle.State end(SparkAppHandle application, DriverOutput output) {
		boolean finished = application.getState() == SparkAppHandle.State.FINISHED;
		return (finished && output.hasFailed()) ? SparkAppHandle.State.FAILED : application.getState();
	}

	private static String state(SparkAppHandle application) {
		return application.getState().name();
	}

	private static String sentence(SparkAppHandle application, DriverOutput output) {
		String name = (application.getAppId() != null) ? "Spark application " + application.getAppId()
				: "The Spark application, which never got an id,";
		String how = switch (end(application, output)) {
			case KILLED -> "was killed";
			case LOST -> "was lost";
			default -> "failed";
		};
		return "%s %s: %s Its log is kept with this execution.".formatted(name, how,
				ended(output.failure().orElse("it said nothing")));
	}

	private static String ended(String sentence) {
		return (sentence.endsWith(".")) ? sentence : sentence + ".";
	}

	private record EndListener(CountDownLatch ended) implements SparkAppHandle.Listener {

		@Override
		public void stateChanged(SparkAppHandle application) {
			if (application.getState().isFinal()) {
				this.ended.countDown();
			}
		}

		@Override
		public void infoChanged(SparkAppHandle application) {
			// Asked for when it is needed
		}

	}

}
