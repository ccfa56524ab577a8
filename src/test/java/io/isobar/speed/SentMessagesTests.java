package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A topic that ends at 3, of which a poll brings a message now and then. */
@SuppressWarnings("NullAway")
class SentMessagesTests {

	private static final String TOPIC = "orders";

	private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

	private final AtomicLong nanos = new AtomicLong();

	private final SentMessages sent = new SentMessages(
			new SimulatedClients(() -> SimulatedClients.producer(true), () -> this.topic), new KafkaClock(null),
			this.nanos::get);

	private SlowTopic topic = new SlowTopic(0);

	private Uuid topicId = Uuid.ONE_UUID;

	private Instant deadline = Instant.EPOCH.plusSeconds(20);

	@Test
	void whatLiesInATopicIsFoundHoweverLongItTakes() {
		this.topic = new SlowTopic(3);

		assertThat(find()).containsExactly("sent 2");
		assertThat(this.nanos.get()).isGreaterThan(Duration.ofMinutes(1).toNanos());
	}

	@Test
	void whatKafkaTookAfterItsDeadlineIsNotThere() {
		this.topic = new SlowTopic(3);
		this.deadline = Instant.EPOCH;
		assertThat(find()).containsExactly("sent 2");

		this.topic = new SlowTopic(3);
		this.deadline = Instant.EPOCH.minusMillis(1);
		assertThat(find()).isEmpty();

		// It was copied, with its header
		this.topic = new SlowTopic(3);
		this.topicId = Uuid.randomUuid();
		assertThat(find()).containsExactly("sent 2");
	}

	@Test
	void aTopicThatBringsNothingMoreIsGivenUp() {
		this.topic = new SlowTopic(2);

		assertThatIllegalStateException().isThrownBy(this::find)
			.withMessageContaining("has brought nothing of orders for 30 s");
		assertThat(this.topic.closed()).isTrue();
	}

	private Set<String> find() {
		return this.sent.find(TOPIC, Uuid.ONE_UUID, "own", Set.of("sent 2", "never sent"), Map.of());
	}

	/** A message with every other poll, each of which takes 20 s. */
	private final class SlowTopic extends MockConsumer<byte[], byte[]> {

		private final int messages;

		private int polls;

		SlowTopic(int messages) {
			super("none");
			this.messages = messages;
			updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
			updateBeginningOffsets(Map.of(PARTITION, 0L));
			updateEndOffsets(Map.of(PARTITION, 3L));
		}

		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			SentMessagesTests.this.nanos.addAndGet(Duration.ofSeconds(20).toNanos());
			if (this.polls % 2 == 0 && this.polls / 2 < this.messages) {
				int offset = this.polls / 2;
				ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(TOPIC, null, new byte[0]);
				sent.headers().add("own", ("sent " + offset).getBytes(StandardCharsets.UTF_8));
				new Deadline(SentMessagesTests.this.topicId, SentMessagesTests.this.deadline).set(sent);
				addRecord(new ConsumerRecord<>(TOPIC, 0, offset, Instant.EPOCH.toEpochMilli(),
						TimestampType.LOG_APPEND_TIME, 0, 0, null, new byte[0], sent.headers(), Optional.empty()));
			}
			this.polls++;
			return super.poll(timeout);
		}

	}

}
