package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Decides which days the batch layer answers for. A day of a city is closed when it has
 * ended there and is answered for: a provider has answered about it, be it that there are
 * no values; or a file covers it; or its settling time is over, so that no answer is
 * waited for any more. A day that breaks a {@linkplain DayRules rule} stays open. What
 * was closed in the generation that a run started from stays closed, unless a clock that
 * was ahead has closed days that are still to come.
 * <p>
 * Where readings are streamed, a day is closed only when all that had been sent at its
 * end is among the readings of the run.
 */
final class DayClosing {

	/** A clock may be put back by so much, and what was closed before stays closed. */
	private static final Duration PUT_BACK = Duration.ofDays(2);

	private final DayResults results;

	DayClosing(DayResults results) {
		this.results = results;
	}

	/**
	 * Closes the days that can be closed.
	 * @param base the generation that the run started from; null: none
	 * @param settlesAfter how long an answer is waited for after a day's end
	 * @param complete all that had been sent at that time is among the readings of the
	 * run; null: nobody knows, so no more days are closed
	 * @param pinned what providers have answered later is not among the readings of the
	 * run; null: all is
	 */
	void close(int generation, @Nullable Integer base, Period settlesAfter, @Nullable Instant complete,
			@Nullable Instant pinned) {
		this.results.keep(generation, closed(base, settlesAfter, complete, pinned));
	}

	private Map<String, DayRanges> closed(@Nullable Integer base, Period settlesAfter, @Nullable Instant complete,
			@Nullable Instant pinned) {
		if (complete == null) {
			return (base != null) ? this.results.closed(base) : Map.of();
		}
		Map<String, ZoneId> zones = this.results.zones();
		Map<String, LocalDate> today = new TreeMap<>();
		zones.forEach((city, zone) -> today.put(city, LocalDate.ofInstant(complete, zone)));
		Map<String, DayRanges> closed = new TreeMap<>();
		for (DayResults.Facts city : this.results.facts(base, today, settlesAfter, pinned)) {
			LocalDate ahead = LocalDate.ofInstant(complete.plus(PUT_BACK),
					zones.getOrDefault(city.city(), ZoneOffset.UTC));
			DayRanges days = closed(city, DayRanges.of(LocalDate.MIN, ahead).and(city.before()));
			if (!days.isEmpty()) {
				closed.put(city.city(), days);
			}
		}
		return closed;
	}

	/**
	 * @param before what stays closed
	 */
	private static DayRanges closed(DayResults.Facts city, DayRanges before) {
		LocalDate first = city.first();
		if (first == null) {
			return before;
		}
		DayRanges ended = DayRanges.of(first, city.today());
		DayRanges answered = DayRanges.of(first, city.settled()).plus(city.answered());
		return before.plus(answered.and(ended).minus(city.broken()));
	}

}
