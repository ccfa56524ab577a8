package io.isobar.speed;

import java.time.Instant;

import org.apache.kafka.clients.consumer.ConsumerRecord;
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

	/** What came of a message: it, or why it was refused. */
	sealed interface Read {

		record Good(WeatherMessage message) implements Read {
		}

		record Refused(String cause) implements Read {
		}

	}

	Read read(ConsumerRecord<byte[], byte[]> record) {
		WeatherMessage message;
		try {
			message = WeatherMessages.read(record.value(), Instant.ofEpochMilli(record.timestamp()));
		}
		catch (MessageRefused ex) {
			return new Read.Refused(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			// Never a reason to stop
			logger.error("Message {}-{}@{} can't be read", record.topic(), record.partition(), record.offset(), ex);
			return new Read.Refused("The message can't be read (%s). Its cause is in the log of isobar: report it."
				.formatted(ex.getClass().getSimpleName()));
		}
		return new Read.Good(this.cities.settled(message));
	}

}
