package io.isobar.bench;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.isobar.lake.ReadingStore;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;

/**
 * A history of hourly readings, the same each time it is made: seasons, days and noise,
 * in tenths as providers give them, with what providers leave out missing.
 */
final class History {

	static final int CITIES = 50;

	/** The last month; its last days come one by one, as new ones. */
	static final YearMonth LAST = YearMonth.of(2025, 12);

	/** The first of them. */
	static final LocalDate FIRST_NEW_DAY = LAST.atDay(20);

	private static final List<String> SOME_ZONES = List.of("Europe/Paris", "Europe/London", "America/New_York",
			"Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Nairobi",
			"America/Los_Angeles", "Pacific/Auckland");

	/** A value is the base, a season, a day and noise; some are left out. */
	private record Shape(Metric metric, double base, double season, double day, double noise, double lowest,
			double missing) {
	}

	private static final List<Shape> SHAPES = List.of(new Shape(Metric.TEMPERATURE, 12, 9, 5, 3, -90, 0.01),
			new Shape(Metric.FEELS_LIKE, 11, 11, 5, 4, -90, 0.01), new Shape(Metric.DEW_POINT, 6, 7, 1, 3, -90, 0.01),
			new Shape(Metric.HUMIDITY, 60, -8, -14, 12, 0, 0.01), new Shape(Metric.PRESSURE, 1015, 2, 1, 9, 850, 0.02),
			new Shape(Metric.WIND_SPEED, 14, -3, 4, 9, 0, 0.02), new Shape(Metric.WIND_GUST, 24, -4, 6, 14, 0, 0.1),
			new Shape(Metric.WIND_DIRECTION, 180, 0, 0, 100, 0, 0.02),
			new Shape(Metric.PRECIPITATION, -1.5, 0.5, 0, 1.6, 0, 0.02),
			new Shape(Metric.SNOW, -3, -1.5, 0, 1.6, 0, 0.02), new Shape(Metric.SNOW_DEPTH, -6, -8, 0, 3, 0, 0.05),
			new Shape(Metric.CLOUD_COVER, 50, -10, 0, 45, 0, 0.02), new Shape(Metric.VISIBILITY, 18, 2, 3, 5, 0, 0.3),
			new Shape(Metric.SOLAR_RADIATION, 100, 120, 300, 90, 0, 0.05));

	private final ReadingStore store;

	private final Map<String, ZoneId> zones = new TreeMap<>();

	private History(ReadingStore store) {
		this.store = store;
		zones().forEach((city, zone) -> this.zones.put(city, ZoneId.of(zone)));
	}

	/** The zone of each city, by name. */
	static Map<String, String> zones() {
		Map<String, String> zones = new TreeMap<>();
		for (int city = 0; city < CITIES; city++) {
			zones.put("City %02d".formatted(city), SOME_ZONES.get(city % SOME_ZONES.size()));
		}
		return zones;
	}

	/**
	 * Writes all of that many years up to the {@linkplain #FIRST_NEW_DAY first new day}:
	 * a commit for each month, as the lake's own writer makes it.
	 * @return how many readings were written
	 */
	static long write(ReadingStore store, int years) {
		store.create();
		History history = new History(store);
		long readings = 0;
		for (YearMonth month = LAST.minusMonths(12L * years - 1); !month.isAfter(LAST); month = month.plusMonths(1)) {
			readings += history.append(month.atDay(1),
					month.equals(LAST) ? FIRST_NEW_DAY : month.plusMonths(1).atDay(1));
		}
		return readings;
	}

	/** Appends that day of all cities, as the nightly collection does. */
	static int appendDay(ReadingStore store, LocalDate day) {
		return new History(store).append(day, day.plusDays(1));
	}

	private int append(LocalDate from, LocalDate to) {
		List<Reading> readings = new ArrayList<>();
		this.zones.forEach((city, zone) -> readings.addAll(readings(city, zone, from, to)));
		if (!this.store.append(from + "/" + to, 0, null, readings, this.zones::get)) {
			throw new IllegalStateException("The readings from %s to %s had been written before.".formatted(from, to));
		}
		return readings.size();
	}

	private static List<Reading> readings(String city, ZoneId zone, LocalDate from, LocalDate to) {
		long start = from.atStartOfDay(zone).toEpochSecond();
		long end = to.atStartOfDay(zone).toEpochSecond();
		Instant collected = Instant.ofEpochSecond(end + 7 * 3600);
		SplittableRandom random = new SplittableRandom(31L * city.hashCode() + start);
		double[] drift = new double[Metric.COUNT];
		List<Reading> readings = new ArrayList<>();
		for (long second = start; second < end; second += 3600) {
			double season = -Math.cos(2 * Math.PI * second / (365.2425 * 86400));
			double day = -Math.cos(2 * Math.PI * second / 86400);
			double[] values = Values.missing();
			for (Shape shape : SHAPES) {
				int metric = shape.metric().ordinal();
				drift[metric] = 0.97 * drift[metric] + random.nextDouble(-0.4, 0.4);
				if (random.nextDouble() >= shape.missing()) {
					double value = shape.base() + shape.season() * season + shape.day() * day
							+ shape.noise() * drift[metric];
					values[metric] = Math.round(10 * Math.max(shape.lowest(), value)) / 10.0;
				}
			}
			readings.add(Reading.hour(city, Instant.ofEpochSecond(second), Origin.OPEN_METEO, Channel.HISTORY,
					collected, Values.of(values)));
		}
		return readings;
	}

}
