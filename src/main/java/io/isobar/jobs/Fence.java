package io.isobar.jobs;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.simple.JdbcClient;
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

	private final JdbcClient jdbc;

	Fence(JobThreads threads, Leases leases, PlatformTransactionManager transactions, JdbcClient jdbc) {
		this.threads = threads;
		this.leases = leases;
		this.transaction = new TransactionTemplate(transactions);
		this.jdbc = jdbc;
	}

	/**
	 * Writes for a job, in a transaction: as its first statement it makes sure that the
	 * execution still has its lease, which nobody can take before its end. On any thread.
	 * @throws LeaseLost if another instance has taken it
	 */
	public <T> T writing(StepExecution step, Supplier<T> work) {
		return writing(this.threads.lease(step.getJobExecutionId()), work);
	}

	/** As {@link #writing(StepExecution, Supplier)}. */
	public void writing(StepExecution step, Runnable work) {
		writing(step, () -> {
			work.run();
			return true;
		});
	}

	/**
	 * As {@link #writing(StepExecution, Runnable)}, unless the execution was asked to
	 * stop, or was abandoned, before: Spring Batch looks for the first between steps
	 * only, and passes over the second.
	 * @throws JobInterruptedException if it was
	 */
	public void concluding(StepExecution step, Runnable work) throws JobInterruptedException {
		boolean isWanted = writing(step, () -> {
			// Until the end of the transaction nobody stops it
			boolean goesOn = this.jdbc
				.sql("select status from batch_job_execution where job_execution_id = :id for no key update")
				.param("id", step.getJobExecutionId())
				.query(String.class)
				.single()
				.equals(BatchStatus.STARTED.name());
			if (goesOn) {
				work.run();
			}
			return goesOn;
		});
		if (!isWanted) {
			throw new JobInterruptedException(
					"Step %s was asked to stop, or its execution was abandoned.".formatted(step.getStepName()));
		}
	}

	private <T> T writing(Lease lease, Supplier<T> work) {
		return this.transaction.execute((status) -> {
			if (!this.leases.pass(lease)) {
				throw new LeaseLost(lease.name());
			}
			return work.get();
		});
	}

	/**
	 * Number of the execution's lease: larger than that of any that was taken before it,
	 * for writes outside the database.
	 */
	public int number(StepExecution step) {
		return this.threads.lease(step.getJobExecutionId()).number();
	}

	/** What Spring Batch itself writes on the thread of a job is fenced as well. */
	JobRepository around(JobRepository repository) {
		ProxyFactory proxy = new ProxyFactory(repository);
		proxy.addAdvice((MethodInterceptor) this::write);
		return (JobRepository) proxy.getProxy();
	}

	private @Nullable Object write(MethodInvocation call) throws Throwable {
		Lease lease = this.threads.lease().orElse(null);
		if (lease == null) {
			return call.proceed();
		}
		if (call.getMethod().getName().startsWith("update")) {
			writing(lease, () -> proceed(call));
			return null;
		}
		if (call.getMethod().getName().startsWith("create") && !this.leases.isHeld(lease)) {
			// Spring Batch wants no transaction around it
			throw new LeaseLost(lease.name());
		}
		return call.proceed();
	}

	/** None of the updates throws a checked exception. */
	private static boolean proceed(MethodInvocation update) {
		try {
			update.proceed();
			return true;
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

}
