package io.isobar.batch;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a run has computed anew: everything, or some months of some cities; all else is as
 * in the generation that the run started from.
 *
 * @param parts the changed months; null for everything
 */
record Scope(@Nullable List<Part> parts) {

	static final Scope ALL = new Scope(null);

	/** Instead of a month: all of a city's months. */
	private static final String EVERY_MONTH = "*";

	/**
	 * A changed month of a city.
	 *
	 * @param month null for all of them
	 */
	record Part(String city, @Nullable YearMonth month) {

		boolean contains(String city, LocalDate day) {
			return this.city.equals(city) && (this.month == null || this.month.equals(YearMonth.from(day)));
		}

	}

	/**
	 * Changed months as lines of a city, a tab and a month, where {@code *} is every one.
	 */
	static Scope of(List<String> lines) {
		return new Scope(lines.stream().map((line) -> {
			int tab = line.lastIndexOf('\t');
			String month = line.substring(tab + 1);
			return new Part(line.substring(0, tab), month.equals(EVERY_MONTH) ? null : YearMonth.parse(month));
		}).toList());
	}

	boolean isAll() {
		return this.parts == null;
	}

	boolean contains(String city, LocalDate day) {
		return this.parts == null || this.parts.stream().anyMatch((part) -> part.contains(city, day));
	}

}
