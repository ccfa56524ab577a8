package io.isobar.batch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.isobar.jobs.Fence;
import io.isobar.lake.CrashPoint;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/** Makes the exported generation the one that readers see. */
@Component
class Publish implements Tasklet {

	private final Generations generations;

	private final Fence fence;

	Publish(Generations generations, Fence fence) {
		this.generations = generations;
		this.fence = fence;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		RunContext run = RunContext.of(chunk);
		Map<String, Long> durations = new LinkedHashMap<>();
		for (StepExecution step : contribution.getStepExecution().getJobExecution().getStepExecutions()) {
			if (step.getStartTime() != null && step.getEndTime() != null) {
				durations.put(step.getStepName(), Duration.between(step.getStartTime(), step.getEndTime()).toMillis());
			}
		}
		CrashPoint.at("publish.before");
		this.fence.writing(contribution.getStepExecution(), () -> {
			this.generations.publish(Dataset.WEATHER, run.generation(), durations);
			CrashPoint.at("publish.within");
		});
		CrashPoint.at("publish.after");
		return RepeatStatus.FINISHED;
	}

}
