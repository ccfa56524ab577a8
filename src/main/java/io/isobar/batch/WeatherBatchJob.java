package io.isobar.batch;

import java.util.List;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.ParameterProblem;
import io.isobar.jobs.Steps;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code weather_batch_processing}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ BatchSettings.class, FirstRunSettings.class })
class WeatherBatchJob {

	static final String NAME = "weather_batch_processing";

	@Bean
	JobDescriptor weatherBatchDescriptor(BatchSettings settings, Cities cities) {
		return JobDescriptor.of(NAME,
				"Collects the history that is missing, has Spark analyse the master dataset, and publishes a new generation.")
			.publishing()
			.scheduled(settings.schedule(), settings.zoneOrSystem())
			.with(Parameter.date("from").help("First local day to collect; the oldest that is not settled by default."),
					Parameter.date("to").help("Last local day to collect; yesterday by default."),
					Parameter.cities("cities", () -> cities.listed().stream().map(City::name).toList())
						.help("Only these are collected; all listed ones by default."),
					Parameter.bool("collect").defaultsTo("true").help("false: analyse what is there, ask nobody."),
					Parameter.choice("recompute", Analyse.INCREMENTAL, Analyse.FULL)
						.defaultsTo(Analyse.INCREMENTAL)
						.help("full: fold all readings anew, not only what has changed since the current generation."),
					Parameter.bool("reparse")
						.defaultsTo("false")
						.help("true: read the raw answers and the imported files anew, and fold all readings. For when the code that reads them was mended."),
					Parameter.text("accept")
						.help("Names of global rules, separated by commas, that a person accepts to be broken: duplicates (a day stands twice in the result; the row with the most readings counts), lost-days (a closed day has no readings any more), shrinking (the result counts fewer readings than before).")
						.example("shrinking"))
			.range("from", "to")
			.checked((values) -> accepted((String) values.get("accept")));
	}

	private static @Nullable ParameterProblem accepted(@Nullable String names) {
		if (names == null) {
			return null;
		}
		for (String name : names.split(",", -1)) {
			if (!Validate.RULES.contains(name.strip())) {
				return ParameterProblem.of("accept", "rule", "there is no rule {0}. Possible: {1}.", name.strip(),
						String.join(", ", Validate.RULES));
			}
		}
		return null;
	}

	@Bean
	Job weatherBatchProcessing(JobRepository repository, Steps steps, CheckLake checkLake, Collect collect,
			Analyse analyse, Validate validate, ExportGeneration export, Publish publish, RunWatch watch) {
		WeatherBatchProcessing job = new WeatherBatchProcessing(NAME, repository);
		job.registerJobExecutionListener(watch);
		job.setSteps(List.of(step(steps, repository, "checkLake", checkLake),
				step(steps, repository, WeatherBatchProcessing.COLLECT, collect),
				new Repeatable(step(steps, repository, "analyse", analyse),
						(execution) -> analyse.isToBeDoneAgain(new RunContext(execution))),
				afterAnalysing(steps, repository, "validate", validate),
				afterAnalysing(steps, repository, "export", export),
				afterAnalysing(steps, repository, "publish", publish)));
		return job;
	}

	private static Step afterAnalysing(Steps steps, JobRepository repository, String name, Tasklet work) {
		return new Repeatable(step(steps, repository, name, (contribution, chunk) -> {
			RepeatStatus result = work.execute(contribution, chunk);
			RunContext.of(chunk).done(name);
			return result;
		}), (execution) -> new RunContext(execution).isOutdated(name));
	}

	/**
	 * A step whose results for the other steps are saved before it counts as completed.
	 */
	private static Step step(Steps steps, JobRepository repository, String name, Tasklet work) {
		return steps.step(name, (contribution, chunk) -> {
			JobExecution execution = contribution.getStepExecution().getJobExecution();
			try {
				return work.execute(contribution, chunk);
			}
			finally {
				repository.updateExecutionContext(execution);
			}
		});
	}

}
