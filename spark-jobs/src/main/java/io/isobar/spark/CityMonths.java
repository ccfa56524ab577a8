package io.isobar.spark;

import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

import io.isobar.views.LocalCalendar;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

/**
 * All months of all cities, merged from the states of {@code city_day} by Spark and few
 * enough to be held by the driver: what is told of months and of whole histories is
 * merged from them.
 */
public final class CityMonths {

	/**
	 * A day with fewer hours says nothing about how warm it got; eight come from a
	 * station that reports every 3 h.
	 */
	private static final int HOURS_FOR_AN_AMPLITUDE = 8;

	/** A month of a city, from hours or from whole days. */
	record Key(String city, String month, String resolution) {
	}

	private record Part(Key key, boolean simulated, Merged merged) {
	}

	private final List<Part> parts;

	/** Cities that have any real reading. */
	private final Set<String> real = new HashSet<>();

	/** Cities that have any hour. */
	private final Set<String> hourly = new HashSet<>();

	/** Cities that have any whole day. */
	private final Set<String> daily = new HashSet<>();

	private CityMonths(List<Part> parts) {
		this.parts = parts;
		for (Part part : parts) {
			if (!part.simulated()) {
				this.real.add(part.key().city());
			}
			(isHour(part) ? this.hourly : this.daily).add(part.key().city());
		}
	}

	/** Merges the states of {@code city_day}. */
	public static CityMonths of(Dataset<Row> cityDays) {
		Column amplitude = when(
				col("resolution").equalTo("day").or(col("temperature_count").geq(HOURS_FOR_AN_AMPLITUDE)),
				col("temperature_max").minus(col("temperature_min")));
		List<Column> merged = new ArrayList<>();
		merged.add(count_if(col(WeatherViews.READINGS).gt(0)));
		merged.add(count_if(amplitude.isNotNull()));
		merged.add(sum(amplitude));
		merged.add(max(amplitude));
		for (Metric metric : Metric.ALL) {
			merged.add(sum(WeatherViews.count(metric)));
			merged.add(sum(WeatherViews.sum(metric)));
			merged.add(sum(WeatherViews.square(metric)));
			merged.add(min(WeatherViews.min(metric)));
			merged.add(max(WeatherViews.max(metric)));
		}
		return new CityMonths(cityDays.groupBy("city", "month", "resolution", "simulated")
			.agg(sum(WeatherViews.READINGS), merged.toArray(Column[]::new))
			.collectAsList()
			.stream()
			.map(CityMonths::part)
			.toList());
	}

	private static Part part(Row row) {
		Merged merged = new Merged();
		merged.readings = row.getLong(4);
		merged.days = row.getLong(5);
		merged.amplitudes = row.getLong(6);
		merged.amplitudeSum = row.isNullAt(7) ? 0 : row.getDouble(7);
		merged.amplitudeMax = numberOrNaN(row, 8);
		int column = 9;
		for (int metric = 0; metric < Metric.COUNT; metric++) {
			merged.counts[metric] = row.getLong(column++);
			merged.sums[metric] = row.getDouble(column++);
			merged.squares[metric] = row.getDouble(column++);
			merged.mins[metric] = numberOrNaN(row, column++);
			merged.maxs[metric] = numberOrNaN(row, column++);
		}
		return new Part(new Key(row.getString(0), row.getString(1), row.getString(2)), row.getBoolean(3), merged);
	}

	private static double numberOrNaN(Row row, int column) {
		return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
	}

	private static boolean isHour(Part part) {
		return part.key().resolution().equals("hour");
	}

	/**
	 * Whether simulated readings of that city are left out where cities are compared: it
	 * has real ones.
	 */
	boolean hasReal(String city) {
		return this.real.contains(city);
	}

	/** The cities that have any real reading. */
	Set<String> citiesWithReal() {
		return this.real;
	}

	/** The cities that have hours as well as whole days. */
	Set<String> citiesOfBothResolutions() {
		Set<String> both = new HashSet<>(this.hourly);
		both.retainAll(this.daily);
		return both;
	}

	/** Each month; real and simulated values together. */
	Map<Key, Merged> months() {
		Map<Key, Merged> months = new TreeMap<>(
				Comparator.comparing(Key::city).thenComparing(Key::month).thenComparing(Key::resolution));
		for (Part part : this.parts) {
			months.computeIfAbsent(part.key(), (key) -> new Merged()).add(part.merged());
		}
		return months;
	}

	/**
	 * The month as it is shown: where there are hours and whole days, those that cover
	 * more of it.
	 */
	Map<Key, Merged> shownMonths() {
		Map<Key, Merged> months = months();
		Map<String, Map.Entry<Key, Merged>> shown = new HashMap<>();
		for (Map.Entry<Key, Merged> month : months.entrySet()) {
			shown.merge(month.getKey().city() + "\n" + month.getKey().month(), month,
					(first, second) -> isShownRather(second, first) ? second : first);
		}
		months.keySet().retainAll(shown.values().stream().map(Map.Entry::getKey).collect(Collectors.toSet()));
		return months;
	}

	private static boolean isShownRather(Map.Entry<Key, Merged> month, Map.Entry<Key, Merged> other) {
		long days = month.getValue().days - other.getValue().days;
		return days > 0 || (days == 0 && month.getKey().resolution().equals("hour"));
	}

	/**
	 * All history of each city, for comparing: without the simulated where it has real
	 * readings, without whole days where it has hours.
	 */
	Map<String, Merged> histories() {
		Map<String, Merged> histories = new TreeMap<>();
		for (Part part : this.parts) {
			String city = part.key().city();
			if ((!part.simulated() || !hasReal(city)) && (isHour(part) || !this.hourly.contains(city))) {
				histories.computeIfAbsent(city, (key) -> new Merged()).add(part.merged());
			}
		}
		return histories;
	}

	/** Whether that city is compared by its hours. */
	boolean isHourly(String city) {
		return this.hourly.contains(city);
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

}
