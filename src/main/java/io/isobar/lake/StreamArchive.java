package io.isobar.lake;

/**
 * What brings the messages of the stream into the table of readings, or of orders: who
 * reads that table may wait until it holds what has been sent so far.
 */
public interface StreamArchive {

	/** Name of the one that brings orders into theirs. */
	String ORDERS = "ordersArchive";

	/**
	 * What the topics hold at this moment.
	 * @throws RuntimeException with a sentence, if that can't be found out
	 */
	Sent sent();

	/** All messages up to a moment. */
	interface Sent {

		/** How many of them the table does not hold yet; asks for them to be written. */
		long missing();

	}

}
