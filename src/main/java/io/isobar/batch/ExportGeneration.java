package io.isobar.batch;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Period;
import java.util.Arrays;
import java.util.List;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.provider.Providers;
import io.isobar.spark.CopyText;

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

	/** Days that the execution names; the others are counted. */
	private static final int NAMED = 20;

	private final Lake lake;

	private final CityDayRows days;

	private final Export export;

	private final ClosedDays closed;

	private final Reconciliation reconciliation;

	private final Generations generations;

	private final Definition definition;

	private final Providers providers;

	private final Fence fence;

	private final ExecutionNotes notes;

	private final StepProgress progress;

	private final BuildProperties build;

	ExportGeneration(Lake lake, CityDayRows days, Export export, ClosedDays closed, Reconciliation reconciliation,
			Generations generations, Definition definition, Providers providers, Fence fence, ExecutionNotes notes,
			StepProgress progress, BuildProperties build) {
		this.lake = lake;
		this.days = days;
		this.export = export;
		this.closed = closed;
		this.reconciliation = reconciliation;
		this.generations = generations;
		this.definition = definition;
		this.providers = providers;
		this.fence = fence;
		this.notes = notes;
		this.progress = progress;
		this.build = build;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		RunContext run = RunContext.of(chunk);
		StepExecution step = contribution.getStepExecution();
		Scope scope = run.scope();
		int generation = this.fence.writing(step, () -> begin(step, run, scope));
		boolean oneOfEach = Validate.accepted(step.getJobParameters().getString("accept", ""))
			.contains(Validate.DUPLICATES);
		Export.Attempt attempt = new Export.Attempt(generation, run.base(), scope, oneOfEach);
		int done = 0;
		for (BatchTable table : BatchTable.WEATHER) {
			this.progress.stopIfRequested(step);
			contribution.incrementWriteCount(
					this.fence.writing(step, () -> this.export.export(table, rows(table, run), attempt)));
			this.progress.at(step, ++done, BatchTable.WEATHER.size() + 1);
			CrashPoint.at("export." + table.name());
		}
		Period settlesAfter = this.providers.historian().terms().settlesAfter();
		this.fence.writing(step, () -> {
			this.closed.close(generation, run.base(), settlesAfter, run.complete(), run.pinnedAt());
			this.reconciliation.belongTo(generation);
		});
		tellBroken(step, this.closed.broken(generation));
		run.exported(generation);
		return RepeatStatus.FINISHED;
	}

	private int begin(StepExecution step, RunContext run, Scope scope) {
		this.generations.requireCurrent(Dataset.WEATHER, run.base());
		for (int left : this.generations.unpublished(Dataset.WEATHER)) {
			this.export.takeBack(left);
			this.reconciliation.takeBack(left);
			this.generations.forget(left);
		}
		return this.generations.begin(Dataset.WEATHER, step.getJobExecutionId(),
				new Generations.Made(run.readingsVersion(), run.stateVersions(), this.definition.text(),
						String.valueOf(this.build.getVersion()), run.base(),
						scope.isAll() ? Analyse.FULL : Analyse.INCREMENTAL, run.cityReadings()));
	}

	private void tellBroken(StepExecution step, List<ClosedDays.Broken> broken) {
		if (!broken.isEmpty()) {
			this.notes.note(step, "%s %s a rule, so %s open until %s mended: %s%s.".formatted(broken.size(),
					(broken.size() == 1) ? "day breaks" : "days break", (broken.size() == 1) ? "it stays" : "they stay",
					(broken.size() == 1) ? "it is" : "they are",
					String.join("; ", broken.stream().limit(NAMED).map(ClosedDays.Broken::toString).toList()),
					(broken.size() > NAMED) ? "; …" : ""));
		}
	}

	private Export.Rows rows(BatchTable table, RunContext run) {
		if (table.isState()) {
			return (pieces) -> this.days.read(run, table.columns(),
					(values) -> pieces.piece(CopyText.line(values).getBytes(StandardCharsets.UTF_8)));
		}
		return (pieces) -> {
			try (InputStream file = this.lake.files().open(new Path(Lake.here(run.results()), table.name()))) {
				byte[] buffer = new byte[1 << 16];
				for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
					pieces.piece(Arrays.copyOf(buffer, count));
				}
			}
		};
	}

}
