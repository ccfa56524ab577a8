package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.isobar.lake.FakeOrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** What the consumers of a sink let pass, and what is taken for written. */
class SinkListenerTests {

	private static final MeterRegistry METERS = new SimpleMeterRegistry();

	private static final Order ORDER = new Order("Ali", new BigDecimal("80.00"));

	private static final ListenerSettings LISTENERS = new ListenerSettings((short) 1, 1, 8000, Duration.ofSeconds(1));

	private final Fate fate = Fate.kind();

	private final FakeLog log = new FakeLog(this.fate, 2, 0);

	private final FakeOrderTables tables = new FakeOrderTables(this.fate);

	private final FakeRemovedOrders removed = new FakeRemovedOrders(this.fate);

	private final FakeOrderStore orders = new FakeOrderStore(this.fate);

	private boolean kafkaAway;

	@Test
	void whatOneThatHasEndedLetsPassIsNotTakenForWritten() {
		FakeTopics topics = topics();
		LakeSink sink = lakeSink(topics);
		SinkListener listener = listener(sink, new SinkStatus("orders-lake", METERS), topics, new AcceptedGaps());
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-lake");
		assign(consumer, listener, 0);
		this.kafkaAway = true;
		assign(consumer, listener, 1);
		this.kafkaAway = false;
		assertThat(listener.hasEnded()).isTrue();

		// Before its runner starts it anew, a message comes, and a run wants all in the
		// lake
		assertPassesWhatIsNotTaken(listener, sink, consumer);
	}

	@Test
	void whatOneThatStopsLetsPassIsNotTakenForWritten() {
		FakeTopics topics = topics();
		LakeSink sink = lakeSink(topics);
		SinkListener listener = listener(sink, new SinkStatus("orders-lake", METERS), topics, new AcceptedGaps());
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-lake");
		assign(consumer, listener, 0);

		listener.stop();
		assertPassesWhatIsNotTaken(listener, sink, consumer);
	}

	private void assertPassesWhatIsNotTaken(SinkListener listener, LakeSink sink, FakeConsumer consumer) {
		this.log.append(0, ORDER);
		listener.onMessage(consumer.next(10), null, consumer);
		assertThat(sink.sent().missing()).isOne();
		listener.idle(consumer);

		assertThat(this.orders.positions(List.of(this.log.incarnation().part(0)))).isEmpty();
		assertThat(sink.sent().missing()).isOne();
	}

	@Test
	void aSinkThatReadsWaitsNoLongerThoughNothingComes() {
		FakeTopics topics = topics();
		OrdersSink sink = ordersSink(topics);
		SinkStatus status = new SinkStatus("orders-cassandra", METERS);
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");
		this.log.group("orders-cassandra").owners.put(0, consumer);
		this.kafkaAway = true;
		assign(consumer, listener(sink, status, topics, new AcceptedGaps()), 0);
		assertThat(status.waiting()).isEqualTo("it can't find out where to go on");
		status.compare(topics.ends(FakeLog.TOPIC));
		assertThat(status.lag()).isNull();

		this.kafkaAway = false;
		SinkListener next = listener(sink, status, topics, new AcceptedGaps());
		next.idle(consumer);
		assertThat(status.waiting()).isNotNull();
		assign(consumer, next, 0);
		next.idle(consumer);
		assertThat(status.waiting()).isNull();
		status.compare(topics.ends(FakeLog.TOPIC));
		assertThat(status.lag()).isZero();

		status.waits("its store takes no writes", new IllegalStateException());
		next.idle(consumer);
		assertThat(status.waiting()).isEqualTo("its store takes no writes");
	}

	@Test
	void aSessionThatAsksForANewStartGetsItWhileMessagesComeWithoutAPause() {
		FakeTopics topics = topics();
		SinkListener listener = listener(ordersSink(topics), new SinkStatus("orders-cassandra", METERS), topics,
				new AcceptedGaps());
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");
		this.log.group("orders-cassandra").owners.put(0, consumer);
		assign(consumer, listener, 0);
		this.log.append(0, ORDER);
		List<ConsumerRecord<byte[], byte[]>> records = consumer.next(10);
		this.log.makeAgain(false);

		listener.onMessage(records, null, consumer);

		assertThat(listener.hasEnded()).isTrue();
	}

	@Test
	void whatTheLakesSinkHasDroppedItDoesNotTakeForWritten() {
		FakeTopics topics = new FakeTopics(this.log) {

			@Override
			boolean isStill(Incarnation incarnation) {
				return !SinkListenerTests.this.kafkaAway && super.isStill(incarnation);
			}

		};
		topics.watch();
		Sink.Session session = lakeSink(topics).open(this.log.incarnation(), new SinkStatus("orders-lake", METERS),
				new Positions());
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-lake");
		Set<TopicPartition> assigned = Set.of(new TopicPartition(FakeLog.TOPIC, 0));
		consumer.assign(assigned);
		this.log.group("orders-lake").owners.put(0, consumer);
		session.positions(consumer, assigned);

		// A broker that has just come back does not know of the topic at first
		this.kafkaAway = true;
		receive(session, consumer);
		this.kafkaAway = false;
		receive(session, consumer);

		assertThat(this.orders.positions(List.of(this.log.incarnation().part(0)))).isEmpty();
	}

