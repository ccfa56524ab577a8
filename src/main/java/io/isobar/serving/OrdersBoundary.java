package io.isobar.serving;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.batch.OrderTotals;
import org.jspecify.annotations.Nullable;

/**
 * Where the batch layer's answer about orders ends.
 *
 * @param generation the current one of orders; null while there is none
 * @param offsets the last offset that it counts, by partition (number of the topic * 1000
 * + partition)
 */
public record OrdersBoundary(@Nullable Integer generation, Map<Integer, Long> offsets, @Nullable Instant publishedAt) {

	static OrdersBoundary of(OrderTotals.Boundary boundary) {
		return new OrdersBoundary(boundary.generation(), new TreeMap<>(boundary.offsets()), boundary.publishedAt());
	}

}
