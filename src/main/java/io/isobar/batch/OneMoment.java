package io.isobar.batch;

import java.util.Objects;
import java.util.function.Supplier;

import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads that belong together see one moment of the database, and so one generation,
 * whatever is published meanwhile.
 */
@Component
public class OneMoment {

	private final TransactionTemplate snapshot;

	public OneMoment(PlatformTransactionManager transactions) {
		this.snapshot = new TransactionTemplate(transactions);
		this.snapshot.setReadOnly(true);
		this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
	}

	/** What is read; never null. */
	public <T> T of(Supplier<T> reads) {
		return Objects.requireNonNull(this.snapshot.execute((status) -> reads.get()));
	}

}
