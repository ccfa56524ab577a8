package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/** A consumer of a group of a {@link FakeLog}. */
final class FakeConsumer extends MockConsumer<byte[], byte[]> {

	private final FakeLog log;

	private final FakeLog.Group group;

	private final Map<TopicPartition, Long> positions = new HashMap<>();

	private final Set<TopicPartition> paused = new HashSet<>();

	FakeConsumer(FakeLog log, String group) {
		super("none");
		this.log = log;
		this.group = log.group(group);
	}

	/** The log no longer has what is to be read next. */
	static final class OutOfRange extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	/** These are its own now; whoever listens says where to begin. */
	void assign(Set<TopicPartition> partitions) {
		partitions.forEach((each) -> this.positions.put(each, this.log.beginning()));
	}

	void revoke(Collection<TopicPartition> partitions) {
		this.positions.keySet().removeAll(partitions);
		this.paused.removeAll(partitions);
	}

	/** The next messages, as many as the borders of batches let come. */
	List<ConsumerRecord<byte[], byte[]>> next(int most) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (TopicPartition partition : List.copyOf(this.positions.keySet())) {
			if (this.paused.contains(partition)) {
				continue;
			}
			long position = this.positions.get(partition);
			long end = this.log.end(partition.partition());
			if (position > end || position < this.log.beginning()) {
				throw new OutOfRange();
			}
			while (position < end && records.size() < most) {
				records.add(this.log.at(partition.partition(), position++));
			}
			this.positions.put(partition, position);
		}
		return records;
	}

	@Override
	public synchronized Set<TopicPartition> assignment() {
		return Set.copyOf(this.positions.keySet());
	}

	@Override
	public synchronized void seek(TopicPartition partition, long offset) {
		this.positions.put(partition, offset);
	}

	@Override
	public synchronized void pause(Collection<TopicPartition> partitions) {
		this.paused.addAll(partitions);
	}

	@Override
	public synchronized void resume(Collection<TopicPartition> partitions) {
		this.paused.removeAll(Set.copyOf(partitions));
	}

	@Override
	public synchronized Set<TopicPartition> paused() {
		return Set.copyOf(this.paused);
	}

	@Override
	public synchronized long position(TopicPartition partition, Duration timeout) {
		return this.positions.get(partition);
	}

	@Override
	public synchronized OptionalLong currentLag(TopicPartition partition) {
		return OptionalLong.of(this.log.end(partition.partition()) - this.positions.get(partition));
	}

	@Override
	public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
		return this.log.fate().call("ask Kafka what is committed", () -> {
			Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
			partitions.forEach((each) -> found.put(each, this.group.committed.get(each)));
			return found;
		});
	}

	@Override
	public synchronized Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
		return this.log.fate().call("ask Kafka where partitions begin", () -> {
			Map<TopicPartition, Long> found = new HashMap<>();
			partitions.forEach((each) -> found.put(each, this.log.beginning()));
			return found;
		});
	}

	@Override
	public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
		return this.log.fate().call("ask Kafka where partitions end", () -> {
			Map<TopicPartition, Long> found = new HashMap<>();
			partitions.forEach((each) -> found.put(each, this.log.end(each.partition())));
			return found;
		});
	}

	@Override
	public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
		this.log.fate().run("commit offsets", () -> commit(offsets));
	}

	/** Of partitions that are another's by now Kafka takes none. */
	private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
		if (offsets.keySet().stream().anyMatch((each) -> this.group.owners.get(each.partition()) != this)) {
			throw new NoMember();
		}
		this.group.committed.putAll(offsets);
	}

	/** It is no member of the group any more. */
	static final class NoMember extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	@Override
	public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
			OffsetCommitCallback callback) {
		try {
			this.log.fate().run("commit offsets", () -> commit(offsets));
			callback.onComplete(offsets, null);
		}
		catch (RuntimeException ex) {
			callback.onComplete(offsets, ex);
		}
	}

}
