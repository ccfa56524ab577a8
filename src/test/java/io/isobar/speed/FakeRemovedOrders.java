package io.isobar.speed;

import java.util.HashMap;
import java.util.Map;

import io.isobar.simulation.Fate;

/** Up to where orders were removed, in memory. */
public final class FakeRemovedOrders extends RemovedOrders {

	private final Fate fate;

	private final Map<Integer, Long> noted = new HashMap<>();

	private final Map<Integer, Long> done = new HashMap<>();

	/** Kept beside it. */
	final FakeMarkedOrders.Note marked = new FakeMarkedOrders.Note();

	@SuppressWarnings("NullAway")
	public FakeRemovedOrders(Fate fate) {
		super(null);
		this.fate = fate;
	}

	/** What is noted, as nobody can ask who may fail. */
	public Map<Integer, Long> upTo() {
		return new HashMap<>(this.noted);
	}

	@Override
	Map<Integer, Long> noted() {
		return this.fate.call("read what is noted as removed", () -> new HashMap<>(this.noted));
	}

	@Override
	Map<Integer, Long> done() {
		return this.fate.call("read what is removed", () -> new HashMap<>(this.done));
	}

	@Override
	void note(int partition, long upTo) {
		this.fate.run("note what is to be removed", () -> {
			this.noted.merge(partition, upTo, Math::max);
			this.done.putIfAbsent(partition, -1L);
		});
	}

	@Override
	void done(int partition, long upTo) {
		this.fate.run("note what is removed", () -> this.done.replace(partition, upTo));
	}

}
