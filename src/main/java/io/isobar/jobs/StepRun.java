package io.isobar.jobs;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;

/**
 * One execution of a step.
 *
 * @param attempt which attempt of its instance at this step this is, from 1
 * @param skipCount skipped in reading, processing and writing together
 * @param progress 0 to 1, or null where the step doesn't tell
 */
public record StepRun(long stepId, String name, int attempt, BatchStatus status, String exitCode, long readCount,
		long writeCount, long filterCount, long skipCount, long commitCount, long rollbackCount,
		@Nullable Instant startedAt, @Nullable Instant endedAt, @Nullable Double progress) {

	/** How long it ran, or has been running; null before it began. */
	public @Nullable Duration duration(Instant now) {
		if (this.startedAt == null) {
			return null;
		}
		Instant until = (this.endedAt != null) ? this.endedAt : now;
		return until.isBefore(this.startedAt) ? Duration.ZERO : Duration.between(this.startedAt, until);
	}

}
