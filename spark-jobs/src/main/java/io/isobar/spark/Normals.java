package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How warm it usually is in a city on each day of the year: over all years in which that
 * day was really measured, the mean of its mean, of its lowest and of its highest
 * temperature.
 */
final class Normals {

	/** Each month has 31 places. */
	private static final int PLACES = 12 * 31;

	/**
	 * What is usual on a day.
	 *
	 * @param years how many real years it stands on
	 */
	record Normal(String city, MonthDay day, double mean, double low, double high, int years) {
	}

	private static final class City {

		final int[] years = new int[PLACES];

		final double[] means = new double[PLACES];

		final double[] lows = new double[PLACES];

		final double[] highs = new double[PLACES];

	}

	private final Map<String, City> cities = new TreeMap<>();

	private static int place(int month, int day) {
		return (month - 1) * 31 + day - 1;
	}

	static int place(LocalDate day) {
		return place(day.getMonthValue(), day.getDayOfMonth());
	}

	/** Counts a day of a year; to be called once for each. */
	void add(String city, int place, double mean, double low, double high) {
		City sums = this.cities.computeIfAbsent(city, (name) -> new City());
		sums.years[place]++;
		sums.means[place] += mean;
		sums.lows[place] += low;
		sums.highs[place] += high;
	}

	/** With those of other years. */
	void merge(Normals other) {
		other.cities.forEach((city, from) -> {
			City into = this.cities.computeIfAbsent(city, (name) -> new City());
			for (int i = 0; i < PLACES; i++) {
				into.years[i] += from.years[i];
				into.means[i] += from.means[i];
				into.lows[i] += from.lows[i];
				into.highs[i] += from.highs[i];
			}
		});
	}

	/** By city and day. */
	List<Normal> all() {
		List<Normal> all = new ArrayList<>();
		this.cities.forEach((city, sums) -> {
			for (int month = 1; month <= 12; month++) {
				for (int day = 1; day <= 31; day++) {
					int place = place(month, day);
					int years = sums.years[place];
					if (years > 0) {
						all.add(new Normal(city, MonthDay.of(month, day), sums.means[place] / years,
								sums.lows[place] / years, sums.highs[place] / years, years));
					}
				}
			}
		});
		return all;
	}

	void write(DataOutputStream out) throws IOException {
		out.writeInt(this.cities.size());
		for (Map.Entry<String, City> city : this.cities.entrySet()) {
			out.writeUTF(city.getKey());
			for (int i = 0; i < PLACES; i++) {
				out.writeInt(city.getValue().years[i]);
				if (city.getValue().years[i] > 0) {
					out.writeDouble(city.getValue().means[i]);
					out.writeDouble(city.getValue().lows[i]);
					out.writeDouble(city.getValue().highs[i]);
				}
			}
		}
	}

	static Normals read(DataInputStream in) throws IOException {
		Normals normals = new Normals();
		for (int cities = in.readInt(); cities > 0; cities--) {
			City city = new City();
			normals.cities.put(in.readUTF(), city);
			for (int i = 0; i < PLACES; i++) {
				city.years[i] = in.readInt();
				if (city.years[i] > 0) {
					city.means[i] = in.readDouble();
					city.lows[i] = in.readDouble();
					city.highs[i] = in.readDouble();
				}
			}
		}
		return normals;
	}

}
