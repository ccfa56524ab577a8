package io.isobar.views;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * What a fold gave out, by key; states of the same key are merged, as every store does.
 */
public final class FoldedStates implements ReadingsFold.Output {

	public final Map<String, State> states = new TreeMap<>();

	public static FoldedStates of(List<Reading> readings) {
		FoldedStates folded = new FoldedStates();
		ReadingsFold.fold(RandomReadings.ordered(readings), RandomReadings.ZONES::get, folded);
		return folded;
	}

	/** As {@link #of(List)}, for cities in other zones. */
	public static FoldedStates of(List<Reading> readings, Function<String, ZoneId> zones) {
		FoldedStates folded = new FoldedStates();
		ReadingsFold.fold(RandomReadings.ordered(readings), zones, folded);
		return folded;
	}

	/**
	 * The states of a day's hours, by whether they are simulated, are these and no more.
	 */
	public void assertDay(String city, LocalDate day, Map<Boolean, State> states) {
		for (boolean simulated : new boolean[] { false, true }) {
			String key = city + "|" + day + "|" + Resolution.HOUR + "|" + simulated;
			State expected = this.states.get(key);
			State state = states.get(simulated);
			if (expected == null || state == null) {
				assertThat(state).as(key).isSameAs(expected);
			}
			else {
				assertEqual(key, state, expected);
			}
		}
	}

	@Override
	public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
		put(city + "|" + LocalDate.ofEpochDay(day) + "|" + resolution + "|" + simulated, state);
	}

	@Override
	public void cityMonthPairs(String city, long month, boolean simulated, State state) {
		put(city + "|" + month + "|" + simulated, state);
	}

	FoldedStates merge(FoldedStates other) {
		other.states.forEach(this::put);
		return this;
	}

	public void assertEqualTo(FoldedStates other) {
		assertThat(this.states.keySet()).isEqualTo(other.states.keySet());
		this.states.forEach((key, state) -> assertEqual(key, state, other.states.get(key)));
	}

	/**
	 * Counts, extremes and instants exactly; sums of doubles to 1e-12, for their order of
	 * addition is not fixed.
	 */
	static void assertEqual(String key, State first, State second) {
		for (int i = 0; i < first.view().components().size(); i++) {
			Component component = first.view().components().get(i);
			double tolerance = (component.merge() == Component.Merge.SUM)
					? 1e-12 * Math.max(1, Math.abs(first.number(i))) : 0;
			boolean equal = first.count(i) == second.count(i) && (Double.compare(first.number(i), second.number(i)) == 0
					|| Math.abs(first.number(i) - second.number(i)) <= tolerance);
			if (!equal) {
				fail("%s %s: %s/%d is not %s/%d", key, component.name(), first.number(i), first.count(i),
						second.number(i), second.count(i));
			}
		}
	}

	private void put(String key, State state) {
		this.states.merge(key, state.copy(), State::merge);
	}

}
