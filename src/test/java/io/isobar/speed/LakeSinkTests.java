package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;

import io.isobar.lake.FakeOrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** What of a backlog is read while what came before is still being written. */
class LakeSinkTests {

	private static final MeterRegistry METERS = new SimpleMeterRegistry();

	private static final Order ORDER = new Order("Ali", new BigDecimal("80.00"));

	private static final Set<TopicPartition> BOTH = Set.of(new TopicPartition(FakeLog.TOPIC, 0),
			new TopicPartition(FakeLog.TOPIC, 1));

	private final Fate fate = Fate.kind();

	private final FakeLog log = new FakeLog(this.fate, 2, 0);

	private boolean kafkaAway;

	private final FakeTopics topics = new FakeTopics(this.log) {

		@Override
		boolean isStill(Incarnation incarnation) {
			if (LakeSinkTests.this.kafkaAway) {
				throw new IllegalStateException("Kafka does not answer.");
			}
			return super.isStill(incarnation);
		}

	};

	private boolean lakeAway;

	private final FakeOrderStore orders = new FakeOrderStore(this.fate) {

		@Override
		public int append(List<StreamedOrder> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
			if (LakeSinkTests.this.lakeAway) {
				throw new IllegalStateException("HDFS does not answer.");
			}
			return super.append(messages, positions, known);
		}

	};

	private final List<Later> aside = new ArrayList<>();

	@SuppressWarnings("NullAway")
	private final LakeSink sink = new LakeSink(this.topics, new OrdersArchive(this.topics, this.orders), null,
			new LakeSinkSettings(Duration.ofSeconds(2), DataSize.ofBytes(3 * LakeSink.OVERHEAD))) {

		@Override
		long nanoTime() {
			return LakeSinkTests.this.fate.millis() * 1_000_000;
		}

		@Override
		Future<?> aside(Runnable write) {
			Later later = new Later(write);
			LakeSinkTests.this.aside.add(later);
			return later;
		}

	};

	private final SinkStatus status = new SinkStatus("orders-lake", METERS);

	private final FakeConsumer consumer = new FakeConsumer(this.log, "orders-lake");

	private final Sink.Session session = session();

	private Sink.Session session() {
		this.topics.watch();
		BOTH.forEach((each) -> this.log.group("orders-lake").owners.put(each.partition(), this.consumer));
		Sink.Session opened = this.sink.open(this.log.incarnation(), this.status, new Positions());
		this.consumer.assign(BOTH);
		opened.positions(this.consumer, BOTH);
		return opened;
	}

	@Test
	void whatIsFullIsWrittenWhileTheNextIsRead() {
		receive(0, 3);
		receive(1, 2);
		assertThat(this.aside).hasSize(1);
		assertThat(written()).isEmpty();

		this.aside.get(0).run();
		assertThat(written()).containsExactly("0@0", "0@1", "0@2");
		this.fate.pass(Duration.ofSeconds(3));
		this.session.idle(this.consumer);

		assertThat(written()).containsExactly("0@0", "0@1", "0@2", "1@0", "1@1");
		assertThat(this.aside).hasSize(1);
	}

	@Test
	void onlyOneIsUnderWayAtATime() {
		receive(0, 3);
		receive(1, 3);

		// The second has waited for the first
		assertThat(this.aside.get(0).isDone()).isTrue();
		assertThat(this.aside.get(1).isDone()).isFalse();
		assertThat(written()).containsExactly("0@0", "0@1", "0@2");
	}

	@Test
	void whatCouldNotBeWrittenIsWrittenWithWhatFollowed() {
		receive(0, 3);
		receive(1, 1);
		this.lakeAway = true;
		this.session.idle(this.consumer);
		assertThat(this.status.waiting()).isEqualTo("the lake takes no writes");
		assertThat(this.consumer.paused()).isEqualTo(BOTH);
		assertThat(written()).isEmpty();

		this.lakeAway = false;
		this.fate.pass(Duration.ofSeconds(6));
		this.session.idle(this.consumer);

		assertThat(written()).containsExactly("0@0", "0@1", "0@2", "1@0");
		assertThat(this.status.waiting()).isNull();
		assertThat(this.consumer.paused()).isEmpty();
	}

	@Test
	void theLakeIsNotBlamedForAKafkaThatIsAway() {
		receive(0, 1);
		this.kafkaAway = true;
		this.fate.pass(Duration.ofSeconds(3));
		this.session.idle(this.consumer);
		assertThat(this.status.waiting()).startsWith("Kafka does not answer");

		this.kafkaAway = false;
		this.fate.pass(Duration.ofSeconds(6));
		this.session.idle(this.consumer);
		assertThat(this.status.waiting()).isNull();
		assertThat(written()).containsExactly("0@0");
	}

