package io.isobar.speed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The topic of orders, in memory: partitions, groups with their offsets, and topics of
 * the same name after each other.
 */
public final class FakeLog {

	static final String TOPIC = "orders";

	private final Fate fate;

	private final int partitions;

	private long beginning;

	/** Who has which partition, and where it is, of each group. */
	static final class Group {

		final List<FakeConsumer> members = new ArrayList<>();

		final Map<Integer, FakeConsumer> owners = new HashMap<>();

		final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

	}

	private final Map<String, Group> groups = new HashMap<>();

	private Incarnation now;

	private List<List<ConsumerRecord<byte[], byte[]>>> records = new ArrayList<>();

	public FakeLog(Fate fate, int partitions, long beginning) {
		this.fate = fate;
		this.partitions = partitions;
		this.beginning = beginning;
		this.now = make(0);
	}

	private Incarnation make(int number) {
		this.records = new ArrayList<>();
		for (int i = 0; i < this.partitions; i++) {
			this.records.add(new ArrayList<>());
		}
		return new Incarnation(TOPIC, new Uuid(77, number + 1L), number);
	}

	/** The topic is deleted and made again; Kafka may still know where groups were. */
	public void makeAgain(boolean forget) {
		this.now = make(this.now.number() + 1);
		if (forget) {
			this.groups.values().forEach((group) -> group.committed.clear());
		}
	}

	/**
	 * Kafka has nothing any more of what is before this offset, and there was nothing.
	 */
	void beginAt(long offset) {
		this.beginning = offset;
	}

	public int number() {
		return this.now.number();
	}

	/**
	 * Appends an order.
	 * @return its offset
	 */
	public long append(int partition, Order order) {
		return append(partition, OrderMessages.write(order));
	}

	/** Appends a message, be it an order or not. */
	public long append(int partition, byte @Nullable [] value) {
		List<ConsumerRecord<byte[], byte[]>> there = this.records.get(partition);
		long offset = this.beginning + there.size();
		there.add(new ConsumerRecord<>(TOPIC, partition, offset, this.fate.millis(), TimestampType.LOG_APPEND_TIME, 0,
				(value != null) ? value.length : -1, new byte[0], value, new RecordHeaders(),
				java.util.Optional.empty()));
		return offset;
	}

	Incarnation incarnation() {
		return this.now;
	}

	long beginning() {
		return this.beginning;
	}

	long end(int partition) {
		return this.beginning + this.records.get(partition).size();
	}

	int partitions() {
		return this.partitions;
	}

	ConsumerRecord<byte[], byte[]> at(int partition, long offset) {
		return this.records.get(partition).get((int) (offset - this.beginning));
	}

	Group group(String name) {
		return this.groups.computeIfAbsent(name, (key) -> new Group());
	}

	Fate fate() {
		return this.fate;
	}

}
