package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.lake.CrashPoint;
import io.isobar.lake.FromTopic;
import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamArchive;
import io.isobar.lake.StreamPart;
import io.isobar.lake.WentBack;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * Brings messages into the lake, each exactly once: where it is, the table itself knows,
 * from the same commit that the messages came with. It alone tells of what was refused.
 */
@Component
@Primary
@ConditionalOnSpeed
class LakeSink implements Sink, StreamArchive {

	private static final Logger logger = LoggerFactory.getLogger(LakeSink.class);

	private static final Duration LINGER = Duration.ofMillis(500);

	/** So few are read faster by one alone. */
	private static final int FEW = 200;

	/** What a message takes in memory beside its bytes, about. */
	static final int OVERHEAD = 600;

	private final Topics topics;

	private final Archive<?> archive;

	private final DeadLetterSender deadLetters;

	private final LakeSinkSettings settings;

	private final ExecutorService writer = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "speed-" + name() + "-writer");
		thread.setDaemon(true);
		return thread;
	});

	/** How often somebody has asked for what there is to be written at once. */
	private final AtomicInteger asked = new AtomicInteger();

	/** The sink of weather. */
	@Autowired
	LakeSink(Topics topics, StreamedMessages messages, MessageCities cities, ReadingStore readings,
			DeadLetterSender deadLetters, LakeSinkSettings settings) {
		this(topics, new WeatherArchive(topics, messages, cities, readings), deadLetters, settings);
	}

	LakeSink(Topics topics, Archive<?> archive, DeadLetterSender deadLetters, LakeSinkSettings settings) {
		this.topics = topics;
		this.archive = archive;
		this.deadLetters = deadLetters;
		this.settings = settings;
	}

	@Override
	public String name() {
		return this.archive.name();
	}

	@Override
	public String topic() {
		return this.archive.topic();
	}

	/** One commit for all partitions. */
	@Override
	public int concurrency() {
		return 1;
	}

	/** It writes every now and then anyway. */
	@Override
	public Duration linger() {
		return LINGER;
	}

	@Override
	public Session open(Incarnation incarnation, SinkStatus status, Positions positions) {
		return session(this.archive, incarnation, status, positions);
	}

	private <M extends FromTopic> Session session(Archive<M> archive, Incarnation incarnation, SinkStatus status,
			Positions positions) {
		return new LakeSession<>(archive, incarnation, status, positions);
	}

	@Override
	public Sent sent() {
		Incarnation incarnation = this.topics.incarnation(topic())
			.orElseThrow(() -> new IllegalStateException("Kafka has not answered since the start."));
		Map<Integer, Long> ends = this.topics.ends(topic());
		Map<Integer, Long> beginnings = this.topics.beginnings(topic());
		if (!this.topics.isStill(incarnation)) {
			throw new IllegalStateException("The topic was made again.");
		}
		Map<StreamPart, Long> sent = new HashMap<>();
		ends.forEach((partition, end) -> {
			if (end > beginnings.getOrDefault(partition, 0L)) {
				sent.put(incarnation.part(partition), end);
			}
		});
		return () -> {
			this.asked.incrementAndGet();
			Map<StreamPart, Long> written = this.archive.positions(sent.keySet());
			long missing = 0;
			for (Map.Entry<StreamPart, Long> each : sent.entrySet()) {
				missing += Math.max(0, each.getValue() - Math.max(written.getOrDefault(each.getKey(), 0L),
						beginnings.getOrDefault(each.getKey().partition(), 0L)));
			}
			return missing;
		};
	}

	/** By which it is told how long messages have waited. */
	long nanoTime() {
		return System.nanoTime();
	}

	/**
	 * What the table is being given.
	 *
	 * @param bytes what it takes in memory, about
	 * @param oldest since when the first of it has waited
	 * @param positions behind it
	 * @param known as far as the table was
	 */
	private record Write<M>(List<M> messages, List<Refused> refused, long bytes, long oldest,
			Map<StreamPart, Long> positions, Map<StreamPart, Long> known, Future<?> end) {
	}

	/** Runs a write without keeping the consumer's thread. */
	Future<?> aside(Runnable write) {
		return this.writer.submit(write);
	}

	private record Refused(ConsumerRecord<byte[], byte[]> record, String cause, Future<?> sent) {
	}

	/**
	 * What was read and is not in the table yet. Only the consumer's thread is here.
	 *
	 * @param <M> what a message becomes there
	 */
	private final class LakeSession<M extends FromTopic> implements Session {

		private final Archive<M> archive;

		private final Incarnation incarnation;

		private final SinkStatus status;

		private final Positions positions;

		private List<M> gathered = new ArrayList<>();

		private final List<Refused> refused = new ArrayList<>();

		/** Whether there is something behind which the position is to be noted. */
		private boolean passed;

		/** The offset of the next message, of each partition that has been read from. */
		private final Map<Integer, Long> next = new HashMap<>();

		/** The offset of the next message that is not written. */
		private final Map<Integer, Long> written = new HashMap<>();

		private long bytes;

		private long oldest;

		/** What the table is being given. */
		private @Nullable Write<M> underWay;

		/** Whether everything that was polled has been looked at. */
		private boolean complete = true;

		private int served = LakeSink.this.asked.get();

		private int failures;

		private long tryAt;

		/** Nothing is written by this one any more. */
		private boolean over;

		LakeSession(Archive<M> archive, Incarnation incarnation, SinkStatus status, Positions positions) {
			this.archive = archive;
			this.incarnation = incarnation;
			this.status = status;
			this.positions = positions;
		}

		@Override
		public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			settle(consumer);
			// Of what the table knows nothing yet; also while it can't be asked
			Map<TopicPartition, Long> positions = Committed.offsets(name(), consumer, partitions, this.incarnation);
			this.archive.create();
			Map<StreamPart, Long> there = this.archive.positions(
					partitions.stream().map((partition) -> this.incarnation.part(partition.partition())).toList());
			for (TopicPartition partition : partitions) {
				forget(partition.partition());
				Long position = there.get(this.incarnation.part(partition.partition()));
				if (position != null) {
					positions.put(partition, position);
					this.written.put(partition.partition(), position);
				}
			}
			return positions;
		}

		@Override
		public void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			// Who reads them now begins where the table is
			settle(consumer);
			partitions.forEach((partition) -> forget(partition.partition()));
		}

		private void forget(int partition) {
			this.next.remove(partition);
			this.written.remove(partition);
			this.gathered.removeIf((message) -> message.part().partition() == partition);
			this.refused.removeIf((message) -> message.record().partition() == partition);
		}

		@Override
		public void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
			CrashPoint.at("lake.polled");
			if (isEmpty()) {
				this.oldest = nanoTime();
			}
			this.complete = false;
			try {
				// As many cores as are free do it; one alone reads faster than is written
				List<Archive.Read<M>> read = stream(records)
					.map((record) -> this.archive.read(record, this.incarnation))
					.toList();
				for (int i = 0; i < read.size(); i++) {
					gather(records.get(i), read.get(i));
				}
			}
			catch (RuntimeException ex) {
				this.status.waits("the registry of cities does not answer", ex);
				throw ex;
			}
			this.complete = true;
			CrashPoint.at("lake.gathered");
			if (this.underWay != null && this.underWay.end().isDone()) {
				settle(consumer);
			}
			flushWhereDue(consumer);
		}

		private Stream<ConsumerRecord<byte[], byte[]>> stream(List<ConsumerRecord<byte[], byte[]>> records) {
			return (records.size() > FEW && this.underWay == null) ? records.parallelStream() : records.stream();
		}

		private void gather(ConsumerRecord<byte[], byte[]> record, Archive.Read<M> read) {
			int partition = record.partition();
			if (record.offset() < this.next.getOrDefault(partition, 0L)) {
				return;
			}
			byte[] value = record.value();
			String cause = read.refused();
			if (cause != null) {
				this.status.refused();
				this.refused.add(send(record, cause));
			}
			else if (read.message() != null) {
				this.gathered.add(read.message());
			}
			else {
				this.passed = true;
			}
			this.bytes += OVERHEAD + ((value != null) ? value.length : 0);
			this.next.put(partition, record.offset() + 1);
		}

		private Refused send(ConsumerRecord<byte[], byte[]> record, String cause) {
			return new Refused(record, cause, LakeSink.this.deadLetters.send(record, this.incarnation, cause));
		}

		@Override
		public void idle(Consumer<?, ?> consumer) {
			if (settle(consumer) && this.complete && !this.over && this.failures == 0) {
				catchUpWithMarkers(consumer);
			}
			flushWhereDue(consumer);
		}

		private boolean isEmpty() {
			return this.gathered.isEmpty() && this.refused.isEmpty() && !this.passed;
		}

		private void flushWhereDue(Consumer<?, ?> consumer) {
			if (this.over) {
				clear();
				return;
			}
			int asked = LakeSink.this.asked.get();
			boolean isAsked = asked != this.served;
			if (isAsked && this.complete) {
				catchUpWithMarkers(consumer);
			}
			// What failed may be another one's meanwhile: then a write of nothing shows
			// whether the lake takes writes again
			if (isEmpty() && !isAsked && this.failures == 0) {
				return;
			}
			long now = nanoTime();
			boolean full = this.bytes >= LakeSink.this.settings.flushSize().toBytes();
			boolean due = isAsked || this.failures > 0 || full
					|| now - this.oldest >= LakeSink.this.settings.flushInterval().toNanos();
			if (!due || (this.failures > 0 && now < this.tryAt) || !settle(consumer) || this.over) {
				return;
			}
			try {
				// What is full comes from a backlog, of which the next is read meanwhile
				flush(full && !isAsked && this.failures == 0);
				this.served = asked;
				if (this.failures > 0) {
					this.failures = 0;
					consumer.resume(consumer.paused());
				}
			}
			catch (RuntimeException ex) {
				failed(ex, consumer);
			}
		}

		private void failed(RuntimeException cause, Consumer<?, ?> consumer) {
			boolean ofKafka = cause instanceof KafkaAway;
			this.status.waits(
					(ofKafka) ? "Kafka does not answer, or takes no dead letters" : "the lake takes no writes",
					(ofKafka) ? Objects.requireNonNull(cause.getCause()) : cause);
			this.tryAt = nanoTime()
					+ TimeUnit.MILLISECONDS.toNanos(Math.min(5000, 200L << Math.min(this.failures, 10)));
			this.failures++;
			consumer.pause(consumer.assignment());
		}

		/**
		 * Waits for the write that is under way.
		 * @return whether there is none that has failed
		 */
		private boolean settle(Consumer<?, ?> consumer) {
			Write<M> write = this.underWay;
			if (write == null) {
				return true;
			}
			this.underWay = null;
			try {
				StoreSink.UnderWay.await(write.end());
				written(write.positions(), write.messages());
			}
			catch (WentBack ex) {
				wentBack(ex, write.known());
			}
			catch (RuntimeException ex) {
				takeBack(write);
				failed(ex, consumer);
				return false;
			}
			return true;
		}

		private void takeBack(Write<M> write) {
			this.gathered.addAll(0, write.messages());
			this.refused.addAll(0, write.refused());
			this.bytes += write.bytes();
			this.oldest = write.oldest();
		}

		/** Transactions leave marks in a partition that are no messages. */
		private void catchUpWithMarkers(Consumer<?, ?> consumer) {
			for (TopicPartition partition : consumer.assignment()) {
				long position = consumer.position(partition, Duration.ofSeconds(1));
				if (position > Math.max(this.next.getOrDefault(partition.partition(), 0L),
						this.written.getOrDefault(partition.partition(), 0L))) {
					if (isEmpty()) {
						this.oldest = nanoTime();
					}
					this.passed = true;
					this.next.put(partition.partition(), position);
				}
			}
		}

		/**
		 * Writes what was gathered.
		 * @param aside by another thread, without waiting for it
		 */
		private void flush(boolean aside) {
			Map<StreamPart, Long> positions = new HashMap<>();
			this.next.forEach((partition, position) -> {
				if (position > this.written.getOrDefault(partition, 0L)) {
					positions.put(this.incarnation.part(partition), position);
				}
			});
			Map<StreamPart, Long> known = new HashMap<>();
			this.written.forEach((partition, position) -> known.put(this.incarnation.part(partition), position));
			if (!positions.isEmpty()) {
				if (!isStill()) {
					// Nobody can tell of which topic these were
					end();
					return;
				}
				awaitDeadLetters();
			}
			List<M> messages = this.gathered;
			if (aside) {
				Future<?> end = aside(() -> write(messages, positions, known));
				this.underWay = new Write<>(messages, List.copyOf(this.refused), this.bytes, this.oldest, positions,
						known, end);
			}
			else {
				try {
					write(messages, positions, known);
					written(positions, messages);
				}
				catch (WentBack ex) {
					wentBack(ex, known);
				}
			}
			clear();
		}

		private boolean isStill() {
			try {
				return LakeSink.this.topics.isStill(this.incarnation);
			}
			catch (RuntimeException ex) {
				throw new KafkaAway(ex);
			}
		}

		/** Also where there is nothing to write, it shows whether the table went back. */
		private void write(List<M> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
			long began = System.nanoTime();
			this.archive.write(messages, positions, known);
			if (!positions.isEmpty()) {
				this.status.writes().record(Duration.ofNanos(System.nanoTime() - began));
				CrashPoint.at("lake.flushed");
			}
		}

		private void written(Map<StreamPart, Long> positions, List<M> messages) {
			messages.stream()
				.mapToLong((message) -> message.appended().toEpochMilli())
				.min()
				.ifPresent(this.status::written);
			positions.forEach((part, position) -> {
				this.written.put(part.partition(), position);
				this.positions.next(part.partition(), position);
			});
			this.status.works();
		}

		private void wentBack(WentBack there, Map<StreamPart, Long> known) {
			there.there()
				.forEach((part, position) -> logger.warn(
						"The lake holds partition {} of {} up to offset {}, and held it up to {}: it was restored from an older copy. {} goes on where the copy ends.",
						part.partition(), part.topic(), position, known.get(part), name()));
			end();
		}

		/** What is dropped now is read again, by another session: this one is past it. */
		private void end() {
			this.over = true;
			this.status.askRestart();
			clear();
		}

		private void clear() {
			this.gathered = new ArrayList<>();
			this.refused.clear();
			this.passed = false;
			this.bytes = 0;
		}

		/** What was refused must be told of before it is passed over. */
		private void awaitDeadLetters() {
			Set<Refused> failed = new HashSet<>();
			RuntimeException cause = null;
			for (Refused each : this.refused) {
				try {
					each.sent().get(KafkaClients.PATIENCE.toMillis() * 3, TimeUnit.MILLISECONDS);
				}
				catch (ExecutionException | TimeoutException ex) {
					failed.add(each);
					cause = new KafkaAway(new IllegalStateException("Dead letters can't be sent.", ex));
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new IllegalStateException("Interrupted while sending dead letters.", ex);
				}
			}
			if (cause != null) {
				this.refused.retainAll(failed);
				this.refused.replaceAll((each) -> send(each.record(), each.cause()));
				throw cause;
			}
			if (!this.refused.isEmpty()) {
				CrashPoint.at("lake.told");
			}
		}

	}

	/** It is not the lake that is in the way. */
	private static final class KafkaAway extends RuntimeException {

		private static final long serialVersionUID = 1L;

		KafkaAway(RuntimeException cause) {
			super(cause);
		}

	}

}
