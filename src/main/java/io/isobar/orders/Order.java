package io.isobar.orders;

import java.math.BigDecimal;

/**
 * An order: who has ordered, and for how much.
 *
 * @param customer 1 to 200 characters, without space around them
 * @param amount with two decimal places; negative only where goods were returned
 */
public record Order(String customer, BigDecimal amount) {

	/** Decimal places of every amount. */
	public static final int DECIMALS = 2;

	/** So long a name may be: the stores know it as a part of their keys. */
	public static final int LONGEST_CUSTOMER = 200;

	/**
	 * So many digits may an amount have before its decimal point: totals have room for
	 * more.
	 */
	public static final int MOST_DIGITS = 30;

	/**
	 * An order that somebody has placed.
	 * @throws OrderRefused if it is none, with the reason
	 */
	public static Order placed(String customer, BigDecimal amount) throws OrderRefused {
		String name = customer(customer);
		if (amount.signum() <= 0) {
			String shown = shown(amount);
			throw new OrderRefused("amount.positive", "The amount is %s, and must be more than 0.".formatted(shown),
					shown);
		}
		return new Order(name, amount(amount));
	}

	/**
	 * The name of a customer, without space around it.
	 * @throws OrderRefused if it is none
	 */
	public static String customer(String text) throws OrderRefused {
		String name = text.strip();
		int length = name.codePointCount(0, name.length());
		if (length == 0) {
			throw new OrderRefused("customer.empty", "The customer is empty. Write a name of 1 to 200 characters.");
		}
		if (length > LONGEST_CUSTOMER) {
			throw new OrderRefused("customer.long",
					"The customer has %d characters, and may have 200 at most. Shorten it.".formatted(length),
					String.valueOf(length));
		}
		if (name.codePoints().anyMatch((point) -> point == 0 || Character.getType(point) == Character.SURROGATE)) {
			throw new OrderRefused("customer.character",
					"The customer has a character that is none of a text (NUL, or half of a pair). Take it out.");
		}
		return name;
	}

	/**
	 * An amount as it is kept, of whatever sign.
	 * @throws OrderRefused if it is more exact, or has more digits, than is kept
	 */
	public static BigDecimal amount(BigDecimal number) throws OrderRefused {
		BigDecimal plain = number.stripTrailingZeros();
		if (plain.scale() > DECIMALS) {
			String shown = shown(number);
			throw new OrderRefused("amount.decimals",
					"The amount is %s, and may have at most 2 decimal places. Round it.".formatted(shown), shown);
		}
		if (plain.precision() - plain.scale() > MOST_DIGITS) {
			String shown = shown(number);
			throw new OrderRefused("amount.digits",
					"The amount is %s, and may have at most 30 digits before its decimal point. Divide the order."
						.formatted(shown),
					shown);
		}
		return plain.setScale(DECIMALS);
	}

	/** Short, whatever was sent. */
	private static String shown(BigDecimal number) {
		String text = number.toString();
		return (text.length() > 40) ? text.substring(0, 40) + "…" : text;
	}

}
