package io.isobar.batch;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;

import io.isobar.jobs.Executions;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.stereotype.Component;

/** Runs the pipeline once at the very first start, so that the pages are not empty. */
@Component
class FirstRun {

	private static final Logger logger = LoggerFactory.getLogger(FirstRun.class);

	private static final String LAUNCHED_BY = "first run";

	private final FirstRunSettings settings;

	private final Generations generations;

	private final Executions executions;

	private final Launches launches;

	private final Clock clock;

	FirstRun(FirstRunSettings settings, Generations generations, Executions executions, Launches launches,
			Clock clock) {
		this.settings = settings;
		this.generations = generations;
		this.executions = executions;
		this.launches = launches;
		this.clock = clock;
	}

	/**
	 * Whether an execution is the first run, or goes on with it: it leaves half of the
	 * day's budget to others.
	 */
	static boolean isFirstRun(JobExecution execution, JobRepository repository) {
		return repository.getJobExecutions(execution.getJobInstance())
			.stream()
			.anyMatch((attempt) -> LAUNCHED_BY.equals(attempt.getJobParameters().getString(Launches.LAUNCHED_BY)));
	}

	/** Launches it if nothing was ever launched or published. */
	void launchIfFirst() {
		if (this.settings.history().isZero()) {
			return;
		}
		if (isFirst(Dataset.WEATHER, WeatherBatchJob.NAME)) {
			launchWeather();
		}
		if (isFirst(Dataset.ORDERS, OrdersBatchJob.NAME)) {
			launch(OrdersBatchJob.NAME, Map.of());
		}
	}

	private boolean isFirst(Dataset dataset, String job) {
		return this.generations.current(dataset).isEmpty() && !this.executions.newest().containsKey(job);
	}

	private void launchWeather() {
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC);
		logger.info("First start: collecting the last {} days of the listed cities.",
				this.settings.history().getDays() + 30L * this.settings.history().toTotalMonths());
		launch(WeatherBatchJob.NAME,
				Map.of("from", today.minus(this.settings.history()).toString(), "to", today.minusDays(1).toString()));
	}

	private void launch(String job, Map<String, String> parameters) {
		try {
			this.launches.launch(job, parameters, LAUNCHED_BY);
		}
		catch (JobRefusal.AlreadyRunning running) {
			logger.info("Another instance was faster: {}", running.getMessage());
		}
	}

}
