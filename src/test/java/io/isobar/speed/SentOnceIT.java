package io.isobar.speed;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.jobs.FakeDuties;
import io.isobar.orders.Order;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What was reserved in PostgreSQL is sent once, whoever pauses or takes it over, and
 * however long it takes to look for it in the topic.
 */
class SentOnceIT {

	private static final Duration PAUSE = Duration.ofMinutes(1);

	private static JdbcClient jdbc;

	private final AtomicLong nanos = new AtomicLong();

	private final MockProducer<byte[], byte[]> kafka = SimulatedClients.producer(true);

	private final SimulatedClients clients = new SimulatedClients(() -> this.kafka, () -> new MockConsumer<>("none")) {

		@Override
		CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
			return super.send(record).thenApply((taken) -> new RecordMetadata(new TopicPartition(record.topic(), 0), 0,
					0, Instant.now().plus(SentOnceIT.this.ahead).toEpochMilli(), 0, 0));
		}

	};

	/** How far Kafka's clock is ahead. */
	private Duration ahead = Duration.ZERO;

	private final KafkaClock clock = new KafkaClock(jdbc);

	private final Topics topics = new OneTopic();

	/** What happens while somebody looks through the topic. */
	private Runnable meanwhile = () -> {
	};

	private boolean replicated;

	/** Whether what is looked for is there. */
	private boolean arrived;

	@BeforeAll
	static void migrate() {
		JdbcConnectionDetails details = EmbeddedStores.postgresql("sent_once");
		DriverManagerDataSource database = new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(),
				details.getPassword());
		Flyway.configure().dataSource(database).load().migrate();
		jdbc = JdbcClient.create(database);
	}

	@BeforeEach
	void oneThatWasReservedAndNotSent() {
		jdbc.sql("delete from orders_outbox").update();
		jdbc.sql("delete from dead_letter").update();
		jdbc.sql("""
				insert into orders_outbox (id, customer, amount, accepted_by, reserved_at)
				values (gen_random_uuid(), 'Ali', 80, 'test', now() - interval '1 h')""").update();
		jdbc.sql("""
				insert into dead_letter (topic, incarnation, kafka_partition, kafka_offset, value, cause, failed_at)
				values ('orders', 0, 0, 0, ?, 'test', now())""").param("{}".getBytes(StandardCharsets.UTF_8)).update();
	}

	@Test
	void anOrderIsSentHoweverLongItIsLookedFor() {
		this.meanwhile = this::pause;

		outbox().sweep();

		assertThat(this.kafka.history()).hasSize(1);
		assertThat(outbox().waiting()).isZero();
	}

	@Test
	void whereTheTopicHasFollowersAnOrderIsLeftAloneForLonger() throws Exception {
		jdbc.sql("update orders_outbox set reserved_at = now() - interval '60 s'").update();
		reserved();
		jdbc.sql("update dead_letter set reserved_at = now() - interval '60 s'").update();

		this.replicated = true;
		outbox().sweep();
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.BEFORE);
		assertThat(this.kafka.history()).isEmpty();

		this.replicated = false;
		outbox().sweep();
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);
		assertThat(this.kafka.history()).hasSize(2);
	}

	@Test
	void anOrderThatAnotherHasTakenOverMeanwhileIsLeftToIt() {
		this.meanwhile = () -> {
			pause();
			jdbc.sql("update orders_outbox set reserved_at = now()").update();
		};

		outbox().sweep();

		assertThat(this.kafka.history()).isEmpty();
		assertThat(outbox().waiting()).isOne();
	}

	@Test
	void kafkaHasToTakeAnOrderBeforeAnotherMayTakeItOver() {
		outbox().sweep();

		Instant reserved = jdbc.sql("select reserved_at from orders_outbox")
			.query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
			.single();
		ProducerRecord<byte[], byte[]> sent = this.kafka.history().get(0);
		assertThat(isTooLate(sent, reserved.plusSeconds(19))).isFalse();
		assertThat(isTooLate(sent, reserved.plusSeconds(21))).isTrue();
	}

	@Test
	void anOrderThatKafkaTakesTooLateIsSentAgainAndItsClockReckonedWith() {
		this.ahead = Duration.ofSeconds(100);
		outbox().sweep();
		assertThat(outbox().waiting()).isOne();

		reservedBefore("1 h");
		outbox().sweep();
		assertThat(outbox().waiting()).isZero();
		assertThat(this.kafka.history()).hasSize(2);

		// Where its sender has died instead, others wait for so much longer
		jdbc.sql("update orders_outbox set sent_at = null").update();
		reservedBefore("110 s");
		outbox().sweep();
		assertThat(outbox().waiting()).isOne();
		reservedBefore("150 s");
		outbox().sweep();
		assertThat(outbox().waiting()).isZero();
	}

	@Test
	void othersDoNotWaitForAnOrderThatKafkaTakesTooLateButForOneThatItDoesNotTake() {
		for (int i = 0; i < 2; i++) {
			jdbc.sql("""
					insert into orders_outbox (id, customer, amount, accepted_by, reserved_at)
					values (gen_random_uuid(), 'Sara', 90, 'test', now() - interval '1 h')""").update();
		}
		this.ahead = Duration.ofSeconds(100);
		outbox().sweep();
		// The first is late, and by that the clock is known
		assertThat(this.kafka.history()).hasSize(3);
		assertThat(outbox().waiting()).isOne();

		jdbc.sql("update orders_outbox set sent_at = null").update();
		reservedBefore("1 h");
		this.kafka.sendException = new TimeoutException("nobody answers");
		outbox().sweep();
		assertThat(jdbc.sql("select count(distinct reserved_at) from orders_outbox").query(Long.class).single())
			.isEqualTo(2);
	}

	@Test
	void anOrderThatIsPlacedReckonsWithTheClockToo() throws Exception {
		this.ahead = Duration.ofSeconds(100);
		outbox().sweep();
		outbox().accept(Order.placed("Sara", BigDecimal.TEN), null, "test");

		assertThat(jdbc.sql("select extract(epoch from clock_ahead) from orders_outbox where customer = 'Sara'")
			.query(Double.class)
			.single()).isBetween(80.0, 100.0);
	}

	@Test
	void aDeadLetterThatKafkaTakesTooLateIsSentAgainAndItsClockReckonedWith() throws Exception {
		this.ahead = Duration.ofSeconds(100);
		assertThatThrownBy(() -> letters().replay(letter(), null, "operator")).hasMessageContaining("too late");

		nobodyHoldsIt();
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);

		jdbc.sql("update dead_letter set replayed_at = null").update();
		reservedBefore("110 s");
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.BEFORE);
		reservedBefore("150 s");
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);
	}

	@Test
	void aDeadLetterIsNotSentByWhoHasPausedSinceItReservedIt() throws Exception {
		DeadLetters paused = letters(() -> this.nanos.getAndAdd(PAUSE.toNanos()));

		assertThatThrownBy(() -> paused.replay(letter(), null, "operator")).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("in time");
		assertThat(this.kafka.history()).isEmpty();

		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.BEFORE);
		nobodyHoldsIt();
		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);
		assertThat(this.kafka.history()).hasSize(1);
	}

	@Test
	void aDeadLetterIsSentHoweverLongItIsLookedFor() throws Exception {
		reserved();
		this.meanwhile = this::pause;

		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);

		assertThat(this.kafka.history()).hasSize(1);
	}

	@Test
	void aDeadLetterThatAnotherHasTakenOverMeanwhileIsLeftToIt() throws Exception {
		reserved();
		this.meanwhile = () -> jdbc.sql("update dead_letter set reserved_at = now()").update();

		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.BEFORE);

		assertThat(this.kafka.history()).isEmpty();
	}

	@Test
	void aLaterCorrectionIsSentInThePlaceOfOneThatNeverArrived() throws Exception {
		String first = "{\"customer\":\"Ali\",\"amount\":1}";
		String second = first.replace("Ali", "Ben");
		DeadLetters paused = letters(() -> this.nanos.getAndAdd(PAUSE.toNanos()));
		assertThatThrownBy(() -> paused.replay(letter(), first, "operator")).isInstanceOf(IllegalStateException.class);
		nobodyHoldsIt();

		assertThat(letters().replay(letter(), second, "another")).isEqualTo(DeadLetters.Replay.SENT);

		assertThat(this.kafka.history()).singleElement()
			.satisfies((sent) -> assertThat(new String(sent.value(), StandardCharsets.UTF_8)).isEqualTo(second));
		assertThat(jdbc.sql("select replayed_by from dead_letter").query(String.class).single()).isEqualTo("another");
	}

	@Test
	void aCorrectionOfWhatHasArrivedMeanwhileIsRefused() throws Exception {
		reserved();
		this.arrived = true;

		assertThat(letters().replay(letter(), "{\"customer\":\"Ali\",\"amount\":1}", "operator"))
			.isEqualTo(DeadLetters.Replay.BEFORE);

		assertThat(this.kafka.history()).isEmpty();
		assertThat(jdbc.sql("select replayed_at is not null from dead_letter").query(Boolean.class).single()).isTrue();
	}

	@Test
	void aCorrectionThatKafkaFindsTooLargeIsRefusedAndASmallerOneIsSent() throws Exception {
		this.kafka.sendException = new RecordTooLargeException("too large");
		assertThatThrownBy(() -> letters().replay(letter(), null, "operator"))
			.isInstanceOf(DeadLetters.StillRefused.class)
			.hasMessageContaining("larger than the topic takes");
		this.kafka.sendException = null;

		assertThat(letters().replay(letter(), null, "operator")).isEqualTo(DeadLetters.Replay.SENT);
	}

	private static boolean isTooLate(ProducerRecord<byte[], byte[]> sent, Instant at) {
		return Deadline.isMissed(new ConsumerRecord<>("orders", 0, 0, at.toEpochMilli(), TimestampType.LOG_APPEND_TIME,
				0, 0, sent.key(), sent.value(), sent.headers(), Optional.empty()), Uuid.ONE_UUID);
	}

	private static void reservedBefore(String time) {
		jdbc.sql("update orders_outbox set reserved_at = now() - cast(? as interval)").param(time).update();
		jdbc.sql("update dead_letter set reserved_at = now() - cast(? as interval)").param(time).update();
	}

	private void pause() {
		this.nanos.addAndGet(PAUSE.toNanos());
	}

	/** By one that has died since. */
	private static void reserved() {
		jdbc.sql("update dead_letter set replay = gen_random_uuid(), replay_value = value, reserved_ends = '0:5'")
			.update();
		nobodyHoldsIt();
	}

	private static void nobodyHoldsIt() {
		jdbc.sql("update dead_letter set reserved_at = now() - interval '1 h'").update();
	}

	private static long letter() {
		return jdbc.sql("select id from dead_letter").query(Long.class).single();
	}

	private OrderOutbox outbox() {
		return new OrderOutbox(jdbc, this.topics, new NothingSent(), new FakeDuties(), this.clock, this.nanos::get);
	}

	private DeadLetters letters() {
		return letters(this.nanos::get);
	}

	private DeadLetters letters(LongSupplier nanoTime) {
		return new DeadLetters(jdbc, this.topics, new NothingSent(), this.clock, Clock.systemUTC(), nanoTime);
	}

	/** Looking takes its time. */
	private final class NothingSent extends SentMessages {

		NothingSent() {
			super(SentOnceIT.this.clients, SentOnceIT.this.clock);
		}

		@Override
		Set<String> find(String topic, @Nullable Uuid id, String header, Set<String> wanted, Map<Integer, Long> from) {
			SentOnceIT.this.meanwhile.run();
			return (SentOnceIT.this.arrived) ? wanted : Set.of();
		}

		@Override
		Set<String> find(String topic, Uuid id, String header, Set<String> wanted, Instant since) {
			SentOnceIT.this.meanwhile.run();
			return Set.of();
		}

	}

	private final class OneTopic extends Topics {

		@SuppressWarnings("NullAway")
		OneTopic() {
			super(null, null, null, new SpeedSettings(true, "weather", java.time.Period.ofDays(35)),
					new OrderStreamSettings("orders"));
		}

		@Override
		Optional<Incarnation> incarnation(String topic) {
			return Optional.of(new Incarnation(topic, Uuid.ONE_UUID, 0));
		}

		@Override
		Map<Integer, Long> ends(String topic) {
			return Map.of(0, 5L);
		}

		@Override
		boolean isReplicated(String topic) {
			return SentOnceIT.this.replicated;
		}

	}

}
