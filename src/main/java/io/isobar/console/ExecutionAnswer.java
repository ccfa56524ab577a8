package io.isobar.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.isobar.jobs.Execution;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;

/**
 * An execution, as programs see it.
 *
 * @param duration so far, while it runs
 */
record ExecutionAnswer(long executionId, String jobName, BatchStatus status, String exitCode, Instant createdAt,
		@Nullable Instant startedAt, @Nullable Instant endedAt, @Nullable Duration duration,
		Map<String, String> parameters, boolean restartable, boolean stoppable, boolean abandonable) {

	static ExecutionAnswer of(Execution execution, Instant now) {
		return new ExecutionAnswer(execution.executionId(), execution.jobName(), execution.status(),
				execution.exitCode(), execution.createdAt(), execution.startedAt(), execution.endedAt(),
				execution.duration(now), execution.parameters(), execution.restartable(), execution.stoppable(),
				execution.abandonable());
	}

}
