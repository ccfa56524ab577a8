package io.isobar.lake;

import java.util.List;

import io.isobar.simulation.Fate;

/** The simulation's table of orders does what the real one does. */
class FakeOrderStoreTests implements OrderStoreContract {

	private final FakeOrderStore store = new FakeOrderStore(Fate.kind());

	@Override
	public OrderStore store() {
		return this.store;
	}

	@Override
	public List<Long> offsets(long version, StreamPart part) {
		return this.store.orders(null, version)
			.stream()
			.filter((each) -> each.part().equals(part))
			.map(StreamedOrder::offset)
			.sorted()
			.toList();
	}

}
