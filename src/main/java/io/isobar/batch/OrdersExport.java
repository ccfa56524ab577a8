package io.isobar.batch;

import io.isobar.jobs.Fence;
import io.isobar.lake.CrashPoint;
import io.isobar.views.CustomerTotals;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/**
 * Brings the folded totals into PostgreSQL, as a generation that nobody sees yet.
 */
@Component
class OrdersExport implements Tasklet {

	private final OrdersSteps steps;

	private final Generations generations;

	private final Fence fence;

	private final BuildProperties build;

	OrdersExport(OrdersSteps steps, Generations generations, Fence fence, BuildProperties build) {
		this.steps = steps;
		this.generations = generations;
		this.fence = fence;
		this.build = build;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		OrdersRun run = OrdersRun.of(chunk);
		StepExecution step = contribution.getStepExecution();
		// A transaction for all of it: there is one table
		int generation = this.fence.writing(step,
				() -> this.steps.export(run, step.getJobExecutionId(), String.valueOf(this.build.getVersion())));
		CrashPoint.at("export." + CustomerTotals.NAME);
		contribution.incrementWriteCount(this.generations.find(generation).orElseThrow().cities());
		run.exported(generation);
		return RepeatStatus.FINISHED;
	}

}
