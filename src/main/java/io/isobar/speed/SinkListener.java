package io.isobar.speed;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.support.Acknowledgment;

/**
 * What one set of consumers of a sink hears, from their start to their end: decides where
 * they begin, what is read again, and when only a new start helps.
 */
final class SinkListener
		implements ConsumerAwareRebalanceListener, BatchAcknowledgingConsumerAwareMessageListener<byte[], byte[]> {

	private static final Logger logger = LoggerFactory.getLogger(SinkListener.class);

	private static final long FIRST_DELAY = 200;

	private static final long LONGEST_DELAY = 5000;

	private final Sink sink;

	private final SinkStatus status;

	private final Topics topics;

	private final Gaps gaps;

	private final Incarnation incarnation;

	private final Positions positions = new Positions();

	private final Sink.Session session;

	private final Pauses pauses;

	private final Map<TopicPartition, Gaps.LostEnd> lostEnds = new ConcurrentHashMap<>();

	private volatile boolean begun;

	private volatile boolean stopped;

	/** Something failed that only a new start gets over. */
	private volatile boolean ended;

	private volatile boolean gap;

	/**
	 * @param now milliseconds, of a clock that nobody sets
	 */
	SinkListener(Sink sink, SinkStatus status, Topics topics, Gaps gaps, Incarnation incarnation, LongSupplier now) {
		this.sink = sink;
		this.status = status;
		this.topics = topics;
		this.gaps = gaps;
		this.incarnation = incarnation;
		this.session = sink.open(incarnation, status, this.positions);
		this.pauses = new Pauses(now);
	}

	/** How long to wait after so many failures in a row, in milliseconds. */
	static long delay(int failures) {
		return Math.min(LONGEST_DELAY, FIRST_DELAY << Math.min(failures, 10));
	}

	Incarnation incarnation() {
		return this.incarnation;
	}

	/** Whether some consumer has found out where to begin. */
	boolean hasBegun() {
		return this.begun;
	}

	/** Whether only a new start helps. */
	boolean hasEnded() {
		return this.ended;
	}

	/** Whether a person has to decide before that. */
	boolean isWaitingForPerson() {
		return this.gap;
	}

	/** Nothing is taken any more. */
	void stop() {
		this.stopped = true;
	}

	boolean isStopped() {
		return this.stopped;
	}

	/** Only a new start helps. */
	void end() {
		this.ended = true;
	}

	/** What failed elsewhere than in the store is got over by a new start. */
	void end(Exception failure, Consumer<?, ?> consumer) {
		if (failure instanceof OffsetOutOfRangeException outOfRange) {
			Map<TopicPartition, OffsetAndMetadata> divergent = (failure instanceof LogTruncationException truncation)
					? truncation.divergentOffsets() : Map.of();
			outOfRange.offsetOutOfRangePartitions().forEach((partition, expected) -> {
				// It fails again until there is a new start
				if (!this.lostEnds.containsKey(partition)) {
					lostEnd(partition, expected, divergent.get(partition), consumer);
				}
			});
		}
		end();
	}

	/**
	 * @param divergent from where on it is another log, if Kafka knows
	 */
	private void lostEnd(TopicPartition partition, long expected, @Nullable OffsetAndMetadata divergent,
			Consumer<?, ?> consumer) {
		if (divergent != null) {
			this.lostEnds.put(partition, new Gaps.LostEnd(partition, expected, divergent.offset()));
		}
		// Else it may be the beginning that is lost, which shows at any time
		else if (consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L) <= expected) {
			long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, expected);
			// Others may have come since
			this.lostEnds.put(partition, new Gaps.LostEnd(partition, expected, Math.min(end, expected - 1)));
		}
	}

	/**
	 * Where Kafka has said that it has lost what was read: after a new start it may not
	 * show, as others have these offsets by then.
	 */
	List<Gaps.LostEnd> lostEnds() {
		return List.copyOf(this.lostEnds.values());
	}

	/** Called every now and then while nothing comes. */
	void idle(Consumer<?, ?> consumer) {
		// One that has ended or stops lets messages pass that are not taken: its consumer
		// is further than what the session knows of
		if (!this.ended && !this.stopped) {
			reads();
			this.pauses.resumeWhenOver(consumer);
			this.status.enters();
			try {
				this.session.idle(consumer);
			}
			catch (Sink.NotWritten ex) {
				offerAgain(ex.records(), consumer, ex);
			}
			finally {
				this.status.leaves();
			}
		}
		endWhereAsked();
	}

	private synchronized void reads() {
		if (this.begun && !this.ended) {
			this.status.reads();
		}
	}

	private synchronized void needsPerson(String sentence) {
		this.ended = true;
		if (!this.gap) {
			this.gap = true;
			this.status.needsPerson(sentence);
		}
	}

	private void endWhereAsked() {
		if (this.status.takeRestart()) {
			this.ended = true;
		}
	}

	@Override
	public void onMessage(List<ConsumerRecord<byte[], byte[]>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		if (consumer == null || this.stopped || this.ended) {
			return;
		}
		this.status.enters();
		try {
			this.session.received(records, consumer);
			if (this.status.waiting() == null) {
				this.pauses.end(consumer);
			}
			else {
				// The write may have begun only
				this.pauses.resumeWhenOver(consumer);
			}
		}
		catch (Sink.NotWritten ex) {
			offerAgain(Stream.concat(ex.records().stream(), records.stream()).toList(), consumer, ex);
		}
		catch (RuntimeException ex) {
			offerAgain(records, consumer, ex);
		}
		finally {
			this.status.leaves();
		}
		endWhereAsked();
	}

	private void offerAgain(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer,
			RuntimeException failure) {
		logger.debug("{} is to be offered {} messages again", this.sink.name(), records.size(), failure);
		this.pauses.begin(records.stream()
			.filter((record) -> !this.positions.isBehind(record.partition(), record.offset()))
			.toList(), consumer);
	}

	@Override
	public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		if (partitions.isEmpty()) {
			return;
		}
		try {
			seek(consumer, partitions);
			this.begun = true;
		}
		catch (RuntimeException ex) {
			this.status.waitsForConsumers("it can't find out where to go on", ex);
			holdBack(consumer, partitions);
		}
	}

	private void seek(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		if (!this.topics.isStill(this.incarnation)) {
			holdBack(consumer, partitions);
			return;
		}
		Map<TopicPartition, Long> wanted = new HashMap<>(this.session.positions(consumer, partitions));
		Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
		Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
		List<Gaps.LostEnd> lostEnds = this.gaps.lostEnds(this.sink.name(), this.incarnation);
		// Known also of those that are held back
		for (TopicPartition partition : partitions) {
			long beginning = beginnings.getOrDefault(partition, 0L);
			this.positions.next(partition.partition(), Math.max(beginning, wanted.getOrDefault(partition, beginning)));
		}
		if (!this.stopped) {
			this.status.follow(this.positions);
		}
		boolean goesOn = true;
		for (TopicPartition partition : partitions) {
			long beginning = beginnings.getOrDefault(partition, 0L);
			long end = ends.getOrDefault(partition, beginning);
			long position = wanted.getOrDefault(partition, beginning);
			if (position < beginning || position > end) {
				if (!this.topics.isStill(this.incarnation)) {
					// No gap: where it was and where it ends are of two topics
					holdBack(consumer, partitions);
					return;
				}
				position = acrossGap(partition, position, (position < beginning) ? beginning : end);
			}
			else {
				position = notBehind(lostEnds, partition, position);
			}
			if (position < 0) {
				// A person is to hear of all gaps at once
				goesOn = false;
			}
			else {
				consumer.seek(partition, position);
				this.positions.next(partition.partition(), position);
			}
		}
		if (!goesOn) {
			holdBack(consumer, partitions);
		}
	}

	/** Where to go on if a person has accepted it, else -1. */
	private long acrossGap(TopicPartition partition, long expected, long available) {
		String sink = this.sink.name();
		boolean endIsLost = available < expected;
		if (!endIsLost
				&& this.gaps.isAccepted(sink, this.incarnation.part(partition.partition()), expected, available)) {
			logger.warn("{} goes on at offset {} of {}, and not at {}, as a person has accepted it.", sink, available,
					partition, expected);
			return available;
		}
		this.gaps.note(sink, this.incarnation.part(partition.partition()), expected, available);
		needsPerson((endIsLost) ? new Gaps.LostEnd(partition, expected, available).sentence()
				: "offset %d of %s is wanted next, but Kafka has it no longer: what there is begins at %d. Fill the store from elsewhere, or let it go on without: PUT /api/speed/sinks/%s?accept-gap=true."
					.formatted(expected, partition, available, sink));
		return -1;
	}

	/** Where to go on if nothing before it is lost, else -1. */
	private long notBehind(List<Gaps.LostEnd> lostEnds, TopicPartition partition, long position) {
		List<Gaps.LostEnd> its = lostEnds.stream().filter((lost) -> lost.partition().equals(partition)).toList();
		for (Gaps.LostEnd lost : its) {
			if (lost.isBefore(position)) {
				needsPerson(lost.sentence());
				return -1;
			}
		}
		if (!its.isEmpty()) {
			forget(partition);
		}
		return position;
	}

	/** Or the next time. */
	private void forget(TopicPartition partition) {
		try {
			this.gaps.forgetLostEnds(this.sink.name(), this.incarnation.part(partition.partition()));
		}
		catch (DataAccessException ex) {
			logger.debug("The gaps of {} are still noted", partition, ex);
		}
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
		if (!this.stopped && !this.ended) {
			partitions.forEach((partition) -> this.positions.forget(partition.partition()));
		}
	}

	/**
	 * What a store did not take is read again, after a pause in which the consumer stands
	 * still and stays a member of its group; without end. It is not kept: meanwhile its
	 * partitions may have become another's, who has gone on with them.
	 */
	private static final class Pauses {

		private final LongSupplier now;

		/** Of each consumer of these that stands still, when it goes on. */
		private final Map<Consumer<?, ?>, Long> until = new ConcurrentHashMap<>();

		private final AtomicInteger failures = new AtomicInteger();

		Pauses(LongSupplier now) {
			this.now = now;
		}

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
			this.until.put(consumer, this.now.getAsLong() + delay(this.failures.getAndIncrement()));
		}

		/** The store has taken something. */
		void end(Consumer<?, ?> consumer) {
			this.failures.set(0);
			resume(consumer);
		}

		void resumeWhenOver(Consumer<?, ?> consumer) {
			Long end = this.until.get(consumer);
			if (end != null && this.now.getAsLong() >= end) {
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
