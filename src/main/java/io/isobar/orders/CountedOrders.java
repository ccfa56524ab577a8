package io.isobar.orders;

import java.util.Map;

/**
 * What the batch layer has counted: who keeps the newest orders may forget those that
 * every result has which somebody may still read.
 */
public interface CountedOrders {

	/**
	 * The last offset that all results count which may still be read, of each partition
	 * (with its incarnation); empty where one of them counts no message at all.
	 */
	Map<Integer, Long> byAll();

}
