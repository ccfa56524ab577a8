package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.record.RecordBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How far Kafka's clock is ahead of PostgreSQL's, as seen when it has taken messages:
 * reservations are made by the one, and deadlines kept by the other. Brokers have clocks
 * of their own, so the one that is ahead most counts.
 */
@Component
@ConditionalOnSpeed
class KafkaClock {

	private static final Logger logger = LoggerFactory.getLogger(KafkaClock.class);

	/** Deadlines leave room for so much. */
	private static final Duration MUCH = Duration.ofSeconds(5);

	/** For so long it counts what was seen. */
	private static final Duration REMEMBERED = Duration.ofMinutes(10);

	private final JdbcClient jdbc;

	private final LongSupplier nanoTime;

	private Duration ahead = Duration.ZERO;

	private long seenAt;

	@Autowired
	KafkaClock(JdbcClient jdbc) {
		this(jdbc, System::nanoTime);
	}

	KafkaClock(JdbcClient jdbc, LongSupplier nanoTime) {
		this.jdbc = jdbc;
		this.nanoTime = nanoTime;
		this.seenAt = nanoTime.getAsLong();
	}

	/** Never less than nothing; nothing, as long as it is not known. */
	synchronized Duration ahead() {
		if (this.nanoTime.getAsLong() - this.seenAt > REMEMBERED.toNanos()) {
			this.ahead = Duration.ZERO;
		}
		return this.ahead;
	}

	/**
	 * Kafka has taken a message.
	 * @param now by PostgreSQL's clock, unless this machine has stood still meanwhile
	 */
	void took(RecordMetadata message, Instant now) {
		if (message.timestamp() == RecordBatch.NO_TIMESTAMP) {
			return;
		}
		Instant taken = Instant.ofEpochMilli(message.timestamp());
		try {
			// Of a virtual machine that was paused the clock may have been, too
			boolean isMuch = Duration.between(now, taken).compareTo(MUCH) > 0;
			seen(Duration.between((isMuch) ? askPostgresql() : now, taken));
		}
		catch (DataAccessException ex) {
			logger.debug("How far Kafka's clock is ahead can't be seen this time", ex);
		}
	}

	private Instant askPostgresql() {
		return this.jdbc.sql("SELECT clock_timestamp()")
			.query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
			.single();
	}

	private synchronized void seen(Duration difference) {
		Duration before = ahead();
		if (difference.compareTo(before) >= 0) {
			this.ahead = difference;
			this.seenAt = this.nanoTime.getAsLong();
			if (difference.compareTo(MUCH) > 0 && before.compareTo(MUCH) <= 0) {
				logger.warn(
						"Kafka's clock is {} s ahead of PostgreSQL's. Let both follow the same time server: an order that was not confirmed waits for so much longer until it is sent again.",
						difference.toSeconds());
			}
		}
	}

}
