package io.isobar.console;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Launches;
import org.jspecify.annotations.Nullable;

/**
 * An execution, as pages show it.
 *
 * @param duration so far, while it runs
 * @param parameters without those that launching adds
 * @param launchedBy who or what, or null where it isn't known
 */
record ExecutionRow(Execution execution, State state, @Nullable Duration duration, Map<String, String> parameters,
		@Nullable String launchedBy) {

	private static final Set<String> ADDED = Set.of(Launches.RUN, Launches.SCHEDULED, Launches.LAUNCHED_BY);

	static ExecutionRow of(Execution execution, Instant now) {
		Map<String, String> parameters = new LinkedHashMap<>(execution.parameters());
		parameters.keySet().removeAll(ADDED);
		return new ExecutionRow(execution, State.of(execution), execution.duration(now), parameters,
				execution.parameters().get(Launches.LAUNCHED_BY));
	}

}
