package io.isobar.batch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.Launches;
import io.isobar.lake.CrashPoint;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Makes the exported generation the one that readers see, unless publishing is held; then
 * deletes what is no longer kept.
 */
@Component
class Publish implements Tasklet {

	private final Generations generations;

	private final Pruning pruning;

	private final AnalysisPruning analysisPruning;

	private final ExecutionNotes notes;

	private final Fence fence;

	Publish(Generations generations, Pruning pruning, AnalysisPruning analysisPruning, ExecutionNotes notes,
			Fence fence) {
		this.generations = generations;
		this.pruning = pruning;
		this.analysisPruning = analysisPruning;
		this.notes = notes;
		this.fence = fence;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		StepExecution step = contribution.getStepExecution();
		publish(step, Dataset.WEATHER, RunContext.of(chunk).generation());
		this.pruning.prune((work) -> this.fence.writing(step, work::getAsInt));
		this.analysisPruning.prune();
		return RepeatStatus.FINISHED;
	}

	/** Publishes a generation that a run has exported, unless that is held. */
	void publish(StepExecution step, Dataset dataset, int generation) {
		Map<String, Long> durations = new LinkedHashMap<>();
		for (StepExecution each : step.getJobExecution().getStepExecutions()) {
			if (each.getStartTime() != null && each.getEndTime() != null) {
				durations.put(each.getStepName(), Duration.between(each.getStartTime(), each.getEndTime()).toMillis());
			}
		}
		CrashPoint.at("publish.before");
		boolean scheduled = step.getJobParameters().getParameter(Launches.SCHEDULED) != null;
		this.fence.writing(step, () -> {
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
