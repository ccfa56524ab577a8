package io.isobar.speed;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Keeps one sink running: its consumers begin where the sink says, are started anew when
 * the topic is another or something failed that is not the store's, and stand still while
 * a person has to decide.
 */
final class SinkRunner {

	private static final Logger logger = LoggerFactory.getLogger(SinkRunner.class);

	private static final long FIRST_DELAY = 200;

	private static final long LONGEST_DELAY = 5000;

	private static final Duration TICK = Duration.ofMillis(200);

	private final Sink sink;

	private final SinkStatus status;

	private final Topics topics;

	private final KafkaClients kafka;

	private final Gaps gaps;

	private @Nullable Running running;

	private long startAt;

	private volatile int failures;

	private volatile boolean gap;

	SinkRunner(Sink sink, SinkStatus status, Topics topics, KafkaClients kafka, Gaps gaps) {
		this.sink = sink;
		this.status = status;
		this.topics = topics;
		this.kafka = kafka;
		this.gaps = gaps;
	}

	Sink sink() {
		return this.sink;
	}

	SinkStatus status() {
		return this.status;
	}

	boolean isWaitingForPerson() {
		return this.gap;
	}

	/** Looks whether everything is as it should be; called every second or so. */
	synchronized void watch() {
		Optional<Incarnation> now = this.topics.incarnation(this.sink.topic());
		if (now.isEmpty()) {
			return;
		}
		Running current = this.running;
		if (current != null && !current.incarnation.equals(now.get())) {
			stop();
			this.startAt = 0;
		}
		else if (current != null && current.ended) {
			stop();
			this.startAt = System.currentTimeMillis() + delay(this.failures++);
		}
		if (this.gap && !this.gaps.isOpen(this.sink.name(), this.sink.topic())) {
			this.gap = false;
		}
		if (this.running == null && !this.gap && System.currentTimeMillis() >= this.startAt) {
			Running next = new Running(now.get());
			this.running = next;
			next.container.start();
		}
	}

	private static long delay(int failures) {
		return Math.min(LONGEST_DELAY, FIRST_DELAY << Math.min(failures, 10));
	}

	synchronized void stop() {
		Running current = this.running;
		this.running = null;
		if (current != null) {
			current.stopped = true;
			current.container.stop();
			this.status.keepPositions(Set.of());
		}
	}

	/** One set of consumers, from their start to their end. */
	private final class Running
			implements ConsumerAwareRebalanceListener, BatchAcknowledgingConsumerAwareMessageListener<byte[], byte[]> {

		private final Incarnation incarnation;

		private final Sink.Session session;

		private final ConcurrentMessageListenerContainer<byte[], byte[]> container;

		private final Pauses pauses = new Pauses();

		private volatile boolean stopped;

		/** Something failed that only a new start gets over. */
		private volatile boolean ended;

		Running(Incarnation incarnation) {
			this.incarnation = incarnation;
			this.session = SinkRunner.this.sink.open(incarnation, SinkRunner.this.status);
			this.container = container();
		}

		private ConcurrentMessageListenerContainer<byte[], byte[]> container() {
			Sink sink = SinkRunner.this.sink;
			ContainerProperties properties = new ContainerProperties(sink.topic());
			String group = "isobar." + sink.topic() + "." + sink.name();
			properties.setGroupId(group);
			// The session commits by itself
			properties.setAckMode(ContainerProperties.AckMode.MANUAL);
			properties.setAssignmentCommitOption(ContainerProperties.AssignmentCommitOption.NEVER);
			properties.setConsumerRebalanceListener(this);
			properties.setMessageListener(this);
			properties.setPollTimeout(TICK.toMillis());
			properties.setIdleEventInterval(TICK.toMillis());
			properties.setIdleBeforeDataMultiplier(1.0);
			properties.setShutdownTimeout(5000);
			properties.setMissingTopicsFatal(false);
			ConcurrentMessageListenerContainer<byte[], byte[]> container = new ConcurrentMessageListenerContainer<>(
					new DefaultKafkaConsumerFactory<>(SinkRunner.this.kafka.consumer(group, sink.linger())),
					properties);
			container.setBeanName("speed-" + sink.name());
			container.setConcurrency(sink.concurrency());
			container.setCommonErrorHandler(new NewStart());
			container.setApplicationEventPublisher(this::event);
			return container;
		}

		private void event(Object event) {
			if (event instanceof ListenerContainerIdleEvent idle) {
				if (!this.ended) {
					this.pauses.resumeWhenOver(idle.getConsumer());
				}
				this.session.idle(idle.getConsumer());
				if (SinkRunner.this.status.takeRestart()) {
					this.ended = true;
				}
			}
			else if (event instanceof ConsumerStoppedEvent && !this.stopped) {
				this.ended = true;
			}
		}

		@Override
		public void onMessage(List<ConsumerRecord<byte[], byte[]>> records, @Nullable Acknowledgment acknowledgment,
				@Nullable Consumer<?, ?> consumer) {
			if (consumer == null || this.stopped || this.ended) {
				return;
			}
			try {
				this.session.received(records, consumer);
				this.pauses.end(consumer);
			}
			catch (RuntimeException ex) {
				logger.debug("{} is to be offered {} messages again", SinkRunner.this.sink.name(), records.size(), ex);
				this.pauses.begin(records.stream()
					.filter((record) -> !SinkRunner.this.status.isBehind(record.partition(), record.offset()))
					.toList(), consumer);
			}
		}

		@Override
		public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			if (partitions.isEmpty()) {
				return;
			}
			try {
				seek(consumer, partitions);
				SinkRunner.this.failures = 0;
			}
			catch (RuntimeException ex) {
				SinkRunner.this.status.waits("it can't find out where to go on", ex);
				holdBack(consumer, partitions);
			}
		}

