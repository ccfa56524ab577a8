package io.isobar.batch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.Launches;
import io.isobar.lake.CrashPoint;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Makes the exported generation the one that readers see, unless publishing is held,
 * without closing days of which the speed layer has more; then deletes what is no longer
 * kept.
 */
@Component
class Publish implements Tasklet {

	/** Days that the execution names; the others are counted. */
	private static final int NAMED = 20;

	private final Generations generations;

	private final LateReadings late;

	private final Reconciliation reconciliation;

	private final Pruning pruning;

	private final AnalysisPruning analysisPruning;

	private final ExecutionNotes notes;

	private final Fence fence;

	Publish(Generations generations, LateReadings late, Reconciliation reconciliation, Pruning pruning,
			AnalysisPruning analysisPruning, ExecutionNotes notes, Fence fence) {
		this.generations = generations;
		this.late = late;
		this.reconciliation = reconciliation;
		this.pruning = pruning;
		this.analysisPruning = analysisPruning;
		this.notes = notes;
		this.fence = fence;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		RunContext run = RunContext.of(chunk);
		int generation = run.generation();
		LateReadings.Looked looked = this.late.look(generation, run.readingsVersion());
		publish(step, Dataset.WEATHER, generation, () -> keepOpen(step, generation, looked));
		this.pruning.prune((work) -> this.fence.writing(step, work::getAsInt));
		this.analysisPruning.prune();
		return RepeatStatus.FINISHED;
	}

	private void keepOpen(StepExecution step, int generation, LateReadings.Looked looked) {
		LateReadings.KeptOpen kept = this.late.keepOpen(generation, looked);
		if (kept.failure() != null) {
			this.notes.note(step,
					"Whether readings came late of the days that are closed now is not known, as the store of the speed layer does not answer: %s"
						.formatted(kept.failure()));
		}
		List<LateReadings.CityDay> days = kept.days();
		if (!days.isEmpty()) {
			this.reconciliation.takeBack(generation);
			this.reconciliation.belongTo(generation);
			this.notes.note(step,
					"%d %s open, as readings came late while they were counted: %s%s. The next run closes %s."
						.formatted(days.size(), (days.size() == 1) ? "day stays" : "days stay",
								days.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining("; ")),
								(days.size() > NAMED) ? "; …" : "", (days.size() == 1) ? "it" : "them"));
		}
	}

	/**
	 * Publishes a generation that a run has exported, unless that is held.
	 * @param before in the same transaction
	 * @throws JobInterruptedException if it was stopped or abandoned meanwhile
	 */
	void publish(StepExecution step, Dataset dataset, int generation, Runnable before) throws JobInterruptedException {
		Map<String, Long> durations = new LinkedHashMap<>();
		for (StepExecution each : step.getJobExecution().getStepExecutions()) {
			if (each.getStartTime() != null && each.getEndTime() != null) {
				durations.put(each.getStepName(), Duration.between(each.getStartTime(), each.getEndTime()).toMillis());
			}
		}
		CrashPoint.at("publish.before");
		boolean scheduled = step.getJobParameters().getParameter(Launches.SCHEDULED) != null;
		this.fence.concluding(step, () -> {
			before.run();
			publish(step, dataset, generation, durations, scheduled);
			CrashPoint.at("publish.within");
		});
		CrashPoint.at("publish.after");
	}

	private void publish(StepExecution step, Dataset dataset, int generation, Map<String, Long> durations,
			boolean scheduled) {
		this.generations.publish(dataset, generation, durations, scheduled)
			.ifPresent((hold) -> this.notes.note(step,
					"Generation %d is made, but not published: %s went back from generation %d to %d, which holds the publishing of scheduled runs. Release it on the page of generations (/jobs/generations); then the next run publishes, or launch one now."
						.formatted(generation, hold.by(), hold.from(), hold.to())));
	}

}
