package io.isobar.weather;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * In which zones the readings of each city were when they were filed under the month of
 * their local day, and which rules these had, as a country may change its clocks later
 * than a reading comes. Kept with the table of readings. Readings of a city that has been
 * in another zone, or whose zone has other rules now, may lie in the month before or
 * after the one that they belong to.
 */
public final class FiledZones {

	/** Under this name the table of readings keeps it, as metadata of a domain. */
	public static final String DOMAIN = "isobar.zones";

	/** None at all: a table without readings. */
	public static final FiledZones NONE = new FiledZones(new TreeMap<>());

	/** Between a zone and a number of its rules; older entries have neither. */
	private static final String RULES = "@";

	private final TreeMap<String, TreeSet<String>> zones;

	private FiledZones(TreeMap<String, TreeSet<String>> zones) {
		this.zones = zones;
	}

	/** Reads what {@link #text()} wrote. */
	public static FiledZones of(String text) {
		TreeMap<String, TreeSet<String>> zones = new TreeMap<>();
		text.lines().forEach((line) -> {
			String[] words = line.split(" ");
			zones.put(URLDecoder.decode(words[0], StandardCharsets.UTF_8),
					new TreeSet<>(Arrays.asList(words).subList(1, words.length)));
		});
		return new FiledZones(zones);
	}

	/** A line for each city: its name, encoded as in a URL, and its zones. */
	public String text() {
		return this.zones.entrySet()
			.stream()
			.map((city) -> URLEncoder.encode(city.getKey(), StandardCharsets.UTF_8) + " "
					+ String.join(" ", city.getValue()))
			.collect(Collectors.joining("\n"));
	}

	/**
	 * With readings filed now.
	 * @param now the zone of each city whose readings are filed, by name
	 */
	public FiledZones and(Map<String, String> now) {
		TreeMap<String, TreeSet<String>> all = new TreeMap<>();
		this.zones.forEach((city, zones) -> all.put(city, new TreeSet<>(zones)));
		now.forEach((city, zone) -> all.computeIfAbsent(city, (name) -> new TreeSet<>()).add(withRules(zone)));
		return new FiledZones(all);
	}

	/** The zones in which readings of that city were filed. */
	public Set<String> zonesOf(String city) {
		return this.zones.getOrDefault(city, new TreeSet<>())
			.stream()
			.map(FiledZones::withoutRules)
			.collect(Collectors.toUnmodifiableSet());
	}

	private static String withRules(String zone) {
		return zone + RULES + Integer.toHexString(ZoneId.of(zone).getRules().hashCode());
	}

	private static String withoutRules(String entry) {
		return entry.split(RULES, 2)[0];
	}

	/**
	 * The cities of which any reading was filed in another zone than the city is in now,
	 * or by other rules of it.
	 * @param now the zone of each city, by name
	 */
	public Set<String> moved(Map<String, String> now) {
		Set<String> moved = new TreeSet<>();
		this.zones.forEach((city, zones) -> {
			String zone = now.get(city);
			if (zone != null && !Set.of(zone, withRules(zone)).containsAll(zones)) {
				moved.add(city);
			}
		});
		return moved;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof FiledZones that && this.zones.equals(that.zones);
	}

	@Override
	public int hashCode() {
		return this.zones.hashCode();
	}

	@Override
	public String toString() {
		return this.zones.toString();
	}

}
