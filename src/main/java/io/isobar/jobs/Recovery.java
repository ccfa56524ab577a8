package io.isobar.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Keeps the leases of what runs here, and brings executions that nobody runs any more to
 * an end, so that they can be restarted: those whose lease has run out, whichever
 * instance they ran on, and those whose end could not be written because the database was
 * away. When the application stops, its jobs are stopped first.
 */
@Component
class Recovery implements SmartLifecycle {

	static final String KILLED = "The process that ran it ended before it did. Restart it to go on.";

	static final String STOPPED = "The application was stopped. Restart it to go on.";

	static final String STOPPED_BEFORE = "Somebody asked it to stop, and the process that ran it ended before it did. Restart it to go on.";

	private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

	/** How often leases are renewed, and looked at, at least. */
	private static final Duration MOST = Duration.ofSeconds(3);

	private final Executions executions;

	private final JobThreads threads;

	private final Launches launches;

	private final JobOperator operator;

	private final JobRepository repository;

	private final JdbcClient jdbc;

	private final Leases leases;

	private final ApplicationEventPublisher events;

	private final JobSettings settings;

	private @Nullable ScheduledExecutorService sweeper;

	/** Leases whose time had run out when they were last looked at. */
	private Set<Integer> overBefore = Set.of();

	/** What was recovered here and nobody was told of yet. */
	private final Set<Long> recovered = ConcurrentHashMap.newKeySet();

	private volatile boolean ready;

	Recovery(Executions executions, JobThreads threads, Launches launches, JobOperator operator,
			JobRepository repository, JdbcClient jdbc, Leases leases, ApplicationEventPublisher events,
			JobSettings settings) {
		this.executions = executions;
		this.threads = threads;
		this.launches = launches;
		this.operator = operator;
		this.repository = repository;
		this.jdbc = jdbc;
		this.leases = leases;
		this.events = events;
		this.settings = settings;
	}

	@Override
	public synchronized void start() {
		this.leases.releaseEarlier();
		recoverLeft();
		this.sweeper = Executors.newSingleThreadScheduledExecutor((work) -> {
			Thread thread = new Thread(work, "job-recovery");
			thread.setDaemon(true);
			return thread;
		});
		long interval = Math.min(MOST.toMillis(), this.settings.lease().toMillis() / 6);
		this.sweeper.scheduleWithFixedDelay(this::sweep, interval, interval, TimeUnit.MILLISECONDS);
	}

	private void sweep() {
		try {
			this.leases.renew().forEach(this.threads::lost);
			lookAfterEnded();
			recoverLeft();
			tell();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Leases and executions are not looked after yet", ex);
		}
		catch (RuntimeException ex) {
			logger.error("Leases and executions can't be looked after: {}", Failure.messages(ex), ex);
		}
	}

	/**
	 * Recovers what nobody runs any more. Where a lease has run out, its holder gets one
	 * more occasion to renew it: perhaps it was PostgreSQL that was away.
	 */
	private void recoverLeft() {
		Map<Long, String> running = this.executions.leaseNames();
		if (running.isEmpty()) {
			this.overBefore = Set.of();
			return;
		}
		Map<String, Leases.State> states = this.leases.states();
		List<Execution> recovered = new ArrayList<>();
		running.forEach((executionId, name) -> {
			Leases.State state = states.get(name);
			if (state == null || (state.isOver() && this.overBefore.contains(state.number()))) {
				recover(executionId, name, state != null).ifPresent(recovered::add);
			}
		});
		this.overBefore = states.values()
			.stream()
			.filter(Leases.State::isOver)
			.map(Leases.State::number)
			.collect(Collectors.toSet());
		if (!recovered.isEmpty()) {
			logger.warn("Left by a process that ended, or was paused, while it ran them: {}. They have failed now, "
					+ "and can be restarted where they were.", names(recovered));
		}
		recovered.stream()
			.filter((execution) -> !STOPPED_BEFORE.equals(execution.exitMessage()))
			.forEach((execution) -> this.recovered.add(execution.executionId()));
	}

