package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes the rows that only generations have which are no longer kept, a while after
 * they ceased to be: whoever has read the number of a generation in one statement may
 * still read its rows in another. (A single statement is safe anyhow, for PostgreSQL
 * shows it what was there when it began.)
 */
@Component
class Pruning {

	/** So long the rows stay of a generation that is no longer kept. */
	static final Duration GRACE = Duration.ofHours(1);

	private static final Logger logger = LoggerFactory.getLogger(Pruning.class);

	private final Generations generations;

	private final VersionedRows rows;

	private final OrderResults orders;

	private final TransactionTemplate transaction;

	private final Clock clock;

	Pruning(Generations generations, JdbcTemplate jdbc, OrderResults orders, TransactionTemplate transaction,
			Clock clock) {
		this.generations = generations;
		this.rows = new VersionedRows(jdbc);
		this.orders = orders;
		this.transaction = transaction;
		this.clock = clock;
	}

	/** Deletes what can be deleted by now; what can't be is left for the next time. */
	void prune() {
		prune((work) -> Objects.requireNonNull(this.transaction.execute((status) -> work.getAsInt())));
	}

	/**
	 * As {@link #prune()}.
	 * @param writing does its work in a transaction
	 */
	void prune(ToIntFunction<IntSupplier> writing) {
		try {
			int deleted = 0;
			for (VersionedRows.Table table : Export.versioned().toList()) {
				deleted += writing.applyAsInt(() -> this.rows.prune(table, needed(Dataset.WEATHER)));
			}
			deleted += writing.applyAsInt(() -> this.orders.prune(needed(Dataset.ORDERS)));
			logger.debug("{} rows that no generation needs were deleted.", deleted);
		}
		catch (DataAccessException ex) {
			logger.warn("Rows of generations that are no longer kept were not deleted this time: {}", ex.getMessage());
		}
	}

	private List<Integer> needed(Dataset dataset) {
		return this.generations.needed(dataset, this.clock.instant().minus(GRACE));
	}

}
