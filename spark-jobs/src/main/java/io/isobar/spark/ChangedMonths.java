package io.isobar.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.spark.sql.Column;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

/**
 * The months of cities whose results may differ from those of an earlier run: what is
 * folded anew, and what an export has to compare. A city whose days were cut otherwise
 * has changed in all its months.
 */
public final class ChangedMonths {

	/** Of a city that has changed in all its months. */
	private static final Set<String> ALL = Set.of("*");

	private final Map<String, Set<String>> months = new TreeMap<>();

	/** Nothing has changed yet. */
	public ChangedMonths() {
	}

	/** What {@link #lines()} gave. */
	public static ChangedMonths of(Collection<String> lines) {
		ChangedMonths changed = new ChangedMonths();
		for (String line : lines) {
			int tab = line.lastIndexOf('\t');
			String city = line.substring(0, tab);
			String month = line.substring(tab + 1);
			if (ALL.contains(month)) {
				changed.addAllOf(city);
			}
			else {
				changed.add(city, month);
			}
		}
		return changed;
	}

	/** As lines of a city, a tab and a month, where {@code *} is every month. */
	public List<String> lines() {
		List<String> lines = new ArrayList<>();
		this.months.forEach((city, some) -> some.forEach((month) -> lines.add(city + "\t" + month)));
		return lines;
	}

	void add(String city, String month) {
		Set<String> some = this.months.computeIfAbsent(city, (name) -> new TreeSet<>());
		if (some != ALL) {
			some.add(month);
		}
	}

	void addAllOf(String city) {
		this.months.put(city, ALL);
	}

	public boolean isEmpty() {
		return this.months.isEmpty();
	}

	public boolean contains(String city, String month) {
		Set<String> some = this.months.get(city);
		return some != null && (some == ALL || some.contains(month));
	}

	/** Whether a city has changed in all its months, so that no list names them. */
	public boolean hasWholeCities() {
		return this.months.containsValue(ALL);
	}

	/** The years of the months that are named. */
	public Set<Integer> years() {
		return this.months.values()
			.stream()
			.filter((some) -> some != ALL)
			.flatMap(Set::stream)
			.map((month) -> Integer.valueOf(month.substring(0, month.indexOf('-', 1))))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * The cities by month.
	 * @param all months in which a city that has changed in all of them may have readings
	 */
	Map<String, Set<String>> byMonth(Set<String> all) {
		Map<String, Set<String>> cities = new TreeMap<>();
		this.months.forEach((city, some) -> ((some == ALL) ? all : some)
			.forEach((month) -> cities.computeIfAbsent(month, (key) -> new TreeSet<>()).add(city)));
		return cities;
	}

	/** Whether a row with a city and a month is among them. */
	Column condition() {
		Map<Set<String>, List<String>> cities = new LinkedHashMap<>();
		this.months.forEach((city, some) -> cities.computeIfAbsent(some, (ignored) -> new ArrayList<>()).add(city));
		Column any = lit(false);
		for (Map.Entry<Set<String>, List<String>> group : cities.entrySet()) {
			Column here = col("city").isin(group.getValue().toArray());
			any = any.or((group.getKey() == ALL) ? here : here.and(col("month").isin(group.getKey().toArray())));
		}
		return any;
	}

}
