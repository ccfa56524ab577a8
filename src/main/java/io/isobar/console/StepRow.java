package io.isobar.console;

import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.StepRun;
import org.jspecify.annotations.Nullable;

/**
 * A step, as pages show it.
 *
 * @param duration so far, while it runs
 */
record StepRow(StepRun run, State state, @Nullable Duration duration) {

	static StepRow of(StepRun run, Instant now) {
		return new StepRow(run, State.of(run.status()), run.duration(now));
	}

}
