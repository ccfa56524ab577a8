package io.isobar.batch;

import java.math.BigDecimal;

import io.isobar.orders.Order;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which orders count.
 *
 * @param history a file with an order in each line, or a folder of such files: the orders
 * that came before the stream
 * @param minimumAmount smaller orders do not count
 */
@ConfigurationProperties("isobar.orders")
record OrderSettings(@DefaultValue("spark-jobs/datasets/transactions.json") String history,
		@DefaultValue("0") BigDecimal minimumAmount) {

	OrderSettings {
		if (minimumAmount.signum() < 0 || minimumAmount.stripTrailingZeros().scale() > Order.DECIMALS
				|| minimumAmount.precision() - minimumAmount.scale() > Order.MOST_DIGITS) {
			throw new IllegalArgumentException("isobar.orders.minimum-amount is " + minimumAmount
					+ ", and must be 0 or more, with at most 2 decimal places");
		}
		minimumAmount = minimumAmount.setScale(Order.DECIMALS);
	}

}
