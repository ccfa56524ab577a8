package io.isobar.spark;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.DoubleConsumer;

import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells how far Spark is with what this thread asks of it: how many of the tasks that are
 * known until now have ended. It never goes back, also where more tasks become known.
 */
final class TaskProgress extends SparkListener implements AutoCloseable {

	private static final String MARK = "isobar.progress";

	private final SparkContext context;

	private final DoubleConsumer progress;

	private final String mark = UUID.randomUUID().toString();

	private final Set<Integer> jobs = new HashSet<>();

	private final Set<Integer> stages = new HashSet<>();

	private long known;

	private long ended;

	private double told;

	TaskProgress(SparkContext context, DoubleConsumer progress) {
		this.context = context;
		this.progress = progress;
		context.setLocalProperty(MARK, this.mark);
		context.addSparkListener(this);
	}

	@Override
	public void onJobStart(SparkListenerJobStart job) {
		if (job.properties() == null || !this.mark.equals(job.properties().getProperty(MARK))) {
			return;
		}
		this.jobs.add(job.jobId());
		for (StageInfo stage : CollectionConverters.asJava(job.stageInfos())) {
			// One that an earlier job has done is named again, and passed over
			if (this.stages.add(stage.stageId())) {
				this.known += stage.numTasks();
			}
		}
	}

	@Override
	public void onTaskEnd(SparkListenerTaskEnd task) {
		if (this.stages.contains(task.stageId()) && task.reason() instanceof Success$) {
			this.ended++;
			tell();
		}
	}

	/** What it did not need is done as well. */
	@Override
	public void onJobEnd(SparkListenerJobEnd job) {
		if (this.jobs.remove(job.jobId()) && this.jobs.isEmpty()) {
			this.ended = this.known;
			tell();
		}
	}

	private void tell() {
		double done = (this.known > 0) ? Math.min(1, (double) this.ended / this.known) : 0;
		if (done > this.told) {
			this.told = done;
			this.progress.accept(done);
		}
	}

	@Override
	public void close() {
		this.context.removeSparkListener(this);
		this.context.setLocalProperty(MARK, null);
	}

}
