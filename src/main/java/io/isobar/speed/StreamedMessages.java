package io.isobar.speed;

import java.time.Instant;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;

import org.springframework.stereotype.Component;

/** Reads what Kafka holds; every sink reads the same. */
@Component
@ConditionalOnSpeed
class StreamedMessages {

	private static final Logger logger = LoggerFactory.getLogger(StreamedMessages.class);

	private final MessageCities cities;

	StreamedMessages(MessageCities cities) {
		this.cities = cities;
	}

	/**
	 * A message as it came, and where from.
	 *
	 * @param deadline of an order that has one
	 */
	record Raw(byte @Nullable [] value, Instant appended, int partition, long offset, @Nullable Deadline deadline) {

		static Raw of(ConsumerRecord<byte[], byte[]> record) {
			return new Raw(record.value(), Instant.ofEpochMilli(record.timestamp()), record.partition(),
					record.offset(), Deadline.of(record));
		}

		/** Whether Kafka took it after its deadline. */
		boolean isLate(Uuid topic) {
			return this.deadline != null && this.deadline.isMissed(this.appended, topic);
		}

	}

	/** What came of a message: it, or why it was refused. */
	sealed interface Read {

		record Good(WeatherMessage message) implements Read {
		}

		record Refused(String cause) implements Read {
		}

	}

	Read read(ConsumerRecord<byte[], byte[]> record) {
		return read(Raw.of(record));
	}

	Read read(Raw raw) {
		WeatherMessage message;
		try {
			message = WeatherMessages.read(raw.value(), raw.appended());
		}
		catch (MessageRefused ex) {
			return new Read.Refused(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			// Never a reason to stop
			logger.error("The message at offset {} of partition {} can't be read", raw.offset(), raw.partition(), ex);
			return new Read.Refused("The message can't be read (%s). Its cause is in the log of isobar: report it."
				.formatted(ex.getClass().getSimpleName()));
		}
		return new Read.Good(this.cities.settled(message));
	}

}
