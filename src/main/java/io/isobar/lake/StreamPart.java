package io.isobar.lake;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A partition of a topic, as long as the topic is the same: one that was deleted and made
 * again is another incarnation.
 *
 * @param topic its name
 * @param incarnation which topic of that name, from 0
 * @param partition its number in Kafka, from 0
 */
public record StreamPart(String topic, int incarnation, int partition) {

	/** So many partitions a topic may have: see {@link #number()}. */
	public static final int MOST_PARTITIONS = 1000;

	private static final Pattern DOMAIN = Pattern.compile("isobar\\.stream\\.(.+)\\.(\\d+)\\.(\\d+)");

	public StreamPart {
		if (partition < 0 || partition >= MOST_PARTITIONS) {
			throw new IllegalArgumentException(
					"Partition %d of %s can't be kept, as at most %d are told apart. Make the topic with fewer."
						.formatted(partition, topic, MOST_PARTITIONS));
		}
	}

	/** One number for incarnation and partition: what stores keep as kafka_partition. */
	public int number() {
		return this.incarnation * MOST_PARTITIONS + this.partition;
	}

	/** Under this name a table keeps its position. */
	String domain() {
		return "isobar.stream.%s.%d.%d".formatted(this.topic, this.incarnation, this.partition);
	}

	/** The one whose position is kept under that name; null where none is. */
	static @Nullable StreamPart ofDomain(String name) {
		Matcher matcher = DOMAIN.matcher(name);
		return matcher.matches() ? new StreamPart(matcher.group(1), Integer.parseInt(matcher.group(2)),
				Integer.parseInt(matcher.group(3))) : null;
	}

}
