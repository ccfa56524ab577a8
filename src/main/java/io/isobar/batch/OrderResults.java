package io.isobar.batch;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Where the totals of customers are kept, as versioned rows, and which messages each
 * generation counts. All methods work in the transaction of their caller.
 */
interface OrderResults {

	/** Reads what is there at one moment, in a transaction of its own. */
	<T> T atOneMoment(Supplier<T> reading);

	/** The boundary of the generation that is current; empty where none is. */
	Optional<OrderTotals.Boundary> boundary();

	/** The rows of a generation, by customer in the order of code points. */
	List<OrderTotals.Customer> customers(int generation);

	/** Keeps which messages a generation counts. */
	void keep(int generation, Map<Integer, Long> offsets, BigDecimal minimumAmount);

	/** The last offset that a generation counts, of each partition. */
	Map<Integer, Long> offsets(int generation);

	/** Takes back the rows that an attempt has written that was never published. */
	void takeBack(int generation);

	/**
	 * What the rows of a generation are to be.
	 *
	 * @param orders how many orders they count
	 * @param customers how many rows there are
	 */
	record Staged(long orders, int customers) {
	}

	/**
	 * Reads rows that were folded, and gets them ready, for this transaction.
	 * @param base a generation whose rows are added to these; null: none
	 * @param path where they lie in the lake
	 */
	Staged stage(String path, @Nullable Integer base);

	/** Makes what is ready the rows of a generation; every older one keeps its own. */
	void replace(int generation);

	/**
	 * Deletes the rows that no generation needs any more.
	 * @param needed numbers of the generations whose rows stay
	 */
	int prune(List<Integer> needed);

}
