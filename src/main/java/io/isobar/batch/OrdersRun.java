package io.isobar.batch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.lake.OrderStore;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What the steps of {@code orders_batch} hand to each other, kept with the execution, so
 * that a restart goes on with the same version.
 */
final class OrdersRun {

	private static final String VERSION = "ordersVersion";

	private static final String OFFSETS = "offsets";

	private static final String SOURCES = "sources";

	private static final String MINIMUM = "minimumAmount";

	private static final String BASE = "base";

	private static final String RESULT = "result";

	private static final String ALL = "all";

	private static final String ORDERS = "orders";

	private static final String CUSTOMERS = "customers";

	private static final String DIGITS = "digits";

	private static final String GENERATION = "generation";

	private final ExecutionContext context;

	private OrdersRun(ExecutionContext context) {
		this.context = context;
	}

	static OrdersRun of(ChunkContext chunk) {
		return new OrdersRun(chunk.getStepContext().getStepExecution().getJobExecution().getExecutionContext());
	}

	/** Of an execution with that context. */
	static OrdersRun of(ExecutionContext context) {
		return new OrdersRun(context);
	}

	/**
	 * Pins the version that all steps and attempts see.
	 * @param described what it says of itself
	 */
	void pin(long version, OrderStore.Described described, String minimumAmount) {
		this.context.putLong(VERSION, version);
		this.context.put(OFFSETS, offsets(described));
		this.context.putString(SOURCES, String.join("\n", described.sources()));
		this.context.putString(MINIMUM, minimumAmount);
	}

	/** The last offset that a version has, of each partition. */
	static TreeMap<Integer, Long> offsets(OrderStore.Described described) {
		TreeMap<Integer, Long> offsets = new TreeMap<>();
		described.positions().forEach((partition, next) -> {
			if (next > 0) {
				offsets.put(partition, next - 1);
			}
		});
		return offsets;
	}

	long version() {
		return this.context.getLong(VERSION);
	}

	/** The last offset that is counted, of each partition. */
	Map<Integer, Long> offsets() {
		Map<Integer, Long> offsets = new TreeMap<>();
		if (this.context.get(OFFSETS) instanceof Map<?, ?> kept) {
			// As the context was kept, keys may have become texts and numbers smaller
			kept.forEach((partition, offset) -> offsets.put(Integer.valueOf(String.valueOf(partition)),
					Long.valueOf(String.valueOf(offset))));
		}
		return offsets;
	}

	List<String> sources() {
		return this.context.getString(SOURCES).lines().filter((source) -> !source.isEmpty()).toList();
	}

	String minimumAmount() {
		return this.context.getString(MINIMUM);
	}

	/** The generation that was current when orders were folded; null: none was. */
	@Nullable Integer base() {
		return this.context.containsKey(BASE) ? Integer.valueOf(this.context.getInt(BASE)) : null;
	}

	void startFrom(@Nullable Integer base) {
		if (base != null) {
			this.context.putInt(BASE, base);
		}
		else {
			this.context.remove(BASE);
		}
	}

	/**
	 * Notes what was folded.
	 * @param result path of the file of lines
	 * @param all whether these are all orders, or those that came since the base
	 * @param orders how many count
	 * @param customers how many customers have any of them
	 * @param digits how many digits the largest total has before its decimal point
	 */
	void folded(String result, boolean all, long orders, long customers, int digits) {
		this.context.putString(RESULT, result);
		this.context.putString(ALL, String.valueOf(all));
		this.context.putLong(ORDERS, orders);
		this.context.putLong(CUSTOMERS, customers);
		this.context.putInt(DIGITS, digits);
	}

	String result() {
		return this.context.getString(RESULT);
	}

	boolean isAll() {
		return Boolean.parseBoolean(this.context.getString(ALL));
	}

	long orders() {
		return this.context.getLong(ORDERS);
	}

	long customers() {
		return this.context.getLong(CUSTOMERS);
	}

	int digits() {
		return this.context.getInt(DIGITS);
	}

	int generation() {
		return this.context.getInt(GENERATION);
	}

	void exported(int generation) {
		this.context.putInt(GENERATION, generation);
	}

}
