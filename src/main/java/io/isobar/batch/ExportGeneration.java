package io.isobar.batch;

import io.isobar.jobs.StepProgress;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.views.WeatherViews;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** Brings the analysed tables into PostgreSQL, as a generation that nobody sees yet. */
@Component
class ExportGeneration implements Tasklet {

	private final Lake lake;

	private final Export export;

	private final Generations generations;

	private final StepProgress progress;

	private final BuildProperties build;

	ExportGeneration(Lake lake, Export export, Generations generations, StepProgress progress, BuildProperties build) {
		this.lake = lake;
		this.export = export;
		this.generations = generations;
		this.progress = progress;
		this.build = build;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		RunContext run = RunContext.of(chunk);
		for (int left : this.generations.unpublished(Dataset.WEATHER)) {
			this.export.takeBack(BatchTable.WEATHER, left);
			this.generations.forget(left);
		}
		int generation = this.generations.begin(Dataset.WEATHER, contribution.getStepExecution().getJobExecutionId(),
				new Generations.Made(run.readingsVersion(), run.stateVersions(), WeatherViews.definition(),
						String.valueOf(this.build.getVersion()), run.readings(), run.cities()));
		int done = 0;
		for (BatchTable table : BatchTable.WEATHER) {
			this.progress.stopIfRequested(contribution.getStepExecution());
			long version = run.stateVersions().getOrDefault(table.name(), 0L);
			long rows = this.export.export(table, this.lake.path("weather/analysis/" + table.name()), version,
					generation);
			contribution.incrementWriteCount(rows);
			this.progress.at(contribution.getStepExecution(), ++done, BatchTable.WEATHER.size());
			CrashPoint.at("export." + table.name());
		}
		run.exported(generation);
		return RepeatStatus.FINISHED;
	}

}
