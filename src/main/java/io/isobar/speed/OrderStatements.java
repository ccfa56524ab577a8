package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.isobar.cassandra.CellStatements;

/**
 * The tables of orders in Cassandra, and the statements that write and read them.
 * {@code orders_written} says up to where all orders of a partition are there: it is
 * written after them, and never goes back, as its write timestamp is what it says.
 *
 * @param byCustomer writes an order under its customer
 * @param byOffset writes an order under its offset
 * @param written writes up to where all are there
 * @param allWritten reads up to where all are there, of every partition
 * @param range reads the orders between two offsets
 * @param removeByCustomer removes orders of a customer up to an offset
 * @param removeByOffset removes orders up to an offset
 */
record OrderStatements(PreparedStatement byCustomer, PreparedStatement byOffset, PreparedStatement written,
		PreparedStatement allWritten, PreparedStatement range, PreparedStatement removeByCustomer,
		PreparedStatement removeByOffset) {

	/** So many offsets lie in one partition of Cassandra's. */
	static final int BUCKET = 10_000;

	/**
	 * In place of a partition: when the tables were last written again, in milliseconds;
	 * 1 where they never were.
	 */
	static final int REBUILT = -1;

	private static final List<String> TABLES = List.of("""
			CREATE TABLE IF NOT EXISTS %s.orders_by_customer (customer text, kafka_partition int, kafka_offset bigint, \
			amount decimal, ordered_at timestamp, PRIMARY KEY ((customer), kafka_partition, kafka_offset))""", """
			CREATE TABLE IF NOT EXISTS %s.orders_by_offset (kafka_partition int, bucket bigint, kafka_offset bigint, \
			customer text, amount decimal, PRIMARY KEY ((kafka_partition, bucket), kafka_offset))""", """
			CREATE TABLE IF NOT EXISTS %s.orders_written (kafka_partition int PRIMARY KEY, next_offset bigint)""");

	/**
	 * Makes the tables where they are missing; the keyspace is there. Where somebody has
	 * dropped one of them, the one that says how far they are written goes too, which is
	 * made as the last: else nobody would see that orders are missing.
	 */
	static void createTables(CqlSession session, String keyspace) {
		Set<String> there = session
			.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", keyspace)
			.map((row) -> row.getString(0))
			.all()
			.stream()
			.collect(Collectors.toSet());
		if (!there.containsAll(List.of("orders_by_customer", "orders_by_offset"))) {
			session.execute("DROP TABLE IF EXISTS %s.orders_written".formatted(keyspace));
		}
		TABLES.forEach((table) -> session.execute(table.formatted(keyspace)));
	}

	/** Prepares them; the tables are there. */
	static OrderStatements prepare(CqlSession session, String keyspace, Duration readTimeout, Duration writeTimeout) {
		return new OrderStatements(CellStatements.prepared(session,
				("INSERT INTO %s.orders_by_customer (customer, kafka_partition, kafka_offset, amount, ordered_at) "
						+ "VALUES (?, ?, ?, ?, ?)")
					.formatted(keyspace),
				writeTimeout),
				CellStatements.prepared(session,
						("INSERT INTO %s.orders_by_offset (kafka_partition, bucket, kafka_offset, customer, amount) "
								+ "VALUES (?, ?, ?, ?, ?)")
							.formatted(keyspace),
						writeTimeout),
				CellStatements.prepared(session,
						"INSERT INTO %s.orders_written (kafka_partition, next_offset) VALUES (?, ?) USING TIMESTAMP ?"
							.formatted(keyspace),
						writeTimeout),
				CellStatements.prepared(session,
						"SELECT kafka_partition, next_offset FROM %s.orders_written".formatted(keyspace), readTimeout),
				CellStatements.prepared(session,
						("SELECT kafka_offset, customer, amount FROM %s.orders_by_offset WHERE kafka_partition = ? "
								+ "AND bucket = ? AND kafka_offset >= ? AND kafka_offset < ?")
							.formatted(keyspace),
						readTimeout),
				CellStatements.prepared(session,
						("DELETE FROM %s.orders_by_customer WHERE customer = ? AND kafka_partition = ? "
								+ "AND kafka_offset <= ?")
							.formatted(keyspace),
						writeTimeout),
				CellStatements.prepared(session,
						("DELETE FROM %s.orders_by_offset WHERE kafka_partition = ? AND bucket = ? "
								+ "AND kafka_offset <= ?")
							.formatted(keyspace),
						writeTimeout));
	}

	static long bucket(long offset) {
		return offset / BUCKET;
	}

}
