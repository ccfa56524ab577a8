package io.isobar.batch;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.job.StartLimitExceededException;
import org.springframework.batch.core.launch.JobRestartException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * Steps one after the other, with one difference to a simple job: cities that could not
 * be collected hold back nobody. What there is is analysed and published, and then the
 * execution ends as failed, so that a restart asks for the rest. (A flow would do, but
 * marks a failed step it goes on from as abandoned, and a restart passes over it.)
 */
class WeatherBatchProcessing extends SimpleJob {

	static final String COLLECT = "collect";

	WeatherBatchProcessing(String name, JobRepository repository) {
		super(name);
		setJobRepository(repository);
	}

	@Override
	protected void doExecute(JobExecution execution)
			throws JobInterruptedException, JobRestartException, StartLimitExceededException {
		StepExecution decisive = null;
		for (String name : getStepNames()) {
			Step next = getStep(name);
			if (next == null) {
				throw new IllegalStateException("There is no step " + name);
			}
			StepExecution step = handleStep(next, execution);
			if (step.getStatus() == BatchStatus.COMPLETED) {
				continue;
			}
			decisive = step;
			if (!(name.equals(COLLECT) && step.getStatus() == BatchStatus.FAILED
					&& new RunContext(execution).hasCollected())) {
				break;
			}
		}
		execution.upgradeStatus((decisive != null) ? decisive.getStatus() : BatchStatus.COMPLETED);
		execution.setExitStatus((decisive != null) ? decisive.getExitStatus() : ExitStatus.COMPLETED);
	}

}
