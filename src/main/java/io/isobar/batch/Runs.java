package io.isobar.batch;

import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import io.isobar.jobs.Schedule;
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
 * Launches the runs that nobody has to ask for: the first one, the nightly one, and those
 * that a kill has interrupted.
 */
@Component
class Runs {

	private static final Logger logger = LoggerFactory.getLogger(Runs.class);

	private static final String SCHEDULE = "schedule";

	private static final Set<String> CONTINUED = Set.of(WeatherBatchJob.NAME, WeatherImportJob.NAME,
			OrdersBatchJob.NAME, OrdersImportJob.NAME);

	private final BatchSettings settings;

	private final FirstRun firstRun;

	private final Generations generations;

	private final Launches launches;

	private final TaskScheduler scheduler;

	private final Clock clock;

	/** Executions of which the log says why they do not go on. */
	private final Set<Long> told = ConcurrentHashMap.newKeySet();

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
		this.firstRun.launchIfFirst();
		schedule(WeatherBatchJob.NAME, Dataset.WEATHER);
		schedule(OrdersBatchJob.NAME, Dataset.ORDERS);
	}

	private void schedule(String job, Dataset dataset) {
		NightlyRun nightly = new NightlyRun(new Schedule(this.settings.schedule(), this.settings.zoneOrSystem()),
				() -> this.generations.current(dataset).map(Generation::publishedAt),
				(day) -> this.launches.launchScheduled(job, day, Map.of(), SCHEDULE).isPresent(), this.clock);
		nightly.launchIfDue();
		this.scheduler.schedule(nightly::launchIfDue, (context) -> nightly.nextLook());
	}

	/**
	 * Goes on with what a kill or a stop of the application has interrupted. It is told
	 * again of what it could not go on with, so that is tried again.
	 */
	@EventListener
	void interrupted(ExecutionsInterrupted interrupted) {
		interrupted.executions()
			.stream()
			.filter((execution) -> CONTINUED.contains(execution.jobName()))
			.forEach(this::goOn);
	}

	private void goOn(Execution execution) {
		if (execution.attempt() >= this.settings.attempts()) {
			if (this.told.add(execution.executionId())) {
				logger.warn("{} (execution {}) was interrupted {} times; it waits for a person to restart it.",
						execution.jobName(), execution.executionId(), execution.attempt());
			}
			return;
		}
		try {
			this.launches.restart(execution.executionId(), SCHEDULE);
		}
		catch (JobRefusal refusal) {
			if (this.told.add(execution.executionId())) {
				logger.info("{} (execution {}) does not go on yet: {}", execution.jobName(), execution.executionId(),
						refusal.getMessage());
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Execution {} does not go on yet", execution.executionId(), ex);
		}
	}

}
