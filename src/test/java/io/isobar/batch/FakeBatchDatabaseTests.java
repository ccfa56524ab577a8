package io.isobar.batch;

import java.util.Map;
import java.util.function.Supplier;

import io.isobar.simulation.Fate;
import io.isobar.views.CustomerTotals.Total;

/** The simulation's database of the batch layer does what the real one does. */
class FakeBatchDatabaseTests implements BatchDatabaseContract {

	private final FakeBatchDatabase database = new FakeBatchDatabase(Fate.kind());

	@Override
	public GenerationTable table() {
		return this.database.table();
	}

	@Override
	public OrderResults results() {
		return this.database.results();
	}

	@Override
	public <T> T transaction(Supplier<T> work) {
		return this.database.transaction(work);
	}

	@Override
	public String folded(Map<String, Total> totals) {
		String path = "folded-" + totals.hashCode();
		this.database.keepFile(path, totals);
		return path;
	}

}
