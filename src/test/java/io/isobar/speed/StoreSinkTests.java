package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/** What a store is given of much that came at once, and what is told of it. */
class StoreSinkTests {

	private static final int AT_ONCE = StoreSink.OfWeather.WRITTEN_AT_ONCE;

	private static final TopicPartition FIRST = new TopicPartition("topic", 0);

	private static final TopicPartition SECOND = new TopicPartition("topic", 1);

	private static final Instant APPENDED = Instant.parse("2026-01-31T14:00:00Z");

	private final Cities registry = mock(Cities.class);

	private final MessageCities cities = new MessageCities(this.registry);

	private final FailingStore store = new FailingStore();

	private final StoreSink sink = new StoreSink.OfWeather(this.store, "topic", 1, new StreamedMessages(this.cities));

	private final List<Integer> written = new ArrayList<>();

	private final StoreSink.UnderWay underWay = new StoreSink.UnderWay((done) -> this.written.add(done.size()));

	@BeforeEach
	void known() {
		given(this.registry.named(anyString())).willAnswer((call) -> Optional
			.of(new City(call.getArgument(0), "FR", null, null, ZoneId.of("Europe/Paris"), false)));
	}

	@AfterEach
	void end() {
		this.cities.destroy();
	}

	@Test
	void aStoreIsGivenAllInTheirOrderNotTooManyAtOnce() {
		write(records(3 * AT_ONCE + 1));

		assertThat(this.store.sizes).containsExactly(AT_ONCE, AT_ONCE, AT_ONCE, 1);
		assertThat(this.store.directions)
			.containsExactlyElementsOf(IntStream.range(0, 3 * AT_ONCE + 1).boxed().toList());
		assertThat(this.written).containsExactly(AT_ONCE, AT_ONCE, AT_ONCE, 1);
	}

	@Test
	void whatCameFromOnePartitionStaysTogether() {
		int few = StoreSink.OfWeather.WORTH_A_WRITE - 1;
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		IntStream.range(0, few).forEach((offset) -> records.add(record(0, offset, "{}")));
		IntStream.range(0, 1000).forEach((offset) -> records.add(record(1, offset, "{}")));
		IntStream.range(0, 1500).forEach((offset) -> records.add(record(2, offset, "{}")));

		write(records);

		assertThat(this.written).containsExactly(few + 1000, 1500);
	}

	@Test
	void whatCameBeforeAFailureCountsAsWrittenAndNothingBehindItIsBegun() {
		this.store.fails = 1;

		assertThatThrownBy(() -> write(records(4 * AT_ONCE))).hasMessage("The store is down.");

		assertThat(this.written).containsExactly(AT_ONCE);
		assertThat(this.store.sizes).containsExactly(AT_ONCE);
	}

