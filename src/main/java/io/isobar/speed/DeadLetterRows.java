package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.stereotype.Component;

/** Dead letters as rows: one for each message that was refused, however often it came. */
@Component
@ConditionalOnSpeed
class DeadLetterRows {

	/** What is kept of one. */
	record New(String topic, int incarnation, int partition, long offset, byte @Nullable [] key,
			byte @Nullable [] value, String cause, long failedAt) {

		/**
		 * Of the headers; where another application wrote it, of Spring Kafka's, and
		 * without those it is told by where it lies itself.
		 */
		static New of(byte @Nullable [] key, byte @Nullable [] value, Headers headers, long failedAt,
				ConsumerRecord<byte[], byte[]> record, int incarnation) {
			String cause = text(headers, DeadLetterSender.CAUSE);
			if (cause == null) {
				cause = text(headers, KafkaHeaders.DLT_EXCEPTION_MESSAGE);
			}
			if (cause == null) {
				cause = "Who wrote this dead letter has not said why.";
			}
			try {
				String topic = text(headers, DeadLetterSender.TOPIC);
				if (topic != null) {
					return new New(topic, Integer.parseInt(String.valueOf(text(headers, DeadLetterSender.INCARNATION))),
							Integer.parseInt(String.valueOf(text(headers, DeadLetterSender.PARTITION))),
							Long.parseLong(String.valueOf(text(headers, DeadLetterSender.OFFSET))), key, value, cause,
							failedAt);
				}
			}
			catch (NumberFormatException ex) {
				// Somebody else's idea of these headers
			}
			return new New(record.topic(), incarnation, record.partition(), record.offset(), key, value, cause,
					failedAt);
		}

		private static @Nullable String text(Headers headers, String name) {
			Header header = headers.lastHeader(name);
			return (header != null && header.value() != null)
					? new String(header.value(), StandardCharsets.UTF_8).replace('\0', ' ') : null;
		}

	}

	private final JdbcTemplate jdbc;

	DeadLetterRows(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	void keep(List<New> letters) {
		this.jdbc.batchUpdate(
				"""
						insert into dead_letter (topic, incarnation, kafka_partition, kafka_offset, key, value, cause, failed_at)
						values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
						""",
				letters, 500, DeadLetterRows::fill);
	}

	private static void fill(PreparedStatement row, New letter) throws SQLException {
		row.setString(1, letter.topic());
		row.setInt(2, letter.incarnation());
		row.setInt(3, letter.partition());
		row.setLong(4, letter.offset());
		bytes(row, 5, letter.key());
		bytes(row, 6, letter.value());
		row.setString(7, letter.cause());
		row.setTimestamp(8, new Timestamp(letter.failedAt()));
	}

	private static void bytes(PreparedStatement row, int index, byte @Nullable [] bytes) throws SQLException {
		if (bytes != null) {
			row.setBytes(index, bytes);
		}
		else {
			row.setNull(index, Types.BINARY);
		}
	}

}
