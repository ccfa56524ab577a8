package io.isobar.batch;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/** Keeps a broken result from being published. */
@Component
class OrdersValidate implements Tasklet {

	private final OrdersSteps steps;

	OrdersValidate(OrdersSteps steps) {
		this.steps = steps;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		this.steps.check(OrdersRun.of(chunk));
		return RepeatStatus.FINISHED;
	}

}
