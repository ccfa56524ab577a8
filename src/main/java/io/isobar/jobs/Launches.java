package io.isobar.jobs;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.InvalidJobParametersException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobExecutionAlreadyRunningException;
import org.springframework.batch.core.launch.JobInstanceAlreadyCompleteException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.launch.JobRestartException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Launches, restarts, stops, abandons and deletes executions; refuses what isn't legal
 * with a {@link JobRefusal}. Jobs run on threads of their own: what is returned has only
 * just begun. Safe to use by several people, threads and instances at a time: the second
 * sees what the first has done.
 */
@Component
public class Launches {

	/** Parameter that makes each launch an instance of its own. */
	public static final String RUN = "run";

	/** Parameter of scheduled runs: the local day, which is an instance. */
	public static final String DAY = "day";

	/** Parameter of scheduled runs: true. */
	public static final String SCHEDULED = "scheduled";

	/** Parameter with who launched it. */
	public static final String LAUNCHED_BY = "launchedBy";

	private static final Duration A_MOMENT = Duration.ofSeconds(10);

	/** While others wait to launch. */
	private static final Duration AT_MOST_A_MOMENT = Duration.ofSeconds(3);

	private static final Logger logger = LoggerFactory.getLogger(Launches.class);

	private final Jobs jobs;

	private final Executions executions;

	private final JobThreads threads;

	private final LaunchLock lock;

	private final Leases leases;

	private final JobOperator operator;

	private final JobRepository repository;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	Launches(Jobs jobs, Executions executions, JobThreads threads, LaunchLock lock, Leases leases, JobOperator operator,
			JobRepository repository, JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jobs = jobs;
		this.executions = executions;
		this.threads = threads;
		this.lock = lock;
		this.leases = leases;
		this.operator = operator;
		this.repository = repository;
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
	}

	/**
	 * Launches a job as a new instance, so that the same parameters may run again.
	 * @param by who wants it
	 */
	public Execution launch(String jobName, Map<String, String> parameters, String by) {
		JobDescriptor descriptor = descriptor(jobName);
		String instead = descriptor.insteadOfLaunching();
		if (instead != null) {
			throw new JobRefusal.NotLegal(
					Sentence.of("jobs.launch.notLaunchable", "{0} is not launched by itself. {1}", jobName, instead));
		}
		return launchInternally(jobName, parameters, by);
	}

	/**
	 * Launches a job for another part of the application, also one that people may not
	 * launch.
	 * @param by on whose behalf
	 */
	public Execution launchInternally(String jobName, Map<String, String> parameters, String by) {
		JobDescriptor descriptor = descriptor(jobName);
		JobParametersBuilder all = read(descriptor, parameters, Parameter::identifying);
		this.threads.running(jobName).forEach(this::letEnd);
		return this.lock.holding(() -> {
			refuseSecond(descriptor);
			long run = this.jdbc.sql("select nextval('job_run_seq')").query(Long.class).single();
			all.addLong(RUN, run).addString(LAUNCHED_BY, by, false);
			return start(jobName, all.toJobParameters());
		});
	}

	/**
	 * Launches the scheduled run of a day, once.
	 * @return its first execution, or empty if that day's run was launched before: then
	 * {@link Executions#scheduled} has it
	 */
	public Optional<Execution> launchScheduled(String jobName, LocalDate day, Map<String, String> parameters,
			String by) {
		JobDescriptor descriptor = descriptor(jobName);
		JobParameters all = read(descriptor, parameters, (parameter) -> false).addLocalDate(DAY, day)
			.addJobParameter(SCHEDULED, true, Boolean.class)
			.addString(LAUNCHED_BY, by, false)
			.toJobParameters();
		this.threads.running(jobName).forEach(this::letEnd);
		return this.lock.holding(() -> {
			JobInstance known = this.repository.getJobInstance(jobName, all);
			if (known != null && !this.repository.getJobExecutions(known).isEmpty()) {
				return Optional.empty();
			}
			if (known != null) {
				// Whoever launched it ended before it had an execution, and it never
				// could get one
				this.repository.deleteJobInstance(known);
			}
			refuseSecond(descriptor);
			return Optional.of(start(jobName, all));
		});
	}

