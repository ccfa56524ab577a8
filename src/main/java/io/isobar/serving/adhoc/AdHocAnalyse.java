package io.isobar.serving.adhoc;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.NotWorthRetrying;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.Cities;
import io.isobar.spark.AnalyseAdHoc;
import io.isobar.weather.Metric;

import org.apache.hadoop.fs.Path;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/** Has Spark answer a question, out of the readings that there are when it begins. */
@Component
class AdHocAnalyse implements Tasklet {

	private static final String VERSION = "readingsVersion";

	private final AdHocTasks tasks;

	private final SparkEngine spark;

	private final Lake lake;

	private final ReadingStore readings;

	private final Cities cities;

	private final Fence fence;

	private final ExecutionNotes notes;

	AdHocAnalyse(AdHocTasks tasks, SparkEngine spark, Lake lake, ReadingStore readings, Cities cities, Fence fence,
			ExecutionNotes notes) {
		this.tasks = tasks;
		this.spark = spark;
		this.lake = lake;
		this.readings = readings;
		this.cities = cities;
		this.fence = fence;
		this.notes = notes;
	}

	/** The task that a step is about. */
	static UUID task(StepExecution step) {
		return UUID.fromString(String.valueOf(step.getJobParameters().getString(AdHocJob.TASK)));
	}

	/** Where Spark writes the result of a task, and of others. */
	static Path results(Lake lake) {
		return lake.path("weather/analysis/ad-hoc");
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		UUID id = task(step);
		if (!this.fence.writing(step, () -> this.tasks.begin(id, step.getJobExecutionId()))) {
			throw new JobInterruptedException("Nobody waits for the result of task " + id + " any more.");
		}
		Question question = this.tasks.find(id).map(AdHocTask::question).orElseThrow(() -> new TaskGone(id));
		Optional<Long> version = version(step);
		if (version.isEmpty()) {
			this.notes.note(step, "There are no readings yet, so the result has no rows.");
			return RepeatStatus.FINISHED;
		}
		this.spark.runUntilStopped(step, new AnalyseAdHoc(),
				new AnalyseAdHoc.Request(id.toString(), this.lake.readings().toString(), version.get(),
						this.cities.zones(), question.cities(), question.from().toString(), question.to().toString(),
						question.metrics().stream().map(Metric::field).toList(), question.granularity().word(),
						new Path(results(this.lake), id.toString()).toString()));
		return RepeatStatus.FINISHED;
	}

	/** The same for all attempts; empty where nothing has been read yet. */
	private Optional<Long> version(StepExecution step) {
		ExecutionContext context = step.getJobExecution().getExecutionContext();
		if (!context.containsKey(VERSION)) {
			this.readings.version().ifPresent((version) -> context.putLong(VERSION, version));
		}
		return context.containsKey(VERSION) ? Optional.of(context.getLong(VERSION)) : Optional.empty();
	}

	/** Somebody has deleted the line of the task. */
	private static final class TaskGone extends RuntimeException implements NotWorthRetrying {

		TaskGone(UUID id) {
			super("There is no task " + id + " any more.");
		}

	}

}
