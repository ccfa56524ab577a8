package io.isobar.views;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import io.isobar.orders.Order;

/**
 * The view {@code customer_total}: for each customer the sum of the amounts and the
 * number of orders, exactly. Orders are folded into it one by one, and two of disjoint
 * sets of orders merge into that of both; the order does not matter. Not thread-safe.
 */
public final class CustomerTotals {

	public static final String NAME = "customer_total";

	/** Changes with what is counted. */
	private static final String VERSION = "sum and count of orders of at least the minimum amount, 1";

	/** What is kept of a customer. */
	public record Total(BigDecimal amount, long orders) implements Serializable {

		public static final Total ZERO = new Total(BigDecimal.ZERO.setScale(Order.DECIMALS), 0);

		/** With that of other orders. */
		public Total plus(Total other) {
			return new Total(this.amount.add(other.amount), this.orders + other.orders);
		}

	}

	private final BigDecimal minimum;

	private final Map<String, Total> totals = new HashMap<>();

	/**
	 * Totals of no order at all.
	 * @param minimum a smaller order does not count
	 */
	public CustomerTotals(BigDecimal minimum) {
		this.minimum = minimum;
	}

	/**
	 * What decides the numbers, as a text: two results agree on it, or are not compared.
	 */
	public static String definition(BigDecimal minimum) {
		return NAME + " " + VERSION + " " + minimum.stripTrailingZeros().toPlainString();
	}

	/**
	 * Adds an order.
	 * @return whether it counts
	 */
	public boolean add(String customer, BigDecimal amount) {
		// Goods that were returned are no small order
		if (amount.signum() >= 0 && amount.compareTo(this.minimum) < 0) {
			return false;
		}
		this.totals.merge(customer, new Total(amount.setScale(Order.DECIMALS), 1), Total::plus);
		return true;
	}

	/** Adds what other orders have come to. */
	public CustomerTotals merge(CustomerTotals other) {
		other.totals.forEach((customer, total) -> this.totals.merge(customer, total, Total::plus));
		return this;
	}

	/** By customer. */
	public Map<String, Total> byCustomer() {
		return Collections.unmodifiableMap(this.totals);
	}

}
