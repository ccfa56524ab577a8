package io.isobar.batch;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

	public boolean contains(LocalDate day) {
		return containsAll(day, day);
	}

	/** Whether all days are among them, from the first to the last one, both included. */
	public boolean containsAll(LocalDate first, LocalDate last) {
		int place = Arrays.binarySearch(this.starts, first.toEpochDay());
		int range = (place >= 0) ? place : -place - 2;
		return range >= 0 && last.toEpochDay() < this.ends[range];
	}

	/** The first day after all of them; empty where there is none. */
	public Optional<LocalDate> end() {
		return (this.ends.length > 0) ? Optional.of(LocalDate.ofEpochDay(this.ends[this.ends.length - 1]))
				: Optional.empty();
	}

}
