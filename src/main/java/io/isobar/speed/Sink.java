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

	/**
	 * Begins to take what lies in that topic.
	 * @param positions told how far the store has it
	 */
	Session open(Incarnation incarnation, SinkStatus status, Positions positions);

	/** As long as the topic is the same and no consumer was started anew. */
	interface Session {

		/** Where to go on, of each partition that is known. */
		Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions);

		/** These are somebody else's now. */
		default void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		}

		/**
		 * Takes messages; if that throws, they come again.
		 * @throws NotWritten if others that it has taken before are to come again too
		 */
		void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer);

		/**
		 * Called every now and then while nothing comes.
		 * @throws NotWritten if messages that it has taken are to come again
		 */
		default void idle(Consumer<?, ?> consumer) {
		}

	}

	/** What was taken is not in the store. */
	final class NotWritten extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final transient List<ConsumerRecord<byte[], byte[]>> records;

		NotWritten(RuntimeException cause, List<ConsumerRecord<byte[], byte[]>> records) {
			super(cause);
			this.records = records;
		}

		List<ConsumerRecord<byte[], byte[]>> records() {
			return this.records;
		}

	}

}
