package io.isobar.speed;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

import org.springframework.kafka.support.Acknowledgment;

/** Takes what lies in a topic, as one consumer group. */
interface Sink {

	String name();

	String topic();

	/** How many consumers it may have in this instance. */
	int concurrency();

	/** Begins to take what lies in that topic. */
	Session open(Incarnation incarnation, SinkStatus status);

	/** As long as the topic is the same and no consumer was started anew. */
	interface Session {

		/** Where to go on, of each partition that is known. */
		Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions);

		/** These are somebody else's now. */
		default void revoked(Collection<TopicPartition> partitions) {
		}

		/** Takes messages; if that throws, they come again. */
		void received(List<ConsumerRecord<byte[], byte[]>> records, Acknowledgment acknowledgment,
				Consumer<?, ?> consumer);

		/** Called every now and then while nothing comes. */
		default void idle(Consumer<?, ?> consumer) {
		}

	}

}
