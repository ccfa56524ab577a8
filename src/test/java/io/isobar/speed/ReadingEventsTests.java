package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Where somebody who follows the readings goes on when something was in the way. */
class ReadingEventsTests {

	private static final String TOPIC = "weather";

	private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

	private static final Instant APPENDED = Instant.parse("2026-01-31T14:00:00Z");

	private final KafkaClients kafka = mock();

	private final Topics topics = mock();

	private final MessageCities cities = mock();

	private final ReadingEvents events = new ReadingEvents(this.kafka,
			new SpeedSettings(true, TOPIC, Period.ofDays(35)), this.cities, mock(NewestSeen.class), this.topics);

	private final Deque<MockConsumer<byte[], byte[]>> consumers = new ArrayDeque<>();

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	@BeforeEach
	void follow() {
		given(this.kafka.reader("latest")).willAnswer((call) -> this.consumers.remove());
		given(this.cities.settledAsRemembered(any())).willAnswer((call) -> call.getArgument(0));
		this.events.listen((reading) -> this.told.add(reading.city()));
		isTopic(0);
	}

	@AfterEach
	void end() {
		this.events.stop();
	}

	@Test
	void whereAConsumerFailsTheNextOneGoesOn() {
		this.consumers.add(failing(consumer(5)));
		MockConsumer<byte[], byte[]> next = consumer(7);
		comes(next, 5, "Paris");
		this.consumers.add(next);

		this.events.start();

		await().until(() -> this.told.contains("Paris"));
	}

	@Test
	void aTopicThatWasMadeAgainIsReadFromItsBeginningAlsoWhereThatFailsAtFirst() {
		MockConsumer<byte[], byte[]> first = consumer(5);
		first.schedulePollTask(() -> isTopic(1));
		this.consumers.add(failing(first));
		this.consumers.add(new WithoutLeader());
		MockConsumer<byte[], byte[]> last = consumer(3);
		comes(last, 0, "Oslo");
		this.consumers.add(last);

		this.events.start();

		await().until(() -> this.told.contains("Oslo"));
		assertThat(this.consumers).isEmpty();
	}

	private void isTopic(int number) {
		given(this.topics.incarnation(TOPIC))
			.willReturn(Optional.of(new Incarnation(TOPIC, new Uuid(77, number + 1L), number)));
	}

	private static MockConsumer<byte[], byte[]> consumer(long end) {
		return prepared(new MockConsumer<>("none"), end);
	}

	private static MockConsumer<byte[], byte[]> prepared(MockConsumer<byte[], byte[]> consumer, long end) {
		Node broker = new Node(1, "localhost", 9092);
		Node[] all = { broker };
		consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, broker, all, all)));
		consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
		consumer.updateEndOffsets(Map.of(PARTITION, end));
		return consumer;
	}

	private static MockConsumer<byte[], byte[]> failing(MockConsumer<byte[], byte[]> consumer) {
		consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("gone")));
		return consumer;
	}

	private static void comes(MockConsumer<byte[], byte[]> consumer, long offset, String city) {
		byte[] value = "{\"city\":\"%s\",\"timestamp\":\"%s\",\"temperature\":6.5}".formatted(city, APPENDED)
			.getBytes(StandardCharsets.UTF_8);
		consumer.schedulePollTask(() -> consumer
			.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, APPENDED.toEpochMilli(), TimestampType.LOG_APPEND_TIME, 0,
					value.length, null, value, new RecordHeaders(), Optional.empty())));
	}

	/** Its partition has none yet. */
	private static final class WithoutLeader extends MockConsumer<byte[], byte[]> {

		WithoutLeader() {
			super("none");
			prepared(this, 3);
		}

		@Override
		public synchronized long position(TopicPartition partition, Duration timeout) {
			throw new TimeoutException("There is no leader yet.");
		}

	}

}
