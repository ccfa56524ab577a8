package io.isobar.speed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.lake.CrashPoint;

import org.springframework.kafka.support.Acknowledgment;

/**
 * Brings messages into a store that may be given the same again. Where it is, Kafka
 * knows: offsets are committed after the write, each with the id of its topic.
 */
abstract class StoreSink implements Sink {

	private static final Logger logger = LoggerFactory.getLogger(StoreSink.class);

	/** Writes what came; it may have been written before. */
	abstract void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status);

	@Override
	public Session open(Incarnation incarnation, SinkStatus status) {
		return new StoreSession(incarnation, status);
	}

	private final class StoreSession implements Session {

		private final Incarnation incarnation;

		private final SinkStatus status;

		StoreSession(Incarnation incarnation, SinkStatus status) {
			this.incarnation = incarnation;
			this.status = status;
		}

		@Override
		public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			Map<TopicPartition, Long> positions = new HashMap<>();
			consumer.committed(new HashSet<>(partitions)).forEach((partition, committed) -> {
				if (committed != null && isOfThisTopic(partition, committed)) {
					positions.put(partition, committed.offset());
				}
			});
			noteBeginnings(consumer, partitions.stream().filter((each) -> !positions.containsKey(each)).toList());
			return positions;
		}

		/**
		 * Where it begins is noted before the first write: else a store that is away from
		 * the beginning would not be told what Kafka forgets meanwhile.
		 */
		private void noteBeginnings(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			if (!partitions.isEmpty()) {
				Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
				consumer.beginningOffsets(partitions)
					.forEach((partition, beginning) -> beginnings.put(partition,
							new OffsetAndMetadata(beginning, this.incarnation.id().toString())));
				consumer.commitSync(beginnings);
			}
		}

		/** Somebody who sets offsets with Kafka's own tools writes no id. */
		private boolean isOfThisTopic(TopicPartition partition, OffsetAndMetadata committed) {
			boolean same = committed.metadata().isEmpty()
					|| committed.metadata().equals(this.incarnation.id().toString());
			if (!same) {
				logger.info("{} begins at the beginning of {}, as what it had read was another topic of that name.",
						name(), partition);
			}
			return same;
		}

		@Override
		public void received(List<ConsumerRecord<byte[], byte[]>> records, Acknowledgment acknowledgment,
				Consumer<?, ?> consumer) {
			CrashPoint.at("sink.polled." + name());
			try {
				long began = System.nanoTime();
				write(records, this.incarnation, this.status);
				this.status.writes().record(java.time.Duration.ofNanos(System.nanoTime() - began));
			}
			catch (RuntimeException ex) {
				this.status.waits("its store takes no writes", ex);
				throw ex;
			}
			CrashPoint.at("sink.written." + name());
			acknowledgment.acknowledge();
			CrashPoint.at("sink.acked." + name());
			this.status.works();
			long now = System.currentTimeMillis();
			for (ConsumerRecord<byte[], byte[]> record : records) {
				this.status.written(record.timestamp(), now);
				this.status.position(record.partition(), record.offset() + 1);
			}
		}

	}

	/** Brings readings into a {@link WeatherSink}. */
	static final class OfWeather extends StoreSink {

		private final WeatherSink store;

		private final String topic;

		private final int concurrency;

		private final StreamedMessages messages;

		OfWeather(WeatherSink store, String topic, int concurrency, StreamedMessages messages) {
			this.store = store;
			this.topic = topic;
			this.concurrency = concurrency;
			this.messages = messages;
		}

		@Override
		public String name() {
			return this.store.name();
		}

		@Override
		public String topic() {
			return this.topic;
		}

		@Override
		public int concurrency() {
			return this.concurrency;
		}

		@Override
		void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status) {
			List<io.isobar.messages.WeatherMessage> good = new ArrayList<>(records.size());
			for (ConsumerRecord<byte[], byte[]> record : records) {
				// What is refused is the lake's sink to tell
				if (this.messages.read(record) instanceof StreamedMessages.Read.Good read) {
					good.add(read.message());
				}
				else {
					status.refused();
				}
			}
			if (!good.isEmpty()) {
				this.store.write(good);
			}
		}

	}

}
