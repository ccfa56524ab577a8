package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;

import io.isobar.views.Component;
import io.isobar.views.State;
import io.isobar.views.Term;
import io.isobar.views.WeatherViews;

/**
 * How the metrics of a city move together over some time, merged from the states of
 * {@code city_month_pairs}.
 */
final class Correlations {

	private static final double NOISE = 1e-13;

	/** Where the six components of each pair begin, in the order of the pairs. */
	private static final Map<String, Integer> PAIRS = pairs();

	/** A city with its real or its simulated readings. */
	private record Key(String city, boolean simulated) {
	}

	/**
	 * What was found for a pair of metrics.
	 *
	 * @param coefficient NaN where one of them never changes
	 * @param pairs hours in which both have a value
	 */
	record Correlation(String city, String first, String second, double coefficient, long pairs) {
	}

	private final Map<Key, State> states = new HashMap<>();

	private static Map<String, Integer> pairs() {
		Map<String, Integer> pairs = new TreeMap<>();
		List<Component> components = WeatherViews.CITY_MONTH_PAIRS.components();
		for (int i = 0; i < components.size(); i++) {
			if (components.get(i).term() instanceof Term.PairCount pair) {
				pairs.put(pair(pair.first().column(), pair.second().column()), i);
			}
		}
		return pairs;
	}

	static String pair(String first, String second) {
		return first + "\n" + second;
	}

	/** Where the components of a pair begin in a state. */
	static int indexOf(String pair) {
		return Objects.requireNonNull(PAIRS.get(pair), pair);
	}

	State of(String city, boolean simulated) {
		return this.states.computeIfAbsent(new Key(city, simulated), (key) -> WeatherViews.CITY_MONTH_PAIRS.zero());
	}

	/** With those of another time. */
	void merge(Correlations other) {
		other.states.forEach((key, state) -> of(key.city(), key.simulated()).merge(state));
	}

	/**
	 * Pearson's coefficient of each pair over all hours in which both have a value.
	 * @param counts whether a city's real (false) or simulated (true) readings count
	 */
	List<Correlation> all(BiPredicate<String, Boolean> counts) {
		Map<String, State> cities = new TreeMap<>();
		this.states.forEach((key, state) -> {
			if (counts.test(key.city(), key.simulated())) {
				cities.merge(key.city(), state, (first, second) -> first.copy().merge(second));
			}
		});
		List<Correlation> correlations = new ArrayList<>();
		cities.forEach((city, state) -> PAIRS.forEach((pair, i) -> {
			long n = state.count(i);
			if (n > 0) {
				String[] metrics = pair.split("\n", -1);
				correlations.add(new Correlation(city, metrics[0], metrics[1], coefficient(n, state.number(i + 1),
						state.number(i + 2), state.number(i + 3), state.number(i + 4), state.number(i + 5)), n));
			}
		}));
		return correlations;
	}

	private static double coefficient(long n, double x, double y, double xx, double xy, double yy) {
		double first = n * xx - x * x;
		double second = n * yy - y * y;
		// Values that differ by no more than the rounding of their squares do not change
		if (first <= NOISE * n * xx || second <= NOISE * n * yy) {
			return Double.NaN;
		}
		double coefficient = (n * xy - x * y) / (Math.sqrt(first) * Math.sqrt(second));
		// Rounding may carry a perfect correlation over 1
		return Math.max(-1, Math.min(1, coefficient));
	}

	void write(DataOutputStream out) throws IOException {
		out.writeInt(this.states.size());
		for (Map.Entry<Key, State> entry : this.states.entrySet()) {
			out.writeUTF(entry.getKey().city());
			out.writeBoolean(entry.getKey().simulated());
			for (int i : PAIRS.values()) {
				out.writeLong(entry.getValue().count(i));
				for (int j = 1; entry.getValue().count(i) > 0 && j <= 5; j++) {
					out.writeDouble(entry.getValue().number(i + j));
				}
			}
		}
	}

	static Correlations read(DataInputStream in) throws IOException {
		Correlations correlations = new Correlations();
		for (int size = in.readInt(); size > 0; size--) {
			State state = correlations.of(in.readUTF(), in.readBoolean());
			for (int i : PAIRS.values()) {
				state.set(i, 0, in.readLong());
				for (int j = 1; state.count(i) > 0 && j <= 5; j++) {
					state.set(i + j, in.readDouble(), 0);
				}
			}
		}
		return correlations;
	}

}
