package io.isobar.engine;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.spark.SparkJob;
import io.isobar.spark.SparkSessions;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Has Spark do its jobs: in a session within this process, started when first needed and
 * then kept warm, or on a cluster.
 */
@Component
@EnableConfigurationProperties(SparkSettings.class)
public class SparkEngine implements DisposableBean {

	private static final long LOOK_EVERY_MS = 250;

	private final SparkSettings settings;

	private final Lake lake;

	private final SparkCluster cluster;

	private final StepProgress progress;

	private @Nullable SparkSession session;

	SparkEngine(SparkSettings settings, Lake lake, SparkCluster cluster, StepProgress progress) {
		this.settings = settings;
		this.lake = lake;
		this.cluster = cluster;
		this.progress = progress;
	}

	/**
	 * Does a job and waits for its end.
	 * @param step whose work it is, and whose progress it tells
	 */
	public <Q extends Record, R extends Record> R run(StepExecution step, SparkJob<Q, R> job, Q request)
			throws IOException, JobInterruptedException {
		if (this.settings.isInProcess()) {
			SparkSession session = session();
			// Delta asks the thread for it, where what it has read ahead is not there
			SparkSession.setActiveSession(session);
			try {
				return job.run(session, request, (done) -> this.progress.at(step, done));
			}
			finally {
				SparkSession.clearActiveSession();
			}
		}
		return this.cluster.run(step, job, request);
	}

	/**
	 * Does a job as {@link #run} does, and ends it as soon as the step is asked to stop:
	 * also what Spark is in the middle of.
	 */
	public <Q extends Record, R extends Record> R runUntilStopped(StepExecution step, SparkJob<Q, R> job, Q request)
			throws IOException, JobInterruptedException {
		if (!this.settings.isInProcess()) {
			return this.cluster.run(step, job, request);
		}
		SparkContext context = session().sparkContext();
		String group = "step " + step.getId();
		Thread watch = new Thread(() -> cancelWhenStopped(context, group, step), "spark-" + group);
		watch.setDaemon(true);
		// Without interrupting threads: one that writes to HDFS would lose its client
		context.setJobGroup(group, job.name(), false);
		watch.start();
		try {
			R result = run(step, job, request);
			this.progress.stopIfRequested(step);
			return result;
		}
		catch (RuntimeException | IOException ex) {
			this.progress.stopIfRequested(step);
			throw ex;
		}
		finally {
			watch.interrupt();
			context.clearJobGroup();
		}
	}

	/** Again and again, as another part of the same work may begin. */
	private void cancelWhenStopped(SparkContext context, String group, StepExecution step) {
		try {
			while (!context.isStopped()) {
				Thread.sleep(LOOK_EVERY_MS);
				if (this.progress.stopRequested(step)) {
					context.cancelJobGroup(group);
				}
			}
		}
		catch (InterruptedException ex) {
			// The job has ended
			Thread.currentThread().interrupt();
		}
	}

	/** Whether jobs run within this process. */
	public boolean isInProcess() {
		return this.settings.isInProcess();
	}

	/** The session within this process. */
	public synchronized SparkSession session() {
		if (!this.settings.isInProcess()) {
			throw new IllegalStateException(
					"Spark runs on %s, not within this process.".formatted(this.settings.master()));
		}
		SparkSession running = this.session;
		if (running == null || running.sparkContext().isStopped()) {
			running = SparkSessions.inProcess(this.settings.master(), this.lake.client());
			this.session = running;
		}
		return running;
	}

	/** Starts a session in the background, for it takes seconds. */
	public void warmUp() {
		if (this.settings.isInProcess()) {
			CompletableFuture.runAsync(this::session);
		}
	}

	@Override
	public synchronized void destroy() {
		if (this.session != null) {
			this.session.stop();
		}
	}

}
