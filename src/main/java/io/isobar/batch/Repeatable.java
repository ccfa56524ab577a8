package io.isobar.batch;

import java.util.Objects;
import java.util.function.Predicate;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.JobSynchronizationManager;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * A step that a restart does again, although it was completed, if what it worked on is no
 * longer the newest. Otherwise a restart passes over it, as over any step that was
 * completed.
 *
 * @param outdated whether that is so
 */
record Repeatable(Step step, Predicate<JobExecution> outdated) implements Step {

	@Override
	public String getName() {
		return this.step.getName();
	}

	@Override
	public boolean isAllowStartIfComplete() {
		return this.outdated.test(Objects.requireNonNull(JobSynchronizationManager.getContext()).getJobExecution());
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
