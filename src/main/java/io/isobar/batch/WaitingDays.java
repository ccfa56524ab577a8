package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The days that could not be asked because a quota is used up. Safe to use by several
 * threads.
 */
class WaitingDays {

	/** How many cities a sentence names. */
	private static final int CITIES = 10;

	private final Map<Until, Map<String, Span>> spans = new TreeMap<>();

	private record Until(Instant instant, String why) implements Comparable<Until> {

		@Override
		public int compareTo(Until other) {
			int order = this.instant.compareTo(other.instant);
			return (order != 0) ? order : this.why.compareTo(other.why);
		}

	}

	private record Span(long days, LocalDate first, LocalDate last) {

		Span with(Span other) {
			return new Span(this.days + other.days, (this.first.isBefore(other.first)) ? this.first : other.first,
					(this.last.isAfter(other.last)) ? this.last : other.last);
		}

	}

	synchronized void add(Question question, Instant until, String why) {
		this.spans.computeIfAbsent(new Until(until, why), (ignored) -> new TreeMap<>())
			.merge(question.city().name(), new Span(question.days(), question.from(), question.to()), Span::with);
	}

	synchronized long count() {
		return this.spans.values().stream().flatMap((cities) -> cities.values().stream()).mapToLong(Span::days).sum();
	}

	/** Which days wait, until when and why; empty if none does. */
	synchronized String sentences() {
		return this.spans.entrySet()
			.stream()
			.map((entry) -> "%s wait until %s. %s".formatted(cities(entry.getValue()),
					entry.getKey().instant().atOffset(ZoneOffset.UTC), entry.getKey().why()))
			.collect(Collectors.joining(" "));
	}

	private static String cities(Map<String, Span> spans) {
		List<String> parts = new ArrayList<>();
		long days = 0;
		for (Map.Entry<String, Span> entry : spans.entrySet()) {
			Span span = entry.getValue();
			if (parts.size() < CITIES) {
				parts.add(String.format(Locale.ROOT, "%d %s of %s (%s)", span.days(),
						(span.days() == 1) ? "day" : "days", entry.getKey(),
						span.first().equals(span.last()) ? span.first().toString() : span.first() + "…" + span.last()));
			}
			else {
				days += span.days();
			}
		}
		if (spans.size() > CITIES) {
			parts.add(String.format(Locale.ROOT, "%d days of %d more cities", days, spans.size() - CITIES));
		}
		return String.join(", ", parts);
	}

}
