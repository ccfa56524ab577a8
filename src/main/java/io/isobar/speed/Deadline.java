package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Until when Kafka has to take an order, by its own clock: what it took later is none. So
 * whoever was frozen before, and sends it when it goes on, does no harm: another one may
 * have sent it in its place by then.
 *
 * @param topic by its id: what somebody copies to another one was in time
 */
record Deadline(Uuid topic, Instant at) {

	/** The id of the topic, a space, and the time in ISO 8601. */
	static final String HEADER = "isobar-deadline";

	/** The one that a message has; null where Kafka's clock says nothing of it. */
	static @Nullable Deadline of(ConsumerRecord<?, ?> message) {
		Header header = message.headers().lastHeader(HEADER);
		if (header == null || header.value() == null || message.timestampType() != TimestampType.LOG_APPEND_TIME) {
			return null;
		}
		String[] words = new String(header.value(), StandardCharsets.US_ASCII).split(" ");
		try {
			return (words.length == 2) ? new Deadline(Uuid.fromString(words[0]), Instant.parse(words[1])) : null;
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			return null;
		}
	}

	/** Gives it to a message. */
	void set(ProducerRecord<?, ?> message) {
		message.headers().add(HEADER, (this.topic + " " + this.at).getBytes(StandardCharsets.US_ASCII));
	}

	/** Whether a message that has it was taken too late. */
	boolean isMissed(Instant taken, Uuid topic) {
		return this.topic.equals(topic) && taken.isAfter(this.at);
	}

	/** Whether Kafka took it too late. */
	static boolean isMissed(ConsumerRecord<?, ?> message, Uuid topic) {
		Deadline deadline = of(message);
		return deadline != null && deadline.isMissed(Instant.ofEpochMilli(message.timestamp()), topic);
	}

}
