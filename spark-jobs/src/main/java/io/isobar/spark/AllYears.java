package io.isobar.spark;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * The histories of all years: of some as they were kept, of others folded anew. Closed
 * years are kept merged too, so that they cost the same however many they are.
 */
final class AllYears {

	/** Folds years from their states. */
	interface States {

		/** The years that have any state. */
		Set<Integer> years();

		/**
		 * Folds some of these years.
		 * @param real the cities whose simulated values are left out of the extremes
		 */
		Map<Integer, YearFold> fold(Set<Integer> years, Set<String> real);

	}

	private final KeptHistories kept;

	private final KeptHistories.Contents record;

	private final int closedBefore;

	private final Map<Integer, YearFold> folded = new TreeMap<>();

	private final Map<String, Histories> read = new HashMap<>();

	private @Nullable Histories closedAnew;

	/**
	 * Goes out from what is kept.
	 * @param record what is kept
	 * @param closedBefore years before this one are merged
	 */
	AllYears(KeptHistories kept, KeptHistories.Contents record, int closedBefore) {
		this.kept = kept;
		this.record = record;
		this.closedBefore = closedBefore;
	}

	/** All history as it was kept. */
	Histories before() throws IOException {
		Histories before = new Histories().merge(read(this.record.closed()));
		for (String year : this.record.years().tailMap(this.record.closedBefore()).values()) {
			before.merge(read(year));
		}
		return before;
	}

	/**
	 * Folds some years anew, and those of which nothing is kept; then all history.
	 * Whether simulated values of a city count depends on all years: where a city has got
	 * its first real readings, the years before are folded again.
	 */
	Histories fold(States states, Set<Integer> changed) throws IOException {
		Set<Integer> years = new TreeSet<>(states.years());
		years.removeAll(this.record.years().keySet());
		years.addAll(changed);
		years.retainAll(states.years());
		this.folded.putAll(states.fold(years, before().citiesWithReal()));
		Histories all = all(states, changed);
		Set<String> real = all.citiesWithReal();
		if (all.leavesOutSimulatedOf(real)) {
			return all;
		}
		Set<Integer> wrong = new TreeSet<>();
		for (int year : states.years()) {
			if (!of(year).leavesOutSimulatedOf(real)) {
				wrong.add(year);
			}
		}
		this.folded.putAll(states.fold(wrong, real));
		wrong.addAll(changed);
		return all(states, wrong);
	}

	private Histories all(States states, Set<Integer> changed) throws IOException {
		Histories all = new Histories();
		if (isClosedAsKept(states, changed)) {
			this.closedAnew = null;
			all.merge(read(this.record.closed()));
		}
		else {
			this.closedAnew = new Histories();
			for (int year : states.years()) {
				if (year < this.closedBefore) {
					this.closedAnew.merge(of(year));
				}
			}
			all.merge(this.closedAnew);
		}
		for (int year : states.years()) {
			if (year >= this.closedBefore) {
				all.merge(of(year));
			}
		}
		return all;
	}

	private boolean isClosedAsKept(States states, Set<Integer> changed) {
		return this.record.closedBefore() == this.closedBefore
				&& changed.stream().noneMatch((year) -> year < this.closedBefore)
				&& this.folded.keySet().stream().noneMatch((year) -> year < this.closedBefore)
				&& states.years().containsAll(this.record.years().headMap(this.closedBefore).keySet());
	}

	private Histories of(int year) throws IOException {
		YearFold fold = this.folded.get(year);
		return (fold != null) ? fold.histories() : read(keptAs(year));
	}

	private String keptAs(int year) {
		return Objects.requireNonNull(this.record.years().get(year));
	}

	private Histories read(String name) throws IOException {
		Histories histories = this.read.get(name);
		if (histories == null) {
			histories = this.kept.read(name);
			this.read.put(name, histories);
		}
		return histories;
	}

	/** The months of the years that were folded. */
	CityMonths months() {
		CityMonths months = new CityMonths();
		this.folded.values().forEach((fold) -> months.merge(fold.months()));
		return months;
	}

	/** Keeps what was folded anew, under that number. */
	void keep(long number, States states, Map<String, String> zones) throws IOException {
		Map<Integer, String> years = new TreeMap<>();
		for (int year : states.years()) {
			YearFold fold = this.folded.get(year);
			years.put(year,
					(fold != null) ? this.kept.write(number, String.valueOf(year), fold.histories()) : keptAs(year));
		}
		String closed = (this.closedAnew != null) ? this.kept.write(number, "closed", this.closedAnew)
				: this.record.closed();
		this.kept.write(number,
				new KeptHistories.Contents(this.closedBefore, closed, new TreeMap<>(years), Map.copyOf(zones)));
	}

}
