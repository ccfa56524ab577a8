package io.isobar.serving;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Where the batch layer's answer about orders ends. */
public interface OrdersBoundary {

	/** As long as no generation of orders is published. */
	Counted NOTHING = new Counted(null, Map.of(), null);

	/**
	 * What the current generation of orders has counted.
	 *
	 * @param offsets the first offset that it has not counted, by partition
	 */
	record Counted(@Nullable Integer generation, Map<String, Long> offsets, @Nullable Instant publishedAt) {
	}

	/** Of the current generation. */
	Counted counted();

}