	/**
	 * Restarts a failed or stopped execution at the step that did not complete.
	 * @return the new execution
	 */
	public Execution restart(long executionId, String by) {
		letEnd(executionId);
		return this.lock.holding(() -> {
			Execution execution = execution(executionId);
			execution.restartRefused().ifPresent(Launches::refuse);
			if (this.threads.isRunning(executionId)) {
				throw ending(executionId);
			}
			refuseSecond(descriptor(execution.jobName()));
			JobParameters parameters = loaded(executionId).getJobParameters();
			logger.info("{} restarts execution {} of {}", by, executionId, execution.jobName());
			return start(execution.jobName(),
					new JobParametersBuilder(parameters).addString(LAUNCHED_BY, by, false).toJobParameters());
		});
	}

	/** Asks a running execution to stop, which it does at the next occasion. */
	public Execution stop(long executionId, String by) {
		return stop(executionId, by, "");
	}

	/**
	 * Likewise.
	 * @param message what stands with it until it has stopped
	 */
	Execution stop(long executionId, String by, String message) {
		// One statement, as the execution may end by itself at any moment
		int changed = this.jdbc.sql("""
				update batch_job_execution set status = 'STOPPING', exit_message = :message, version = version + 1,
					last_updated = :now
				where job_execution_id = :id and status in ('STARTING', 'STARTED')
				""").param("message", message).param("now", LocalDateTime.now()).param("id", executionId).update();
		if (changed == 0) {
			Execution execution = execution(executionId);
			execution.stopRefused().ifPresent(Launches::refuse);
			throw new JobRefusal.NotLegal(Sentence.of("jobs.stop.missed", "It has changed just now. Look again."));
		}
		logger.info("{} stops execution {}", by, executionId);
		this.threads.tellSteps(executionId);
		return execution(executionId);
	}

	/** Gives up an execution that can or shall not be restarted. */
	public Execution abandon(long executionId, String by) {
		int changed = this.jdbc.sql("""
				update batch_job_execution set status = 'ABANDONED', version = version + 1, last_updated = :now,
					end_time = coalesce(end_time, :now)
				where job_execution_id = :id and status in ('STOPPING', 'STOPPED', 'FAILED', 'UNKNOWN')
				""").param("now", LocalDateTime.now()).param("id", executionId).update();
		Execution execution = execution(executionId);
		if (changed == 0) {
			execution.abandonRefused().ifPresent(Launches::refuse);
		}
		else {
			logger.info("{} abandons execution {} of {}", by, executionId, execution.jobName());
		}
		return execution;
	}

	/** Deletes an execution that has ended, with its steps and all that is kept of it. */
	public void delete(long executionId, String by) {
		letEnd(executionId);
		this.lock.holding(() -> {
			Execution execution = execution(executionId);
			execution.deleteRefused().ifPresent(Launches::refuse);
			JobExecution loaded = loaded(executionId);
			try {
				this.transaction.executeWithoutResult((status) -> deleteCompletely(execution, loaded));
			}
			catch (OptimisticLockingFailureException ex) {
				throw ending(executionId);
			}
			logger.info("{} deletes execution {} of {}", by, executionId, execution.jobName());
			return executionId;
		});
	}

	private void deleteCompletely(Execution execution, JobExecution loaded) {
		this.repository.deleteJobExecution(loaded);
		// An instance without any execution could never be launched again
		this.jdbc.sql("""
				delete from batch_job_instance i where i.job_instance_id = :id
				and not exists (select from batch_job_execution e where e.job_instance_id = i.job_instance_id)
				""").param("id", execution.instanceId()).update();
	}

	private JobDescriptor descriptor(String jobName) {
		return this.jobs.find(jobName).orElseThrow(() -> this.jobs.unknown(jobName));
	}

	private Execution execution(long executionId) {
		return this.executions.find(executionId).orElseThrow(() -> new JobRefusal.UnknownExecution(executionId));
	}

