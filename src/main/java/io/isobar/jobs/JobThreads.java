package io.isobar.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.scope.context.StepSynchronizationManager;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepLocator;
import org.springframework.batch.core.step.StoppableStep;
import org.springframework.batch.core.step.tasklet.StoppableTasklet;
import org.springframework.batch.core.step.tasklet.TaskletStep;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** The threads on which jobs run here, each named and with its execution in the log. */
@Component
class JobThreads {

	static final String MDC_EXECUTION = "executionId";

	static final String MDC_JOB = "job";

	private static final Logger logger = LoggerFactory.getLogger(JobThreads.class);

	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("job-");

	private final Map<Long, JobExecution> running = new ConcurrentHashMap<>();

	private final Map<Long, Runnable> afterwards = new ConcurrentHashMap<>();

	private final Map<Long, Runnable> whenLost = new ConcurrentHashMap<>();

	/** Those whose thread has ended, but perhaps not their row in the database. */
	private final Set<Long> ended = ConcurrentHashMap.newKeySet();

	/** Under which lease each of them runs, also when it has lost it. */
	private final Map<Long, Lease> leased = new ConcurrentHashMap<>();

	private final ThreadLocal<@Nullable Long> current = new ThreadLocal<>();

	/** On a thread that launches: under which lease. */
	private final ThreadLocal<@Nullable Lease> launching = new ThreadLocal<>();

	/** On the thread of a job: its lease. */
	private final ThreadLocal<@Nullable Lease> lease = new ThreadLocal<>();

	private final Jobs jobs;

	private final Leases leases;

	JobThreads(Jobs jobs, Leases leases) {
		this.jobs = jobs;
		this.leases = leases;
		// A job that does not stop must not keep the application from ending
		this.executor.setDaemon(true);
	}

	/** What the launch executes runs under this lease, and gives it back at its end. */
	<T> T under(Lease taken, Supplier<T> launch) {
		this.launching.set(taken);
		try {
			return launch.get();
		}
		finally {
			this.launching.remove();
		}
	}

	void execute(Runnable work) {
		Lease taken = this.launching.get();
		if (taken == null) {
			throw new IllegalStateException("Jobs run under a lease: launch them by Launches");
		}
		this.executor.execute(() -> {
			this.lease.set(taken);
			boolean written = false;
			try {
				work.run();
				written = true;
			}
			catch (RuntimeException | Error ex) {
				logger.debug("The end of a job could not be written", ex);
				if (hasLost(taken)) {
					tellThatItIsLost();
				}
				else {
					// Recovery finds what is left of it
					logger.error("The end of a job could not be written: {}", Failure.messages(ex));
				}
			}
			finally {
				end(taken, written);
			}
		});
	}

	private void tellThatItIsLost() {
		Long executionId = this.current.get();
		Runnable action = (executionId != null) ? this.whenLost.get(executionId) : null;
		if (action != null) {
			action.run();
		}
	}

	/**
	 * The job of this thread begins.
	 * @param whenLost what to do when it ends because its lease is lost
	 */
	void begin(JobExecution execution, Runnable whenLost) {
		this.whenLost.put(execution.getId(), whenLost);
		this.current.set(execution.getId());
		this.leased.put(execution.getId(), Objects.requireNonNull(this.lease.get()));
		this.running.put(execution.getId(), execution);
		MDC.put(MDC_EXECUTION, Long.toString(execution.getId()));
		MDC.put(MDC_JOB, execution.getJobInstance().getJobName());
	}

	/** What to do when nothing of the execution runs any more. */
	void afterwards(long executionId, Runnable action) {
		this.afterwards.put(executionId, action);
	}

