package io.isobar.speed;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;

/** The table of orders, for the topic of orders. */
final class OrdersArchive implements Archive<StreamedOrder> {

	private static final Logger logger = LoggerFactory.getLogger(OrdersArchive.class);

	private final Topics topics;

	private final OrderStore orders;

	OrdersArchive(Topics topics, OrderStore orders) {
		this.topics = topics;
		this.orders = orders;
	}

	@Override
	public String name() {
		return "orders-lake";
	}

	@Override
	public String topic() {
		return this.topics.orders();
	}

	@Override
	public void create() {
		this.orders.create();
	}

	@Override
	public Map<StreamPart, Long> positions(Collection<StreamPart> parts) {
		return this.orders.positions(parts);
	}

	@Override
	public Read<StreamedOrder> read(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation) {
		if (Deadline.isMissed(record, incarnation.id())) {
			logger.warn(
					"The order at offset {} of partition {} does not count, as Kafka took it after its deadline. It is sent once more by whoever has accepted it.",
					record.offset(), record.partition());
			return Read.passedOver();
		}
		try {
			return Read.good(new StreamedOrder(OrderMessages.read(record.value()), incarnation.part(record.partition()),
					record.offset(), Instant.ofEpochMilli(record.timestamp())));
		}
		catch (MessageRefused ex) {
			return Read.refused(String.valueOf(ex.getMessage()));
		}
	}

	@Override
	public void write(List<StreamedOrder> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
		this.orders.append(messages, positions, known);
	}

}
