package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import io.isobar.jobs.Schedule;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Launches the runs that nobody has to ask for: the first one, the nightly one, the
 * nightly one that was missed while the application was off, and those that a kill has
 * interrupted.
 */
@Component
class Runs {

	private static final Logger logger = LoggerFactory.getLogger(Runs.class);

	private static final String SCHEDULE = "schedule";

	private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(1);

	private static final Set<String> CONTINUED = Set.of(WeatherBatchJob.NAME, WeatherImportJob.NAME);

	private final BatchSettings settings;

	private final FirstRun firstRun;

	private final Generations generations;

	private final Launches launches;

	private final TaskScheduler scheduler;

	private final Schedule schedule;

	private final Clock clock;

	/** When this application was ready. */
	private Instant since;

	/** The last time that was due and is dealt with. */
	private @Nullable Instant done;

	/** The last time that was due while another execution ran. */
	private @Nullable Instant waiting;

	Runs(BatchSettings settings, FirstRun firstRun, Generations generations, Launches launches, TaskScheduler scheduler,
			Clock clock) {
		this.settings = settings;
		this.firstRun = firstRun;
		this.generations = generations;
		this.launches = launches;
		this.scheduler = scheduler;
		this.clock = clock;
		this.schedule = new Schedule(settings.schedule(), settings.zoneOrSystem());
		this.since = clock.instant();
	}

	@EventListener
	@Order(0)
	void ready(ApplicationReadyEvent event) {
		this.since = this.clock.instant();
		this.firstRun.launchIfFirst();
		launchIfDue();
		this.scheduler.schedule(this::launchIfDue, (context) -> nextLook());
	}

	/** When the next run is due, or sooner: nobody says when a clock is set. */
	private Instant nextLook() {
		Instant now = this.clock.instant();
		Instant soon = now.plus(AT_LEAST_EVERY);
		Instant next = this.schedule.next(now);
		return (next != null && next.isBefore(soon)) ? next : soon;
	}

	/** Goes on with what a kill or a stop of the application has interrupted. */
	@EventListener
	void interrupted(ExecutionsInterrupted interrupted) {
		for (Execution execution : interrupted.executions()) {
			if (!CONTINUED.contains(execution.jobName())) {
				continue;
			}
			if (execution.attempt() >= this.settings.attempts()) {
				logger.warn("{} (execution {}) was interrupted {} times; it waits for a person to restart it.",
						execution.jobName(), execution.executionId(), execution.attempt());
				continue;
			}
			try {
				this.launches.restart(execution.executionId(), SCHEDULE);
			}
			catch (JobRefusal refusal) {
				logger.info("{} (execution {}) does not go on: {}", execution.jobName(), execution.executionId(),
						refusal.getMessage());
			}
		}
	}

	/**
	 * Launches the run whose time came last, unless that was done, by whichever instance:
	 * so it runs once, whatever clocks do.
	 */
	synchronized void launchIfDue() {
		Instant now = this.clock.instant();
		Instant due = this.schedule.last(now).orElse(null);
		if (due == null || due.equals(this.done)) {
			return;
		}
		try {
			if (due.isBefore(this.since) && !isMissed(due, now)) {
				this.done = due;
			}
			else {
				launch(due);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			// PostgreSQL does not answer
			await(due, ex);
		}
	}

	/** Not if this installation is new, or something was published since. */
	private boolean isMissed(Instant due, Instant now) {
		return this.generations.current(Dataset.WEATHER)
			.map((current) -> Objects.requireNonNull(current.publishedAt()))
			// From a clock that was ahead
			.map((published) -> published.isBefore(due) || published.isAfter(now.plus(Duration.ofDays(1))))
			.orElse(false);
	}

	/** It is tried again, without a word. */
	private void await(Instant due, Exception reason) {
		if (!due.equals(this.waiting)) {
			logger.info("The run of {} waits: {}", day(due), reason.getMessage());
		}
		this.waiting = due;
	}

	private void launch(Instant due) {
		try {
			boolean launched = this.launches.launchScheduled(WeatherBatchJob.NAME, day(due), Map.of(), SCHEDULE)
				.isPresent();
			this.done = due;
			if (launched && due.isBefore(this.since)) {
				logger.info("The run of {} was missed while the application was off; it is made up now.", day(due));
			}
		}
		catch (JobRefusal.AlreadyRunning running) {
			await(due, running);
		}
		catch (JobRefusal refusal) {
			logger.warn("The run of {} was not launched: {}", day(due), refusal.getMessage());
			this.done = due;
		}
	}

	private LocalDate day(Instant due) {
		return LocalDate.ofInstant(due, this.schedule.zone());
	}

}
