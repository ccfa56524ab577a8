package io.isobar.weather;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Sources whose readings count no longer: they were read anew, and what they are read as
 * now stands in the table of readings under another source. Kept with that table.
 *
 * @param names of the sources, as the column {@code source} has them
 */
public record ReplacedSources(Set<String> names) {

	/** Under this name the table of readings keeps it, as metadata of a domain. */
	public static final String DOMAIN = "isobar.replaced-sources";

	/** None at all. */
	public static final ReplacedSources NONE = new ReplacedSources(Set.of());

	/** Between a raw file's name and how often it was read anew. */
	private static final String AGAIN = "~";

	public ReplacedSources {
		names = Set.copyOf(names);
	}

	/** Reads what {@link #text()} wrote. */
	public static ReplacedSources of(String text) {
		return new ReplacedSources(text.lines().collect(Collectors.toSet()));
	}

	/** A source in each line. */
	public String text() {
		return String.join("\n", new TreeSet<>(this.names));
	}

	/** With others. */
	public ReplacedSources and(Collection<String> others) {
		Set<String> all = new TreeSet<>(this.names);
		all.addAll(others);
		return new ReplacedSources(all);
	}

	/** The raw file that a source was read from. */
	public static String raw(String source) {
		int again = source.lastIndexOf(AGAIN);
		return (again < 0) ? source : source.substring(0, again);
	}

	/** The source under which a raw file is read anew, after that one. */
	public static String next(String source) {
		int again = source.lastIndexOf(AGAIN);
		int times = (again < 0) ? 1 : Integer.parseInt(source.substring(again + AGAIN.length()));
		return raw(source) + AGAIN + (times + 1);
	}

}
