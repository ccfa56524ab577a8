package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.stereotype.Component;

/**
 * Launches the runs that nobody has to ask for: the first one, the nightly one, the
 * nightly one that was missed while the application was off, and those that a kill has
 * interrupted.
 */
@Component
class Runs {

	private static final Logger logger = LoggerFactory.getLogger(Runs.class);

	private static final String SCHEDULE = "schedule";

	private static final Duration LATER = Duration.ofMinutes(1);

	private static final Set<String> CONTINUED = Set.of(WeatherBatchJob.NAME, WeatherImportJob.NAME);

	private final BatchSettings settings;

	private final FirstRun firstRun;

	private final Generations generations;

	private final Launches launches;

	private final TaskScheduler scheduler;

	private final Clock clock;

	Runs(BatchSettings settings, FirstRun firstRun, Generations generations, Launches launches, TaskScheduler scheduler,
			Clock clock) {
		this.settings = settings;
		this.firstRun = firstRun;
		this.generations = generations;
		this.launches = launches;
		this.scheduler = scheduler;
		this.clock = clock;
	}

	@EventListener
	@Order(0)
	void ready(ApplicationReadyEvent event) {
		if (!this.firstRun.launchIfFirst()) {
			makeUpMissed();
		}
		this.scheduler.schedule(this::nightly, new CronTrigger(this.settings.schedule(), zone()));
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

	private void nightly() {
		launch(LocalDate.ofInstant(this.clock.instant(), zone()));
	}

	/** The last night's run, if this installation is not new and it was not launched. */
	private void makeUpMissed() {
		if (this.generations.current(Dataset.WEATHER).isEmpty()) {
			return;
		}
		Instant now = this.clock.instant();
		ZonedDateTime last = lastBefore(now.atZone(zone()));
		Generation current = this.generations.current(Dataset.WEATHER).orElseThrow();
		if (last != null && Objects.requireNonNull(current.publishedAt()).isBefore(last.toInstant())) {
			logger.info("The run of {} was missed while the application was off; it is made up now.", last);
			launch(last.toLocalDate());
		}
	}

	private @Nullable ZonedDateTime lastBefore(ZonedDateTime now) {
		CronExpression cron = CronExpression.parse(this.settings.schedule());
		ZonedDateTime last = null;
		for (ZonedDateTime next = cron.next(now.minusDays(8)); next != null
				&& !next.isAfter(now); next = cron.next(next)) {
			last = next;
		}
		return last;
	}

	private void launch(LocalDate day) {
		try {
			this.launches.launchScheduled(WeatherBatchJob.NAME, day, Map.of(), SCHEDULE);
		}
		catch (JobRefusal.AlreadyRunning running) {
			logger.info("The run of {} waits: {}", day, running.getMessage());
			this.scheduler.schedule(() -> launch(day), this.clock.instant().plus(LATER));
		}
		catch (JobRefusal refusal) {
			logger.warn("The run of {} was not launched: {}", day, refusal.getMessage());
		}
	}

	private ZoneId zone() {
		return this.settings.zoneOrSystem();
	}

}
