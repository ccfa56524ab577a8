package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What generations of weather say of days, as far as it decides which layer answers. What
 * is decided, {@link DayClosing} and {@link ReopenedDays} decide; all methods work in the
 * transaction of their caller.
 */
interface DayResults {

	/** The cities that are known, with their zones. */
	Map<String, ZoneId> zones();

	/** The days that a generation answers for, of each city that has any. */
	Map<String, DayRanges> closed(int generation);

	/** How many readings a generation has of days of a city, of those that have rows. */
	Map<LocalDate, Long> readings(int generation, String city, LocalDate from, LocalDate to);

	/**
	 * A city, while a generation is exported.
	 *
	 * @param today the day that has not ended
	 * @param settled the first day of which an answer is still waited for
	 * @param before what was closed in the generation that the run started from
	 * @param first the first day of which anything is known; null: nothing is
	 * @param answered the days, not settled, about which a provider has answered, or
	 * which a file covers
	 * @param broken the days that break a rule
	 */
	record Facts(String city, LocalDate today, LocalDate settled, DayRanges before, @Nullable LocalDate first,
			DayRanges answered, DayRanges broken) {
	}

	/**
	 * What is known of each city, when all other tables of an attempt have been exported.
	 * @param base the generation that the run started from; null: none
	 * @param today the day that has not ended, of each city
	 * @param settlesAfter how long an answer is waited for after a day's end
	 * @param pinned answers that were asked for later do not count; null: all do
	 */
	List<Facts> facts(@Nullable Integer base, Map<String, LocalDate> today, Period settlesAfter,
			@Nullable Instant pinned);

	/**
	 * Keeps the days that an attempt closes, instead of what was kept of it before; every
	 * older generation keeps its own.
	 */
	void keep(int generation, Map<String, DayRanges> closed);

}
