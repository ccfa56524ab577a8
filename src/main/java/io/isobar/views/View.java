package io.isobar.views;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.weather.Metric;

/**
 * An aggregate that both layers know, as data: a name and a list of components. How facts
 * are folded, how states merge and which columns a store has all follow from the
 * components.
 */
public final class View {

	private final String name;

	private final List<Component> components;

	private final Map<String, Integer> indexes = new LinkedHashMap<>();

	/** By component; the fold's inner loops run over these arrays. */
	private final Component.Merge[] merges;

	/** The numbers of the state of no fact at all. */
	private final double[] nothing;

	private final int[] readings;

	private final int[][] readingsOf;

	private final Single[] singles;

	private final Partners[] partners;

	/** What is taken from one metric; -1: not taken. */
	private record Single(int metric, int count, int sum, int square, int lowest, int highest) {
	}

	/**
	 * A metric and those that it is paired with: for each where the count of both stands,
	 * followed by the five sums.
	 */
	private record Partners(int first, int[] seconds, int[] counts) {
	}

	View(String name, List<Component> components) {
		this.name = name;
		this.components = List.copyOf(components);
		this.merges = components.stream().map(Component::merge).toArray(Component.Merge[]::new);
		for (int i = 0; i < components.size(); i++) {
			if (this.indexes.put(components.get(i).name(), i) != null) {
				throw new IllegalArgumentException("Two components are called " + components.get(i).name());
			}
		}
		this.nothing = components.stream().mapToDouble(View::nothing).toArray();
		this.readings = indexesOf(Term.Readings.class);
		this.readingsOf = readingsOf();
		this.singles = singles();
		this.partners = partners();
	}

	public String name() {
		return this.name;
	}

	public List<Component> components() {
		return this.components;
	}

	/** The columns of the components, in order, without the key's. */
	public List<Component.Column> columns() {
		return this.components.stream().flatMap((component) -> component.columns().stream()).toList();
	}

	/** Where that component stands in a state's arrays. */
	public int indexOf(String component) {
		Integer index = this.indexes.get(component);
		if (index == null) {
			throw new IllegalArgumentException("View %s has no component %s.".formatted(this.name, component));
		}
		return index;
	}

	/**
	 * What decides the numbers of this view, as a text: two versions of isobar agree on
	 * it, or recompute.
	 */
	public String definition() {
		return this.name + this.components;
	}

	/** The state of no fact at all. */
	public State zero() {
		return new State(this);
	}

	/**
	 * The part of another view's state that this view has too, by the names of its
	 * components.
	 */
	public State part(State whole) {
		State part = zero();
		for (int i = 0; i < this.components.size(); i++) {
			int index = whole.view().indexOf(this.components.get(i).name());
			part.set(i, whole.number(index), whole.count(index));
		}
		return part;
	}

	double[] nothing() {
		return this.nothing;
	}

	private static double nothing(Component component) {
		return switch (component.merge()) {
			case COUNT, SUM -> 0;
			case MIN_AT, MAX_AT -> Double.NaN;
		};
	}

	/** Puts one slot's values into the state. */
	void add(State state, Slot slot) {
		double[] numbers = state.numbers;
		long[] longs = state.longs;
		for (int index : this.readings) {
			longs[index]++;
		}
		for (int index : this.readingsOf[slot.originCode]) {
			longs[index]++;
		}
		for (Single single : this.singles) {
			double value = slot.values[single.metric];
			if (!Double.isNaN(value)) {
				longs[single.count]++;
				numbers[single.sum] += value;
				numbers[single.square] += value * value;
			}
			double low = slot.lows[single.metric];
			// Also true where either is missing
			if (!(low > numbers[single.lowest])) {
				addLowest(numbers, longs, single.lowest, low, slot.lowStamps[single.metric]);
			}
			double high = slot.highs[single.metric];
			if (!(high < numbers[single.highest])) {
				addHighest(numbers, longs, single.highest, high, slot.highStamps[single.metric]);
			}
		}
		addPairs(numbers, longs, slot.values);
	}

	private void addPairs(double[] numbers, long[] longs, double[] values) {
		for (Partners partners : this.partners) {
			double first = values[partners.first];
			if (Double.isNaN(first)) {
				continue;
			}
			double square = first * first;
			int[] seconds = partners.seconds;
			int[] counts = partners.counts;
			for (int i = 0; i < seconds.length; i++) {
				double second = values[seconds[i]];
				if (!Double.isNaN(second)) {
					int count = counts[i];
					longs[count]++;
					numbers[count + 1] += first;
					numbers[count + 2] += second;
					numbers[count + 3] += square;
					numbers[count + 4] += first * second;
					numbers[count + 5] += second * second;
				}
			}
		}
	}

