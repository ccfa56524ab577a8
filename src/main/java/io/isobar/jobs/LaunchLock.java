package io.isobar.jobs;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Lets one launch happen after the other, across all instances of the application: what
 * one checks stays true until it has begun.
 */
@Component
class LaunchLock {

	/** Any number, the same for ever. */
	private static final long KEY = 20_180_700;

	private static final String NOT_IN_TIME = "55P03";

	private final DataSource dataSource;

	// Taken first, so that those who wait here hold no connection that the first needs
	private final ReentrantLock here = new ReentrantLock();

	LaunchLock(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	<T> T holding(Supplier<T> action) {
		this.here.lock();
		try {
			return holdingEverywhere(action);
		}
		finally {
			this.here.unlock();
		}
	}

	/**
	 * On a connection of its own, as Spring Batch commits what it creates. PostgreSQL
	 * gives the lock free if that connection breaks.
	 */
	private <T> T holdingEverywhere(Supplier<T> action) {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute("set local lock_timeout = '20s'");
				statement.execute("select pg_advisory_xact_lock(" + KEY + ")");
				return action.get();
			}
			finally {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			if (NOT_IN_TIME.equals(ex.getSQLState())) {
				throw new JobRefusal.AlreadyRunning(Sentence.of("jobs.busy",
						"Somebody else is launching a job and does not come to an end. Try again in a moment."));
			}
			throw new DataAccessResourceFailureException("Launching needs a connection to PostgreSQL", ex);
		}
	}

}