	private JobExecution loaded(long executionId) {
		JobExecution loaded = this.repository.getJobExecution(executionId);
		if (loaded == null) {
			throw new JobRefusal.UnknownExecution(executionId);
		}
		return loaded;
	}

	private void refuseSecond(JobDescriptor descriptor) {
		if (!descriptor.publishes()) {
			return;
		}
		List<Execution> running = this.executions.running(descriptor.name());
		if (!running.isEmpty()) {
			Execution first = running.get(0);
			throw Execution.alreadyRunning(descriptor.name(), first.executionId(),
					first.parameters().getOrDefault(LAUNCHED_BY, "somebody"));
		}
		// One that was abandoned while it was still stopping, say
		this.threads.running(descriptor.name()).stream().findFirst().ifPresent((executionId) -> {
			throw ending(executionId);
		});
	}

	/**
	 * An execution has ended in the database a moment before its thread has, which is
	 * waited for.
	 */
	private void letEnd(long executionId) {
		if (this.threads.isRunning(executionId) && !execution(executionId).isRunning()) {
			this.threads.awaitEnd(executionId, A_MOMENT);
		}
	}

	private static JobRefusal ending(long executionId) {
		return new JobRefusal.AlreadyRunning(Sentence.of("jobs.ending",
				"Execution {0} is just coming to its end. Try again in a moment.", executionId));
	}

	private static JobParametersBuilder read(JobDescriptor descriptor, Map<String, String> given,
			Function<Parameter, Boolean> identifying) {
		JobParametersBuilder all = new JobParametersBuilder();
		descriptor.read(given).forEach((name, value) -> {
			boolean identifies = identifying.apply(descriptor.parameter(name).orElseThrow());
			if (value instanceof LocalDate day) {
				all.addLocalDate(name, day, identifies);
			}
			else if (value instanceof Long number) {
				all.addLong(name, number, identifies);
			}
			else if (value instanceof Boolean flag) {
				all.addJobParameter(name, flag, Boolean.class, identifies);
			}
			else {
				all.addString(name, value.toString(), identifies);
			}
		});
		return all;
	}

	/** A new instance, or a restart of the one that these parameters identify. */
	private Execution start(String jobName, JobParameters parameters) {
		Job job = this.jobs.job(jobName);
		Lease lease = lease(descriptor(jobName), parameters);
		boolean started = false;
		try {
			JobExecution execution = this.threads.under(lease, () -> start(job, parameters));
			started = true;
			return execution(execution.getId());
		}
		finally {
			if (!started) {
				this.leases.release(lease);
			}
		}
	}

	/** An execution gives its lease back a moment after it has ended. */
	private Lease lease(JobDescriptor descriptor, JobParameters parameters) {
		String name = Leases.name(descriptor, parameters);
		long deadline = System.nanoTime() + AT_MOST_A_MOMENT.toNanos();
		do {
			Optional<Lease> lease = this.leases.take(name);
			if (lease.isPresent()) {
				return lease.get();
			}
			LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
		}
		while (System.nanoTime() < deadline);
		throw new JobRefusal.AlreadyRunning(Sentence.of("jobs.leased",
				"The process that ran {0} last has ended without a word, or has not ended yet. Try again in a minute.",
				descriptor.name()));
	}

	private JobExecution start(Job job, JobParameters parameters) {
		String jobName = job.getName();
		try {
			return this.operator.start(job, parameters);
		}
		catch (JobExecutionAlreadyRunningException ex) {
			throw new JobRefusal.AlreadyRunning(
					Sentence.of("jobs.instance.running", "This run of {0} goes on already.", jobName));
		}
		catch (JobInstanceAlreadyCompleteException | JobRestartException | InvalidJobParametersException ex) {
			throw new JobRefusal.NotLegal(
					Sentence.of("jobs.start", "{0} does not start: {1}", jobName, String.valueOf(ex.getMessage())));
		}
	}

	private static void refuse(JobRefusal refusal) {
		throw refusal;
	}

}