	private void receive(Sink.Session session, FakeConsumer consumer) {
		this.log.append(0, ORDER);
		session.received(consumer.next(10), consumer);
		this.fate.pass(Duration.ofSeconds(3));
		session.idle(consumer);
	}

	@Test
	void whereKafkaHasLostTheEndNobodyCanLetASinkGoOn() {
		FakeTopics topics = topics();
		this.log.append(0, ORDER);
		committed(new TopicPartition(FakeLog.TOPIC, 0), 5);
		SinkStatus status = new SinkStatus("orders-cassandra", METERS);
		AcceptedGaps gaps = new AcceptedGaps();
		SinkListener listener = listener(ordersSink(topics), status, topics, gaps);
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");

		assign(consumer, listener, 0);

		assertThat(listener.isWaitingForPerson()).isTrue();
		assertThat(listener.hasEnded()).isTrue();
		assertThat(consumer.paused()).containsExactly(new TopicPartition(FakeLog.TOPIC, 0));
		assertThat(status.waiting()).contains("offset 5 of orders-0", "ended at 1", "delete the topic")
			.doesNotContain("accept-gap");
		assertThat(gaps.noted).containsExactly("5 is not there, 1 is");
	}

	@Test
	void whatKafkaHasLostIsKnownAlsoWhenOthersHaveItsOffsets() {
		FakeTopics topics = topics();
		this.log.append(0, ORDER);
		this.log.append(0, ORDER);
		TopicPartition partition = new TopicPartition(FakeLog.TOPIC, 0);
		SinkStatus status = new SinkStatus("orders-cassandra", METERS);
		AcceptedGaps gaps = new AcceptedGaps();
		gaps.lost.add(new Gaps.LostEnd(partition, 2, 1));
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");

		committed(partition, 2);
		SinkListener held = listener(ordersSink(topics), status, topics, gaps);
		assign(consumer, held, 0);

		assertThat(held.isWaitingForPerson()).isTrue();
		assertThat(consumer.paused()).containsExactly(partition);
		assertThat(status.waiting()).contains("offset 2 of orders-0", "ended at 1");

	}

	@Test
	void ofAllGapsAPersonHearsAtOnce() {
		FakeTopics topics = topics();
		Set<TopicPartition> both = Set.of(new TopicPartition(FakeLog.TOPIC, 0), new TopicPartition(FakeLog.TOPIC, 1));
		both.forEach((partition) -> committed(partition, 5));
		this.log.beginAt(7);
		AcceptedGaps gaps = new AcceptedGaps();
		gaps.accepted = false;
		SinkStatus status = new SinkStatus("orders-cassandra", METERS);
		SinkListener listener = listener(ordersSink(topics), status, topics, gaps);
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");
		consumer.assign(both);

		listener.onPartitionsAssigned(consumer, both);

		assertThat(gaps.noted).containsExactly("5 is not there, 7 is", "5 is not there, 7 is");
		assertThat(listener.isWaitingForPerson()).isTrue();
		assertThat(consumer.paused()).isEqualTo(both);
	}

	@Test
	void marksOfTransactionsArePassedThoughNoMessageFollows() {
		FakeTopics topics = topics();
		SinkStatus status = new SinkStatus("orders-cassandra", METERS);
		SinkListener listener = listener(ordersSink(topics), status, topics, new AcceptedGaps());
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");
		assign(consumer, listener, 0);
		this.log.append(0, ORDER);
		consumer.seek(new TopicPartition(FakeLog.TOPIC, 0), 1);

		listener.idle(consumer);

		assertThat(this.log.group("orders-cassandra").committed.get(new TopicPartition(FakeLog.TOPIC, 0)).offset())
			.isOne();
		status.compare(topics.ends(FakeLog.TOPIC));
		assertThat(status.lag()).isZero();
	}

	@Test
	void whoeverIsElsewhereHasNothingToDoWithALostEnd() {
		FakeTopics topics = topics();
		for (int i = 0; i < 4; i++) {
			this.log.append(0, ORDER);
		}
		TopicPartition partition = new TopicPartition(FakeLog.TOPIC, 0);
		// Set back to where nothing was lost, or let pass
		for (long position : List.of(1L, 3L)) {
			AcceptedGaps gaps = new AcceptedGaps();
			gaps.lost.add(new Gaps.LostEnd(partition, 2, 1));
			committed(partition, position);
			SinkListener listener = listener(ordersSink(topics), new SinkStatus("orders-cassandra", METERS), topics,
					gaps);
			FakeConsumer consumer = new FakeConsumer(this.log, "orders-cassandra");

			assign(consumer, listener, 0);

			assertThat(listener.isWaitingForPerson()).isFalse();
			assertThat(consumer.next(10)).first().extracting(ConsumerRecord::offset).isEqualTo(position);
			assertThat(gaps.lost).isEmpty();
		}
	}

