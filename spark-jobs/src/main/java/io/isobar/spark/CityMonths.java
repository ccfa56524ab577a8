package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.isobar.views.LocalCalendar;

/** Months of cities, merged from the states of their days. */
final class CityMonths {

	/** A month of a city, from hours or from whole days. */
	record Key(String city, String month, String resolution) {
	}

	/** Real and simulated values are merged apart. */
	private record Part(Key key, boolean simulated) {
	}

	private final Map<Part, Merged> parts = new HashMap<>();

	/**
	 * What is known of the real or of the simulated values of a month, to be added to.
	 */
	Merged of(String city, String month, String resolution, boolean simulated) {
		return this.parts.computeIfAbsent(new Part(new Key(city, month, resolution), simulated), (key) -> new Merged());
	}

	void merge(CityMonths other) {
		other.parts.forEach((part, merged) -> this.parts.merge(part, merged, Merged::add));
	}

	/** Each month; real and simulated values together. */
	Map<Key, Merged> months(Predicate<Key> wanted) {
		Map<Key, Merged> months = new TreeMap<>(
				Comparator.comparing(Key::city).thenComparing(Key::month).thenComparing(Key::resolution));
		this.parts.forEach((part, merged) -> {
			if (wanted.test(part.key())) {
				months.computeIfAbsent(part.key(), (key) -> new Merged()).add(merged);
			}
		});
		return months;
	}

	/**
	 * The month as it is shown: where there are hours and whole days, those that cover
	 * more of it.
	 */
	static Map<Key, Merged> shown(Map<Key, Merged> months) {
		Map<String, Map.Entry<Key, Merged>> shown = new HashMap<>();
		for (Map.Entry<Key, Merged> month : months.entrySet()) {
			shown.merge(month.getKey().city() + "\n" + month.getKey().month(), month,
					(first, second) -> isShownRather(second, first) ? second : first);
		}
		Map<Key, Merged> result = new TreeMap<>(((TreeMap<Key, Merged>) months).comparator());
		shown.values().forEach((month) -> result.put(month.getKey(), month.getValue()));
		return result;
	}

	private static boolean isShownRather(Map.Entry<Key, Merged> month, Map.Entry<Key, Merged> other) {
		long days = month.getValue().days - other.getValue().days;
		return days > 0 || (days == 0 && month.getKey().resolution().equals("hour"));
	}

	/**
	 * How many readings a month without a hole has.
	 * @param zones the zone of each city, by name
	 */
	static long expectedReadings(Key key, Map<String, String> zones) {
		YearMonth month = YearMonth.parse(key.month());
		if (key.resolution().equals("day")) {
			return month.lengthOfMonth();
		}
		LocalCalendar calendar = new LocalCalendar(ZoneId.of(Objects.requireNonNull(zones.get(key.city()))));
		return month.atDay(1)
			.datesUntil(month.plusMonths(1).atDay(1))
			.mapToLong((day) -> calendar.expectedSlots(day.toEpochDay()))
			.sum();
	}

	void write(DataOutputStream out) throws IOException {
		out.writeInt(this.parts.size());
		for (Map.Entry<Part, Merged> part : this.parts.entrySet()) {
			out.writeUTF(part.getKey().key().city());
			out.writeUTF(part.getKey().key().month());
			out.writeUTF(part.getKey().key().resolution());
			out.writeBoolean(part.getKey().simulated());
			part.getValue().write(out);
		}
	}

	static CityMonths read(DataInputStream in) throws IOException {
		CityMonths months = new CityMonths();
		for (int size = in.readInt(); size > 0; size--) {
			Part part = new Part(new Key(in.readUTF(), in.readUTF(), in.readUTF()), in.readBoolean());
			months.parts.put(part, Merged.read(in));
		}
		return months;
	}

}
