package io.isobar.speed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

import io.isobar.messages.MessageRefused;

import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.stereotype.Component;

/** Sends what was refused, as it came, to the topic of dead letters. */
@Component
@ConditionalOnSpeed
class DeadLetterSender {

	static final String CAUSE = "isobar-cause";

	static final String TOPIC = "isobar-topic";

	static final String TOPIC_ID = "isobar-topic-id";

	static final String INCARNATION = "isobar-incarnation";

	static final String PARTITION = "isobar-partition";

	static final String OFFSET = "isobar-offset";

	/** In bytes. */
	static final int LONGEST_CAUSE = 4096;

	private final KafkaClients kafka;

	private final DeadLetterRows rows;

	DeadLetterSender(KafkaClients kafka, DeadLetterRows rows) {
		this.kafka = kafka;
		this.rows = rows;
	}

	/** Sends it at once; done when Kafka has it. */
	Future<?> send(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation, String cause) {
		CompletableFuture<Object> sent = new CompletableFuture<>();
		try {
			String topic = Topics.deadLetters(record.topic());
			int partitions = this.kafka.producer().partitionsFor(topic).size();
			Headers headers = headers(record, incarnation, cause);
			this.kafka
				.send(new ProducerRecord<>(topic, record.partition() % partitions, record.key(), record.value(),
						headers))
				.whenComplete((metadata, failure) -> {
					if (failure == null) {
						sent.complete(metadata);
					}
					else if (failure instanceof RecordTooLargeException) {
						keep(record, headers, sent);
					}
					else {
						sent.completeExceptionally(failure);
					}
				});
		}
		catch (RuntimeException ex) {
			sent.completeExceptionally(ex);
		}
		return sent;
	}

	/** Too large even for the topic of dead letters: its row is what people look at. */
	private void keep(ConsumerRecord<byte[], byte[]> record, Headers headers, CompletableFuture<Object> sent) {
		CompletableFuture
			.runAsync(() -> this.rows.keep(java.util.List.of(DeadLetterRows.New.of(record.key(), record.value(),
					headers, System.currentTimeMillis(), record, 0))))
			.whenComplete((done, failure) -> {
				if (failure == null) {
					sent.complete(record);
				}
				else {
					sent.completeExceptionally(failure);
				}
			});
	}

	private static Headers headers(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation, String cause) {
		Headers headers = new RecordHeaders(record.headers().toArray());
		byte[] causeBytes = shortened(cause);
		set(headers, CAUSE, causeBytes);
		set(headers, TOPIC, text(record.topic()));
		set(headers, TOPIC_ID, text(incarnation.id().toString()));
		set(headers, INCARNATION, text(Integer.toString(incarnation.number())));
		set(headers, PARTITION, text(Integer.toString(record.partition())));
		set(headers, OFFSET, text(Long.toString(record.offset())));
		// As Spring Kafka's own recoverer has them
		set(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, text(record.topic()));
		set(headers, KafkaHeaders.DLT_ORIGINAL_PARTITION,
				ByteBuffer.allocate(Integer.BYTES).putInt(record.partition()).array());
		set(headers, KafkaHeaders.DLT_ORIGINAL_OFFSET,
				ByteBuffer.allocate(Long.BYTES).putLong(record.offset()).array());
		set(headers, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP,
				ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array());
		set(headers, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE, text(record.timestampType().toString()));
		set(headers, KafkaHeaders.DLT_EXCEPTION_FQCN, text(MessageRefused.class.getName()));
		set(headers, KafkaHeaders.DLT_EXCEPTION_MESSAGE, causeBytes);
		return headers;
	}

	private static void set(Headers headers, String name, byte[] value) {
		headers.remove(name);
		headers.add(name, value);
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** Whole characters, as many as fit. */
	static byte[] shortened(String cause) {
		byte[] bytes = text(cause);
		if (bytes.length <= LONGEST_CAUSE) {
			return bytes;
		}
		int end = LONGEST_CAUSE;
		while ((bytes[end] & 0xC0) == 0x80) {
			end--;
		}
		return java.util.Arrays.copyOf(bytes, end);
	}

}
