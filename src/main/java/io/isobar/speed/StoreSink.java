package io.isobar.speed;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
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
import org.jspecify.annotations.Nullable;
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
	 * Writes what came; it may have been written before. Where more will come at once, it
	 * may still be under way afterwards.
	 * @param underWay what is from before
	 */
	abstract void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
			UnderWay underWay);

	/** By which it is told how long the last commit is ago. */
	long nanoTime() {
		return System.nanoTime();
	}

	/** Told of messages that the store has for good. */
	@FunctionalInterface
	interface Written {

		void written(List<ConsumerRecord<byte[], byte[]>> records);

	}

	/** The writes of one consumer that have begun, in the order of its messages. */
	static final class UnderWay {

		private final Deque<Write> writes = new ArrayDeque<>();

		private final Written written;

		/**
		 * @param written told of what the store has, in the order in which it came
		 */
		UnderWay(Written written) {
			this.written = written;
		}

		private record Write(List<ConsumerRecord<byte[], byte[]>> records, Future<?> end) {
		}

		boolean isEmpty() {
			return this.writes.isEmpty();
		}

		/** The store has these, and there are none before them. */
		void written(List<ConsumerRecord<byte[], byte[]>> records) {
			this.written.written(records);
		}

		void add(List<ConsumerRecord<byte[], byte[]>> records, Future<?> end) {
			this.writes.add(new Write(records, end));
		}

		/**
		 * Waits until fewer than so many are left.
		 * @throws RuntimeException if the store has not taken one of them
		 */
		void awaitFewerThan(int count) {
			while (this.writes.size() >= count) {
				await(this.writes.element().end());
				written(this.writes.remove().records());
			}
		}

		/**
		 * Waits for all. What is left of them afterwards is to come again, and nothing of
		 * it is written any more.
		 * @return with what is left
		 */
		NotWritten failed(RuntimeException cause) {
			List<ConsumerRecord<byte[], byte[]>> left = new ArrayList<>();
			for (Write write : this.writes) {
				left.addAll(write.records());
				try {
					await(write.end());
				}
				catch (RuntimeException ex) {
					logger.debug("What was being written has failed too", ex);
				}
			}
			this.writes.clear();
			return new NotWritten(cause, left);
		}

		/** Waits for a write, and throws what it has thrown. */
		static void await(Future<?> end) {
			try {
				end.get();
			}
			catch (ExecutionException ex) {
				if (ex.getCause() instanceof Error error) {
					throw error;
				}
				throw (ex.getCause() instanceof RuntimeException cause) ? cause
						: new IllegalStateException(ex.getCause());
			}
			catch (InterruptedException ex) {
				end.cancel(true);
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while a store takes messages.", ex);
			}
		}

	}

	@Override
	public Session open(Incarnation incarnation, SinkStatus status, Positions positions) {
		return new StoreSession(incarnation, status, positions);
	}

	/** What one consumer has taken; only its thread is here. */
	private final class Taken {

		private final Consumer<?, ?> consumer;

		private final Incarnation incarnation;

		private final SinkStatus status;

		private final Positions positions;

		private final UnderWay underWay = new UnderWay(this::written);

		/** What is written and not committed. */
		private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();

		private long committed = nanoTime() - COMMIT_INTERVAL.toNanos();

		/** Something was not written when nobody could be told. */
		private @Nullable NotWritten failure;

		/** The store has not taken what this one was given last. */
		private boolean troubled;

		Taken(Consumer<?, ?> consumer, Incarnation incarnation, SinkStatus status, Positions positions) {
			this.consumer = consumer;
			this.incarnation = incarnation;
			this.status = status;
			this.positions = positions;
		}

		void take(List<ConsumerRecord<byte[], byte[]>> records) {
			end(() -> write(records, this.incarnation, this.status, this.underWay));
		}

		void idle() {
			end(() -> this.underWay.awaitFewerThan(1));
			passMarkers();
			commit();
			if (this.troubled && hasAll()) {
				// What failed is another instance's to write, and nothing follows
				this.troubled = false;
				this.status.works();
			}
		}

		/** Transactions leave marks in a partition that are no messages. */
		private void passMarkers() {
			if (!hasAll()) {
				return;
			}
			for (TopicPartition partition : this.consumer.assignment()) {
				long position = this.consumer.position(partition, Duration.ofSeconds(1));
				if (!this.positions.isBehind(partition.partition(), position - 1)) {
					this.positions.next(partition.partition(), position);
					this.uncommitted.put(partition, Committed.offset(position, this.incarnation));
				}
			}
		}

		private boolean hasAll() {
			return this.consumer.paused().isEmpty() && this.consumer.assignment()
				.stream()
				.allMatch((partition) -> this.consumer.currentLag(partition).orElse(1) == 0);
		}

		private void end(Runnable writing) {
			NotWritten before = this.failure;
			if (before != null) {
				this.failure = null;
				throw before;
			}
			try {
				writing.run();
			}
			catch (RuntimeException ex) {
				this.troubled = true;
				this.status.waits((isOfPostgresql(ex)) ? "PostgreSQL, which knows the cities, does not answer"
						: "its store takes no writes", ex);
				throw this.underWay.failed(ex);
			}
		}

		private static boolean isOfPostgresql(Throwable failure) {
			return failure instanceof SQLException
					|| (failure.getCause() != null && isOfPostgresql(failure.getCause()));
		}

		private void written(List<ConsumerRecord<byte[], byte[]>> records) {
			CrashPoint.at("sink.written." + name());
			this.troubled = false;
			this.status.works();
			long oldest = Long.MAX_VALUE;
			for (int i = 0; i < records.size(); i++) {
				ConsumerRecord<byte[], byte[]> record = records.get(i);
				oldest = Math.min(oldest, record.timestamp());
				if (i == records.size() - 1 || records.get(i + 1).partition() != record.partition()) {
					written(record);
				}
			}
			this.status.written(oldest);
			if (nanoTime() - this.committed >= COMMIT_INTERVAL.toNanos()) {
				commit();
			}
		}

		/** All of its partition up to this one. */
		private void written(ConsumerRecord<byte[], byte[]> record) {
			this.positions.next(record.partition(), record.offset() + 1);
			this.uncommitted.put(new TopicPartition(record.topic(), record.partition()),
					Committed.offset(record.offset() + 1, this.incarnation));
		}

		/** Nothing is written any more when they are somebody else's. */
		void revoked(Collection<TopicPartition> partitions) {
			try {
				end(() -> this.underWay.awaitFewerThan(1));
			}
			catch (NotWritten ex) {
				// Of those that are still its own it comes again
				this.failure = ex;
			}
			this.uncommitted.keySet().removeAll(partitions);
		}

		/**
		 * A commit that is lost lets something come again, which changes nothing: the
		 * next messages do not wait for it.
		 */
		private void commit() {
			if (this.uncommitted.isEmpty()) {
				return;
			}
			this.consumer.commitAsync(Map.copyOf(this.uncommitted), (offsets, failed) -> {
				if (failed != null) {
					logger.debug("{} could not commit {}", name(), offsets, failed);
				}
			});
			this.uncommitted.clear();
			this.committed = nanoTime();
			CrashPoint.at("sink.acked." + name());
		}

	}

	private final class StoreSession implements Session {

		private final Incarnation incarnation;

		private final SinkStatus status;

		private final Positions positions;

		private final Map<Consumer<?, ?>, Taken> taken = new ConcurrentHashMap<>();

		StoreSession(Incarnation incarnation, SinkStatus status, Positions positions) {
			this.incarnation = incarnation;
			this.status = status;
			this.positions = positions;
		}

		@Override
		public Map<TopicPartition, Long> positions(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			return Committed.offsets(name(), consumer, partitions, this.incarnation);
		}

		@Override
		public void received(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
			CrashPoint.at("sink.polled." + name());
			taken(consumer).take(records);
		}

		private Taken taken(Consumer<?, ?> consumer) {
			return this.taken.computeIfAbsent(consumer,
					(key) -> new Taken(key, this.incarnation, this.status, this.positions));
		}

		@Override
		public void idle(Consumer<?, ?> consumer) {
			taken(consumer).idle();
		}

		@Override
		public void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			Taken known = this.taken.get(consumer);
			if (known != null) {
				known.revoked(partitions);
			}
		}

	}

	/** Brings readings into a {@link WeatherSink}. */
	static final class OfWeather extends StoreSink {

		/** So many messages a store is given at once, at most. */
		static final int WRITTEN_AT_ONCE = 4000;

		/** So many are worth a write of their own. */
		static final int WORTH_A_WRITE = 500;

		/** Where so many come at once, more are waiting. */
		static final int MUCH = 1000;

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
		 * The next ones are polled and read while the store takes those before; what it
		 * has taken is told of in order.
		 */
		@Override
		void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
				UnderWay underWay) {
			List<List<ConsumerRecord<byte[], byte[]>>> pieces = pieces(records);
			boolean much = records.size() >= MUCH;
			if (!much && pieces.size() == 1 && underWay.isEmpty()) {
				writeGood(read(records, status), status);
				underWay.written(records);
				return;
			}
			for (List<ConsumerRecord<byte[], byte[]>> piece : pieces) {
				List<WeatherMessage> good = read(piece, status);
				underWay.awaitFewerThan(this.store.writesAtOnce());
				underWay.add(piece, this.writer.submit(() -> writeGood(good, status)));
			}
			if (!much) {
				underWay.awaitFewerThan(1);
			}
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

		private void writeGood(List<WeatherMessage> good, SinkStatus status) {
			if (!good.isEmpty()) {
				status.writes().record(() -> this.store.write(good));
			}
		}

	}

}
