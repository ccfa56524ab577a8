package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One result of the batch layer.
 *
 * @param number in one sequence for all datasets
 * @param publishedAt null while it is being exported
 * @param current whether it is the one that readers see
 * @param kept whether it can be gone back to
 * @param readings how many readings are counted in it; of orders: how many orders
 * @param cities how many cities it knows; of orders: how many customers
 * @param boundary the first day that is open for one of the listed cities after its last
 * closed one; null where no day is closed
 * @param codeVersion version of isobar that made it
 * @param recompute incremental or full: how much was computed anew
 * @param durations of each step, in milliseconds, by name
 */
public record Generation(int number, Dataset dataset, long jobExecutionId, @Nullable Instant publishedAt,
		boolean current, boolean kept, long readings, int cities, @Nullable LocalDate boundary, String codeVersion,
		String recompute, Map<String, Long> durations) {
}
