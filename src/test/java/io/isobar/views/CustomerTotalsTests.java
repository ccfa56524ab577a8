package io.isobar.views;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.isobar.orders.Order;
import io.isobar.views.CustomerTotals.Total;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The laws of the view of orders, exactly. */
class CustomerTotalsTests {

	@RepeatedTest(20)
	void whereverOrdersAreCutTheTotalsAreThoseOfAllOfThem(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		List<Order> orders = new ArrayList<>();
		for (int i = random.nextInt(200); i >= 0; i--) {
			orders.add(new Order("Customer " + random.nextInt(5),
					new BigDecimal(random.nextLong()).movePointLeft(random.nextInt(3)).setScale(2)));
		}
		BigDecimal minimum = new BigDecimal(random.nextInt(2) * random.nextLong(Long.MAX_VALUE));
		Map<String, Total> all = plainly(orders, minimum);
		Collections.shuffle(orders, random);
		int first = random.nextInt(orders.size() + 1);
		int second = first + random.nextInt(orders.size() - first + 1);
		CustomerTotals one = folded(orders.subList(0, first), minimum);
		CustomerTotals two = folded(orders.subList(first, second), minimum);
		CustomerTotals three = folded(orders.subList(second, orders.size()), minimum);

		assertThat(folded(orders, minimum).byCustomer()).isEqualTo(all);
		assertThat(new CustomerTotals(minimum).merge(one).merge(two).merge(three).byCustomer()).isEqualTo(all);
		assertThat(new CustomerTotals(minimum).merge(three).merge(two.merge(one)).byCustomer()).isEqualTo(all);
	}

	@Test
	void theMinimumIsInclusiveAndGoodsThatWereReturnedAreNoSmallOrder() {
		CustomerTotals totals = new CustomerTotals(new BigDecimal("10"));

		assertThat(totals.add("Ali", new BigDecimal("9.99"))).isFalse();
		assertThat(totals.add("Ali", new BigDecimal("10.00"))).isTrue();
		assertThat(totals.add("Ali", new BigDecimal("-3.00"))).isTrue();

		assertThat(totals.byCustomer()).containsExactly(Map.entry("Ali", new Total(new BigDecimal("7.00"), 2)));
	}

	@Test
	void theMinimumBelongsToTheDefinition() {
		assertThat(CustomerTotals.definition(new BigDecimal("10.00")))
			.isEqualTo(CustomerTotals.definition(new BigDecimal("1E+1")))
			.isNotEqualTo(CustomerTotals.definition(BigDecimal.ZERO));
	}

	private static CustomerTotals folded(List<Order> orders, BigDecimal minimum) {
		CustomerTotals totals = new CustomerTotals(minimum);
		orders.forEach((order) -> totals.add(order.customer(), order.amount()));
		return totals;
	}

	private static Map<String, Total> plainly(List<Order> orders, BigDecimal minimum) {
		Map<String, Total> totals = new HashMap<>();
		for (Order order : orders) {
			if (order.amount().signum() < 0 || order.amount().compareTo(minimum) >= 0) {
				Total before = totals.getOrDefault(order.customer(), Total.ZERO);
				totals.put(order.customer(), new Total(before.amount().add(order.amount()), before.orders() + 1));
			}
		}
		return totals;
	}

}
