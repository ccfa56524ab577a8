package io.isobar.jobs;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How far a running step is, told while it runs, and whether it is to stop. Cheap enough
 * to be called for every row: the database is asked and told at most once a second. It
 * has a table of its own, beside the step's execution context, so that telling how far
 * one is never saves half of what a restart goes on from.
 */
@Component
public class StepProgress {

	private static final Logger logger = LoggerFactory.getLogger(StepProgress.class);

	private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

	private final Map<Long, Long> told = new ConcurrentHashMap<>();

	private final Map<Long, Asked> asked = new ConcurrentHashMap<>();

	private final JdbcClient jdbc;

	private final TransactionTemplate ownTransaction;

	StepProgress(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.ownTransaction = new TransactionTemplate(transactions);
		this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	/**
	 * Tells how far a step is.
	 * @param progress 0 to 1
	 */
	public void at(StepExecution step, double progress) {
		long now = System.nanoTime();
		Long before = this.told.get(step.getId());
		if (before == null || now - before >= INTERVAL) {
			this.told.put(step.getId(), now);
			save(step, "progress", Math.max(0, Math.min(1, progress)));
		}
	}

	/** Tells how far a step is: {@code done} of {@code expected}. */
	public void at(StepExecution step, long done, long expected) {
		at(step, (expected > 0) ? (double) done / expected : 0);
	}

	/**
	 * Says how many items a step is going to read: then its progress follows from its
	 * read count.
	 */
	public void expect(StepExecution step, long items) {
		save(step, "expected", items);
	}

	/** Whether somebody has asked the step's execution to stop. */
	public boolean stopRequested(StepExecution step) {
		if (step.isTerminateOnly()) {
			return true;
		}
		long now = System.nanoTime();
		Asked before = this.asked.get(step.getJobExecutionId());
		if (before == null || now - before.at() >= INTERVAL) {
			before = new Asked(now, ask(step.getJobExecutionId()));
			this.asked.put(step.getJobExecutionId(), before);
		}
		return before.stop();
	}

	/**
	 * Ends the step as stopped, if somebody has asked for it.
	 * @throws JobInterruptedException which the step lets pass
	 */
	public void stopIfRequested(StepExecution step) throws JobInterruptedException {
		if (stopRequested(step)) {
			throw new JobInterruptedException("Step " + step.getStepName() + " was asked to stop.");
		}
	}

	private record Asked(long at, boolean stop) {

	}

	private boolean ask(long executionId) {
		try {
			return this.jdbc.sql("select status from batch_job_execution where job_execution_id = :id")
				.param("id", executionId)
				.query(String.class)
				.optional()
				.map((status) -> BatchStatus.valueOf(status).isGreaterThan(BatchStatus.STARTED))
				.orElse(true);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("It can't be asked whether execution {} is to stop", executionId, ex);
			return false;
		}
	}

	private void save(StepExecution step, String column, Number value) {
		try {
			this.ownTransaction.executeWithoutResult((status) -> this.jdbc
				.sql("insert into step_progress (step_execution_id, " + column + ") values (:id, :value) "
						+ "on conflict (step_execution_id) do update set " + column + " = excluded." + column
						+ ", told_at = now()")
				.param("id", step.getId())
				.param("value", value)
				.update());
		}
		catch (DataAccessException | TransactionException ex) {
			// No reason for a step to fail
			logger.debug("The progress of step {} is not told", step.getStepName(), ex);
		}
	}

	void forget(JobExecution execution) {
		this.asked.remove(execution.getId());
		execution.getStepExecutions().forEach((step) -> this.told.remove(step.getId()));
	}

}
