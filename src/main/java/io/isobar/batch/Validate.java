package io.isobar.batch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.isobar.jobs.NotWorthRetrying;
import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.spark.WeatherAnalysis;
import io.isobar.views.WeatherViews;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Global rules that keep a broken result from being published. A person may accept that a
 * rule is broken, by the parameter {@code accept}.
 */
@Component
class Validate implements Tasklet {

	/** Names of the rules, for the parameter {@code accept}. */
	static final List<String> RULES = List.of("shrinking");

	/** A smaller loss is explained by answers that providers have withdrawn. */
	private static final double LEAST_SHARE = 0.99;

	private final Lake lake;

	private final LakeTable tables;

	private final Generations generations;

	Validate(Lake lake, LakeTable tables, Generations generations) {
		this.lake = lake;
		this.tables = tables;
		this.generations = generations;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		RunContext run = RunContext.of(chunk);
		long[] readings = { 0 };
		Set<Object> cities = new TreeSet<>();
		this.tables.read(this.lake.path("weather/analysis/" + WeatherAnalysis.CITY_DAY),
				run.stateVersion(WeatherAnalysis.CITY_DAY), List.of("city", WeatherViews.READINGS), (row) -> {
					cities.add(String.valueOf(row[0]));
					readings[0] += (row[1] instanceof Long count) ? count : 0;
				});
		Set<String> accepted = accepted(contribution.getStepExecution().getJobParameters().getString("accept", ""));
		Optional<Generation> current = this.generations.current(Dataset.WEATHER);
		if (readings[0] == 0) {
			throw new RuleBroken(run.notCollected().isEmpty()
					? "There are no readings, so there is nothing to publish. Collect some (launch the job with from and to), or import files."
					: "There are no readings, so there is nothing to publish. " + run.notCollected());
		}
		if (current.isPresent() && readings[0] < LEAST_SHARE * current.get().readings()
				&& !accepted.contains("shrinking")) {
			throw new RuleBroken(
					"Rule shrinking: the result counts %d readings, generation %d has %d, and readings are never deleted. Nothing was published. Find out what is missing; if it is right so, launch the job with accept=shrinking."
						.formatted(readings[0], current.get().number(), current.get().readings()));
		}
		run.counted(readings[0], cities.size());
		return RepeatStatus.FINISHED;
	}

	private static Set<String> accepted(String names) {
		return Set.of(names.split("\\s*,\\s*", -1));
	}

	/** Nothing is published until a person has looked. */
	static class RuleBroken extends RuntimeException implements NotWorthRetrying {

		private static final long serialVersionUID = 1L;

		RuleBroken(String message) {
			super(message);
		}

	}

}