	/**
	 * Takes out of a day's simulated state what real readings have measured.
	 * @return whether anything is left
	 */
	boolean keepWhatIsMissingIn(State real, State simulated) {
		boolean left = false;
		for (Single single : this.singles) {
			int[] all = { single.count, single.sum, single.square, single.lowest, single.highest };
			if (isMeasured(real, single)) {
				for (int index : all) {
					simulated.set(index, this.nothing[index], 0);
				}
			}
			else {
				left |= isMeasured(simulated, single);
			}
		}
		boolean realReadings = false;
		for (int index : this.readings) {
			realReadings |= real.longs[index] > 0;
		}
		if (realReadings) {
			for (int index : this.readings) {
				simulated.longs[index] = 0;
			}
			for (int[] indexes : this.readingsOf) {
				for (int index : indexes) {
					simulated.longs[index] = 0;
				}
			}
		}
		return left;
	}

	private static boolean isMeasured(State state, Single single) {
		return state.longs[single.count] > 0 || !Double.isNaN(state.numbers[single.lowest])
				|| !Double.isNaN(state.numbers[single.highest]);
	}

	/** Merges the second state into the first. */
	void merge(State into, State from) {
		for (int i = 0; i < this.merges.length; i++) {
			switch (this.merges[i]) {
				case COUNT -> into.longs[i] += from.longs[i];
				case SUM -> into.numbers[i] += from.numbers[i];
				case MIN_AT -> addLowest(into.numbers, into.longs, i, from.numbers[i], from.longs[i]);
				case MAX_AT -> addHighest(into.numbers, into.longs, i, from.numbers[i], from.longs[i]);
			}
		}
	}

	private static void addLowest(double[] numbers, long[] longs, int index, double value, long stamp) {
		// Also false where the value is missing; true where there is none yet
		if (value < numbers[index] || (value == numbers[index] && stamp < longs[index])
				|| (Double.isNaN(numbers[index]) && !Double.isNaN(value))) {
			numbers[index] = value;
			longs[index] = stamp;
		}
	}

	private static void addHighest(double[] numbers, long[] longs, int index, double value, long stamp) {
		if (value > numbers[index] || (value == numbers[index] && stamp < longs[index])
				|| (Double.isNaN(numbers[index]) && !Double.isNaN(value))) {
			numbers[index] = value;
			longs[index] = stamp;
		}
	}

	private int[] indexesOf(Class<? extends Term> term) {
		List<Integer> found = new ArrayList<>();
		for (int i = 0; i < this.components.size(); i++) {
			if (term.isInstance(this.components.get(i).term())) {
				found.add(i);
			}
		}
		return found.stream().mapToInt(Integer::intValue).toArray();
	}

	private int find(Term term) {
		for (int i = 0; i < this.components.size(); i++) {
			if (this.components.get(i).term().equals(term)) {
				return i;
			}
		}
		return -1;
	}

	private int require(Term term) {
		int index = find(term);
		if (index < 0) {
			throw new IllegalArgumentException("View %s misses %s.".formatted(this.name, term));
		}
		return index;
	}

	private int[][] readingsOf() {
		int[][] byCode = new int[Slot.ORIGIN_CODES][];
		for (int code = 0; code < byCode.length; code++) {
			int index = find(new Term.ReadingsOf(code));
			byCode[code] = (index < 0) ? new int[0] : new int[] { index };
		}
		return byCode;
	}

	private Single[] singles() {
		return Metric.ALL.stream()
			.filter((metric) -> find(new Term.Count(metric)) >= 0)
			.map((metric) -> new Single(metric.ordinal(), require(new Term.Count(metric)),
					require(new Term.Power(metric, 1)), require(new Term.Power(metric, 2)),
					require(new Term.Lowest(metric)), require(new Term.Highest(metric))))
			.toArray(Single[]::new);
	}

	private Partners[] partners() {
		Map<Integer, List<Term.PairCount>> byFirst = new TreeMap<>();
		for (Component component : this.components) {
			if (component.term() instanceof Term.PairCount count) {
				byFirst.computeIfAbsent(count.first().ordinal(), (first) -> new ArrayList<>()).add(count);
			}
		}
		List<Partners> found = new ArrayList<>();
		byFirst.forEach((first, counts) -> found
			.add(new Partners(first, counts.stream().mapToInt((count) -> count.second().ordinal()).toArray(),
					counts.stream().mapToInt(this::requirePair).toArray())));
		return found.toArray(Partners[]::new);
	}

	private int requirePair(Term.PairCount count) {
		int index = require(count);
		int[][] powers = { { 1, 0 }, { 0, 1 }, { 2, 0 }, { 1, 1 }, { 0, 2 } };
		for (int i = 0; i < powers.length; i++) {
			if (require(new Term.PairProduct(count.first(), count.second(), powers[i][0], powers[i][1])) != index + 1
					+ i) {
				throw new IllegalArgumentException("In view %s the sums do not follow %s.".formatted(this.name, count));
			}
		}
		return index;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
