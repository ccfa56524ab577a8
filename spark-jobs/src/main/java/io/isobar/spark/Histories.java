package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of all cities over some years: all that is told of whole histories is
 * merged from it. As large for forty years as for one.
 */
final class Histories {

	/** A city by its hours or its whole days, real or simulated. */
	private record Part(String city, String resolution, boolean simulated) {
	}

	private final Map<Part, Merged> parts = new HashMap<>();

	/** Cities whose simulated values are among the extremes. */
	private final Set<String> simulatedTaken = new TreeSet<>();

	/** Cities whose simulated values are not, as they have real ones. */
	private final Set<String> simulatedLeftOut = new TreeSet<>();

	private Extremes extremes = new Extremes();

	private Normals normals = new Normals();

	private Correlations correlations = new Correlations();

	/** What is known of one part of a city's readings, to be added to. */
	Merged of(String city, String resolution, boolean simulated) {
		return this.parts.computeIfAbsent(new Part(city, resolution, simulated), (key) -> new Merged());
	}

	Extremes extremes() {
		return this.extremes;
	}

	Normals normals() {
		return this.normals;
	}

	Correlations correlations() {
		return this.correlations;
	}

	/** Notes whether a city's simulated values are among the extremes. */
	void simulated(String city, boolean taken) {
		(taken ? this.simulatedTaken : this.simulatedLeftOut).add(city);
	}

	/**
	 * Whether those cities' simulated values, and no others', were left out of the
	 * extremes.
	 * @param real the cities that have any real reading, in whatever year
	 */
	boolean leavesOutSimulatedOf(Set<String> real) {
		return real.containsAll(this.simulatedLeftOut) && this.simulatedTaken.stream().noneMatch(real::contains);
	}

	/** With what is known of other years. */
	Histories merge(Histories other) {
		other.parts.forEach((part, merged) -> this.parts.computeIfAbsent(part, (key) -> new Merged()).add(merged));
		this.simulatedTaken.addAll(other.simulatedTaken);
		this.simulatedLeftOut.addAll(other.simulatedLeftOut);
		this.extremes.merge(other.extremes);
		this.normals.merge(other.normals);
		this.correlations.merge(other.correlations);
		return this;
	}

	/** All cities that have any reading. */
	Set<String> cities() {
		Set<String> cities = new TreeSet<>();
		this.parts.keySet().forEach((part) -> cities.add(part.city()));
		return cities;
	}

	/** The cities that have any real reading. */
	Set<String> citiesWithReal() {
		Set<String> real = new TreeSet<>();
		this.parts.keySet().forEach((part) -> {
			if (!part.simulated()) {
				real.add(part.city());
			}
		});
		return real;
	}

	/**
	 * Whether that city is compared by its hours: simulated ones do not count where it
	 * has anything real.
	 */
	boolean isHourly(String city) {
		return this.parts.containsKey(new Part(city, "hour", false))
				|| (this.parts.containsKey(new Part(city, "hour", true))
						&& !this.parts.containsKey(new Part(city, "day", false)));
	}

	/**
	 * All history of each city, for comparing: without the simulated where it has real
	 * readings, without whole days where it has hours.
	 */
	Map<String, Merged> compared() {
		Set<String> real = citiesWithReal();
		Map<String, Merged> compared = new TreeMap<>();
		this.parts.forEach((part, merged) -> {
			if ((!part.simulated() || !real.contains(part.city()))
					&& (part.resolution().equals("hour") || !isHourly(part.city()))) {
				compared.computeIfAbsent(part.city(), (key) -> new Merged()).add(merged);
			}
		});
		return compared;
	}

	void write(DataOutputStream out) throws IOException {
		out.writeInt(this.parts.size());
		for (Map.Entry<Part, Merged> part : this.parts.entrySet()) {
			out.writeUTF(part.getKey().city());
			out.writeUTF(part.getKey().resolution());
			out.writeBoolean(part.getKey().simulated());
			part.getValue().write(out);
		}
		write(out, this.simulatedTaken);
		write(out, this.simulatedLeftOut);
		this.extremes.write(out);
		this.normals.write(out);
		this.correlations.write(out);
	}

	private static void write(DataOutputStream out, Set<String> names) throws IOException {
		out.writeInt(names.size());
		for (String name : names) {
			out.writeUTF(name);
		}
	}

	static Histories read(DataInputStream in) throws IOException {
		Histories histories = new Histories();
		for (int size = in.readInt(); size > 0; size--) {
			histories.parts.put(new Part(in.readUTF(), in.readUTF(), in.readBoolean()), Merged.read(in));
		}
		read(in, histories.simulatedTaken);
		read(in, histories.simulatedLeftOut);
		histories.extremes = Extremes.read(in);
		histories.normals = Normals.read(in);
		histories.correlations = Correlations.read(in);
		return histories;
	}

	private static void read(DataInputStream in, Set<String> names) throws IOException {
		for (int size = in.readInt(); size > 0; size--) {
			names.add(in.readUTF());
		}
	}

}
