package io.isobar.jobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Watches every job: who runs, who fails and why. */
@Component
class JobWatch implements JobExecutionListener {

	private static final Logger logger = LoggerFactory.getLogger(JobWatch.class);

	private final JobThreads threads;

	private final Executions executions;

	private final StepProgress progress;

	private final MeterRegistry meters;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	JobWatch(JobThreads threads, Executions executions, StepProgress progress, Jobs jobs, MeterRegistry meters,
			ApplicationEventPublisher events, Clock clock) {
		this.threads = threads;
		this.executions = executions;
		this.progress = progress;
		this.meters = meters;
		this.events = events;
		this.clock = clock;
		// From the start, so that the first failure is an increase
		jobs.all().forEach((job) -> failures(job.name()));
		Gauge.builder("isobar.jobs.running", threads, JobThreads::count)
			.description("Executions of jobs that run in this process")
			.register(meters);
	}

	private Counter failures(String job) {
		return Counter.builder("isobar.jobs.failures")
			.description("Executions of jobs that have failed")
			.tag("job", job)
			.register(this.meters);
	}

	@Override
	public void beforeJob(JobExecution execution) {
		this.threads.begin(execution, () -> lost(execution));
	}

	@Override
	public void afterJob(JobExecution execution) {
		this.progress.forget(execution);
		if (execution.getStatus() != BatchStatus.FAILED && execution.getStatus() != BatchStatus.UNKNOWN) {
			return;
		}
		List<Failure> failures = new ArrayList<>();
		JobFailed failed = read(execution, failures);
		failures(failed.job()).increment();
		logger.error(failed.sentence());
		keep(execution, failures);
		// Who hears of it may restart it, so not before it has ended
		this.threads.afterwards(execution.getId(), () -> publish(failed));
	}

	/** It has failed already, and may have been restarted; here nothing is left to do. */
	private void lost(JobExecution execution) {
		this.progress.forget(execution);
		LeaseLost lost = new LeaseLost(
				execution.getJobInstance().getJobName() + " (execution " + execution.getId() + ")");
		logger.warn(lost.getMessage());
		keep(execution, List.of(Failure.of(null, lost)));
	}

	private void keep(JobExecution execution, List<Failure> failures) {
		try {
			this.executions.failed(execution.getId(), failures);
		}
		catch (DataAccessException ex) {
			logger.debug("The failures of execution {} are not kept", execution.getId(), ex);
		}
	}

	private void publish(JobFailed failed) {
		try {
			this.events.publishEvent(failed);
		}
		catch (RuntimeException ex) {
			logger.error("Somebody was not told that execution {} failed", failed.executionId(), ex);
		}
	}

	private JobFailed read(JobExecution execution, List<Failure> failures) {
		String failedStep = null;
		List<String> causes = new ArrayList<>();
		List<Throwable> seen = new ArrayList<>();
		for (StepExecution step : execution.getStepExecutions()) {
			for (Throwable ex : step.getFailureExceptions()) {
				if (!seen.contains(ex)) {
					seen.add(ex);
					failures.add(Failure.of(step.getStepName(), ex));
					logger.debug("Step {} failed", step.getStepName(), ex);
					if (failedStep == null) {
						failedStep = step.getStepName();
						causes.addAll(Failure.messages(ex));
					}
				}
			}
		}
		for (Throwable ex : execution.getFailureExceptions()) {
			if (!seen.contains(ex)) {
				failures.add(Failure.of(null, ex));
				logger.debug("{} failed", execution.getJobInstance().getJobName(), ex);
				if (causes.isEmpty()) {
					causes.addAll(Failure.messages(ex));
				}
			}
		}
		if (causes.isEmpty()) {
			String description = execution.getExitStatus().getExitDescription();
			Failure described = Failure.ofDescription(null, description.isBlank()
					? "It ended as " + execution.getStatus() + " and said nothing of it." : description);
			failures.add(described);
			causes.add(described.message());
		}
		return new JobFailed(execution.getJobInstance().getJobName(), execution.getId(), failedStep, causes,
				action(execution, failedStep), this.clock.instant());
	}

	private static String action(JobExecution execution, @Nullable String step) {
		if (execution.getStatus() == BatchStatus.UNKNOWN) {
			return "It can't go on from here: launch " + execution.getJobInstance().getJobName() + " anew.";
		}
		return "When the cause is gone, restart execution " + execution.getId() + " in the batch console (/jobs)"
				+ ((step != null) ? "; it goes on at " + step + "." : ".");
	}

}
