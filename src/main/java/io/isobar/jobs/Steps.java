package io.isobar.jobs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.StoppableTasklet;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;

/**
 * Makes steps whose work is tried several times, with growing delays, before they fail.
 * The log has nothing of a try that fails and one line of a step that came through all
 * the same; what fails for good is told once, by the job's failure.
 */
@Component
public class Steps {

	/** Key in the step's execution context: how many tries its work has taken. */
	public static final String ATTEMPTS = "attempts";

	private static final Logger logger = LoggerFactory.getLogger(Steps.class);

	private final JobRepository repository;

	private final PlatformTransactionManager transactions;

	private final StepProgress progress;

	private final RetryTemplate retry;

	Steps(JobRepository repository, PlatformTransactionManager transactions, StepProgress progress,
			JobSettings settings) {
		this.repository = repository;
		this.transactions = transactions;
		this.progress = progress;
		this.retry = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(settings.attempts() - 1L)
			.delay(settings.delay())
			.multiplier(settings.multiplier())
			.maxDelay(settings.maxDelay())
			.predicate(Steps::isWorthRetrying)
			.build());
	}

	/**
	 * A step that does some work, tried again where it fails. The work runs in no
	 * transaction: it opens its own, one for each try. It must bear being done again.
	 */
	public Step step(String name, Tasklet work) {
		return new StepBuilder(name, this.repository).tasklet(retrying(work), this.transactions)
			.transactionAttribute(new NoTransaction())
			.build();
	}

	/** For steps that are built another way: the work, tried again where it fails. */
	public Tasklet retrying(Tasklet work) {
		return new Retrying(work);
	}

	private static boolean isWorthRetrying(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof NotWorthRetrying || cause instanceof JobInterruptedException
					|| cause instanceof InterruptedException || cause instanceof Error) {
				return false;
			}
		}
		return true;
	}

	/**
	 * With the default for checked exceptions, Batch would pass over one, and do the work
	 * again and again.
	 */
	private static final class NoTransaction extends DefaultTransactionAttribute {

		private static final long serialVersionUID = 1;

		private NoTransaction() {
			super(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
		}

		@Override
		public boolean rollbackOn(Throwable ex) {
			return true;
		}

	}

	private final class Retrying implements StoppableTasklet {

		private final Tasklet work;

		private Retrying(Tasklet work) {
			this.work = work;
		}

		@Override
		public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
			StepExecution step = contribution.getStepExecution();
			int[] attempts = { 0 };
			Throwable[] first = { null };
			try {
				RepeatStatus result = Steps.this.retry.execute(() -> {
					attempts[0]++;
					step.getExecutionContext().putInt(ATTEMPTS, attempts[0]);
					if (attempts[0] > 1) {
						Steps.this.progress.stopIfRequested(step);
					}
					try {
						RepeatStatus done = this.work.execute(contribution, chunk);
						return (done != null) ? done : RepeatStatus.FINISHED;
					}
					catch (Throwable ex) {
						first[0] = (first[0] != null) ? first[0] : ex;
						throw ex;
					}
				});
				if (first[0] != null) {
					logger.info("Step {} came through at try {}. What had failed: {}", step.getStepName(), attempts[0],
							Failure.messages(first[0]));
				}
				return (result != null) ? result : RepeatStatus.FINISHED;
			}
			catch (RetryException ex) {
				throw cause(ex);
			}
		}

		private static Exception cause(RetryException ex) {
			Throwable cause = ex.getCause();
			if (cause instanceof InterruptedException) {
				Thread.currentThread().interrupt();
				return new JobInterruptedException("Interrupted while waiting for another try.");
			}
			if (cause instanceof Error error) {
				throw error;
			}
			return (cause instanceof Exception failure) ? failure : ex;
		}

		@Override
		public void stop() {
			if (this.work instanceof StoppableTasklet stoppable) {
				stoppable.stop();
			}
		}

		@Override
		public void stop(StepExecution step) {
			if (this.work instanceof StoppableTasklet stoppable) {
				stoppable.stop(step);
			}
		}

	}

}
