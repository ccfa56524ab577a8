package io.isobar.speed;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;

/** The table of orders, for the topic of orders. */
final class OrdersArchive implements Archive<StreamedOrder> {

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
