package io.isobar.speed;

import io.isobar.simulation.Fate;

/** What one process knows of the mark, and the note of it, in memory. */
final class FakeMarkedOrders extends MarkedOrders {

	/** What all processes see. */
	static final class Note {

		private boolean noted;

	}

	private final Fate fate;

	private final Note note;

	@SuppressWarnings("NullAway")
	FakeMarkedOrders(Fate fate, Note note) {
		super(null);
		this.fate = fate;
		this.note = note;
	}

	@Override
	boolean isNoted() {
		return this.fate.call("ask whether there was a mark", () -> this.note.noted);
	}

	@Override
	void note() {
		this.fate.run("note that there is a mark", () -> this.note.noted = true);
	}

}
