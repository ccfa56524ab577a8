package io.isobar.console;

import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.StepRun;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;

/**
 * A step of an execution, as programs see it.
 *
 * @param progress 0 to 1, or null where the step doesn't tell
 */
record StepAnswer(long stepId, String name, BatchStatus status, long readCount, long writeCount, long filterCount,
		long skipCount, long commitCount, long rollbackCount, @Nullable Instant startedAt, @Nullable Instant endedAt,
		@Nullable Duration duration, @Nullable Double progress) {

	static StepAnswer of(StepRun step, Instant now) {
		return new StepAnswer(step.stepId(), step.name(), step.status(), step.readCount(), step.writeCount(),
				step.filterCount(), step.skipCount(), step.commitCount(), step.rollbackCount(), step.startedAt(),
				step.endedAt(), step.duration(now), step.progress());
	}

}
