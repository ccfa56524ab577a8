package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds out what of one's own lies in a topic, by a header that only it has: before it is
 * sent again, where nobody knows whether it was.
 */
@Component
@ConditionalOnSpeed
class SentMessages {

	/** So long Kafka may bring nothing. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final KafkaClients kafka;

	private final LongSupplier nanoTime;

	@Autowired
	SentMessages(KafkaClients kafka) {
		this(kafka, System::nanoTime);
	}

	SentMessages(KafkaClients kafka, LongSupplier nanoTime) {
		this.kafka = kafka;
		this.nanoTime = nanoTime;
	}

	/** Says where to begin, of all partitions with their first offsets and their ends. */
	private interface Begin {

		Map<TopicPartition, Long> of(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> beginnings,
				Map<TopicPartition, Long> ends);

	}

	/**
	 * Which of these the topic has.
	 * @param from offsets before which none of them can lie
	 * @throws RuntimeException if Kafka does not say
	 */
	Set<String> find(String topic, String header, Set<String> wanted, Map<Integer, Long> from) {
		return find(topic, header, wanted, (consumer, beginnings, ends) -> {
			Map<TopicPartition, Long> begin = new HashMap<>();
			ends.forEach((partition, end) -> {
				long first = beginnings.getOrDefault(partition, 0L);
				long asked = from.getOrDefault(partition.partition(), 0L);
				// A topic that was made again begins anew
				begin.put(partition, (asked > end) ? first : Math.max(first, asked));
			});
			return begin;
		});
	}

	/**
	 * Which of these the topic has.
	 * @param since before which none of them was appended
	 * @throws RuntimeException if Kafka does not say
	 */
	Set<String> find(String topic, String header, Set<String> wanted, Instant since) {
		return find(topic, header, wanted, (consumer, beginnings, ends) -> {
			Map<TopicPartition, Long> times = new HashMap<>();
			ends.keySet().forEach((partition) -> times.put(partition, since.toEpochMilli()));
			Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
			Map<TopicPartition, Long> begin = new HashMap<>();
			ends.forEach((partition, end) -> {
				OffsetAndTimestamp first = found.get(partition);
				begin.put(partition, (first != null) ? first.offset() : end);
			});
			return begin;
		});
	}

	private Set<String> find(String topic, String header, Set<String> wanted, Begin begin) {
		Set<String> found = new HashSet<>();
		try (Consumer<byte[], byte[]> consumer = this.kafka.reader()) {
			Set<TopicPartition> partitions = new HashSet<>();
			consumer.partitionsFor(topic)
				.forEach((each) -> partitions.add(new TopicPartition(topic, each.partition())));
			consumer.assign(partitions);
			Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
			begin.of(consumer, consumer.beginningOffsets(partitions), ends).forEach(consumer::seek);
			long position = position(consumer);
			long moved = this.nanoTime.getAsLong();
			while (ends.entrySet().stream().anyMatch((end) -> consumer.position(end.getKey()) < end.getValue())) {
				for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
					Header own = record.headers().lastHeader(header);
					if (own != null && own.value() != null) {
						String value = new String(own.value(), StandardCharsets.UTF_8);
						if (wanted.contains(value)) {
							found.add(value);
						}
					}
				}
				if (position(consumer) != position) {
					position = position(consumer);
					moved = this.nanoTime.getAsLong();
				}
				else if (this.nanoTime.getAsLong() - moved > PATIENCE.toNanos()) {
					throw new IllegalStateException(
							"Kafka has brought nothing of %s for %d s, though it has more: it is away, or the topic was made again."
								.formatted(topic, PATIENCE.toSeconds()));
				}
			}
		}
		return found;
	}

	/** How far all partitions together are read. */
	private static long position(Consumer<byte[], byte[]> consumer) {
		return consumer.assignment().stream().mapToLong(consumer::position).sum();
	}

}
