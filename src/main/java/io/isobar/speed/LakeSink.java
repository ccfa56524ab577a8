package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.lake.CrashPoint;
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

	private final Archive archive;

	private final DeadLetterSender deadLetters;

	private final LakeSinkSettings settings;

	/** How often somebody has asked for what there is to be written at once. */
	private final AtomicInteger asked = new AtomicInteger();

	/** The sink of weather. */
	@Autowired
	LakeSink(Topics topics, StreamedMessages messages, MessageCities cities, ReadingStore readings,
			DeadLetterSender deadLetters, LakeSinkSettings settings) {
		this(topics, new WeatherArchive(topics, messages, cities, readings), deadLetters, settings);
	}

	LakeSink(Topics topics, Archive archive, DeadLetterSender deadLetters, LakeSinkSettings settings) {
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
		return new LakeSession(incarnation, status, positions);
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

	private record Refused(ConsumerRecord<byte[], byte[]> record, String cause, Future<?> sent) {
	}

	/** What was read and is not written yet. Only the consumer's thread is here. */
	private final class LakeSession implements Session {

		private final Incarnation incarnation;

		private final SinkStatus status;

		private final Positions positions;

		private final Archive.Gathered gathered;

		private final List<Refused> refused = new ArrayList<>();

		/** The offset of the next message, of each partition that has been read from. */
		private final Map<Integer, Long> next = new HashMap<>();

		/** The offset of the next message that is not written. */
		private final Map<Integer, Long> written = new HashMap<>();

		private long bytes;

		private long oldest;

		/** Whether everything that was polled has been looked at. */
		private boolean complete = true;

		private int served = LakeSink.this.asked.get();

		private int failures;

		private long tryAt;

		/** Nothing is written by this one any more. */
		private boolean over;

		LakeSession(Incarnation incarnation, SinkStatus status, Positions positions) {
			this.incarnation = incarnation;
			this.status = status;
			this.positions = positions;
			this.gathered = LakeSink.this.archive.gather(incarnation);
		}

		@Override
		public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			LakeSink.this.archive.create();
			Map<StreamPart, Long> there = LakeSink.this.archive.positions(
					partitions.stream().map((partition) -> this.incarnation.part(partition.partition())).toList());
			Map<TopicPartition, Long> positions = new HashMap<>();
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
			partitions.forEach((partition) -> forget(partition.partition()));
		}

		private void forget(int partition) {
			this.next.remove(partition);
			this.written.remove(partition);
			this.gathered.forget(partition);
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
				// Reading takes as long as writing: as many cores as are free do it
				List<Archive.Read> read = stream(records).map(LakeSink.this.archive::read).toList();
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
			flushWhereDue(consumer);
		}

		private static Stream<ConsumerRecord<byte[], byte[]>> stream(List<ConsumerRecord<byte[], byte[]>> records) {
			return (records.size() > FEW) ? records.parallelStream() : records.stream();
		}

		private void gather(ConsumerRecord<byte[], byte[]> record, Archive.Read read) {
			int partition = record.partition();
			if (record.offset() < this.next.getOrDefault(partition, 0L)) {
				return;
			}
			byte[] value = record.value();
			String cause = read.refused();
			if (cause == null) {
				this.gathered.add(record, read);
			}
			else {
				this.status.refused();
				this.refused.add(send(record, cause));
			}
			this.bytes += OVERHEAD + ((value != null) ? value.length : 0);
			this.next.put(partition, record.offset() + 1);
		}

		private Refused send(ConsumerRecord<byte[], byte[]> record, String cause) {
			return new Refused(record, cause, LakeSink.this.deadLetters.send(record, this.incarnation, cause));
		}

		@Override
		public void idle(Consumer<?, ?> consumer) {
			flushWhereDue(consumer);
		}

		private boolean isEmpty() {
			return this.gathered.isEmpty() && this.refused.isEmpty();
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
			if (isEmpty() && !isAsked) {
				return;
			}
			long now = nanoTime();
			boolean due = isAsked || this.failures > 0
					|| now - this.oldest >= LakeSink.this.settings.flushInterval().toNanos()
					|| this.bytes >= LakeSink.this.settings.flushSize().toBytes();
			if (!due || (this.failures > 0 && now < this.tryAt)) {
				return;
			}
			try {
				flush();
				this.served = asked;
				if (this.failures > 0) {
					this.failures = 0;
					consumer.resume(consumer.paused());
				}
				this.status.works();
			}
			catch (RuntimeException ex) {
				this.status.waits("the lake takes no writes", ex);
				this.tryAt = now + TimeUnit.MILLISECONDS.toNanos(Math.min(5000, 200L << Math.min(this.failures, 10)));
				this.failures++;
				consumer.pause(consumer.assignment());
			}
		}

		/** Transactions leave marks in a partition that are no messages. */
		private void catchUpWithMarkers(Consumer<?, ?> consumer) {
			for (TopicPartition partition : consumer.assignment()) {
				long position = consumer.position(partition, Duration.ofSeconds(1));
				if (position > Math.max(this.next.getOrDefault(partition.partition(), 0L),
						this.written.getOrDefault(partition.partition(), 0L))) {
					this.next.put(partition.partition(), position);
				}
			}
		}

		private void flush() {
			Map<StreamPart, Long> positions = new HashMap<>();
			this.next.forEach((partition, position) -> {
				if (position > this.written.getOrDefault(partition, 0L)) {
					positions.put(this.incarnation.part(partition), position);
				}
			});
			Map<StreamPart, Long> known = new HashMap<>();
			this.written.forEach((partition, position) -> known.put(this.incarnation.part(partition), position));
			try {
				write(positions, known);
			}
			catch (WentBack ex) {
				ex.there()
					.forEach((part, position) -> logger.warn(
							"The lake holds partition {} of {} up to offset {}, and held it up to {}: it was restored from an older copy. {} goes on where the copy ends.",
							part.partition(), part.topic(), position, known.get(part), name()));
				end();
			}
			clear();
		}

		/** Also where there is nothing to write, it shows whether the table went back. */
		private void write(Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
			if (positions.isEmpty()) {
				this.gathered.write(positions, known);
			}
			else {
				if (!LakeSink.this.topics.isStill(this.incarnation)) {
					// Nobody can tell of which topic these were
					end();
					return;
				}
				awaitDeadLetters();
				long began = System.nanoTime();
				this.gathered.write(positions, known);
				this.status.writes().record(Duration.ofNanos(System.nanoTime() - began));
				CrashPoint.at("lake.flushed");
				this.gathered.oldest().ifPresent(this.status::written);
				positions.forEach((part, position) -> {
					this.written.put(part.partition(), position);
					this.positions.next(part.partition(), position);
				});
			}
		}

		/** What is dropped now is read again, by another session: this one is past it. */
		private void end() {
			this.over = true;
			this.status.askRestart();
		}

		private void clear() {
			this.gathered.clear();
			this.refused.clear();
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
					cause = new IllegalStateException("Dead letters can't be sent.", ex);
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

}
