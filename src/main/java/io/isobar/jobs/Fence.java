package io.isobar.jobs;

import java.util.function.Supplier;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps what an execution writes apart from what another one has taken over: an instance
 * that was paused, and comes back, can't write any more.
 */
@Component
public class Fence {

	private final JobThreads threads;

	private final Leases leases;

	private final TransactionTemplate transaction;

	Fence(JobThreads threads, Leases leases, PlatformTransactionManager transactions) {
		this.threads = threads;
		this.leases = leases;
		this.transaction = new TransactionTemplate(transactions);
	}

	/**
	 * Writes for a job, in a transaction: as its first statement it makes sure that the
	 * execution still has its lease, which nobody can take before its end.
	 * @throws LeaseLost if another instance has taken it
	 */
	public <T> T writing(StepExecution step, Supplier<T> work) {
		return this.transaction.execute((status) -> {
			Lease lease = this.threads.lease(step.getJobExecutionId());
			if (!this.leases.pass(lease)) {
				throw new LeaseLost(step.getJobExecution().getJobInstance().getJobName(), step.getJobExecutionId());
			}
			return work.get();
		});
	}

	/** As {@link #writing(StepExecution, Supplier)}. */
	public void writing(StepExecution step, Runnable work) {
		writing(step, () -> {
			work.run();
			return true;
		});
	}

	/**
	 * Makes sure that the execution still has its lease.
	 * @throws LeaseLost if another instance has taken it
	 */
	void check(StepExecution step) {
		writing(step, () -> {
		});
	}

	/**
	 * Number of the execution's lease: larger than that of any that was taken before it,
	 * for writes outside the database.
	 */
	public int number(StepExecution step) {
		return this.threads.lease(step.getJobExecutionId()).number();
	}

}
