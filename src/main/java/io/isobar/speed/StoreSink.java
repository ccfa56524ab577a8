package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.lake.CrashPoint;
import io.isobar.messages.WeatherMessage;

/**
 * Brings messages into a store that may be given the same again. Where it is, Kafka
 * knows: offsets are committed after the write, each with the id of its topic.
 */
abstract class StoreSink implements Sink {

	private static final Logger logger = LoggerFactory.getLogger(StoreSink.class);

	/**
	 * Between two commits, each of which costs Kafka as much as many messages. As long a
	 * time is written again after a kill.
	 */
	private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

	/**
	 * Writes what came; it may have been written before.
	 * @param written told of what the store has, in the order in which it came
	 */
	abstract void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
			Written written);

	/** By which it is told how long the last commit is ago. */
	long nanoTime() {
		return System.nanoTime();
	}

	/** Told of messages that the store has for good. */
	@FunctionalInterface
	interface Written {

		void written(List<ConsumerRecord<byte[], byte[]>> records);

	}

	@Override
	public Session open(Incarnation incarnation, SinkStatus status) {
		return new StoreSession(incarnation, status);
	}

	/** What one consumer has written and not committed; only its thread is here. */
	private static final class Uncommitted {

		private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();

		private long committed;

		Uncommitted(long now) {
			this.committed = now - COMMIT_INTERVAL.toNanos();
		}

	}

	private final class StoreSession implements Session {

		private final Incarnation incarnation;

		private final SinkStatus status;

		private final Map<Consumer<?, ?>, Uncommitted> uncommitted = new ConcurrentHashMap<>();

		StoreSession(Incarnation incarnation, SinkStatus status) {
			this.incarnation = incarnation;
			this.status = status;
		}

		@Override
		public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			Map<TopicPartition, Long> positions = new HashMap<>();
			consumer.committed(new HashSet<>(partitions)).forEach((partition, committed) -> {
				if (committed != null && isOfThisTopic(partition, committed)) {
					positions.put(partition, committed.offset());
				}
			});
			noteBeginnings(consumer, partitions.stream().filter((each) -> !positions.containsKey(each)).toList());
			return positions;
		}

		/**
		 * Where it begins is noted before the first write: else a store that is away from
		 * the beginning would not be told what Kafka forgets meanwhile.
		 */
		private void noteBeginnings(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			if (!partitions.isEmpty()) {
				Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
				consumer.beginningOffsets(partitions)
					.forEach((partition, beginning) -> beginnings.put(partition,
							new OffsetAndMetadata(beginning, this.incarnation.id().toString())));
				consumer.commitSync(beginnings);
			}
		}

		/** Somebody who sets offsets with Kafka's own tools writes no id. */
		private boolean isOfThisTopic(TopicPartition partition, OffsetAndMetadata committed) {
			boolean same = committed.metadata().isEmpty()
					|| committed.metadata().equals(this.incarnation.id().toString());
			if (!same) {
				logger.info("{} begins at the beginning of {}, as what it had read was another topic of that name.",
						name(), partition);
			}
			return same;
		}

		@Override
		public void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
			CrashPoint.at("sink.polled." + name());
			try {
				long began = System.nanoTime();
				write(records, this.incarnation, this.status, (written) -> written(written, consumer));
				this.status.writes().record(Duration.ofNanos(System.nanoTime() - began));
			}
			catch (RuntimeException ex) {
				this.status.waits("its store takes no writes", ex);
				throw ex;
			}
		}

		private void written(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
			CrashPoint.at("sink.written." + name());
			this.status.works();
			Uncommitted uncommitted = this.uncommitted.computeIfAbsent(consumer, (key) -> new Uncommitted(nanoTime()));
			long now = System.currentTimeMillis();
			for (ConsumerRecord<byte[], byte[]> record : records) {
				this.status.written(record.timestamp(), now);
				this.status.position(record.partition(), record.offset() + 1);
				uncommitted.offsets.put(new TopicPartition(record.topic(), record.partition()),
						new OffsetAndMetadata(record.offset() + 1, this.incarnation.id().toString()));
			}
			if (nanoTime() - uncommitted.committed >= COMMIT_INTERVAL.toNanos()) {
				commit(uncommitted, consumer);
			}
		}

		@Override
		public void idle(Consumer<?, ?> consumer) {
			Uncommitted uncommitted = this.uncommitted.get(consumer);
			if (uncommitted != null) {
				commit(uncommitted, consumer);
			}
		}

		@Override
		public void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			Uncommitted uncommitted = this.uncommitted.get(consumer);
			if (uncommitted != null) {
				uncommitted.offsets.keySet().removeAll(partitions);
			}
		}

		/**
		 * A commit that is lost lets something come again, which changes nothing: the
		 * next messages do not wait for it.
		 */
		private void commit(Uncommitted uncommitted, Consumer<?, ?> consumer) {
			if (uncommitted.offsets.isEmpty()) {
				return;
			}
			consumer.commitAsync(Map.copyOf(uncommitted.offsets), (offsets, failed) -> {
				if (failed != null) {
					logger.debug("{} could not commit {}", name(), offsets, failed);
				}
			});
			uncommitted.offsets.clear();
			uncommitted.committed = nanoTime();
			CrashPoint.at("sink.acked." + name());
		}

	}

	/** Brings readings into a {@link WeatherSink}. */
	static final class OfWeather extends StoreSink {

		/** So many messages a store is given at once, at most. */
		static final int WRITTEN_AT_ONCE = 4000;

		/** So many are worth a write of their own. */
		static final int WORTH_A_WRITE = 500;

		private final WeatherSink store;

		private final String topic;

		private final int concurrency;

		private final StreamedMessages messages;

		private final ExecutorService writer = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "speed-" + name() + "-writer");
			thread.setDaemon(true);
			return thread;
		});

		OfWeather(WeatherSink store, String topic, int concurrency, StreamedMessages messages) {
			this.store = store;
			this.topic = topic;
			this.concurrency = concurrency;
			this.messages = messages;
		}

		@Override
		public String name() {
			return this.store.name();
		}

		@Override
		public String topic() {
			return this.topic;
		}

		@Override
		public int concurrency() {
			return this.concurrency;
		}

		@Override
		public Duration linger() {
			return this.store.linger();
		}

		/**
		 * The next ones are read while the store takes those before; what it has taken is
		 * told of in order.
		 */
		@Override
		void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
				Written written) {
			List<List<ConsumerRecord<byte[], byte[]>>> pieces = pieces(records);
			if (pieces.size() <= 1) {
				writeGood(read(records, status));
				written.written(records);
				return;
			}
			Deque<UnderWay> underWay = new ArrayDeque<>();
			try {
				for (List<ConsumerRecord<byte[], byte[]>> next : pieces) {
					List<WeatherMessage> good = read(next, status);
					if (underWay.size() == this.store.writesAtOnce()) {
						awaitFirst(underWay, written);
					}
					underWay.add(new UnderWay(next, this.writer.submit(() -> writeGood(good))));
				}
				while (!underWay.isEmpty()) {
					awaitFirst(underWay, written);
				}
			}
			catch (RuntimeException ex) {
				underWay.forEach(UnderWay::awaitEnd);
				throw ex;
			}
		}

		private static void awaitFirst(Deque<UnderWay> underWay, Written written) {
			UnderWay first = underWay.remove();
			first.await();
			written.written(first.records());
		}

		/**
		 * What comes from one partition stays together, as all of a city does: so a store
		 * has few places to write to.
		 */
		static List<List<ConsumerRecord<byte[], byte[]>>> pieces(List<ConsumerRecord<byte[], byte[]>> records) {
			List<List<ConsumerRecord<byte[], byte[]>>> pieces = new ArrayList<>();
			int from = 0;
			for (int next = 1; next < records.size(); next++) {
				boolean another = records.get(next).partition() != records.get(next - 1).partition();
				if (next - from == WRITTEN_AT_ONCE || another && next - from >= WORTH_A_WRITE) {
					pieces.add(records.subList(from, next));
					from = next;
				}
			}
			pieces.add(records.subList(from, records.size()));
			return pieces;
		}

		private List<WeatherMessage> read(List<ConsumerRecord<byte[], byte[]>> records, SinkStatus status) {
			List<WeatherMessage> good = new ArrayList<>(records.size());
			for (ConsumerRecord<byte[], byte[]> record : records) {
				// What is refused is the lake's sink to tell
				if (this.messages.read(record) instanceof StreamedMessages.Read.Good read) {
					good.add(read.message());
				}
				else {
					status.refused();
				}
			}
			return good;
		}

		private void writeGood(List<WeatherMessage> good) {
			if (!good.isEmpty()) {
				this.store.write(good);
			}
		}

		/** A write that has begun. */
		private record UnderWay(List<ConsumerRecord<byte[], byte[]>> records, Future<?> writing) {

			void await() {
				try {
					this.writing.get();
				}
				catch (ExecutionException ex) {
					throw (ex.getCause() instanceof RuntimeException cause) ? cause
							: new IllegalStateException(ex.getCause());
				}
				catch (InterruptedException ex) {
					this.writing.cancel(true);
					Thread.currentThread().interrupt();
					throw new IllegalStateException("Interrupted while a store takes messages.", ex);
				}
			}

			/** Nothing of this is written any more when it is tried again. */
			void awaitEnd() {
				try {
					this.writing.get();
				}
				catch (ExecutionException ex) {
					logger.debug("What was being written has failed too", ex);
				}
				catch (InterruptedException ex) {
					this.writing.cancel(true);
					Thread.currentThread().interrupt();
				}
			}

		}

	}

}
