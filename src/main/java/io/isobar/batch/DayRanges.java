package io.isobar.batch;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Days, as ranges: few, however many days they are. */
public final class DayRanges {

	/** No day at all. */
	public static final DayRanges NONE = new DayRanges(List.of());

	private final long[] starts;

	/** Each excluded. */
	private final long[] ends;

	/**
	 * Some days.
	 *
	 * @param from the first one
	 * @param to the first one after them
	 */
	public record Range(LocalDate from, LocalDate to) {
	}

	/** In the order of time, none touching another. */
	public DayRanges(List<Range> ranges) {
		this.starts = ranges.stream().mapToLong((range) -> range.from().toEpochDay()).toArray();
		this.ends = ranges.stream().mapToLong((range) -> range.to().toEpochDay()).toArray();
	}

	/**
	 * The days from one to another.
	 * @param to excluded; where it is not after the first one there are none
	 */
	static DayRanges of(LocalDate from, LocalDate to) {
		return from.isBefore(to) ? new DayRanges(List.of(new Range(from, to))) : NONE;
	}

	public boolean contains(LocalDate day) {
		return containsAll(day, day);
	}

	/** Whether all days are among them, from the first to the last one, both included. */
	public boolean containsAll(LocalDate first, LocalDate last) {
		int place = Arrays.binarySearch(this.starts, first.toEpochDay());
		int range = (place >= 0) ? place : -place - 2;
		return range >= 0 && last.toEpochDay() < this.ends[range];
	}

	boolean isEmpty() {
		return this.starts.length == 0;
	}

	/** The first of them; empty where there is none. */
	Optional<LocalDate> start() {
		return isEmpty() ? Optional.empty() : Optional.of(LocalDate.ofEpochDay(this.starts[0]));
	}

	/** In the order of time, none touching another. */
	List<Range> ranges() {
		List<Range> ranges = new ArrayList<>();
		for (int i = 0; i < this.starts.length; i++) {
			ranges.add(new Range(LocalDate.ofEpochDay(this.starts[i]), LocalDate.ofEpochDay(this.ends[i])));
		}
		return ranges;
	}

	/** These and the others. */
	DayRanges plus(DayRanges others) {
		return combine(others, (here, there) -> here || there);
	}

	/** These without the others. */
	DayRanges minus(DayRanges others) {
		return others.isEmpty() ? this : combine(others, (here, there) -> here && !there);
	}

	/** Those of these that are among the others. */
	DayRanges and(DayRanges others) {
		return combine(others, (here, there) -> here && there);
	}

	@FunctionalInterface
	private interface Rule {

		boolean isIn(boolean here, boolean there);

	}

	/** Between two borders every day is like the other. */
	private DayRanges combine(DayRanges others, Rule rule) {
		TreeSet<Long> borders = new TreeSet<>();
		for (DayRanges each : List.of(this, others)) {
			Arrays.stream(each.starts).forEach(borders::add);
			Arrays.stream(each.ends).forEach(borders::add);
		}
		List<Range> combined = new ArrayList<>();
		LocalDate begin = null;
		for (long border : borders) {
			LocalDate day = LocalDate.ofEpochDay(border);
			boolean isIn = rule.isIn(contains(day), others.contains(day));
			if (isIn && begin == null) {
				begin = day;
			}
			else if (!isIn && begin != null) {
				combined.add(new Range(begin, day));
				begin = null;
			}
		}
		return new DayRanges(combined);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof DayRanges days && Arrays.equals(this.starts, days.starts)
				&& Arrays.equals(this.ends, days.ends);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.starts) + Arrays.hashCode(this.ends);
	}

	@Override
	public String toString() {
		return ranges().toString();
	}

	/** The first day after all of them; empty where there is none. */
	public Optional<LocalDate> end() {
		return (this.ends.length > 0) ? Optional.of(LocalDate.ofEpochDay(this.ends[this.ends.length - 1]))
				: Optional.empty();
	}

}
