package io.isobar.console;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

import io.isobar.batch.Generation;
import org.jspecify.annotations.Nullable;

/**
 * A generation as programs see it.
 *
 * @param boundary the first day that is open for one of the listed cities after its last
 * closed one
 * @param recompute incremental or full
 * @param durations of each step
 */
record GenerationAnswer(int generation, String dataset, long jobExecutionId, @Nullable Instant publishedAt,
		boolean current, long readings, int cities, @Nullable LocalDate boundary, String codeVersion, String recompute,
		Map<String, Duration> durations) {

	static GenerationAnswer of(Generation generation) {
		return new GenerationAnswer(generation.number(), generation.dataset().column(), generation.jobExecutionId(),
				generation.publishedAt(), generation.current(), generation.readings(), generation.cities(),
				generation.boundary(), generation.codeVersion(), generation.recompute(), durations(generation));
	}

	static Map<String, Duration> durations(Generation generation) {
		Map<String, Duration> durations = new LinkedHashMap<>();
		generation.durations().forEach((step, millis) -> durations.put(step, Duration.ofMillis(millis)));
		return durations;
	}

}
