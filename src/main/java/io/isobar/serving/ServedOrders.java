package io.isobar.serving;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

import io.isobar.batch.OrderTotals;
import io.isobar.speed.OrdersTail;
import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * What customers have ordered: the batch layer's totals, and above its boundary the speed
 * layer's. The batch layer is asked first; what comes to the speed layer meanwhile lies
 * above the boundary that was read, so each order is in one of them, and in one only.
 */
@Component
public class ServedOrders {

	private final OrderTotals batch;

	private final ObjectProvider<OrdersTail> speed;

	private final AtomicReference<@Nullable Merged> newest = new AtomicReference<>();

	ServedOrders(OrderTotals batch, ObjectProvider<OrdersTail> speed) {
		this.batch = batch;
		this.speed = speed;
	}

	/** What a customer's orders come to, in each layer and in all. */
	public record CustomerTotal(String customer, Total batch, Total speed) {

		/** Both layers together. */
		public Total all() {
			return this.batch.plus(this.speed);
		}

	}

	/**
	 * What is known at one moment.
	 *
	 * @param boundary where the batch layer's part ends
	 * @param customers in the order of their names, by code points
	 */
	public record Totals(OrderTotals.Boundary boundary, List<CustomerTotal> customers) {

		/** Those whose total is at least that; null: all. */
		public List<CustomerTotal> from(@Nullable BigDecimal minimum) {
			return (minimum == null) ? this.customers
					: this.customers.stream()
						.filter((customer) -> customer.all().amount().compareTo(minimum) >= 0)
						.toList();
		}

	}

	private record Merged(OrderTotals.Published batch, NavigableMap<String, Total> speed, Totals totals) {
	}

	/**
	 * The totals at this moment.
	 * @throws io.isobar.web.StoreUnavailable if the speed layer does not answer
	 */
	public Totals totals() {
		OrderTotals.Published published = this.batch.current();
		OrdersTail tail = this.speed.getIfAvailable();
		NavigableMap<String, Total> above = (tail != null)
				? tail.above(published.boundary().offsets(), published.boundary().minimumAmount()) : new TreeMap<>();
		Merged known = this.newest.get();
		if (known != null && known.batch() == published && known.speed() == above) {
			return known.totals();
		}
		Totals totals = new Totals(published.boundary(), merge(published.customers(), above));
		this.newest.set(new Merged(published, above, totals));
		return totals;
	}

	/** Both are sorted alike. */
	private static List<CustomerTotal> merge(List<OrderTotals.Customer> batch, NavigableMap<String, Total> speed) {
		List<CustomerTotal> merged = new ArrayList<>(batch.size() + speed.size());
		Iterator<Map.Entry<String, Total>> above = speed.entrySet().iterator();
		Map.Entry<String, Total> next = (above.hasNext()) ? above.next() : null;
		for (OrderTotals.Customer customer : batch) {
			while (next != null && OrdersTail.compare(next.getKey(), customer.name()) < 0) {
				merged.add(new CustomerTotal(next.getKey(), Total.ZERO, next.getValue()));
				next = (above.hasNext()) ? above.next() : null;
			}
			boolean both = next != null && next.getKey().equals(customer.name());
			merged.add(new CustomerTotal(customer.name(), customer.total(),
					(both && next != null) ? next.getValue() : Total.ZERO));
			if (both) {
				next = (above.hasNext()) ? above.next() : null;
			}
		}
		while (next != null) {
			merged.add(new CustomerTotal(next.getKey(), Total.ZERO, next.getValue()));
			next = (above.hasNext()) ? above.next() : null;
		}
		return List.copyOf(merged);
	}

}
