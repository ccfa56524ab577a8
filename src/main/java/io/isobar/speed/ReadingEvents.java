package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.weather.Metric;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Tells of readings at the moment they come in. Every instance follows all partitions of
 * the topic from their ends, without a group, so that each one tells of every city. When
 * Kafka comes back it goes on where it was, and a topic that was made again it reads from
 * its beginning. Of what came before somebody listened nothing is told: the stores have
 * it.
 */
@Component
@ConditionalOnSpeed
public class ReadingEvents implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ReadingEvents.class);

	/** How often new partitions are looked for. */
	private static final Duration LOOK = Duration.ofSeconds(3);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final Duration POLL = Duration.ofMillis(500);

	private final KafkaClients kafka;

	private final SpeedSettings settings;

	private final MessageCities cities;

	private final NewestSeen seen;

	private final Topics topics;

	private final List<java.util.function.Consumer<LatestReading>> listeners = new CopyOnWriteArrayList<>();

	/** The newest rain of each city that was told of since somebody listens. */
	private final Map<String, WeatherMessage> rain = new ConcurrentHashMap<>();

	private @Nullable Follower follower;

	ReadingEvents(KafkaClients kafka, SpeedSettings settings, MessageCities cities, NewestSeen seen, Topics topics) {
		this.kafka = kafka;
		this.settings = settings;
		this.cities = cities;
		this.seen = seen;
		this.topics = topics;
	}

	/**
	 * Tells the listener of readings from now on, one after the other; it must not wait.
	 * @return to be run when it does not listen any more
	 */
	public Runnable listen(java.util.function.Consumer<LatestReading> listener) {
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	/** What is known already, so that rain that fell before goes with what comes. */
	public void known(Collection<LatestReading> latest) {
		latest.forEach((each) -> {
			if (each.rain() != null) {
				rainOf(each.rain());
			}
		});
	}

	private @Nullable WeatherMessage rainOf(WeatherMessage message) {
		if (message.reading().values().has(Metric.PRECIPITATION)) {
			return this.rain.merge(message.city(), message,
					(one, other) -> other.observedAt().isBefore(one.observedAt()) ? one : other);
		}
		return this.rain.get(message.city());
	}

	/** Whether it follows the topic, from where it has begun. */
	boolean isFollowing() {
		return this.seen.isFollowing();
	}

	private void tell(ConsumerRecord<byte[], byte[]> message) {
		try {
			WeatherMessage read = this.cities
				.settledAsRemembered(WeatherMessages.read(message.value(), Instant.ofEpochMilli(message.timestamp())));
			if (this.cities.isRemembered(read.city())) {
				// Else it may be of a namesake in another country
				this.seen.see(read);
			}
			if (this.listeners.isEmpty()) {
				this.rain.clear();
			}
			else if (!read.reading().isEmpty()) {
				LatestReading event = LatestReading.of(read, rainOf(read));
				this.listeners.forEach((listener) -> listener.accept(event));
			}
		}
		catch (MessageRefused ex) {
			logger.debug("Nothing to tell: {}", ex.getMessage());
		}
	}

	@Override
	public synchronized void start() {
		if (this.follower == null) {
			this.follower = new Follower();
			this.follower.start();
		}
	}

	@Override
	public synchronized void stop() {
		if (this.follower != null) {
			this.follower.end();
			this.follower = null;
			this.seen.following(false);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.follower != null;
	}

	/** The thread that follows the topic. */
	private final class Follower extends Thread {

		private final CountDownLatch ended = new CountDownLatch(1);

		/** Where it goes on, also with another consumer. */
		private final Map<TopicPartition, Long> next = new HashMap<>();

		private @Nullable Incarnation topic;

		/** Whether it was made again, and nothing is read of it yet. */
		private boolean anew;

		private boolean told;

		Follower() {
			super("reading-events");
			setDaemon(true);
		}

		void end() {
			this.ended.countDown();
			interrupt();
			try {
				join(PATIENCE.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void run() {
			while (this.ended.getCount() > 0) {
				try (Consumer<byte[], byte[]> consumer = ReadingEvents.this.kafka.reader("latest")) {
					follow(consumer);
				}
				catch (InterruptException ex) {
					return;
				}
				catch (RuntimeException | Error ex) {
					ReadingEvents.this.seen.following(false);
					pauseAfter(ex);
				}
			}
		}

		private void pauseAfter(Throwable ex) {
			if (!this.told && this.ended.getCount() > 0) {
				logger.warn("Live readings are not told of until Kafka answers: {}", ex.getMessage());
				this.told = true;
			}
			try {
				this.ended.await(1, TimeUnit.SECONDS);
			}
			catch (InterruptedException interrupted) {
				interrupt();
			}
		}

		private void follow(Consumer<byte[], byte[]> consumer) {
			Set<TopicPartition> followed = new HashSet<>();
			long nextLook = System.nanoTime();
			while (this.ended.getCount() > 0) {
				if (System.nanoTime() >= nextLook) {
					followNew(consumer, followed);
					nextLook = System.nanoTime() + LOOK.toNanos();
				}
				if (followed.isEmpty()) {
					// The topic is not there yet
					awaitEnd();
				}
				else {
					consumer.poll(POLL).forEach(this::tell);
					// Not before: what came meanwhile is seen now
					ReadingEvents.this.seen.following(true);
				}
			}
		}

		private void tell(ConsumerRecord<byte[], byte[]> message) {
			ReadingEvents.this.tell(message);
			this.next.put(new TopicPartition(message.topic(), message.partition()), message.offset() + 1);
		}

		private void awaitEnd() {
			try {
				this.ended.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				throw new InterruptException(ex);
			}
		}

		private void followNew(Consumer<byte[], byte[]> consumer, Set<TopicPartition> followed) {
			String name = ReadingEvents.this.settings.weatherTopic();
			List<PartitionInfo> partitions = consumer.listTopics(PATIENCE).getOrDefault(name, List.of());
			Incarnation now = ReadingEvents.this.topics.incarnation(name).orElse(this.topic);
			if (this.topic != null && !this.topic.equals(now)) {
				this.anew = true;
				followed.clear();
				this.next.clear();
			}
			this.topic = now;
			Set<TopicPartition> added = new HashSet<>();
			for (PartitionInfo partition : partitions) {
				TopicPartition each = new TopicPartition(partition.topic(), partition.partition());
				if (followed.add(each)) {
					added.add(each);
				}
			}
			if (added.isEmpty()) {
				return;
			}
			consumer.assign(followed);
			for (TopicPartition each : added) {
				Long position = this.next.get(each);
				if (position != null) {
					consumer.seek(each, position);
				}
				else if (this.next.isEmpty() && !this.anew) {
					consumer.seekToEnd(List.of(each));
				}
				else {
					// Everything is new
					consumer.seekToBeginning(List.of(each));
				}
			}
			Map<TopicPartition, Long> positions = new HashMap<>();
			added.forEach((each) -> positions.put(each, consumer.position(each, PATIENCE)));
			this.next.putAll(positions);
			this.anew = false;
			if (this.told) {
				logger.info("Live readings are told of again.");
				this.told = false;
			}
		}

	}

}
