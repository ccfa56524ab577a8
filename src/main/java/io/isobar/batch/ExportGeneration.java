package io.isobar.batch;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.isobar.jobs.Fence;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.spark.CopyText;
import io.isobar.views.WeatherViews;

import org.apache.hadoop.fs.Path;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** Brings the analysed tables into PostgreSQL, as a generation that nobody sees yet. */
@Component
class ExportGeneration implements Tasklet {

	private final Lake lake;

	private final LakeTable tables;

	private final Export export;

	private final Generations generations;

	private final Fence fence;

	private final StepProgress progress;

	private final BuildProperties build;

	ExportGeneration(Lake lake, LakeTable tables, Export export, Generations generations, Fence fence,
			StepProgress progress, BuildProperties build) {
		this.lake = lake;
		this.tables = tables;
		this.export = export;
		this.generations = generations;
		this.fence = fence;
		this.progress = progress;
		this.build = build;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		RunContext run = RunContext.of(chunk);
		StepExecution step = contribution.getStepExecution();
		int generation = this.fence.writing(step, () -> begin(step, run));
		int done = 0;
		for (BatchTable table : BatchTable.WEATHER) {
			this.progress.stopIfRequested(step);
			long rows = this.fence.writing(step, () -> this.export.export(table, rows(table, run), generation));
			contribution.incrementWriteCount(rows);
			this.progress.at(step, ++done, BatchTable.WEATHER.size());
			CrashPoint.at("export." + table.name());
		}
		run.exported(generation);
		return RepeatStatus.FINISHED;
	}

	private int begin(StepExecution step, RunContext run) {
		for (int left : this.generations.unpublished(Dataset.WEATHER)) {
			this.export.takeBack(BatchTable.WEATHER, left);
			this.generations.forget(left);
		}
		return this.generations.begin(Dataset.WEATHER, step.getJobExecutionId(),
				new Generations.Made(run.readingsVersion(), run.stateVersions(), WeatherViews.definition(),
						String.valueOf(this.build.getVersion()), run.readings(), run.cities()));
	}

	private Export.Rows rows(BatchTable table, RunContext run) {
		if (table.isState()) {
			return (pieces) -> this.tables.read(this.lake.path("weather/analysis/" + table.name()),
					run.stateVersion(table.name()), table.columns(),
					(values) -> pieces.piece(CopyText.line(values).getBytes(StandardCharsets.UTF_8)));
		}
		return (pieces) -> {
			try (InputStream file = this.lake.files().open(new Path(run.results(), table.name()))) {
				byte[] buffer = new byte[1 << 16];
				for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
					pieces.piece(Arrays.copyOf(buffer, count));
				}
			}
		};
	}

}