	@Test
	void asManyWritesAreUnderWayAsTheStoreTakesAndWhatItHasIsToldOfInOrder() {
		this.store.atOnce = 2;
		CountDownLatch both = new CountDownLatch(2);
		this.store.during = () -> {
			both.countDown();
			await(both);
		};

		write(records(2 * AT_ONCE + 1));

		assertThat(this.written).containsExactly(AT_ONCE, AT_ONCE, 1);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whatIsNoMessageIsPassedOver() {
		List<ConsumerRecord<byte[], byte[]>> records = records(3);
		records.set(1, record(1, "weather: fine"));

		write(records);

		assertThat(this.store.directions).containsExactly(0, 2);
		assertThat(this.written).containsExactly(3);
	}

	@Test
	void ofMuchThatComesTheNextIsReadWhileTheStoreTakesWhatWasBefore() {
		CountDownLatch taken = new CountDownLatch(1);
		this.store.during = () -> await(taken);

		// Else the second would wait for the store, which waits for the second
		give(records(AT_ONCE));
		assertThat(this.written).isEmpty();
		taken.countDown();
		give(records(AT_ONCE));
		this.underWay.awaitFewerThan(1);

		assertThat(this.written).containsExactly(AT_ONCE, AT_ONCE);
	}

	@Test
	void ofLittleThatComesEachIsWrittenBeforeTheNext() {
		give(records(StoreSink.OfWeather.MUCH - 1));

		assertThat(this.written).containsExactly(StoreSink.OfWeather.MUCH - 1);
	}

	@Test
	void whatIsUnderWayWhenOneFailsIsNotWrittenAnyMoreAndComesAgain() {
		this.store.fails = 0;
		give(records(AT_ONCE));
		List<ConsumerRecord<byte[], byte[]>> next = records(AT_ONCE);

		assertThatThrownBy(() -> {
			give(next);
			this.underWay.awaitFewerThan(1);
		}).hasMessage("The store is down.");
		Sink.NotWritten failed = this.underWay.failed(new IllegalStateException("The store is down."));

		assertThat(failed.records()).hasSize(AT_ONCE);
		assertThat(this.underWay.isEmpty()).isTrue();
		assertThat(this.written).isEmpty();
	}

	@Test
	void whatWasTakenBeforeAFailureIsReadAgainTooWhicheverPartitionItIsFrom() {
		this.store.fails = 0;
		SinkListener listener = listener();
		MockConsumer<byte[], byte[]> consumer = consumer();

		listener.onMessage(records(AT_ONCE), null, consumer);
		consumer.seek(FIRST, AT_ONCE);
		listener.onMessage(List.of(record(1, 7, "{}")), null, consumer);

		assertThat(consumer.position(FIRST)).isZero();
		assertThat(consumer.position(SECOND)).isEqualTo(7);
		assertThat(consumer.paused()).containsExactlyInAnyOrder(FIRST, SECOND);
	}

	@Test
	void whatFailsWhenNothingComesAnyMoreIsReadAgain() {
		this.store.fails = 0;
		SinkListener listener = listener();
		MockConsumer<byte[], byte[]> consumer = consumer();

		listener.onMessage(records(AT_ONCE), null, consumer);
		consumer.seek(FIRST, AT_ONCE);
		listener.idle(consumer);

		assertThat(consumer.position(FIRST)).isZero();
	}

	@Test
	void nothingIsWrittenAnyMoreWhenPartitionsAreSomebodyElses() {
		CountDownLatch taken = new CountDownLatch(1);
		this.store.during = () -> await(taken);
		SinkListener listener = listener();
		MockConsumer<byte[], byte[]> consumer = consumer();
		listener.onMessage(records(AT_ONCE), null, consumer);

		CompletableFuture<Void> revoked = CompletableFuture
			.runAsync(() -> listener.onPartitionsRevokedBeforeCommit(consumer, List.of(SECOND)));
		taken.countDown();

		assertThat(revoked).succeedsWithin(Duration.ofMinutes(1));
		assertThat(this.store.sizes).containsExactly(AT_ONCE);
	}

	@Test
	void whatFailsWhenPartitionsBecomeSomebodyElsesIsReadAgainWhereItIsStillItsOwn() {
		this.store.fails = 0;
		SinkListener listener = listener();
		MockConsumer<byte[], byte[]> consumer = consumer();
		listener.onMessage(records(AT_ONCE), null, consumer);
		consumer.seek(FIRST, AT_ONCE);

		listener.onPartitionsRevokedBeforeCommit(consumer, List.of(SECOND));
		listener.idle(consumer);

		assertThat(consumer.position(FIRST)).isZero();
	}

	@Test
	void aSinkThatHasNothingLeftToWriteWaitsNoLongerThoughNothingComes() {
		this.store.fails = 0;
		SinkStatus status = new SinkStatus("failing", new SimpleMeterRegistry());
		AtomicLong now = new AtomicLong();
		SinkListener listener = listener(status, now::get);
		MockConsumer<byte[], byte[]> consumer = consumer();
		listener.onMessage(records(2), null, consumer);
		consumer.updateEndOffsets(Map.of(FIRST, 2L, SECOND, 8L));
		now.addAndGet(10_000);
		listener.idle(consumer);
		assertThat(consumer.paused()).isEmpty();
		assertThat(status.waiting()).isEqualTo("its store takes no writes");

		// Another instance has the partition now, and what was not written
		listener.onPartitionsRevokedBeforeCommit(consumer, List.of(FIRST));
		consumer.assign(List.of(SECOND));
		consumer.seek(SECOND, 8);
		listener.idle(consumer);

		assertThat(status.waiting()).isNull();
	}

	@Test
	void aStoreIsNotBlamedForPostgresqlThatIsAway() {
		willThrow(new DataAccessResourceFailureException("away", new SQLException("connection refused")))
			.given(this.registry)
			.named(anyString());
		SinkStatus status = new SinkStatus("failing", new SimpleMeterRegistry());

		SinkListener listener = listener(status);
		MockConsumer<byte[], byte[]> consumer = consumer();
		listener.onMessage(records(2), null, consumer);
		listener.idle(consumer);

		assertThat(status.waiting()).startsWith("PostgreSQL");
	}

	@Test
	void whatAnEarlierSetOfConsumersWritesLateIsNotTakenForWhatIsReadNow() {
		SinkStatus status = new SinkStatus("failing", new SimpleMeterRegistry());
		SinkListener before = listener(status);
		SinkListener now = listener(status);
		MockConsumer<byte[], byte[]> consumer = consumer();
		consumer.seek(FIRST, 2);
		this.store.fails = 1;
		this.store.during = () -> {
			this.store.during = () -> {
			};
			before.onMessage(records(10).subList(9, 10), null, consumer());
		};

		now.onMessage(records(2), null, consumer);

		assertThat(this.store.sizes).containsExactly(1);
		assertThat(consumer.position(FIRST)).isZero();
	}

	@Test
	void pausesGrowUntilTheStoreHasTakenSomething() {
		AtomicLong now = new AtomicLong();
		SinkListener listener = listener(new SinkStatus("failing", new SimpleMeterRegistry()), now::get);
		MockConsumer<byte[], byte[]> consumer = consumer();
		this.store.fails = 0;

		for (long pause : List.of(200L, 400L, 800L)) {
			take(listener, consumer);
			assertThat(pause(listener, consumer, now)).isEqualTo(pause);
		}
		this.store.fails = 1;
		take(listener, consumer);
		take(listener, consumer);

		assertThat(pause(listener, consumer, now)).isEqualTo(200);
	}

	@Test
	void ofAWriteTheEndsOfItsPartitionsAreAcknowledgedAndTheAgeOfItsOldestMessageIsNoted() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		MockConsumer<byte[], byte[]> consumer = consumer();

		listener(new SinkStatus("failing", meters)).onMessage(List.of(record(0, 0, "{}", APPENDED),
				record(1, 8, "{}", APPENDED.minusSeconds(3600)), record(0, 1, "{}", APPENDED)), null, consumer);

		assertThat(consumer.committed(Set.of(FIRST, SECOND)).values()).extracting(OffsetAndMetadata::offset)
			.containsExactlyInAnyOrder(2L, 9L);
		Timer age = meters.get("isobar.speed.age").timer();
		assertThat(age.count()).isEqualTo(1);
		assertThat(age.max(TimeUnit.MILLISECONDS))
			.isCloseTo(Duration.between(APPENDED, Instant.now()).plusHours(1).toMillis(), within(60_000.0));
	}

