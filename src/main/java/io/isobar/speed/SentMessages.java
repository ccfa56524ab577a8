package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import io.isobar.lake.CrashPoint;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Sends what was reserved, and finds out what of one's own lies in a topic, by a header
 * that only it has: before it is sent again, where nobody knows whether it was.
 */
@Component
@ConditionalOnSpeed
class SentMessages {

	/** So long Kafka may bring nothing. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration CONFIRMED_WITHIN = Duration.ofSeconds(15);

	private final KafkaClients kafka;

	private final KafkaClock clock;

	private final LongSupplier nanoTime;

	@Autowired
	SentMessages(KafkaClients kafka, KafkaClock clock) {
		this(kafka, clock, System::nanoTime);
	}

	SentMessages(KafkaClients kafka, KafkaClock clock, LongSupplier nanoTime) {
		this.kafka = kafka;
		this.clock = clock;
		this.nanoTime = nanoTime;
	}

	/**
	 * Sends a message in time, or not at all.
	 * @param row is held for it
	 * @param topic by its id, where what is taken too late must not count; else null
	 * @throws ExecutionException what Kafka's client says
	 * @throws TimeoutException if nobody says anything
	 * @throws NotInTime if it was not sent, or counts as not sent
	 */
	void send(ProducerRecord<byte[], byte[]> record, Row row, @Nullable Uuid topic)
			throws ExecutionException, TimeoutException {
		// Making a producer may take long
		this.kafka.producer();
		if (!row.reservation().isInTime()) {
			throw new NotInTime("It could not be sent in time, as something has paused.");
		}
		Instant deadline = Reservation.deadline(row.reservedAt(), row.ahead());
		if (topic != null) {
			new Deadline(topic, deadline).set(record);
		}
		CrashPoint.at("orders.sending");
		RecordMetadata taken;
		try {
			taken = this.kafka.send(record).get(CONFIRMED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending.", ex);
		}
		this.clock.took(taken, row.reservation().now(row.reservedAt()));
		if (topic != null && Instant.ofEpochMilli(taken.timestamp()).isAfter(deadline)) {
			throw new NotInTime(
					"Kafka has taken it too late by its clock, so that it does not count: something has paused, or its clock is ahead.");
		}
	}

	/** Something has paused; it may be sent later. */
	static final class NotInTime extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		NotInTime(String sentence) {
			super(sentence);
		}

	}

	/**
	 * A row that is reserved.
	 *
	 * @param reservedAt by PostgreSQL's clock
	 * @param ahead how far Kafka's clock was known to be ahead of that when it was
	 * reserved, which is noted there
	 */
	record Row(Reservation reservation, Instant reservedAt, Duration ahead) {
	}

	/** Says where to begin, of all partitions with their first offsets and their ends. */
	private interface Begin {

		Map<TopicPartition, Long> of(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> beginnings,
				Map<TopicPartition, Long> ends);

	}

	/**
	 * Which of these the topic has.
	 * @param id of the topic, where what Kafka took too late does not count; else null
	 * @param from offsets before which none of them can lie
	 * @throws RuntimeException if Kafka does not say
	 */
	Set<String> find(String topic, @Nullable Uuid id, String header, Set<String> wanted, Map<Integer, Long> from) {
		return find(topic, id, header, wanted, (consumer, beginnings, ends) -> {
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
	 * Which of these the topic has; what Kafka took too late is not there.
	 * @param id of the topic
	 * @param since before which none of them was appended
	 * @throws RuntimeException if Kafka does not say
	 */
	Set<String> find(String topic, Uuid id, String header, Set<String> wanted, Instant since) {
		return find(topic, id, header, wanted, (consumer, beginnings, ends) -> {
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

	private Set<String> find(String topic, @Nullable Uuid id, String header, Set<String> wanted, Begin begin) {
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
					if (own != null && own.value() != null && (id == null || !Deadline.isMissed(record, id))) {
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
