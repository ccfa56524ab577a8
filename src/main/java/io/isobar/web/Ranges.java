package io.isobar.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/** The rules for {@code from} and {@code to}, the same everywhere: else 400. */
public final class Ranges {

	private static final int MOST_YEARS = 10;

	private Ranges() {
	}

	/** Local days, both inclusive; one that is missing leaves the range open. */
	public static void days(@Nullable LocalDate from, @Nullable LocalDate to) {
		ordered(from, to);
		if (from != null && to != null && !to.isBefore(from.plusYears(MOST_YEARS))) {
			throw tooLong(from, to);
		}
	}

	/** Months, both inclusive. */
	public static void months(@Nullable YearMonth from, @Nullable YearMonth to) {
		ordered(from, to);
		if (from != null && to != null && !to.isBefore(from.plusYears(MOST_YEARS))) {
			throw tooLong(from, to);
		}
	}

	/** Instants, the last one exclusive. */
	public static void instants(@Nullable Instant from, @Nullable Instant to) {
		ordered(from, to);
		if (from != null && to != null && to.isAfter(from.atOffset(ZoneOffset.UTC).plusYears(MOST_YEARS).toInstant())) {
			throw tooLong(from, to);
		}
	}

	private static <T extends Comparable<? super T>> void ordered(@Nullable T from, @Nullable T to) {
		if (from != null && to != null && from.compareTo(to) > 0) {
			throw Problems.badParameter("from", from + " is after to, " + to + ". Exchange them.");
		}
	}

	private static RuntimeException tooLong(Object from, Object to) {
		return Problems.badParameter("to",
				"from " + from + " to " + to + " is more than " + MOST_YEARS + " years. Ask for a part of it.");
	}

}
