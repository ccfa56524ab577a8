package io.isobar.orders;

import java.util.Map;

/** What the speed layer has: who makes an older result current must be sure of it. */
public interface NewestOrders {

	/**
	 * Whether it has all orders between two offsets of each partition (with its
	 * incarnation).
	 * @param above the last offsets that need not be there
	 * @param upTo the last offsets that must be there
	 * @throws RuntimeException if it can't be found out
	 */
	boolean has(Map<Integer, Long> above, Map<Integer, Long> upTo);

}
