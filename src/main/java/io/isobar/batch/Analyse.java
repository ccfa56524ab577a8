package io.isobar.batch;

import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.provider.Cities;
import io.isobar.spark.AnalyseWeather;
import io.isobar.spark.WeatherAnalysis;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.parameters.JobParameter;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Has Spark fold the pinned readings into the states of the views, and analyse these:
 * what has changed since the current generation was made, or everything.
 */
@Component
class Analyse implements Tasklet {

	static final String INCREMENTAL = "incremental";

	static final String FULL = "full";

	/** The year before this one may still get late readings every night. */
	private static final int OPEN_YEARS = 1;

	private final SparkEngine spark;

	private final Lake lake;

	private final Cities cities;

	private final Reparse reparse;

	private final PinnedReadings pinned;

	private final Generations generations;

	private final Definition definition;

	private final ExecutionNotes notes;

	private final Clock clock;

	Analyse(SparkEngine spark, Lake lake, Cities cities, Reparse reparse, PinnedReadings pinned,
			Generations generations, Definition definition, ExecutionNotes notes, Clock clock) {
		this.spark = spark;
		this.lake = lake;
		this.cities = cities;
		this.reparse = reparse;
		this.pinned = pinned;
		this.generations = generations;
		this.definition = definition;
		this.notes = notes;
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		RunContext run = RunContext.of(chunk);
		if (isReparse(step)) {
			this.reparse.run(step);
			this.pinned.pin(run, step);
		}
		this.generations.requireNoNewer(run.readingsVersion(), this.pinned.newest());
		Optional<Generation> current = this.generations.current(Dataset.WEATHER);
		run.startFrom(current.map(Generation::number).orElse(null));
		Path results = this.lake.path("weather/analysis/results");
		deleteEarlier(results, step.getJobExecutionId());
		WeatherAnalysis.Request request = new WeatherAnalysis.Request(this.lake.readings().toString(),
				run.readingsVersion(), this.lake.analysis().toString(),
				new Path(results, String.valueOf(step.getJobExecutionId())).toString(), this.cities.zones(),
				basis(step, current).orElse(null),
				LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC).getYear() - OPEN_YEARS);
		WeatherAnalysis.Written written = this.spark.run(step, new AnalyseWeather(), request);
		CrashPoint.at("analyse.written");
		if (written.notIncremental() != null) {
			noteFull(step, written.notIncremental());
		}
		run.analysed(written);
		return RepeatStatus.FINISHED;
	}

	/**
	 * Whether a restart has to do it again that was completed: there is more to analyse,
	 * or a later run has deleted what it has written.
	 */
	boolean isToBeDoneAgain(RunContext run) {
		return run.isAnalysisOutdated() || !this.lake.mayBeThere(run.results());
	}

	/**
	 * What earlier executions left was exported, or never will be. What a later one has
	 * written stays: it goes on with what this one has lost.
	 */
	private void deleteEarlier(Path results, long executionId) throws IOException {
		FileSystem files = this.lake.files();
		if (!files.exists(results)) {
			return;
		}
		for (FileStatus left : files.listStatus(results)) {
			if (Long.parseLong(left.getPath().getName()) < executionId) {
				files.delete(left.getPath(), true);
			}
		}
	}

	/** What to go out from; empty where everything is to be folded. */
	private Optional<WeatherAnalysis.Basis> basis(StepExecution step, Optional<Generation> current) {
		if (isReparse(step) || FULL.equals(step.getJobParameters().getString("recompute", INCREMENTAL))) {
			return Optional.empty();
		}
		if (current.isEmpty()) {
			noteFull(step, "no generation is current");
			return Optional.empty();
		}
		Generations.Made made = this.generations.made(current.get().number());
		if (!made.definition().equals(this.definition.text())) {
			noteFull(step,
					"formulas, the rule of slots, settling times or the rules of time zones are not those that generation %d was made with"
						.formatted(current.get().number()));
			return Optional.empty();
		}
		return Optional.of(new WeatherAnalysis.Basis(made.readingsVersion(), made.stateVersions()));
	}

	private static boolean isReparse(StepExecution step) {
		JobParameter<?> asked = step.getJobParameters().getParameter("reparse");
		return asked != null && Boolean.TRUE.equals(asked.value());
	}

	private void noteFull(StepExecution step, String reason) {
		this.notes.note(step, "All readings were folded, not only those that are new, as %s.".formatted(reason));
	}

}
