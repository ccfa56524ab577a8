package io.isobar.views;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.isobar.weather.Metric;
import io.isobar.weather.Origin;

/** The views of weather. */
public final class WeatherViews {

	/** Count of slots that have any value. */
	public static final String READINGS = "readings";

	/**
	 * Key (city, local day, resolution, simulated): how many readings, of which origins,
	 * and for each metric count, sum, sum of squares and the extremes with their
	 * instants. Real and simulated values are kept apart, so that a reader can leave the
	 * simulated out; the simulated state of a day holds only what its real readings have
	 * not measured, so merging all states never mixes the two in one metric of a day.
	 */
	public static final View CITY_DAY = new View("city_day", cityDay(Metric.ALL));

	/**
	 * Key (city, local month, simulated): for each pair of metrics what a correlation
	 * needs, over the hours in which both have a value. By month, because by day it would
	 * be larger than the readings.
	 */
	public static final View CITY_MONTH_PAIRS = new View("city_month_pairs", cityMonthPairs());

	/** The metrics of which days and months show something. */
	private static final List<Metric> SHOWN = List.of(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRESSURE,
			Metric.WIND_SPEED, Metric.PRECIPITATION);

	/**
	 * What days and months show ({@link Summary}): a part of {@link #CITY_DAY}, so that
	 * whoever answers for many days need not read all of them.
	 */
	public static final View SUMMARY = new View("summary", cityDay(SHOWN));

	private WeatherViews() {
	}

	/**
	 * A hash of all that decides the numbers: the formulas and the slot rule. Where it
	 * differs from the one that published results were made with, everything is computed
	 * anew.
	 */
	public static String definition() {
		String text = CITY_DAY.definition() + CITY_MONTH_PAIRS.definition() + SlotRule.VERSION;
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash, 0, 8);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Name of the component: {@code wind_speed_sum}. */
	public static String count(Metric metric) {
		return metric.column() + "_count";
	}

	public static String sum(Metric metric) {
		return metric.column() + "_sum";
	}

	public static String square(Metric metric) {
		return metric.column() + "_square";
	}

	public static String min(Metric metric) {
		return metric.column() + "_min";
	}

	public static String max(Metric metric) {
		return metric.column() + "_max";
	}

	/**
	 * Name of the component that counts the slots of an origin:
	 * {@code readings_open_meteo}.
	 */
	public static String readingsOf(int originCode) {
		return READINGS + "_" + Origin.ofCode(originCode).name();
	}

	private static List<Component> cityDay(List<Metric> metrics) {
		List<Component> components = new ArrayList<>();
		components.add(new Component(READINGS, new Term.Readings()));
		for (int code = 0; code < Slot.ORIGIN_CODES; code++) {
			components.add(new Component(readingsOf(code), new Term.ReadingsOf(code)));
		}
		for (Metric metric : metrics) {
			components.add(new Component(count(metric), new Term.Count(metric)));
			components.add(new Component(sum(metric), new Term.Power(metric, 1)));
			components.add(new Component(square(metric), new Term.Power(metric, 2)));
			components.add(new Component(min(metric), new Term.Lowest(metric)));
			components.add(new Component(max(metric), new Term.Highest(metric)));
		}
		return components;
	}

	private static List<Component> cityMonthPairs() {
		List<Component> components = new ArrayList<>();
		for (Metric first : Metric.ALL) {
			for (Metric second : Metric.ALL.subList(first.ordinal() + 1, Metric.COUNT)) {
				String pair = first.column() + "_" + second.column();
				components.add(new Component(pair + "_count", new Term.PairCount(first, second)));
				components.add(new Component(pair + "_first", new Term.PairProduct(first, second, 1, 0)));
				components.add(new Component(pair + "_second", new Term.PairProduct(first, second, 0, 1)));
				components.add(new Component(pair + "_first_square", new Term.PairProduct(first, second, 2, 0)));
				components.add(new Component(pair + "_product", new Term.PairProduct(first, second, 1, 1)));
				components.add(new Component(pair + "_second_square", new Term.PairProduct(first, second, 0, 2)));
			}
		}
		return components;
	}

}
