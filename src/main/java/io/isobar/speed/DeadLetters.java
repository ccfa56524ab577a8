package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;
import io.isobar.messages.WeatherMessages;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was refused, and how it is sent again: at most once, whatever fails meanwhile. */
@Component
@ConditionalOnSpeed
public class DeadLetters {

	/** A message that was sent again carries the number of its replay. */
	static final String REPLAY = "isobar-replay";

	private static final int PAGE = 50;

	/** A message that was refused. */
	public record DeadLetter(long id, String topic, int partition, long offset, byte @Nullable [] key,
			byte @Nullable [] value, String cause, Instant failedAt, @Nullable Instant replayedAt) {
	}

	/** What came of a replay. */
	public enum Replay {

		/** It is in the topic. */
		SENT,
		/** There is no such dead letter. */
		UNKNOWN,
		/** It has been sent before, or is being sent. */
		BEFORE

	}

	/** It was not sent, or counts as not sent, as something has paused. */
	public static final class NotInTime extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		NotInTime(SentMessages.NotInTime cause) {
			super(cause.getMessage(), cause);
		}

	}

	/** The corrected value would be refused again. */
	public static final class StillRefused extends Exception {

		private static final long serialVersionUID = 1L;

		StillRefused(String cause) {
			super(cause);
		}

	}

	private final JdbcClient jdbc;

	private final Topics topics;

	private final SentMessages sent;

	private final KafkaClock kafka;

	private final Clock clock;

	private final LongSupplier nanoTime;

	@Autowired
	DeadLetters(JdbcClient jdbc, Topics topics, SentMessages sent, KafkaClock kafka, Clock clock) {
		this(jdbc, topics, sent, kafka, clock, System::nanoTime);
	}

	DeadLetters(JdbcClient jdbc, Topics topics, SentMessages sent, KafkaClock kafka, Clock clock,
			LongSupplier nanoTime) {
		this.jdbc = jdbc;
		this.topics = topics;
		this.sent = sent;
		this.kafka = kafka;
		this.clock = clock;
		this.nanoTime = nanoTime;
	}

	/** A page of them, the newest first. */
	public List<DeadLetter> page(@Nullable String topic, int page) {
		return this.jdbc.sql("""
				select * from dead_letter where cast(:topic as text) is null or topic = :topic
				order by id desc limit :size offset :first
				""")
			.param("topic", topic)
			.param("size", PAGE)
			.param("first", (long) page * PAGE)
			.query((row, number) -> letter(row))
			.list();
	}

	private static DeadLetter letter(ResultSet row) throws SQLException {
		Timestamp replayed = row.getTimestamp("replayed_at");
		return new DeadLetter(row.getLong("id"), row.getString("topic"), row.getInt("kafka_partition"),
				row.getLong("kafka_offset"), row.getBytes("key"), row.getBytes("value"), row.getString("cause"),
				row.getTimestamp("failed_at").toInstant(), (replayed != null) ? replayed.toInstant() : null);
	}

	/** Whether the sinks of that topic can read it. */
	private void check(String topic, byte[] value) throws MessageRefused {
		if (topic.equals(this.topics.orders())) {
			OrderMessages.read(value);
		}
		else {
			WeatherMessages.read(value, this.clock.instant());
		}
	}

	/** What somebody has reserved, and where it would lie if it had been sent. */
	private record Reserved(UUID replay, String topic, byte @Nullable [] key, byte @Nullable [] value,
			Map<Integer, Long> ends, OffsetDateTime at) {
	}

	/**
	 * Sends it again.
	 * @param corrected instead of what came; null: as it came
	 * @throws StillRefused if the correction would be refused too, or is too large
	 * @throws RuntimeException if it is not known whether it was sent: asked again, it
	 * looks
	 */
	public Replay replay(long id, @Nullable String corrected, String by) throws StillRefused {
		Optional<DeadLetter> letter = this.jdbc.sql("select * from dead_letter where id = :id")
			.param("id", id)
			.query((row, number) -> letter(row))
			.optional();
		if (letter.isEmpty()) {
			return Replay.UNKNOWN;
		}
		if (letter.get().replayedAt() != null) {
			return Replay.BEFORE;
		}
		byte[] value = letter.get().value();
		if (corrected != null) {
			value = corrected.getBytes(StandardCharsets.UTF_8);
			try {
				check(letter.get().topic(), value);
			}
			catch (MessageRefused ex) {
				throw new StillRefused(String.valueOf(ex.getMessage()));
			}
		}
		return send(letter.get(), value, corrected != null, by) ? Replay.SENT : Replay.BEFORE;
	}

	/**
	 * Whether it is in the topic now; else it is another's to send, or something else was
	 * sent.
	 */
	private boolean send(DeadLetter letter, byte @Nullable [] value, boolean isCorrected, String by)
			throws StillRefused {
		Map<Integer, Long> ends = this.topics.ends(letter.topic());
		Reservation reservation = Reservation.begin(this.nanoTime);
		Duration ahead = this.kafka.ahead();
		Optional<Reserved> reserved = reserve(letter, value, ends, by, ahead);
		if (reserved.isEmpty()) {
			// Somebody has reserved it, and may not have come to an end
			reserved = takeOver(letter);
			if (reserved.isEmpty()) {
				return false;
			}
			byte[] before = reserved.get().value();
			byte[] wanted = (isCorrected) ? value : before;
			if (isInTopic(reserved.get())) {
				replayed(letter);
				return Arrays.equals(wanted, before);
			}
			// Looking for it may have taken longer than it is held
			reservation = Reservation.begin(this.nanoTime);
			ahead = this.kafka.ahead();
			reserved = reserveAgain(letter, reserved.get(), wanted, by, ahead);
			if (reserved.isEmpty()) {
				return false;
			}
		}
		send(reserved.get(), new SentMessages.Row(reservation, reserved.get().at().toInstant(), ahead));
		replayed(letter);
		return true;
	}

	private void replayed(DeadLetter letter) {
		this.jdbc.sql("update dead_letter set replayed_at = now() where id = :id").param("id", letter.id()).update();
	}

	private Optional<Reserved> reserve(DeadLetter letter, byte @Nullable [] value, Map<Integer, Long> ends, String by,
			Duration ahead) {
		return this.jdbc.sql("""
				update dead_letter set replay = :replay, replay_value = :value, reserved_at = now(),
				clock_ahead = make_interval(secs => :ahead), reserved_ends = :ends, replayed_by = :by
				where id = :id and replay is null
				returning replay, replay_value, reserved_ends, reserved_at
				""")
			.param("replay", UUID.randomUUID())
			.param("value", value, java.sql.Types.BINARY)
			.param("ahead", ahead.toMillis() / 1000.0)
			.param("ends", text(ends))
			.param("by", by)
			.param("id", letter.id())
			.query((row, number) -> reserved(letter, row))
			.optional();
	}

	private Optional<Reserved> takeOver(DeadLetter letter) {
		return this.jdbc.sql("""
				update dead_letter set reserved_at = now(), clock_ahead = '0'
				where id = :id and replayed_at is null
				and reserved_at + clock_ahead < now() - make_interval(secs => :seconds)
				returning replay, replay_value, reserved_ends, reserved_at
				""")
			.param("seconds", Reservation.held(this.topics.isReplicated(letter.topic())).toSeconds())
			.param("id", letter.id())
			.query((row, number) -> reserved(letter, row))
			.optional();
	}

	private static Reserved reserved(DeadLetter letter, ResultSet row) throws SQLException {
		return new Reserved(row.getObject("replay", UUID.class), letter.topic(), letter.key(),
				row.getBytes("replay_value"), ends(row.getString("reserved_ends")),
				row.getObject("reserved_at", OffsetDateTime.class));
	}

	/** Unless somebody else has taken it over meanwhile. */
	private Optional<Reserved> reserveAgain(DeadLetter letter, Reserved reserved, byte @Nullable [] value, String by,
			Duration ahead) {
		return this.jdbc.sql("""
				update dead_letter set reserved_at = now(), clock_ahead = make_interval(secs => :ahead),
				replay_value = :value, replayed_by = :by
				where id = :id and replayed_at is null and reserved_at = :at
				returning replay, replay_value, reserved_ends, reserved_at
				""")
			.param("value", value, java.sql.Types.BINARY)
			.param("by", by)
			.param("id", letter.id())
			.param("at", reserved.at())
			.param("ahead", ahead.toMillis() / 1000.0)
			.query((row, number) -> reserved(letter, row))
			.optional();
	}

	private static String text(Map<Integer, Long> ends) {
		return ends.entrySet()
			.stream()
			.map((end) -> end.getKey() + ":" + end.getValue())
			.collect(Collectors.joining(","));
	}

	private static Map<Integer, Long> ends(String text) {
		return Arrays.stream(text.split(","))
			.filter((end) -> !end.isEmpty())
			.map((end) -> end.split(":"))
			.collect(Collectors.toMap((end) -> Integer.valueOf(end[0]), (end) -> Long.valueOf(end[1])));
	}

	private void send(Reserved reserved, SentMessages.Row row) throws StillRefused {
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(reserved.topic(), reserved.key(),
				reserved.value());
		record.headers().add(REPLAY, reserved.replay().toString().getBytes(StandardCharsets.UTF_8));
		try {
			this.sent.send(record, row, deadlineOf(reserved.topic()));
		}
		catch (SentMessages.NotInTime ex) {
			throw new NotInTime(ex);
		}
		catch (ExecutionException | TimeoutException ex) {
			if (ex.getCause() instanceof RecordTooLargeException) {
				giveBack(reserved);
				throw new StillRefused("it is larger than the topic takes. Send less than a megabyte.");
			}
			throw new IllegalStateException("It is not known whether the dead letter was sent.", ex);
		}
	}

	/** Kafka has refused it, so it may be corrected at once. */
	private void giveBack(Reserved reserved) {
		this.jdbc.sql("""
				update dead_letter set replay = null, replay_value = null, reserved_at = null
				where replay = :replay and replayed_at is null
				""").param("replay", reserved.replay()).update();
	}

	/**
	 * Orders only must not be taken too late: a reading that comes twice changes nothing.
	 */
	private @Nullable Uuid deadlineOf(String topic) {
		return (topic.equals(this.topics.orders())) ? this.topics.id(topic) : null;
	}

	/** Looks through what has come since it was reserved. */
	private boolean isInTopic(Reserved reserved) {
		String wanted = reserved.replay().toString();
		return this.sent.find(reserved.topic(), deadlineOf(reserved.topic()), REPLAY, Set.of(wanted), reserved.ends())
			.contains(wanted);
	}

}