	/** Gives the lease back, unless the execution is still marked as running. */
	private void end(Lease taken, boolean written) {
		Long executionId = this.current.get();
		this.current.remove();
		this.lease.remove();
		try {
			if (written) {
				giveBack(taken);
			}
			else if (executionId == null) {
				// It has not even begun: nobody looks after it who could give it back
				this.leases.letRunOut(taken);
			}
			if (executionId != null) {
				this.ended.add(executionId);
				this.running.remove(executionId);
				this.whenLost.remove(executionId);
				Runnable action = this.afterwards.remove(executionId);
				if (action != null) {
					action.run();
				}
			}
		}
		finally {
			MDC.clear();
		}
	}

	private void giveBack(Lease taken) {
		try {
			this.leases.release(taken);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Lease {} is not given back, but runs out", taken, ex);
		}
	}

	/** Under which lease this thread runs, if it is a job's. */
	Optional<Lease> lease() {
		return Optional.ofNullable(this.lease.get());
	}

	/** Under which lease an execution runs here. */
	Lease lease(long executionId) {
		Lease its = this.leased.get(executionId);
		if (its == null) {
			throw new IllegalStateException("Execution " + executionId + " does not run here");
		}
		return its;
	}

	private boolean hasLost(Lease its) {
		try {
			return !this.leases.isHeld(its);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("It can't be asked whether lease {} is lost", its, ex);
			return false;
		}
	}

	boolean isRunning(long executionId) {
		return this.running.containsKey(executionId);
	}

	/** The executions of the job that still run here. */
	List<Long> running(String jobName) {
		return this.running.values()
			.stream()
			.filter((execution) -> execution.getJobInstance().getJobName().equals(jobName))
			.map(JobExecution::getId)
			.toList();
	}

	Set<Long> running() {
		return Set.copyOf(this.running.keySet());
	}

	int count() {
		return this.running.size();
	}

	/** Those whose thread has ended and that nobody has looked after yet. */
	Set<Long> ended() {
		return Set.copyOf(this.ended);
	}

	/** An execution that has ended has been looked after. */
	void forget(long executionId) {
		this.ended.remove(executionId);
		this.leased.remove(executionId);
	}

	/**
	 * Tells the steps of what runs under a lease that they are to stop, as it is lost.
	 */
	void lost(Lease its) {
		this.leased.forEach((executionId, lease) -> {
			if (lease.equals(its)) {
				tellSteps(executionId);
			}
		});
	}

	/** Waits until all jobs here have ended, or the time is over. */
	boolean awaitAll(Duration atMost) {
		return await(this.running::isEmpty, atMost);
	}

	/** Waits until nothing of an execution runs here any more, or the time is over. */
	boolean awaitEnd(long executionId, Duration atMost) {
		return await(() -> !isRunning(executionId), atMost);
	}

	private static boolean await(BooleanSupplier state, Duration atMost) {
		long deadline = System.nanoTime() + atMost.toNanos();
		while (!state.getAsBoolean() && System.nanoTime() < deadline) {
			LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
		}
		return state.getAsBoolean();
	}

	/**
	 * Tells the steps of an execution that it is to stop, if it runs here: those that
	 * know how end sooner than at their next chunk.
	 */
	void tellSteps(long executionId) {
		JobExecution execution = this.running.get(executionId);
		if (execution == null
				|| !(this.jobs.job(execution.getJobInstance().getJobName()) instanceof StepLocator locator)) {
			return;
		}
		for (StepExecution stepExecution : execution.getStepExecutions()) {
			if (stepExecution.getStatus().isRunning()) {
				Step step = locator.getStep(stepExecution.getStepName());
				StepSynchronizationManager.register(stepExecution);
				try {
					if (step instanceof TaskletStep tasklets
							&& tasklets.getTasklet() instanceof StoppableTasklet stoppable) {
						stoppable.stop(stepExecution);
					}
					if (step instanceof StoppableStep stoppable) {
						stoppable.stop(stepExecution);
					}
				}
				catch (RuntimeException ex) {
					logger.warn("Step {} does not let itself be stopped ({}); it is asked again at its next chunk",
							stepExecution.getStepName(), ex.getMessage());
				}
				finally {
					StepSynchronizationManager.release();
				}
			}
		}
	}

}
