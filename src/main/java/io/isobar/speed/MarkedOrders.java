package io.isobar.speed;

import java.util.Map;

import io.isobar.web.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells a Cassandra that has lost its orders from one that never had any. Before the
 * first order is written, Cassandra gets a mark, and PostgreSQL a note that it has one;
 * so where there is a note and no mark, orders are missing until they were written again,
 * which ends with a mark.
 */
@Component
@ConditionalOnSpeed
class MarkedOrders {

	private static final Logger logger = LoggerFactory.getLogger(MarkedOrders.class);

	private static final String LOST = "Cassandra has lost the orders that it had, so what they come to can't be told. Launch the job rebuild_speed_views with source=lake.";

	private final JdbcClient jdbc;

	/** Whether this process has seen a mark, or that one is missing. */
	private volatile boolean seen;

	private volatile boolean noted;

	MarkedOrders(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Whether there is a note. */
	boolean isNoted() {
		return this.jdbc.sql("SELECT count(*) FROM orders_marked").query(Long.class).single() > 0;
	}

	/** Notes that there is a mark. */
	void note() {
		this.jdbc.sql("INSERT INTO orders_marked (marked) VALUES (now()) ON CONFLICT DO NOTHING").update();
	}

	/** Makes sure, before orders are written, that their loss would be noticed. */
	void beforeWriting(OrderTables tables) {
		if (this.seen) {
			return;
		}
		boolean hasMark = hasMark(tables.written());
		if (!hasMark && isNoted()) {
			logger.warn(LOST);
		}
		else {
			if (!hasMark) {
				tables.mark();
			}
			// Also where a kill or a rebuild has left a mark without a note
			note();
			this.noted = true;
		}
		this.seen = true;
	}

	/** What a kill has kept from being noted, somebody notes later. */
	void noteMark(OrderTables tables) {
		if (!this.noted && hasMark(tables.written())) {
			note();
			this.noted = true;
		}
	}

	/** Whether orders are missing. */
	boolean hasLost(Map<Integer, Long> written) {
		return !hasMark(written) && isNoted();
	}

	/**
	 * Makes sure that none are missing.
	 * @param written what Cassandra says it has
	 * @throws StoreUnavailable with a sentence, if some are
	 */
	void requireAll(Map<Integer, Long> written) {
		if (hasLost(written)) {
			throw StoreUnavailable.because("Cassandra", LOST);
		}
	}

	private static boolean hasMark(Map<Integer, Long> written) {
		return written.containsKey(OrderStatements.REBUILT);
	}

}
