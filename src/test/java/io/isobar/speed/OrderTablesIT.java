package io.isobar.speed;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import io.isobar.cassandra.CellStatements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/** What the simulation of orders relies on, of Cassandra and PostgreSQL. */
@StoresTest
class OrderTablesIT implements OrderTablesContract, RemovedOrdersContract, MarkedOrdersContract {

	@Autowired
	private OrderTables tables;

	@Autowired
	private RemovedOrders removed;

	@Autowired
	private MarkedOrders marks;

	@Autowired
	private CassandraStore store;

	@Autowired
	private CqlSessionBuilder sessions;

	@BeforeEach
	void ready() {
		StoresTest.Ready.await(this.store);
	}

	/** Or their totals would lack them, and nobody would see it. */
	@Test
	void whereATableIsMadeAnewItIsNotKnownAnyMoreHowFarOrdersAreWritten() {
		try (CqlSession cassandra = this.sessions.build()) {
			String keyspace = "made_anew";
			cassandra.execute("DROP KEYSPACE IF EXISTS " + keyspace);
			CellStatements.createTables(cassandra, keyspace, "SimpleStrategy", 1);
			OrderStatements.createTables(cassandra, keyspace);
			for (String table : List.of("orders_by_offset", "orders_by_customer")) {
				cassandra.execute("INSERT INTO %s.orders_written (kafka_partition, next_offset) VALUES (-1, 1)"
					.formatted(keyspace));
				OrderStatements.createTables(cassandra, keyspace);
				assertThat(cassandra.execute("SELECT * FROM made_anew.orders_written").all()).hasSize(1);

				cassandra.execute("DROP TABLE %s.%s".formatted(keyspace, table));
				OrderStatements.createTables(cassandra, keyspace);

				assertThat(cassandra.execute("SELECT * FROM made_anew.orders_written").all()).isEmpty();
			}
		}
	}

	@Override
	public OrderTables tables() {
		return this.tables;
	}

	@Override
	public RemovedOrders removed() {
		return this.removed;
	}

	@Override
	public MarkedOrders marks() {
		return this.marks;
	}

	@Override
	public int newPartition() {
		return ThreadLocalRandom.current().nextInt(1_000_000, Integer.MAX_VALUE);
	}

}
