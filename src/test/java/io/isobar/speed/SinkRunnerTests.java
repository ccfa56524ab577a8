package io.isobar.speed;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.isobar.lake.StreamPart;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/** When the consumers of a sink are started, and started anew. */
class SinkRunnerTests {

	private static final String TOPIC = "topic";

	private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

	private final Topics topics = mock(Topics.class);

	private final Gaps gaps = mock(Gaps.class);

	private final KafkaClients kafka = mock(KafkaClients.class);

	private final SinkStatus status = new SinkStatus("sink", new SimpleMeterRegistry());

	private final SinkRunner runner = new SinkRunner(new From(0), this.status, this.topics, this.kafka, this.gaps);

	@BeforeEach
	void topic() {
		topic(0);
		given(this.topics.isStill(any())).willReturn(true);
	}

	private Incarnation topic(int number) {
		Incarnation incarnation = new Incarnation(TOPIC, new Uuid(77, number + 1L), number);
		given(this.topics.incarnation(TOPIC)).willReturn(Optional.of(incarnation));
		return incarnation;
	}

	@AfterEach
	void stop() {
		this.runner.stop();
	}

	@Test
	void whereAConsumerCannotBeMadeItIsTriedAgain() {
		AtomicInteger tries = new AtomicInteger();
		given(this.kafka.consumers(anyString(), any())).willReturn(consumers(() -> {
			if (tries.incrementAndGet() < 3) {
				throw new KafkaException("No resolvable bootstrap urls");
			}
			return consumer(0, 0);
		}));

		assertThatThrownBy(this.runner::watch).isInstanceOf(KafkaException.class);
		await().untilAsserted(() -> assertThatThrownBy(this.runner::watch).isInstanceOf(KafkaException.class));

		awaitThatItReads();
	}

	private void awaitThatItReads() {
		await().until(() -> {
			this.runner.watch();
			return this.status.partitions().contains(0);
		});
	}

	@Test
	void alsoWhereMakingItFailsWithAnError() {
		AtomicInteger tries = new AtomicInteger();
		given(this.kafka.consumers(anyString(), any())).willReturn(consumers(() -> {
			if (tries.incrementAndGet() == 1) {
				throw new NoClassDefFoundError("gone");
			}
			return consumer(0, 0);
		}));

		assertThatThrownBy(this.runner::watch).isInstanceOf(NoClassDefFoundError.class);

		awaitThatItReads();
	}

	@Test
	void whatKafkaSaysThatItHasLostIsNotedBeforeAnyConsumerBeginsAgain() {
		AtomicInteger made = new AtomicInteger();
		given(this.kafka.consumers(anyString(), any())).willReturn(consumers(() -> {
			MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
			if (made.incrementAndGet() == 1) {
				consumer
					.schedulePollTask(() -> consumer.setPollException(new LogTruncationException(Map.of(PARTITION, 9L),
							Map.of(PARTITION, new OffsetAndMetadata(4)))));
			}
			return consumer;
		}));
		StreamPart part = topic(0).part(0);
		willThrow(new DataAccessResourceFailureException("PostgreSQL is away")).willDoNothing()
			.given(this.gaps)
			.note("sink", part, 9, 4);

		await().untilAsserted(() -> assertThatThrownBy(this.runner::watch).hasMessage("PostgreSQL is away"));
		assertThat(made).hasValue(1);

		await().until(() -> {
			this.runner.watch();
			return made.get() == 2;
		});
		then(this.gaps).should(times(2)).note("sink", part, 9, 4);
	}

	@Test
	void aSinkThatStandsStillSaysHowMuchItLacks() {
		waitForPerson();

		this.status.compare(Map.of(0, 12L));

		assertThat(this.status.partitions()).isEmpty();
		assertThat(this.status.lag()).isEqualTo(7);
	}

	@Test
	void aGapOfATopicThatIsGoneHoldsBackNobody() {
		waitForPerson();
		assertThat(this.runner.isWaitingForPerson()).isTrue();

		given(this.gaps.isSettled("sink", topic(1))).willReturn(true);
		this.runner.watch();

		assertThat(this.runner.isWaitingForPerson()).isFalse();
	}

	/** Kafka has the messages from 5 on, and not from 0. */
	private void waitForPerson() {
		given(this.kafka.consumers(anyString(), any())).willReturn(consumers(() -> consumer(5, 9)));
		this.runner.watch();
		await().until(this.runner::isWaitingForPerson);
		this.runner.watch();
	}

	/** Its topic has a partition that begins and ends there. */
	private static MockConsumer<byte[], byte[]> consumer(long beginning, long end) {
		MockConsumer<byte[], byte[]> consumer = new Patient();
		consumer.updateBeginningOffsets(Map.of(PARTITION, beginning));
		consumer.updateEndOffsets(Map.of(PARTITION, end));
		consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
		return consumer;
	}

	/** Waits for messages as a real one does, and not in a circle. */
	private static final class Patient extends MockConsumer<byte[], byte[]> {

		Patient() {
			super("none");
		}

		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			ConsumerRecords<byte[], byte[]> there = super.poll(timeout);
			try {
				TimeUnit.MILLISECONDS.timedWait(this, timeout.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return there;
		}

	}

	private static ConsumerFactory<byte[], byte[]> consumers(Supplier<Consumer<byte[], byte[]>> made) {
		return new DefaultKafkaConsumerFactory<>(Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false)) {

			@Override
			protected Consumer<byte[], byte[]> createRawConsumer(Map<String, Object> properties) {
				return made.get();
			}

		};
	}

	/** Goes on at an offset, and begins at the beginning of any later topic. */
	private record From(long offset) implements Sink {

		@Override
		public String name() {
			return "sink";
		}

		@Override
		public String topic() {
			return TOPIC;
		}

		@Override
		public int concurrency() {
			return 1;
		}

		@Override
		public Duration linger() {
			return Duration.ZERO;
		}

		@Override
		public Session open(Incarnation incarnation, SinkStatus status, Positions positions) {
			return new Session() {

				@Override
				public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer,
						Collection<TopicPartition> partitions) {
					return (incarnation.number() == 0) ? Map.of(PARTITION, From.this.offset) : Map.of();
				}

				@Override
				public void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
				}

			};
		}

	}

}
