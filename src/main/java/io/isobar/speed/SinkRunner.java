package io.isobar.speed;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Keeps one sink running: its consumers begin where the sink says, are started anew when
 * the topic is another or something failed that is not the store's, and stand still while
 * a person has to decide.
 */
final class SinkRunner {

	private static final Duration TICK = Duration.ofMillis(200);

	private final Sink sink;

	private final SinkStatus status;

	private final Topics topics;

	private final KafkaClients kafka;

	private final Gaps gaps;

	private volatile @Nullable Running running;

	private long startAt = now();

	private int failures;

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
		Running current = this.running;
		return this.gap || (current != null && current.listener.isWaitingForPerson());
	}

	/** Looks whether everything is as it should be; called every second or so. */
	synchronized void watch() {
		Optional<Incarnation> now = this.topics.incarnation(this.sink.topic());
		if (now.isEmpty()) {
			return;
		}
		Running current = this.running;
		if (current != null && !current.listener.incarnation().equals(now.get())) {
			stop();
			this.startAt = now();
		}
		else if (current != null && current.listener.hasEnded()) {
			// Before another instance, or this one, reads these partitions
			noteLostEnds(current.listener);
			stop();
			this.failures = current.listener.hasBegun() ? 0 : this.failures;
			this.gap |= current.listener.isWaitingForPerson();
			startLater();
		}
		if (this.gap && this.gaps.isSettled(this.sink.name(), now.get())) {
			this.gap = false;
		}
		if (this.running == null && !this.gap && now() >= this.startAt) {
			start(now.get());
		}
	}

	private void noteLostEnds(SinkListener listener) {
		listener.lostEnds()
			.forEach((lost) -> this.gaps.note(this.sink.name(),
					listener.incarnation().part(lost.partition().partition()), lost.expected(), lost.available()));
	}

	private void start(Incarnation incarnation) {
		Running next = new Running(incarnation);
		this.running = next;
		try {
			next.container.start();
		}
		catch (RuntimeException | Error ex) {
			// Some of its consumers may run, or none that could end
			stop();
			startLater();
			throw ex;
		}
	}

	/** In milliseconds, of a clock that nobody sets. */
	private static long now() {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
	}

	private void startLater() {
		this.startAt = now() + SinkListener.delay(this.failures++);
	}

	synchronized void stop() {
		Running current = this.running;
		this.running = null;
		if (current != null) {
			current.listener.stop();
			current.container.stop();
			this.status.standsStill();
		}
	}

	/** One set of consumers, from their start to their end. */
	private final class Running {

		private final SinkListener listener;

		private final ConcurrentMessageListenerContainer<byte[], byte[]> container;

		Running(Incarnation incarnation) {
			this.listener = new SinkListener(SinkRunner.this.sink, SinkRunner.this.status, SinkRunner.this.topics,
					SinkRunner.this.gaps, incarnation, SinkRunner::now);
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
			properties.setConsumerRebalanceListener(this.listener);
			properties.setMessageListener(this.listener);
			properties.setPollTimeout(TICK.toMillis());
			properties.setIdleEventInterval(TICK.toMillis());
			properties.setIdleBeforeDataMultiplier(1.0);
			properties.setShutdownTimeout(5000);
			properties.setMissingTopicsFatal(false);
			ConcurrentMessageListenerContainer<byte[], byte[]> container = new ConcurrentMessageListenerContainer<>(
					SinkRunner.this.kafka.consumers(group, sink.linger()), properties);
			container.setBeanName("speed-" + sink.name());
			container.setConcurrency(sink.concurrency());
			container.setCommonErrorHandler(new NewStart());
			container.setApplicationEventPublisher(this::event);
			return container;
		}

		private void event(Object event) {
			if (event instanceof ListenerContainerIdleEvent idle) {
				this.listener.idle(idle.getConsumer());
			}
			else if (event instanceof ConsumerStoppedEvent && !this.listener.isStopped()) {
				this.listener.end();
			}
		}

		/** What fails elsewhere than in a store is got over by a new start. */
		private final class NewStart implements CommonErrorHandler {

			@Override
			public void handleOtherException(Exception thrown, Consumer<?, ?> consumer,
					MessageListenerContainer container, boolean batch) {
				if (!Running.this.listener.isStopped()) {
					Running.this.listener.end(thrown, consumer);
					SinkRunner.this.status.waitsForConsumers("its consumer has failed and is started anew", thrown);
				}
			}

		}

	}

}
