package io.isobar.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** Where PostgreSQL is: waits until it is up, and sees that the database exists. */
final class PostgresqlConnectionDetails implements JdbcConnectionDetails {

	// Any number, the same for all: contexts of one JVM may ask at the same time
	private static final long CREATION_LOCK = 20_180_600;

	private final ForkedServer postgresql;

	private final String database;

	private boolean exists;

	PostgresqlConnectionDetails(ForkedServer postgresql, String database) {
		this.postgresql = postgresql;
		this.database = database;
	}

	@Override
	public String getUsername() {
		return Postgresql.USER;
	}

	@Override
	public String getPassword() {
		this.postgresql.await();
		return ((Postgresql) this.postgresql.server()).password();
	}

	@Override
	public synchronized String getJdbcUrl() {
		int port = this.postgresql.await().port();
		if (!this.exists) {
			create(port);
			this.exists = true;
		}
		return Postgresql.url(port, this.database);
	}

	private void create(int port) {
		try (Connection connection = DriverManager.getConnection(Postgresql.url(port, "postgres"), Postgresql.USER,
				getPassword()); Statement statement = connection.createStatement()) {
			statement.execute("select pg_advisory_lock(" + CREATION_LOCK + ")");
			boolean there;
			try (ResultSet databases = statement
				.executeQuery("select 1 from pg_database where datname = '" + this.database + "'")) {
				there = databases.next();
			}
			if (!there) {
				statement.execute("create database " + this.database);
			}
		}
		catch (SQLException ex) {
			throw new EmbeddedProblem(
					"The database " + this.database + " of the embedded PostgreSQL can't be used: " + ex.getMessage(),
					"See its log, and start again.", ex);
		}
	}

}
