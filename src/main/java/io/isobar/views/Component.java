package io.isobar.views;

import java.util.List;

/**
 * One thing a view keeps: what it takes from a fact, and (by that) how two of them merge.
 *
 * @param name the column that holds it; an extreme has two more, {@code …_at} and
 * {@code …_origin}
 */
public record Component(String name, Term term) {

	/** How two values of a component become one. */
	public enum Merge {

		/** Whole numbers that add up. */
		COUNT,
		/** Numbers that add up. */
		SUM,
		/** The lowest with the instant at which it was first met. */
		MIN_AT,
		/** The highest with the instant at which it was first met. */
		MAX_AT

	}

	/** What kind of value a column holds. */
	public enum Type {

		COUNT, NUMBER, INSTANT, ORIGIN

	}

	/**
	 * A column of a store.
	 *
	 * @param name in snake case
	 */
	public record Column(String name, Type type) {
	}

	public Merge merge() {
		return this.term.merge();
	}

	/** The columns that hold this component in any store. */
	public List<Column> columns() {
		return switch (merge()) {
			case COUNT -> List.of(new Column(this.name, Type.COUNT));
			case SUM -> List.of(new Column(this.name, Type.NUMBER));
			case MIN_AT, MAX_AT -> List.of(new Column(this.name, Type.NUMBER),
					new Column(this.name + "_at", Type.INSTANT), new Column(this.name + "_origin", Type.ORIGIN));
		};
	}

}
