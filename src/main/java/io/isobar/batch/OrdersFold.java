package io.isobar.batch;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.lake.Lake;
import io.isobar.spark.FoldOrders;
import io.isobar.views.CustomerTotals;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

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

	private final Generations generations;

	private final ExecutionNotes notes;

	OrdersFold(SparkEngine spark, Lake lake, Generations generations, ExecutionNotes notes) {
		this.spark = spark;
		this.lake = lake;
		this.generations = generations;
		this.notes = notes;
	}

	/** What decides the numbers beside the orders that come. */
	static String definition(OrdersRun run) {
		return Definition.hash(CustomerTotals.definition(new BigDecimal(run.minimumAmount())) + " " + run.sources());
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		OrdersRun run = OrdersRun.of(chunk);
		Optional<Generation> current = this.generations.current(Dataset.ORDERS);
		run.startFrom(current.map(Generation::number).orElse(null));
		Path results = this.lake.path("orders/analysis/results");
		deleteEarlier(results, step.getJobExecutionId());
		String result = new Path(new Path(results, String.valueOf(step.getJobExecutionId())), CustomerTotals.NAME)
			.toString();
		Long since = since(step, run, current);
		FoldOrders.Folded folded = this.spark.run(step, new FoldOrders(), new FoldOrders.Request(
				this.lake.orders().toString(), run.version(), since, run.minimumAmount(), run.sources(), result));
		if (since != null && folded.all()) {
			noteAll(step, "the log of the orders no longer tells what has come since");
		}
		run.folded(result, folded.all(), folded.orders(), folded.customers(), folded.digits());
		contribution.incrementWriteCount(folded.customers());
		return RepeatStatus.FINISHED;
	}

	/** The version up to which the base has counted all; null where all is folded. */
	private @Nullable Long since(StepExecution step, OrdersRun run, Optional<Generation> current) {
		if (Analyse.FULL.equals(step.getJobParameters().getString("recompute"))) {
			return null;
		}
		if (current.isEmpty()) {
			noteAll(step, "no generation is current");
			return null;
		}
		Generations.Made made = this.generations.made(current.get().number());
		if (!made.definition().equals(definition(run))) {
			noteAll(step, "the formula, the minimum amount or which files count is not that of generation %d"
				.formatted(current.get().number()));
			return null;
		}
		return made.readingsVersion();
	}

	private void noteAll(StepExecution step, String reason) {
		this.notes.note(step, "All orders were folded, not only those that are new, as %s.".formatted(reason));
	}

	/** What other executions have left; a restart of theirs writes it anew. */
	private void deleteEarlier(Path results, long executionId) throws IOException {
		FileSystem files = this.lake.files();
		if (files.exists(results)) {
			for (FileStatus folder : files.listStatus(results)) {
				if (!folder.getPath().getName().equals(String.valueOf(executionId))) {
					files.delete(folder.getPath(), true);
				}
			}
		}
	}

}
