package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.isobar.lake.FakeOrderStore;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** What the consumers of a sink let pass, and what is taken for written. */
class SinkListenerTests {

	private final Fate fate = Fate.kind();

	private final FakeLog log = new FakeLog(this.fate, 2, 0);

	private final FakeOrderStore orders = new FakeOrderStore(this.fate);

	private boolean kafkaAway;

	@Test
	@SuppressWarnings("NullAway")
	void whatOneThatHasEndedLetsPassIsNotTakenForWritten() {
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
		LakeSink sink = new LakeSink(topics, new OrdersArchive(topics, this.orders), null,
				new LakeSinkSettings(Duration.ofSeconds(2), DataSize.ofMegabytes(64)));
		SinkListener listener = new SinkListener(sink, new SinkStatus("orders-lake", new SimpleMeterRegistry()), topics,
				null, this.log.incarnation(), this.fate::millis);
		FakeConsumer consumer = new FakeConsumer(this.log, "orders-lake");
		assign(consumer, listener, 0);
		this.kafkaAway = true;
		assign(consumer, listener, 1);
		this.kafkaAway = false;
		assertThat(listener.hasEnded()).isTrue();

		// Before its runner starts it anew, a message comes, and a run wants all in the
		// lake
		this.log.append(0, new Order("Ali", new BigDecimal("80.00")));
		listener.onMessage(consumer.next(10), null, consumer);
		assertThat(sink.sent().missing()).isOne();
		listener.idle(consumer);

		assertThat(this.orders.positions(List.of(this.log.incarnation().part(0)))).isEmpty();
		assertThat(sink.sent().missing()).isOne();
	}

	private static void assign(FakeConsumer consumer, SinkListener listener, int partition) {
		Set<TopicPartition> assigned = Set.of(new TopicPartition(FakeLog.TOPIC, partition));
		consumer.assign(assigned);
		listener.onPartitionsAssigned(consumer, assigned);
	}

}
