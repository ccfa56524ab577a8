package io.isobar.batch;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a run has computed anew: everything, or some months of some cities; all else is as
 * in the generation that the run started from.
 */
final class Scope {

	static final Scope ALL = new Scope(null);

	/** Instead of a month: all of a city's months. */
	private static final String EVERY_MONTH = "*";

	private final @Nullable List<Part> parts;

	private final Map<String, Set<@Nullable YearMonth>> months = new HashMap<>();

	/**
	 * A changed month of a city.
	 *
	 * @param month null for all of them
	 */
	record Part(String city, @Nullable YearMonth month) {
	}

	/**
	 * Some months, or everything.
	 * @param parts the changed months; null for everything
	 */
	Scope(@Nullable List<Part> parts) {
		this.parts = parts;
		if (parts != null) {
			parts.forEach(
					(part) -> this.months.computeIfAbsent(part.city(), (city) -> new HashSet<>()).add(part.month()));
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

	/** The changed months; null for everything. */
	@Nullable List<Part> parts() {
		return this.parts;
	}

	boolean isAll() {
		return this.parts == null;
	}

	boolean contains(String city, LocalDate day) {
		if (this.parts == null) {
			return true;
		}
		Set<@Nullable YearMonth> some = this.months.get(city);
		return some != null && (some.contains(null) || some.contains(YearMonth.from(day)));
	}

	/** Whether any day of that year may be among them. */
	boolean touches(int year) {
		return this.parts == null
				|| this.parts.stream().anyMatch((part) -> part.month() == null || part.month().getYear() == year);
	}

}
