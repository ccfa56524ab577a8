package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import io.isobar.weather.Metric;

/**
 * The highest and lowest values of some time. A day counts once, with its own extreme, so
 * that one hot afternoon does not fill the list. Equal values stand in the order of time,
 * then of city.
 */
final class Extremes {

	/** As many as anybody may ask for, of each metric and kind. */
	static final int KEPT = 1000;

	static final List<String> KINDS = List.of("max", "min");

	/**
	 * A day's extreme.
	 *
	 * @param at when it was measured, in microseconds since 1970
	 */
	record Extreme(String city, double value, long at, String origin) {

		Instant observedAt() {
			return Instant.EPOCH.plus(this.at, ChronoUnit.MICROS);
		}

	}

	/** Takes an extreme with its place in the order. */
	interface Consumer {

		void extreme(Metric metric, String kind, int rank, Extreme extreme);

	}

	private static final Comparator<Extreme> LOWEST_FIRST = Comparator.comparingDouble(Extreme::value)
		.thenComparingLong(Extreme::at)
		.thenComparing(Extreme::city);

	private static final Comparator<Extreme> HIGHEST_FIRST = Comparator.comparingDouble(Extreme::value)
		.reversed()
		.thenComparingLong(Extreme::at)
		.thenComparing(Extreme::city);

	/**
	 * By metric, first the highest, then the lowest; in each the one to be dropped first
	 * comes first.
	 */
	private final List<PriorityQueue<Extreme>> heaps = new ArrayList<>();

	Extremes() {
		for (int i = 0; i < 2 * Metric.COUNT; i++) {
			this.heaps.add(new PriorityQueue<>(order(i).reversed()));
		}
	}

	private static Comparator<Extreme> order(int list) {
		return isHighest(list) ? HIGHEST_FIRST : LOWEST_FIRST;
	}

	/** Whether a list is one of the highest values; the others are of the lowest. */
	static boolean isHighest(int list) {
		return list % 2 == 0;
	}

	/**
	 * Whether a value is among the first as far as they are known.
	 * @param list metric · 2, + 1 for the lowest
	 */
	boolean takes(int list, double value) {
		PriorityQueue<Extreme> heap = this.heaps.get(list);
		if (heap.size() < KEPT) {
			return true;
		}
		double last = heap.element().value();
		return isHighest(list) ? value >= last : value <= last;
	}

	void add(int list, Extreme extreme) {
		PriorityQueue<Extreme> heap = this.heaps.get(list);
		heap.add(extreme);
		if (heap.size() > KEPT) {
			heap.remove();
		}
	}

	/** With those of another time. */
	void merge(Extremes other) {
		for (int list = 0; list < this.heaps.size(); list++) {
			for (Extreme extreme : other.heaps.get(list)) {
				if (takes(list, extreme.value())) {
					add(list, extreme);
				}
			}
		}
	}

	/** All, by metric, kind and rank. */
	void forEach(Consumer consumer) {
		for (int list = 0; list < this.heaps.size(); list++) {
			List<Extreme> ordered = ordered(list);
			for (int i = 0; i < ordered.size(); i++) {
				consumer.extreme(Metric.ALL.get(list / 2), KINDS.get(list % 2), i + 1, ordered.get(i));
			}
		}
	}

	private List<Extreme> ordered(int list) {
		return this.heaps.get(list).stream().sorted(order(list)).toList();
	}

	void write(DataOutputStream out) throws IOException {
		for (PriorityQueue<Extreme> heap : this.heaps) {
			out.writeInt(heap.size());
			for (Extreme extreme : heap) {
				out.writeUTF(extreme.city());
				out.writeDouble(extreme.value());
				out.writeLong(extreme.at());
				out.writeUTF(extreme.origin());
			}
		}
	}

	static Extremes read(DataInputStream in) throws IOException {
		Extremes extremes = new Extremes();
		for (int list = 0; list < extremes.heaps.size(); list++) {
			for (int size = in.readInt(); size > 0; size--) {
				extremes.add(list,
						new Extreme(in.readUTF().intern(), in.readDouble(), in.readLong(), in.readUTF().intern()));
			}
		}
		return extremes;
	}

}
