package io.isobar.speed;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import io.isobar.orders.NewestOrders;
import io.isobar.views.CustomerTotals;
import io.isobar.views.CustomerTotals.Total;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What the orders above a boundary come to. Each is folded once, in memory, as Cassandra
 * has it: who asks again has only what came since folded to it. Every answer has all that
 * Cassandra had when it was asked for, so no later one has less, on whichever instance.
 */
@Component
@ConditionalOnSpeed
public class OrdersTail implements NewestOrders {

	/** So many boundaries are remembered: one goes back, and forward again. */
	private static final int REMEMBERED = 3;

	private final OrderTables tables;

	private final RemovedOrders removed;

	private final MarkedOrders marks;

	private final Map<Boundary, Folded> folded = new LinkedHashMap<>(8, 0.75f, true);

	OrdersTail(OrderTables tables, RemovedOrders removed, MarkedOrders marks) {
		this.tables = tables;
		this.removed = removed;
		this.marks = marks;
	}

	private record Boundary(Map<Integer, Long> offsets, BigDecimal minimum) {
	}

	/**
	 * The totals of what lies above a boundary, by customer in the order of code points;
	 * the same object as long as nothing came.
	 * @param offsets the last offset below it, of each partition with its incarnation
	 * @param minimumAmount smaller orders do not count
	 * @throws io.isobar.web.StoreUnavailable if Cassandra does not answer, or has lost
	 * orders
	 */
	public NavigableMap<String, Total> above(Map<Integer, Long> offsets, BigDecimal minimumAmount) {
		return folded(new Boundary(Map.copyOf(offsets), minimumAmount)).totals();
	}

	private Folded folded(Boundary boundary) {
		synchronized (this.folded) {
			Folded known = this.folded.computeIfAbsent(boundary, Folded::new);
			while (this.folded.size() > REMEMBERED) {
				this.folded.remove(this.folded.keySet().iterator().next());
			}
			return known;
		}
	}

	@Override
	public boolean has(Map<Integer, Long> above, Map<Integer, Long> upTo) {
		Map<Integer, Long> written = this.tables.written();
		Map<Integer, Long> removed = this.removed.noted();
		if (this.marks.hasLost(written)) {
			return false;
		}
		return upTo.entrySet().stream().allMatch((part) -> {
			long from = above.getOrDefault(part.getKey(), -1L);
			return from >= part.getValue() || (written.getOrDefault(part.getKey(), 0L) > part.getValue()
					&& removed.getOrDefault(part.getKey(), -1L) <= from);
		});
	}

	/** Code points, which is the order of UTF-8, and of the batch layer. */
	public static int compare(String one, String other) {
		for (int i = 0, end = Math.min(one.length(), other.length()); i < end; i++) {
			char first = one.charAt(i);
			char second = other.charAt(i);
			if (first != second) {
				boolean pairs = Character.isSurrogate(first) != Character.isSurrogate(second);
				return (pairs) ? (Character.isSurrogate(first) ? 1 : -1) : Character.compare(first, second);
			}
		}
		return Integer.compare(one.length(), other.length());
	}

	/** What lies above one boundary. */
	private final class Folded {

		private final Boundary boundary;

		private CustomerTotals totals;

		/** The next offset that is to be folded, of each partition. */
		private Map<Integer, Long> next = new HashMap<>();

		private long rebuilt;

		private NavigableMap<String, Total> answer = new TreeMap<>(OrdersTail::compare);

		/** How many have asked, and how many of these have been answered. */
		private long asked;

		private long answered;

		/** Why those who were answered last were told nothing. */
		private @Nullable RuntimeException failure;

		private final Object looking = new Object();

		Folded(Boundary boundary) {
			this.boundary = boundary;
			this.totals = new CustomerTotals(boundary.minimum());
		}

		/**
		 * Those who ask while somebody looks are all served by the one who looks next,
		 * also with its failure.
		 */
		NavigableMap<String, Total> totals() {
			long mine;
			synchronized (this) {
				mine = ++this.asked;
			}
			synchronized (this.looking) {
				synchronized (this) {
					if (this.answered >= mine) {
						return answer();
					}
				}
				long served;
				synchronized (this) {
					served = this.asked;
				}
				RuntimeException failed = null;
				try {
					look();
				}
				catch (RuntimeException ex) {
					failed = ex;
				}
				synchronized (this) {
					this.answered = served;
					this.failure = failed;
					return answer();
				}
			}
		}

		private NavigableMap<String, Total> answer() {
			if (this.failure != null) {
				throw this.failure;
			}
			return this.answer;
		}

		private void look() {
			Map<Integer, Long> written = OrdersTail.this.tables.written();
			OrdersTail.this.marks.requireAll(written);
			Long again = written.remove(OrderStatements.REBUILT);
			boolean[] changed = new boolean[1];
			if (again != null && again != this.rebuilt) {
				// What was folded may have lacked what is there now
				this.rebuilt = again;
				this.totals = new CustomerTotals(this.boundary.minimum());
				this.next = new HashMap<>();
				changed[0] = true;
			}
			written.forEach((partition, end) -> {
				long from = this.next.getOrDefault(partition, this.boundary.offsets().getOrDefault(partition, -1L) + 1);
				if (from < end) {
					fold(partition, from, end);
					changed[0] = true;
				}
			});
			if (changed[0]) {
				NavigableMap<String, Total> fresh = new TreeMap<>(OrdersTail::compare);
				fresh.putAll(this.totals.byCustomer());
				if (!fresh.equals(this.answer)) {
					synchronized (this) {
						this.answer = fresh;
					}
				}
			}
		}

		/** All of a part or nothing: what fails is read again. */
		private void fold(int partition, long from, long end) {
			for (long begin = from; begin < end;) {
				long to = Math.min(end, (OrderStatements.bucket(begin) + 1) * OrderStatements.BUCKET);
				CustomerTotals part = new CustomerTotals(this.boundary.minimum());
				OrdersTail.this.tables.read(partition, begin, to,
						(offset, customer, amount) -> part.add(customer, amount));
				this.totals.merge(part);
				this.next.put(partition, to);
				begin = to;
			}
		}

	}

}
