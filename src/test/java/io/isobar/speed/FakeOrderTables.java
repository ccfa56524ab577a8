package io.isobar.speed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.isobar.simulation.Fate;

/**
 * The newest orders, in memory. Each row is a write of its own, in no order; the mark
 * behind them comes last, and never goes back.
 */
public final class FakeOrderTables extends OrderTables {

	private final Fate fate;

	private final Map<Integer, TreeMap<Long, Placed>> byOffset = new HashMap<>();

	private final Map<Integer, Long> written = new TreeMap<>();

	@SuppressWarnings("NullAway")
	public FakeOrderTables(Fate fate) {
		super(null, null);
		this.fate = fate;
	}

	/** All data is lost. */
	public void empty() {
		this.byOffset.clear();
		this.written.clear();
	}

	@Override
	void write(List<Placed> orders, Map<Integer, Long> next) {
		List<Placed> shuffled = new ArrayList<>(orders);
		Collections.shuffle(shuffled, new Random(this.fate.below(1 << 20)));
		for (Placed each : shuffled) {
			this.fate.run("write an order",
					() -> this.byOffset.computeIfAbsent(each.partition(), (partition) -> new TreeMap<>())
						.put(each.offset(), each));
		}
		this.fate.note(() -> "has written orders %s"
			.formatted(orders.stream().map((each) -> each.partition() + "/" + each.offset()).toList()));
		next.forEach((partition, offset) -> this.fate.run("write up to where all are there",
				() -> this.written.merge(partition, offset, Math::max)));
	}

	@Override
	Map<Integer, Long> written() {
		return this.fate.call("read up to where all are there", () -> new TreeMap<>(this.written));
	}

	@Override
	void read(int partition, long from, long to, Orders orders) {
		for (long bucket = OrderStatements.bucket(from); bucket <= OrderStatements.bucket(to - 1); bucket++) {
			long begin = Math.max(from, bucket * OrderStatements.BUCKET);
			long end = Math.min(to, (bucket + 1) * OrderStatements.BUCKET);
			List<Placed> found = this.fate.call("read orders", () -> List
				.copyOf(this.byOffset.getOrDefault(partition, new TreeMap<>()).subMap(begin, end).values()));
			for (int i = 0; i < found.size(); i++) {
				if (i == 1) {
					// The rest may not come
					this.fate.run("read more orders", () -> {
					});
				}
				Placed each = found.get(i);
				orders.order(each.offset(), each.order().customer(), each.order().amount());
			}
		}
	}

	@Override
	void remove(int partition, long from, long upTo, Consumer<Long> done) {
		for (long begin = from; begin <= upTo;) {
			long bucket = OrderStatements.bucket(begin);
			long first = bucket * OrderStatements.BUCKET;
			long end = Math.min(upTo, (bucket + 1) * OrderStatements.BUCKET - 1);
			this.fate.run("remove orders",
					() -> this.byOffset.getOrDefault(partition, new TreeMap<>()).subMap(first, end + 1).clear());
			done.accept(end);
			begin = end + 1;
		}
	}

	@Override
	void mark() {
		this.fate.run("mark the tables", () -> this.written.merge(OrderStatements.REBUILT, 1L, Math::max));
	}

	@Override
	void rebuilt(java.time.Instant now) {
		long mark = Math.max(now.toEpochMilli(), written().getOrDefault(OrderStatements.REBUILT, 0L) + 1);
		this.fate.run("note that it was rebuilt", () -> this.written.merge(OrderStatements.REBUILT, mark, Math::max));
	}

}
