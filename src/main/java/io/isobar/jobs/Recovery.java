package io.isobar.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Brings executions that nobody runs any more to an end, so that they can be restarted:
 * those that a killed process left, before anything can be launched, and those whose end
 * could not be written because the database was away. When the application stops, its
 * jobs are stopped first.
 */
@Component
class Recovery implements SmartLifecycle {

	static final String KILLED = "The process that ran it ended before it did. Restart it to go on.";

	static final String STOPPED = "The application was stopped. Restart it to go on.";

	private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

	private static final Duration INTERVAL = Duration.ofSeconds(3);

	private final Executions executions;

	private final JobThreads threads;

	private final Launches launches;

	private final JobOperator operator;

	private final JobRepository repository;

	private final JdbcClient jdbc;

	private final ObjectProvider<ExecutionOwner> owner;

	private final ApplicationEventPublisher events;

	private final JobSettings settings;

	private @Nullable ScheduledExecutorService sweeper;

	Recovery(Executions executions, JobThreads threads, Launches launches, JobOperator operator,
			JobRepository repository, JdbcClient jdbc, ObjectProvider<ExecutionOwner> owner,
			ApplicationEventPublisher events, JobSettings settings) {
		this.executions = executions;
		this.threads = threads;
		this.launches = launches;
		this.operator = operator;
		this.repository = repository;
		this.jdbc = jdbc;
		this.owner = owner;
		this.events = events;
		this.settings = settings;
	}

	@Override
	public synchronized void start() {
		recoverLeft();
		this.sweeper = Executors.newSingleThreadScheduledExecutor((work) -> {
			Thread thread = new Thread(work, "job-recovery");
			thread.setDaemon(true);
			return thread;
		});
		this.sweeper.scheduleWithFixedDelay(this::sweep, INTERVAL.toMillis(), INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	private void recoverLeft() {
		List<Execution> left = this.executions.running();
		ExecutionOwner known = this.owner.getIfAvailable();
		if (left.isEmpty()) {
			return;
		}
		if (known == null) {
			logger.warn("Marked as running by another process: {}. If none of your instances runs them, "
					+ "stop and abandon them in the batch console (/jobs).", names(left));
			return;
		}
		List<Execution> recovered = left.stream()
			.filter((execution) -> !known.isAlive(execution.executionId()))
			.filter((execution) -> recover(execution.executionId()))
			.toList();
		if (!recovered.isEmpty()) {
			logger.warn("Left by a process that ended while it ran them: {}. They have failed now, and can be "
					+ "restarted where they were.", names(recovered));
		}
	}

	private static String names(List<Execution> executions) {
		return executions.stream()
			.map((execution) -> execution.jobName() + " (execution " + execution.executionId() + ")")
			.collect(Collectors.joining(", "));
	}

	private boolean recover(long executionId) {
		JobExecution left = this.repository.getJobExecution(executionId);
		if (left == null || !left.isRunning()) {
			return false;
		}
		ExitStatus failed = ExitStatus.FAILED.addExitDescription(KILLED);
		left.setExitStatus(failed);
		left.getStepExecutions()
			.stream()
			.filter((step) -> step.getStatus().isRunning())
			.forEach((step) -> step.setExitStatus(failed));
		this.operator.recover(left);
		return true;
	}

	/** Looks after those whose thread here has ended. */
	private void sweep() {
		for (Long executionId : List.copyOf(this.threads.ended())) {
			try {
				if (recover(executionId)) {
					logger.warn("The end of execution {} could not be written when it came. It has failed now, "
							+ "and can be restarted.", executionId);
				}
				this.threads.ended().remove(executionId);
			}
			catch (DataAccessException | TransactionException ex) {
				logger.debug("Execution {} is not looked after yet", executionId, ex);
			}
		}
	}

	/** Tells whoever wants to go on with what was interrupted. */
	@EventListener
	void ready(ApplicationReadyEvent event) {
		List<Execution> interrupted = new ArrayList<>(this.executions.restartable(KILLED));
		interrupted.addAll(this.executions.restartable(STOPPED));
		if (!interrupted.isEmpty()) {
			this.events.publishEvent(new ExecutionsInterrupted(interrupted));
		}
	}

	/** Stops the jobs that run here. */
	@Override
	public synchronized void stop() {
		if (this.sweeper != null) {
			this.sweeper.shutdownNow();
			this.sweeper = null;
		}
		List<Long> running = List.copyOf(this.threads.running());
		try {
			for (Long executionId : running) {
				stop(executionId);
			}
			if (!running.isEmpty() && !this.threads.awaitAll(this.settings.stopWithin())) {
				logger.warn("Executions {} did not stop within {} s; the next start recovers them",
						this.threads.running(), this.settings.stopWithin().toSeconds());
			}
			for (Long executionId : running) {
				this.jdbc.sql("""
						update batch_job_execution set exit_message = :message, version = version + 1
						where job_execution_id = :id and status = 'STOPPED'
						""").param("message", STOPPED).param("id", executionId).update();
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.warn("Executions {} can't be stopped, as PostgreSQL does not answer; the next start recovers them",
					running);
		}
	}

	private void stop(long executionId) {
		try {
			this.launches.stop(executionId, "the end of the application");
		}
		catch (JobRefusal ex) {
			logger.debug("Execution {} ends by itself", executionId);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.sweeper != null;
	}

	/** Before any server or listener that could launch something. */
	@Override
	public int getPhase() {
		return 0;
	}

}
