package io.isobar.jobs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A comma list of cities. A name may hold a comma itself ("Paris, US"), so it takes the
 * known names to read the list: the longest that fits is meant.
 */
public final class CityNames {

	private CityNames() {
	}

	/**
	 * The names in the list, each once, in its order; unknown ones as they stand there.
	 */
	public static List<String> split(String list, Collection<String> known) {
		List<String> parts = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
		Set<String> cities = new LinkedHashSet<>();
		int start = 0;
		while (start < parts.size()) {
			int end = parts.size();
			while (end > start + 1 && !known.contains(String.join(", ", parts.subList(start, end)))) {
				end--;
			}
			cities.add(String.join(", ", parts.subList(start, end)));
			start = end;
		}
		return new ArrayList<>(cities);
	}

}
