package io.isobar.speed;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Kafka knows of where a sink is: offsets, each with the id of its topic. */
final class Committed {

	private static final Logger logger = LoggerFactory.getLogger(Committed.class);

	private Committed() {
	}

	static OffsetAndMetadata offset(long offset, Incarnation incarnation) {
		return new OffsetAndMetadata(offset, incarnation.id().toString());
	}

	/**
	 * Where a sink is. Where it is not known to be anywhere it begins at the beginning,
	 * which is noted before anything is written: else a store that is away from the first
	 * start on would not be told what Kafka forgets meanwhile.
	 */
	static Map<TopicPartition, Long> offsets(String sink, Consumer<?, ?> consumer,
			Collection<TopicPartition> partitions, Incarnation incarnation) {
		Map<TopicPartition, Long> known = new HashMap<>();
		consumer.committed(new HashSet<>(partitions)).forEach((partition, committed) -> {
			if (committed != null && isOfThisTopic(sink, partition, committed, incarnation)) {
				known.put(partition, committed.offset());
			}
		});
		Map<TopicPartition, OffsetAndMetadata> noted = new HashMap<>();
		if (known.size() < partitions.size()) {
			consumer.beginningOffsets(partitions.stream().filter((partition) -> !known.containsKey(partition)).toList())
				.forEach((partition, beginning) -> noted.put(partition, offset(beginning, incarnation)));
			consumer.commitSync(noted);
		}
		noted.forEach((partition, beginning) -> known.put(partition, beginning.offset()));
		return known;
	}

	/** Somebody who sets offsets with Kafka's own tools writes no id. */
	private static boolean isOfThisTopic(String sink, TopicPartition partition, OffsetAndMetadata committed,
			Incarnation incarnation) {
		boolean same = committed.metadata().isEmpty() || committed.metadata().equals(incarnation.id().toString());
		if (!same) {
			logger.info("{} begins at the beginning of {}, as what it had read was another topic of that name.", sink,
					partition);
		}
		return same;
	}

}
