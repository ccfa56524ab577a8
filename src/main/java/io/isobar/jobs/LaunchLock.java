package io.isobar.jobs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Lets one launch happen after the other, across all instances of the application: what
 * one checks stays true until it has begun. Who holds it for too long, as its process is
 * paused, loses it.
 */
@Component
class LaunchLock {

	/** Any number, the same for ever. */
	private static final long KEY = 20_180_700;

	private static final String NOT_IN_TIME = "55P03";

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	/** Nobody takes so long to launch a job, unless its process is paused. */
	private static final Duration TOO_LONG = Duration.ofMinutes(1);

	private final DataSource dataSource;

	private final Duration patience;

	private final Duration tooLong;

	// Taken first, so that those who wait here hold no connection that the first needs
	private final ReentrantLock here = new ReentrantLock();

	@Autowired
	LaunchLock(DataSource dataSource) {
		this(dataSource, PATIENCE, TOO_LONG);
	}

	LaunchLock(DataSource dataSource, Duration patience, Duration tooLong) {
		this.dataSource = dataSource;
		this.patience = patience;
		this.tooLong = tooLong;
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
				statement.execute("set local lock_timeout = " + this.patience.toMillis());
				statement.execute("select pg_advisory_xact_lock(" + KEY + ")");
				return action.get();
			}
			finally {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			if (NOT_IN_TIME.equals(ex.getSQLState())) {
				endWhoHoldsItTooLong();
				throw new JobRefusal.AlreadyRunning(Sentence.of("jobs.busy",
						"Somebody else is launching a job and does not come to an end. Try again in a moment."));
			}
			throw new DataAccessResourceFailureException("Launching needs a connection to PostgreSQL", ex);
		}
	}

	/** What it was about to launch needs a lease, which others may have taken by then. */
	private void endWhoHoldsItTooLong() {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement("""
						select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a using (pid)
						where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
						and l.database = (select oid from pg_database where datname = current_database())
						and l.classid = 0 and l.objid = ?
						and a.xact_start < clock_timestamp() - ? * interval '1 ms'
						""")) {
			statement.setLong(1, KEY);
			statement.setLong(2, this.tooLong.toMillis());
			statement.execute();
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("Launching needs a connection to PostgreSQL", ex);
		}
	}

}
