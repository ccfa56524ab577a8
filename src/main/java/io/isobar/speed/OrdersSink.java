package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.stereotype.Component;

/** Brings orders into Cassandra. */
@Component
@ConditionalOnSpeed
class OrdersSink extends StoreSink {

	private final Topics topics;

	private final OrderTables tables;

	private final MarkedOrders marks;

	private final ListenerSettings settings;

	OrdersSink(Topics topics, OrderTables tables, MarkedOrders marks, ListenerSettings settings) {
		this.topics = topics;
		this.tables = tables;
		this.marks = marks;
		this.settings = settings;
	}

	@Override
	public String name() {
		return "orders-cassandra";
	}

	@Override
	public String topic() {
		return this.topics.orders();
	}

	@Override
	public int concurrency() {
		return this.settings.concurrency();
	}

	@Override
	public Duration linger() {
		return Duration.ZERO;
	}

	@Override
	void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
			UnderWay underWay) {
		if (!this.topics.isStill(incarnation)) {
			// Nobody can tell of which topic these are
			status.askRestart();
			throw new IllegalStateException("The topic was made again.");
		}
		List<StreamedMessages.Raw> raws = records.stream().map(StreamedMessages.Raw::of).toList();
		status.writes().record(() -> write(raws, incarnation, Map.of(), status::refused));
		underWay.written(records);
	}

	/**
	 * Writes messages once more.
	 * @param raws read from the topic since it was found to be that incarnation
	 * @param removed up to where orders are not wanted any more, of each partition
	 * @return how many were orders
	 */
	int replay(List<StreamedMessages.Raw> raws, Incarnation incarnation, Map<Integer, Long> removed) {
		if (!this.topics.isStill(incarnation)) {
			throw new IllegalStateException(
					"The topic %s was deleted and made again while it was read. Restart this execution."
						.formatted(incarnation.topic()));
		}
		return write(raws, incarnation, removed, () -> {
		});
	}

	/**
	 * Writes messages; those that are no orders are the lake's sink to tell.
	 * @param removed up to where orders are not wanted any more, of each partition
	 * @param refused told of each of these
	 * @return how many were orders
	 */
	private int write(List<StreamedMessages.Raw> raws, Incarnation incarnation, Map<Integer, Long> removed,
			Runnable refused) {
		this.marks.beforeWriting(this.tables);
		List<OrderTables.Placed> orders = new ArrayList<>(raws.size());
		Map<Integer, Long> next = new HashMap<>();
		int count = 0;
		for (StreamedMessages.Raw raw : raws) {
			int partition = incarnation.part(raw.partition()).number();
			next.merge(partition, raw.offset() + 1, Math::max);
			if (raw.isLate(incarnation.id())) {
				continue;
			}
			try {
				OrderTables.Placed placed = new OrderTables.Placed(partition, raw.offset(),
						OrderMessages.read(raw.value()), raw.appended());
				if (raw.offset() > removed.getOrDefault(partition, -1L)) {
					orders.add(placed);
				}
				count++;
			}
			catch (MessageRefused ex) {
				refused.run();
			}
		}
		this.tables.write(orders, next);
		return count;
	}

}
