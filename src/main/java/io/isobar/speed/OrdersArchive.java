package io.isobar.speed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;

/** The table of orders, for the topic of orders. */
final class OrdersArchive implements Archive {

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

	private record ReadOrder(@Nullable Order order, @Nullable String refused) implements Read {
	}

	@Override
	public Read read(ConsumerRecord<byte[], byte[]> record) {
		try {
			return new ReadOrder(OrderMessages.read(record.value()), null);
		}
		catch (MessageRefused ex) {
			return new ReadOrder(null, String.valueOf(ex.getMessage()));
		}
	}

	@Override
	public Gathered gather(Incarnation incarnation) {
		return new GatheredOrders(incarnation);
	}

	private final class GatheredOrders implements Gathered {

		private final Incarnation incarnation;

		private final List<StreamedOrder> gathered = new ArrayList<>();

		GatheredOrders(Incarnation incarnation) {
			this.incarnation = incarnation;
		}

		@Override
		public void add(ConsumerRecord<byte[], byte[]> record, Read read) {
			if (read instanceof ReadOrder good && good.order() != null) {
				this.gathered.add(new StreamedOrder(good.order(), this.incarnation.part(record.partition()),
						record.offset(), Instant.ofEpochMilli(record.timestamp())));
			}
		}

		@Override
		public void forget(int partition) {
			this.gathered.removeIf((message) -> message.part().partition() == partition);
		}

		@Override
		public boolean isEmpty() {
			return this.gathered.isEmpty();
		}

		@Override
		public void write(Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
			OrdersArchive.this.orders.append(this.gathered, positions, known);
		}

		@Override
		public OptionalLong oldest() {
			return this.gathered.stream().mapToLong((message) -> message.appended().toEpochMilli()).min();
		}

		@Override
		public void clear() {
			this.gathered.clear();
		}

	}

}
