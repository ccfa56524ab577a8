package io.isobar.jobs;

import java.time.LocalDate;

import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;

/**
 * Which executions are asked for; what is null doesn't matter.
 *
 * @param from created on this day or later
 * @param to created on this day or before
 */
public record ExecutionFilter(@Nullable String jobName, @Nullable BatchStatus status, @Nullable LocalDate from,
		@Nullable LocalDate to) {

	public static final ExecutionFilter ALL = new ExecutionFilter(null, null, null, null);

}
