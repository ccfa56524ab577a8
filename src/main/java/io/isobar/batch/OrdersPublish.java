package io.isobar.batch;

import io.isobar.jobs.Fence;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Makes the exported generation of orders the one that readers see, unless publishing is
 * held; then deletes what is no longer kept.
 */
@Component
class OrdersPublish implements Tasklet {

	private final Publish publish;

	private final Pruning pruning;

	private final Fence fence;

	OrdersPublish(Publish publish, Pruning pruning, Fence fence) {
		this.publish = publish;
		this.pruning = pruning;
		this.fence = fence;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		this.publish.publish(step, Dataset.ORDERS, OrdersRun.of(chunk).generation(), () -> {
		});
		this.pruning.prune((work) -> this.fence.writing(step, work::getAsInt));
		return RepeatStatus.FINISHED;
	}

}