		private void seek(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			if (!SinkRunner.this.topics.isStill(this.incarnation)) {
				holdBack(consumer, partitions);
				return;
			}
			Map<TopicPartition, Long> wanted = new HashMap<>(this.session.positions(consumer, partitions));
			Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
			Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
			for (TopicPartition partition : partitions) {
				long beginning = beginnings.getOrDefault(partition, 0L);
				long end = ends.getOrDefault(partition, beginning);
				long position = wanted.getOrDefault(partition, beginning);
				if (position < beginning || position > end) {
					position = acrossGap(partition, position, (position < beginning) ? beginning : end);
				}
				if (position < 0) {
					holdBack(consumer, partitions);
					return;
				}
				consumer.seek(partition, position);
				SinkRunner.this.status.position(partition.partition(), position);
			}
		}

		/** Where to go on if a person has accepted it, else -1. */
		private long acrossGap(TopicPartition partition, long expected, long available) {
			String sink = SinkRunner.this.sink.name();
			if (SinkRunner.this.gaps.isAccepted(sink, this.incarnation.part(partition.partition()), expected)) {
				logger.warn("{} goes on at offset {} of {}, and not at {}, as a person has accepted it.", sink,
						available, partition, expected);
				return available;
			}
			SinkRunner.this.gaps.note(sink, this.incarnation.part(partition.partition()), expected, available);
			SinkRunner.this.gap = true;
			SinkRunner.this.status.needsPerson(
					"offset %d of %s is wanted next, but Kafka has it no longer: what there is %s at %d. Fill the store from elsewhere, or let it go on without: PUT /api/speed/sinks/%s?accept-gap=true."
						.formatted(expected, partition, (available > expected) ? "begins" : "ends", available, sink));
			return -1;
		}

		/** Nothing is read until the next start. */
		private void holdBack(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			partitions.forEach((partition) -> consumer.seek(partition, 0));
			consumer.pause(partitions);
			this.ended = true;
		}

		@Override
		public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			revoked(consumer, partitions);
		}

		@Override
		public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			revoked(consumer, partitions);
		}

		private void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			this.session.revoked(consumer, partitions);
			partitions.forEach((partition) -> SinkRunner.this.status.revoked(partition.partition()));
		}

		/** What fails elsewhere than in a store is got over by a new start. */
		private final class NewStart implements CommonErrorHandler {

			@Override
			public void handleOtherException(Exception thrown, Consumer<?, ?> consumer,
					MessageListenerContainer container, boolean batch) {
				if (!Running.this.stopped) {
					SinkRunner.this.status.waits("its consumer has failed and is started anew", thrown);
					Running.this.ended = true;
				}
			}

		}

	}

	/**
	 * What a store did not take is read again, after a pause in which the consumer stands
	 * still and stays a member of its group; without end. It is not kept: meanwhile its
	 * partitions may have become another's, who has gone on with them.
	 */
	private static final class Pauses {

		/** Of each consumer of these that stands still, when it goes on. */
		private final Map<Consumer<?, ?>, Long> until = new ConcurrentHashMap<>();

		private final AtomicInteger failures = new AtomicInteger();

		void begin(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
			Set<TopicPartition> assigned = consumer.assignment();
			Map<TopicPartition, Long> first = new HashMap<>();
			records.forEach((record) -> first.merge(new TopicPartition(record.topic(), record.partition()),
					record.offset(), Math::min));
			first.forEach((partition, offset) -> {
				if (assigned.contains(partition)) {
					consumer.seek(partition, offset);
				}
			});
			consumer.pause(assigned);
			this.until.put(consumer, System.currentTimeMillis() + delay(this.failures.getAndIncrement()));
		}

		/** The store has taken something. */
		void end(Consumer<?, ?> consumer) {
			this.failures.set(0);
			resume(consumer);
		}

		void resumeWhenOver(Consumer<?, ?> consumer) {
			Long end = this.until.get(consumer);
			if (end != null && System.currentTimeMillis() >= end) {
				resume(consumer);
			}
		}

		private void resume(Consumer<?, ?> consumer) {
			if (this.until.remove(consumer) != null) {
				consumer.resume(consumer.paused());
			}
		}

	}

}
