package io.isobar.serving.adhoc;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a row of an analysis is about. */
public enum Granularity {

	HOUR, DAY, MONTH;

	/** As in JSON: {@code hour}. */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	static Optional<Granularity> of(String word) {
		return Arrays.stream(values()).filter((each) -> each.word().equals(word)).findFirst();
	}

	/** All of them, as in JSON. */
	public static List<String> words() {
		return Arrays.stream(values()).map(Granularity::word).toList();
	}

	/** How many periods there are from a local day to another one, both included. */
	long periods(LocalDate from, LocalDate to) {
		long days = ChronoUnit.DAYS.between(from, to) + 1;
		return switch (this) {
			case HOUR -> 24 * days;
			case DAY -> days;
			case MONTH -> ChronoUnit.MONTHS.between(YearMonth.from(from), YearMonth.from(to)) + 1;
		};
	}

}