	/**
	 * Tells whoever wants to go on with what was interrupted, here or in another
	 * instance, as long as nobody has.
	 */
	private void tell() {
		if (!this.ready) {
			return;
		}
		Map<Long, Execution> interrupted = new TreeMap<>();
		for (long executionId : this.recovered) {
			this.executions.find(executionId).ifPresent((found) -> interrupted.put(executionId, found));
		}
		for (String message : List.of(KILLED, STOPPED)) {
			this.executions.restartable(message).forEach((each) -> interrupted.put(each.executionId(), each));
		}
		if (!interrupted.isEmpty()) {
			this.events.publishEvent(new ExecutionsInterrupted(List.copyOf(interrupted.values())));
			this.recovered.removeAll(interrupted.keySet());
		}
	}

	private static String names(List<Execution> executions) {
		return executions.stream()
			.map((execution) -> execution.jobName() + " (execution " + execution.executionId() + ")")
			.collect(Collectors.joining(", "));
	}

	/**
	 * Unless another instance does it.
	 * @param over whether it had a lease, which has run out: then it is left also if it
	 * has come to some end at this very moment, unless it is complete
	 */
	private Optional<Execution> recover(long executionId, String leaseName, boolean over) {
		Optional<Lease> lease = this.leases.take(leaseName);
		try {
			return (lease.isPresent() && (recover(executionId) || over)) ? this.executions.find(executionId)
				.filter((execution) -> execution.status() != BatchStatus.COMPLETED) : Optional.empty();
		}
		finally {
			lease.ifPresent(this.leases::release);
		}
	}

	private boolean recover(long executionId) {
		JobExecution left = this.repository.getJobExecution(executionId);
		if (left == null || !left.isRunning()) {
			return false;
		}
		// One that a person has stopped does not go on by itself
		boolean wanted = left.getStatus() != BatchStatus.STOPPING
				|| STOPPED.equals(left.getExitStatus().getExitDescription());
		ExitStatus failed = ExitStatus.FAILED.addExitDescription(wanted ? KILLED : STOPPED_BEFORE);
		left.setExitStatus(failed);
		left.getStepExecutions()
			.stream()
			.filter((step) -> step.getStatus().isRunning())
			.forEach((step) -> step.setExitStatus(failed));
		this.operator.recover(left);
		return true;
	}

	/** Those whose thread here has ended, and perhaps could not say so. */
	private void lookAfterEnded() {
		for (long executionId : this.threads.ended()) {
			Lease lease = this.threads.lease(executionId);
			if (this.leases.isHeld(lease)) {
				if (recover(executionId)) {
					logger.warn("The end of execution {} could not be written when it came. It has failed now, "
							+ "and can be restarted.", executionId);
				}
				this.leases.release(lease);
			}
			this.threads.forget(executionId);
		}
	}

	/** Tells whoever wants to go on with what was interrupted. */
	@EventListener
	void ready(ApplicationReadyEvent event) {
		this.ready = true;
		try {
			tell();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Who goes on with what was interrupted is told later", ex);
		}
	}

	/** Stops the jobs that run here, whose leases are renewed until they have. */
	@Override
	public synchronized void stop() {
		this.ready = false;
		List<Long> running = List.copyOf(this.threads.running());
		try {
			List<Long> stopped = running.stream().filter(this::stop).toList();
			if (!running.isEmpty() && !this.threads.awaitAll(this.settings.stopWithin())) {
				logger.warn("Executions {} did not stop within {} s; the next start recovers them",
						this.threads.running(), this.settings.stopWithin().toSeconds());
			}
			for (Long executionId : stopped) {
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
		finally {
			if (this.sweeper != null) {
				this.sweeper.shutdownNow();
				this.sweeper = null;
			}
		}
	}

	/** Whether it was not stopping or ending already. */
	private boolean stop(long executionId) {
		try {
			this.launches.stop(executionId, "the end of the application", STOPPED);
			return true;
		}
		catch (JobRefusal ex) {
			logger.debug("Execution {} ends by itself", executionId);
			return false;
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