	/** The write of so many has only begun when the listener has taken them. */
	private static void take(SinkListener listener, MockConsumer<byte[], byte[]> consumer) {
		listener.onMessage(records(StoreSink.OfWeather.MUCH), null, consumer);
		listener.idle(consumer);
	}

	private static long pause(SinkListener listener, MockConsumer<byte[], byte[]> consumer, AtomicLong now) {
		long began = now.get();
		while (!consumer.paused().isEmpty()) {
			now.addAndGet(100);
			listener.idle(consumer);
		}
		return now.get() - began;
	}

	private SinkListener listener() {
		return listener(new SinkStatus("failing", new SimpleMeterRegistry()));
	}

	private SinkListener listener(SinkStatus status) {
		return listener(status, System::currentTimeMillis);
	}

	@SuppressWarnings("NullAway")
	private SinkListener listener(SinkStatus status, LongSupplier now) {
		return new SinkListener(this.sink, status, null, null, new Incarnation("topic", Uuid.ZERO_UUID, 0), now);
	}

	private static MockConsumer<byte[], byte[]> consumer() {
		MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
		consumer.assign(List.of(FIRST, SECOND));
		consumer.seek(FIRST, 0);
		consumer.seek(SECOND, 8);
		consumer.updateEndOffsets(Map.of(FIRST, 100_000L, SECOND, 100_000L));
		return consumer;
	}

	private void write(List<ConsumerRecord<byte[], byte[]>> records) {
		give(records);
		this.underWay.awaitFewerThan(1);
	}

	private void give(List<ConsumerRecord<byte[], byte[]>> records) {
		this.sink.write(records, new Incarnation("test", Uuid.ZERO_UUID, 0),
				new SinkStatus("failing", new SimpleMeterRegistry()), this.underWay);
	}

	/** Each with its offset for a direction of the wind. */
	private static List<ConsumerRecord<byte[], byte[]>> records(int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			records.add(record(i, "{\"city\":\"Town\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"wind_direction\":%s}"
				.formatted(i / 100.0)));
		}
		return records;
	}

	private static ConsumerRecord<byte[], byte[]> record(int offset, String value) {
		return record(0, offset, value);
	}

	private static ConsumerRecord<byte[], byte[]> record(int partition, int offset, String value) {
		return record(partition, offset, value, APPENDED);
	}

	private static ConsumerRecord<byte[], byte[]> record(int partition, int offset, String value, Instant appended) {
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		return new ConsumerRecord<>("topic", partition, offset, appended.toEpochMilli(), TimestampType.LOG_APPEND_TIME,
				4, bytes.length, "Town".getBytes(StandardCharsets.UTF_8), bytes, new RecordHeaders(), Optional.empty());
	}

	/** Fails at one of the writes. */
	private static final class FailingStore implements WeatherSink {

		private final List<Integer> sizes = new ArrayList<>();

		private final List<Integer> directions = new ArrayList<>();

		private int fails = -1;

		private int atOnce = 1;

		private Runnable during = () -> {
		};

		@Override
		public int writesAtOnce() {
			return this.atOnce;
		}

		@Override
		public String name() {
			return "failing";
		}

		@Override
		public Duration linger() {
			return Duration.ZERO;
		}

		@Override
		public void write(List<WeatherMessage> messages) {
			this.during.run();
			keep(messages);
		}

		private synchronized void keep(List<WeatherMessage> messages) {
			if (this.sizes.size() == this.fails) {
				throw new IllegalStateException("The store is down.");
			}
			this.sizes.add(messages.size());
			messages.forEach((message) -> this.directions
				.add((int) Math.round(message.reading().values().orNaN(Metric.WIND_DIRECTION) * 100)));
		}

	}

}
