package io.isobar.batch;

import java.util.Objects;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.JobSynchronizationManager;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * A step that a restart does again, although it was completed, if the restart has
 * collected more. Otherwise a restart passes over it, as over any step that was
 * completed.
 */
record AgainAfterCollecting(Step step) implements Step {

	@Override
	public String getName() {
		return this.step.getName();
	}

	@Override
	public boolean isAllowStartIfComplete() {
		return new RunContext(Objects.requireNonNull(JobSynchronizationManager.getContext()).getJobExecution())
			.hasCollected();
	}

	@Override
	public int getStartLimit() {
		return this.step.getStartLimit();
	}

	@Override
	public void execute(StepExecution execution) throws JobInterruptedException {
		this.step.execute(execution);
	}

}
