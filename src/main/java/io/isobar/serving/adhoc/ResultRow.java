package io.isobar.serving.adhoc;

import org.jspecify.annotations.Nullable;

/**
 * A line of a result.
 *
 * @param period the instant at which an hour began, a local day, or a month
 * @param metric as in JSON: {@code windSpeed}
 * @param mean of the readings that have a value
 * @param readings how many have one
 */
public record ResultRow(String city, String period, String metric, @Nullable Double mean, @Nullable Double min,
		@Nullable Double max, @Nullable Double sum, long readings) {
}
