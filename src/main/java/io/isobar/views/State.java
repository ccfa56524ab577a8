package io.isobar.views;

import java.util.Arrays;

/**
 * What a view keeps of a set of facts. Two states of disjoint sets merge into the state
 * of both; the order does not matter. Mutable and not thread-safe: a fold reuses it.
 * <p>
 * For component i a count stands in {@code longs[i]}, a sum in {@code numbers[i]}, an
 * extreme in {@code numbers[i]} (NaN: none) with its {@link Stamp} in {@code longs[i]}.
 */
public final class State {

	final double[] numbers;

	final long[] longs;

	private final View view;

	State(View view) {
		this.view = view;
		this.numbers = new double[view.components().size()];
		this.longs = new long[view.components().size()];
		clear();
	}

	public View view() {
		return this.view;
	}

	/** Back to the state of no fact at all. */
	public void clear() {
		Arrays.fill(this.longs, 0);
		System.arraycopy(this.view.nothing(), 0, this.numbers, 0, this.numbers.length);
	}

	/** Merges another state of the same view into this one. */
	public State merge(State other) {
		if (other.view != this.view) {
			throw new IllegalArgumentException(
					"A state of %s can't merge with one of %s.".formatted(this.view, other.view));
		}
		this.view.merge(this, other);
		return this;
	}

	public State copy() {
		return new State(this.view).merge(this);
	}

	/** The count of component i, or the stamp of its extreme. */
	public long count(int i) {
		return this.longs[i];
	}

	/** The sum or the extreme of component i; NaN: there is none. */
	public double number(int i) {
		return this.numbers[i];
	}

	/** The stamp of the extreme of component i; meaningless where there is none. */
	public long stamp(int i) {
		return this.longs[i];
	}

	/** Sets component i, as a store had it. */
	public void set(int i, double number, long count) {
		this.numbers[i] = number;
		this.longs[i] = count;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof State that && this.view == that.view && Arrays.equals(this.numbers, that.numbers)
				&& Arrays.equals(this.longs, that.longs);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.numbers) + Arrays.hashCode(this.longs);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.view.name()).append('{');
		for (int i = 0; i < this.numbers.length; i++) {
			if (this.longs[i] != 0 || (this.numbers[i] != 0 && !Double.isNaN(this.numbers[i]))) {
				text.append(this.view.components().get(i).name())
					.append('=')
					.append(this.numbers[i])
					.append('/')
					.append(this.longs[i])
					.append(' ');
			}
		}
		return text.append('}').toString();
	}

}
