package io.isobar.batch;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One result of the batch layer.
 *
 * @param number in one sequence for all datasets
 * @param publishedAt null while it is being exported
 * @param current whether it is the one that readers see
 * @param readings how many readings are counted in it
 * @param cities how many cities it knows
 * @param codeVersion version of isobar that made it
 * @param durations of each step, in milliseconds, by name
 */
public record Generation(int number, Dataset dataset, long jobExecutionId, @Nullable Instant publishedAt,
		boolean current, long readings, int cities, String codeVersion, Map<String, Long> durations) {
}
