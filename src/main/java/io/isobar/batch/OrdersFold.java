package io.isobar.batch;

import java.io.IOException;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.spark.FoldOrders;
import io.isobar.views.CustomerTotals;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Has Spark fold the pinned orders into the view {@code customer_total}: those that came
 * since the current generation was made, or all.
 */
@Component
class OrdersFold implements Tasklet {

	private final SparkEngine spark;

	private final Lake lake;

	private final OrdersSteps steps;

	private final ExecutionNotes notes;

	OrdersFold(SparkEngine spark, Lake lake, OrdersSteps steps, ExecutionNotes notes) {
		this.spark = spark;
		this.lake = lake;
		this.steps = steps;
		this.notes = notes;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		OrdersRun run = OrdersRun.of(chunk);
		Long since = this.steps.start(run, Analyse.FULL.equals(step.getJobParameters().getString("recompute")),
				(reason) -> noteAll(step, reason));
		Path results = this.lake.path("orders/analysis/results");
		deleteEarlier(results, step.getJobExecutionId());
		String result = new Path(new Path(results, String.valueOf(step.getJobExecutionId())), CustomerTotals.NAME)
			.toString();
		FoldOrders.Folded folded = this.spark.run(step, new FoldOrders(), new FoldOrders.Request(
				this.lake.orders().toString(), run.version(), since, run.minimumAmount(), run.sources(), result));
		CrashPoint.at("fold.written");
		if (since != null && folded.all()) {
			noteAll(step, "the log of the orders no longer tells what has come since");
		}
		run.folded(result, folded.all(), folded.orders(), folded.customers(), folded.digits());
		contribution.incrementWriteCount(folded.customers());
		return RepeatStatus.FINISHED;
	}

	private void noteAll(StepExecution step, String reason) {
		this.notes.note(step, "All orders were folded, not only those that are new, as %s.".formatted(reason));
	}

	/**
	 * Whether a restart has to do it again that was completed: a later run has deleted
	 * what it has written.
	 */
	boolean isToBeDoneAgain(OrdersRun run) {
		return !this.lake.mayBeThere(run.result());
	}

	/**
	 * What earlier executions have left; a restart of theirs writes it anew. What a later
	 * one has written stays: it goes on with what this one has lost.
	 */
	private void deleteEarlier(Path results, long executionId) throws IOException {
		FileSystem files = this.lake.files();
		if (files.exists(results)) {
			for (FileStatus folder : files.listStatus(results)) {
				if (Long.parseLong(folder.getPath().getName()) < executionId) {
					files.delete(folder.getPath(), true);
				}
			}
		}
	}

}
