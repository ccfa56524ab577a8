package io.isobar.speed;

import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;

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

	@BeforeEach
	void ready() {
		StoresTest.Ready.await(this.store);
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
