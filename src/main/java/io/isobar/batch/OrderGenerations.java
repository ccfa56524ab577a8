package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.orders.CountedOrders;
import io.isobar.orders.NewestOrders;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * What generations of orders are beside what all generations are: which messages each
 * counts. It decides which orders the speed layer still needs, and which generation can
 * be made current: one that the speed layer can complete.
 */
@Component
class OrderGenerations implements CountedOrders, GenerationCheck {

	private final GenerationTable table;

	private final OrderResults results;

	private final ObjectProvider<NewestOrders> newest;

	private final Clock clock;

	OrderGenerations(GenerationTable table, OrderResults results, ObjectProvider<NewestOrders> newest, Clock clock) {
		this.table = table;
		this.results = results;
		this.newest = newest;
		this.clock = clock;
	}

	/**
	 * Who has read which generation is current, or that none is, may still ask for what
	 * lies above it for a while.
	 */
	@Override
	public Map<Integer, Long> byAll() {
		Instant before = this.clock.instant().minus(Pruning.GRACE);
		List<GenerationTable.Published> published = this.table.published(Dataset.ORDERS);
		if (published.stream().allMatch((each) -> each.at().isAfter(before))) {
			return Map.of();
		}
		List<Map<Integer, Long>> needed = published.stream()
			.filter((each) -> each.wasKeptAfter(before))
			.map((each) -> this.results.offsets(each.number()))
			.toList();
		if (needed.isEmpty()) {
			return Map.of();
		}
		Map<Integer, Long> all = new HashMap<>(needed.get(0));
		needed.forEach((offsets) -> {
			all.keySet().retainAll(offsets.keySet());
			offsets.forEach(
					(partition, offset) -> all.computeIfPresent(partition, (key, least) -> Math.min(least, offset)));
		});
		return all;
	}

	@Override
	public void check(Generation from, Generation to) {
		NewestOrders speed = this.newest.getIfAvailable();
		if (to.dataset() != Dataset.ORDERS || speed == null) {
			return;
		}
		boolean complete;
		try {
			complete = speed.has(this.results.offsets(to.number()), this.results.offsets(from.number()));
		}
		catch (RuntimeException ex) {
			throw GenerationRefusal.NotCompletable.unknown(to.number(), ex.getMessage());
		}
		if (!complete) {
			throw GenerationRefusal.NotCompletable.orders(to.number());
		}
	}

}