	@Test
	void whoeverGetsAPartitionFindsWhatWasUnderWay() {
		receive(0, 3);
		receive(1, 1);

		this.session.revoked(this.consumer, Set.of(new TopicPartition(FakeLog.TOPIC, 0)));

		assertThat(this.orders.positions(parts())).containsEntry(this.log.incarnation().part(0), 3L);
		this.fate.pass(Duration.ofSeconds(3));
		this.session.idle(this.consumer);
		assertThat(written()).containsExactly("0@0", "0@1", "0@2", "1@0");
	}

	@Test
	void ofAPartitionThatIsGoneNothingIsWrittenThatCouldNotBe() {
		receive(0, 2);
		receive(1, 1);
		this.lakeAway = true;
		this.session.revoked(this.consumer, Set.of(new TopicPartition(FakeLog.TOPIC, 0)));

		this.lakeAway = false;
		this.fate.pass(Duration.ofSeconds(6));
		this.session.idle(this.consumer);

		assertThat(written()).containsExactly("1@0");
	}

	@Test
	void whoHasGivenAwayAllThatCouldNotBeWrittenReadsOn() {
		receive(0, 3);
		this.lakeAway = true;
		this.session.revoked(this.consumer, Set.of(new TopicPartition(FakeLog.TOPIC, 0)));
		assertThat(this.status.waiting()).isEqualTo("the lake takes no writes");
		assertThat(this.consumer.paused()).isNotEmpty();

		this.lakeAway = false;
		this.fate.pass(Duration.ofSeconds(6));
		this.session.idle(this.consumer);

		assertThat(this.consumer.paused()).isEmpty();
		assertThat(this.status.waiting()).isNull();
	}

	@Test
	void whatARunAsksForIsThereAtOnce() {
		receive(0, 3);
		receive(1, 1);
		assertThat(this.sink.sent().missing()).isEqualTo(4);

		this.session.idle(this.consumer);

		assertThat(this.sink.sent().missing()).isZero();
	}

	@Test
	void whatKafkaTookTooLateIsNotWrittenAndPassedOver() {
		this.log.append(0, ORDER);
		ProducerRecord<byte[], byte[]> late = new ProducerRecord<>(FakeLog.TOPIC, new byte[0]);
		new Deadline(this.log.incarnation().id(), Instant.ofEpochMilli(this.fate.millis() - 1)).set(late);
		late.headers().forEach(this.log.at(0, 0).headers()::add);
		this.session.received(this.consumer.next(10), this.consumer);
		this.fate.pass(Duration.ofSeconds(3));

		this.session.idle(this.consumer);

		assertThat(written()).isEmpty();
		assertThat(this.orders.positions(parts())).containsEntry(this.log.incarnation().part(0), 1L);
	}

	@Test
	void marksOfTransactionsArePassedThoughNobodyAsks() {
		this.log.append(0, ORDER);
		this.consumer.seek(partition(0), 1);

		this.session.idle(this.consumer);
		assertThat(this.orders.positions(parts())).isEmpty();
		this.fate.pass(Duration.ofSeconds(3));
		this.session.idle(this.consumer);

		assertThat(written()).isEmpty();
		assertThat(this.orders.positions(parts())).containsEntry(this.log.incarnation().part(0), 1L);
	}

	@Test
	void whereItBeginsIsKnownThoughTheLakeHasNeverAnswered() {
		assertThat(this.orders.positions(parts())).isEmpty();
		this.log.beginAt(7);

		// Else it would begin at 7, and nobody would know that there was anything before
		assertThat(this.session.positions(this.consumer, BOTH)).containsOnly(Map.entry(partition(0), 0L),
				Map.entry(partition(1), 0L));
	}

	@Test
	void whereItIsTheTableKnowsBetterThanKafka() {
		receive(0, 2);
		this.fate.pass(Duration.ofSeconds(3));
		this.session.idle(this.consumer);

		assertThat(this.session.positions(this.consumer, BOTH)).containsOnly(Map.entry(partition(0), 2L),
				Map.entry(partition(1), 0L));
	}

	private static TopicPartition partition(int number) {
		return new TopicPartition(FakeLog.TOPIC, number);
	}

	private void receive(int partition, int count) {
		for (int i = 0; i < count; i++) {
			this.log.append(partition, ORDER);
		}
		this.session.received(this.consumer.next(10), this.consumer);
	}

	private Collection<StreamPart> parts() {
		return List.of(this.log.incarnation().part(0), this.log.incarnation().part(1));
	}

	/** By partition and offset, in the order in which they were written. */
	private List<String> written() {
		return this.orders.orders(null, this.orders.version().orElseThrow())
			.stream()
			.map((each) -> each.part().partition() + "@" + each.offset())
			.toList();
	}

}
