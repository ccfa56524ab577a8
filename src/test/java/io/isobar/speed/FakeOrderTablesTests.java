package io.isobar.speed;

import io.isobar.simulation.Fate;

/** The simulation's stores of the speed layer do what the real ones do. */
class FakeOrderTablesTests implements OrderTablesContract, RemovedOrdersContract, MarkedOrdersContract {

	private final FakeOrderTables tables = new FakeOrderTables(Fate.kind());

	private final FakeRemovedOrders removed = new FakeRemovedOrders(Fate.kind());

	private int partition;

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
		return new FakeMarkedOrders(Fate.kind(), this.removed.marked);
	}

	@Override
	public int newPartition() {
		return ++this.partition;
	}

}