	@Test
	void whatKafkaSaysThatItHasLostIsKept() {
		TopicPartition partition = new TopicPartition(FakeLog.TOPIC, 0);
		for (int i = 0; i < 3; i++) {
			this.log.append(0, ORDER);
		}

		// It knows from where on it is another log
		assertThat(lostEnds(
				new LogTruncationException(Map.of(partition, 9L), Map.of(partition, new OffsetAndMetadata(2)))))
			.containsExactly(new Gaps.LostEnd(partition, 9, 2));
		// It does not know
		assertThat(lostEnds(new LogTruncationException(Map.of(partition, 9L), Map.of())))
			.containsExactly(new Gaps.LostEnd(partition, 9, 3));
		assertThat(lostEnds(new OffsetOutOfRangeException(Map.of(partition, 9L))))
			.containsExactly(new Gaps.LostEnd(partition, 9, 3));
		// Others have come since
		assertThat(lostEnds(new OffsetOutOfRangeException(Map.of(partition, 2L))))
			.containsExactly(new Gaps.LostEnd(partition, 2, 1));
	}

	@Test
	void aBeginningThatIsGoneIsNoLostEnd() {
		this.log.beginAt(7);

		assertThat(lostEnds(new OffsetOutOfRangeException(Map.of(new TopicPartition(FakeLog.TOPIC, 0), 5L)))).isEmpty();
	}

	private List<Gaps.LostEnd> lostEnds(Exception failure) {
		FakeTopics topics = topics();
		SinkListener listener = listener(ordersSink(topics), new SinkStatus("orders-cassandra", METERS), topics,
				new AcceptedGaps());
		listener.end(failure, new FakeConsumer(this.log, "orders-cassandra"));
		assertThat(listener.hasEnded()).isTrue();
		return listener.lostEnds();
	}

	private void committed(TopicPartition partition, long offset) {
		this.log.group("orders-cassandra").committed.put(partition,
				new OffsetAndMetadata(offset, this.log.incarnation().id().toString()));
	}

	/** Whatever a person may accept, one has. */
	private static final class AcceptedGaps extends Gaps {

		private final List<String> noted = new ArrayList<>();

		private final List<LostEnd> lost = new ArrayList<>();

		private boolean accepted = true;

		@SuppressWarnings("NullAway")
		AcceptedGaps() {
			super(null);
		}

		@Override
		boolean isAccepted(String sink, StreamPart part, long expected, long available) {
			return this.accepted;
		}

		@Override
		void note(String sink, StreamPart part, long expected, long available) {
			this.noted.add("%d is not there, %d is".formatted(expected, available));
		}

		@Override
		List<LostEnd> lostEnds(String sink, Incarnation incarnation) {
			return List.copyOf(this.lost);
		}

		@Override
		void forgetLostEnds(String sink, StreamPart part) {
			this.lost.clear();
		}

	}

	/** Of a Kafka that may be away. */
	private FakeTopics topics() {
		FakeTopics topics = new FakeTopics(this.log) {

			@Override
			boolean isStill(Incarnation incarnation) {
				if (SinkListenerTests.this.kafkaAway) {
					throw new IllegalStateException("Kafka does not answer.");
				}
				return super.isStill(incarnation);
			}

		};
		topics.watch();
		return topics;
	}

	@SuppressWarnings("NullAway")
	private LakeSink lakeSink(Topics topics) {
		return new LakeSink(topics, new OrdersArchive(topics, this.orders), null,
				new LakeSinkSettings(Duration.ofSeconds(2), DataSize.ofMegabytes(64))) {

			@Override
			long nanoTime() {
				return SinkListenerTests.this.fate.millis() * 1_000_000;
			}

		};
	}

	private OrdersSink ordersSink(Topics topics) {
		return new OrdersSink(topics, this.tables, new FakeMarkedOrders(this.fate, this.removed.marked), LISTENERS);
	}

	private SinkListener listener(Sink sink, SinkStatus status, Topics topics, Gaps gaps) {
		return new SinkListener(sink, status, topics, gaps, this.log.incarnation(), this.fate::millis);
	}

	private void assign(FakeConsumer consumer, SinkListener listener, int partition) {
		List.of("orders-lake", "orders-cassandra")
			.forEach((group) -> this.log.group(group).owners.put(partition, consumer));
		Set<TopicPartition> assigned = Set.of(new TopicPartition(FakeLog.TOPIC, partition));
		consumer.assign(assigned);
		listener.onPartitionsAssigned(consumer, assigned);
	}

}
