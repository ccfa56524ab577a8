package io.isobar.web;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * A store that an answer needs is down: answered with 503, naming the store. (PostgreSQL
 * being down is noticed without this.)
 */
public class StoreUnavailable extends RuntimeException {

	/** When asking again is worth it, as long as nothing better is known. */
	public static final Duration SOON = Duration.ofSeconds(10);

	private final String store;

	private final Duration retryAfter;

	private final String sentence;

	/**
	 * @param store name as people know it, such as Cassandra
	 * @param cause what the client of the store said
	 */
	public StoreUnavailable(String store, @Nullable Throwable cause) {
		this(store, SOON, cause);
	}

	public StoreUnavailable(String store, Duration retryAfter, @Nullable Throwable cause) {
		this(store, retryAfter, sentence(store, retryAfter), cause);
	}

	private StoreUnavailable(String store, Duration retryAfter, String sentence, @Nullable Throwable cause) {
		super(sentence, cause);
		this.store = store;
		this.retryAfter = retryAfter;
		this.sentence = sentence;
	}

	/**
	 * One that answers, but lacks what is needed.
	 * @param sentence what is wrong, and what to do
	 */
	public static StoreUnavailable because(String store, String sentence) {
		return new StoreUnavailable(store, SOON, sentence, null);
	}

	/** The store that something failed for, if it was for one. */
	public static Optional<StoreUnavailable> in(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof StoreUnavailable store) {
				return Optional.of(store);
			}
			if (isPostgresqlDown(cause)) {
				return Optional.of(new StoreUnavailable("PostgreSQL", failure));
			}
		}
		return Optional.empty();
	}

	private static boolean isPostgresqlDown(Throwable failure) {
		// 08: the connection is gone; 57P: the server shuts down or starts
		return failure instanceof DataAccessResourceFailureException
				|| failure instanceof TransientDataAccessResourceException
				|| failure instanceof CannotCreateTransactionException
				|| (failure instanceof SQLException sql && sql.getSQLState() != null
						&& (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P")));
	}

	private static String sentence(String store, Duration retryAfter) {
		return store + " does not answer, and this needs it; what needs only the other stores still answers. "
				+ "Ask again in " + retryAfter.toSeconds() + " seconds.";
	}

	String sentence() {
		return this.sentence;
	}

	public String store() {
		return this.store;
	}

	public Duration retryAfter() {
		return this.retryAfter;
	}

}
