package io.isobar.speed;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Takes what lies in a topic, as one consumer group. */
interface Sink {

	String name();

	String topic();

	/** How many consumers it may have in this instance. */
	int concurrency();

	/**
	 * How long Kafka may wait for more, so that much is written together; zero: each
	 * message is to be there as soon as it can be.
	 */
	Duration linger();

	/** Begins to take what lies in that topic. */
	Session open(Incarnation incarnation, SinkStatus status);

	/** As long as the topic is the same and no consumer was started anew. */
	interface Session {

		/** Where to go on, of each partition that is known. */
		Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions);

		/** These are somebody else's now. */
		default void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		}

		/** Takes messages; if that throws, they come again. */
		void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer);

		/** Called every now and then while nothing comes. */
		default void idle(Consumer<?, ?> consumer) {
		}

	}

}
