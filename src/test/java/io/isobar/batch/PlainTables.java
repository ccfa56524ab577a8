package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.isobar.views.Component;
import io.isobar.views.FoldedStates;
import io.isobar.views.PlainFold;
import io.isobar.views.Stamp;
import io.isobar.views.State;
import io.isobar.views.Term;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of the batch layer say of a set of readings, by other means: everything
 * from scratch, as collections and streams over {@link PlainFold}, without a thought for
 * speed. The cities are those of {@link RandomReadings}.
 *
 * @param rows by table and key the values by column
 */
record PlainTables(Map<String, Map<String, Map<String, @Nullable Object>>> rows) {

	/** Below so many hours the temperature of a day is not known. */
	private static final int HOURS_OF_A_KNOWN_DAY = 8;

	private static final double BASE_OF_DEGREE_DAYS = 18;

	/** A row of {@code city_day}. */
	private record Day(String city, LocalDate date, Resolution resolution, boolean simulated, State state) {

		static Day of(String key, State state) {
			String[] parts = key.split("\\|");
			return new Day(parts[0], LocalDate.parse(parts[1]), Resolution.valueOf(parts[2]),
					Boolean.parseBoolean(parts[3]), state);
		}

		YearMonth month() {
			return YearMonth.from(this.date);
		}

		boolean isHourly() {
			return this.resolution == Resolution.HOUR;
		}

		long count(String component) {
			return this.state.count(this.state.view().indexOf(component));
		}

		double number(String component) {
			return this.state.number(this.state.view().indexOf(component));
		}

		long stamp(String component) {
			return this.state.stamp(this.state.view().indexOf(component));
		}

		double low() {
			return isKnown() ? number(WeatherViews.min(Metric.TEMPERATURE)) : Double.NaN;
		}

		double high() {
			return isKnown() ? number(WeatherViews.max(Metric.TEMPERATURE)) : Double.NaN;
		}

		double mean() {
			if (!isKnown()) {
				return Double.NaN;
			}
			long count = count(WeatherViews.count(Metric.TEMPERATURE));
			return (count > 0) ? number(WeatherViews.sum(Metric.TEMPERATURE)) / count : (low() + high()) / 2;
		}

		private boolean isKnown() {
			return !isHourly() || count(WeatherViews.count(Metric.TEMPERATURE)) >= HOURS_OF_A_KNOWN_DAY;
		}

	}

	/** A month of a city, or a metric and whatever it is about. */
	private record Pair(String first, String second) {
	}

	static PlainTables of(Collection<Reading> readings) {
		FoldedStates folded = PlainFold.of(List.copyOf(readings));
		List<Day> days = folded.states.entrySet()
			.stream()
			.filter((state) -> state.getValue().view() == WeatherViews.CITY_DAY)
			.map((state) -> Day.of(state.getKey(), state.getValue()))
			.toList();
		Set<String> real = days.stream().filter((day) -> !day.simulated()).map(Day::city).collect(Collectors.toSet());
		List<Day> counted = days.stream().filter((day) -> !day.simulated() || !real.contains(day.city())).toList();
		PlainTables tables = new PlainTables(new TreeMap<>());
		days.forEach(tables::addDay);
		tables.addMonths(days);
		tables.addShownMonths(days);
		tables.addExtremes(counted);
		tables.addNormals(days);
		tables.addComparison(counted);
		tables.addCorrelations(folded, real);
		return tables;
	}

	/** How many readings count of each city. */
	Map<String, Long> readings() {
		Map<String, Long> readings = new TreeMap<>();
		table("city_day").values()
			.forEach((row) -> readings.merge((String) row.get("city"), (Long) row.get("readings"), Long::sum));
		readings.values().removeIf((count) -> count == 0);
		return readings;
	}

	/** The days of cities in which any reading counts, of that kind. */
	Set<CityDate> days(String readings) {
		return table("city_day").values()
			.stream()
			.filter((row) -> (Long) row.get(readings) > 0)
			.map((row) -> new CityDate((String) row.get("city"), (LocalDate) row.get("local_day")))
			.collect(Collectors.toSet());
	}

	/** A day of a city. */
	record CityDate(String city, LocalDate day) {
	}

	private Map<String, Map<String, @Nullable Object>> table(String name) {
		return this.rows.computeIfAbsent(name, (key) -> new TreeMap<>());
	}

	private void add(String table, Map<String, @Nullable Object> row) {
		BatchTable columns = BatchTable.WEATHER.stream()
			.filter((known) -> known.name().equals(table))
			.findFirst()
			.orElseThrow();
		table(table).put(key(columns, row), row);
	}

	/** What names a row within its table. */
	static String key(BatchTable table, Map<String, @Nullable Object> row) {
		return table.key().stream().map((column) -> String.valueOf(row.get(column))).collect(Collectors.joining(" "));
	}

	private void addDay(Day day) {
		Map<String, @Nullable Object> row = row("city", day.city(), "local_day", day.date(), "resolution",
				day.resolution().column(), "simulated", day.simulated());
		for (Component component : day.state().view().components()) {
			String name = component.name();
			switch (component.merge()) {
				case COUNT -> row.put(name, day.count(name));
				case SUM -> row.put(name, day.number(name));
				case MIN_AT, MAX_AT -> {
					boolean there = !Double.isNaN(day.number(name));
					row.put(name, orNull(day.number(name)));
					row.put(name + "_at", there ? Stamp.instant(day.stamp(name)) : null);
					row.put(name + "_origin", there ? Origin.ofCode(Stamp.originCode(day.stamp(name))).name() : null);
				}
			}
		}
		row.put("expected_readings", day.isHourly() ? hours(day.city(), day.date(), day.date().plusDays(1)) : 1L);
		add("city_day", row);
	}

	/** How many hours a city's clocks show from one day to another. */
	private static long hours(String city, LocalDate from, LocalDate to) {
		ZoneId zone = RandomReadings.ZONES.get(city);
		return Duration.between(from.atStartOfDay(zone), to.atStartOfDay(zone)).toHours();
	}

	private void addMonths(List<Day> days) {
		days.stream()
			.collect(Collectors.groupingBy((day) -> day.city() + day.month() + day.resolution()))
			.values()
			.forEach((month) -> {
				Day first = month.get(0);
				Map<String, @Nullable Object> row = row("city", first.city(), "month", first.month().toString(),
						"resolution", first.resolution().column(), "days", measured(month), "readings",
						month.stream().mapToLong((day) -> day.count(WeatherViews.READINGS)).sum());
				row.put("expected_readings",
						first.isHourly()
								? hours(first.city(), first.month().atDay(1), first.month().plusMonths(1).atDay(1))
								: (Long) (long) first.month().lengthOfMonth());
				for (Metric metric : Metric.ALL) {
					String name = metric.column();
					row.put(name + "_count", count(month, metric));
					row.put(name + "_sum", sum(month, WeatherViews.sum(metric)));
					row.put(name + "_square", sum(month, WeatherViews.square(metric)));
					row.put(name + "_min", lowest(month, metric));
					row.put(name + "_max", highest(month, metric));
				}
				add("city_month", row);
			});
	}

	private static long measured(List<Day> days) {
		return days.stream().filter((day) -> day.count(WeatherViews.READINGS) > 0).count();
	}

	private static long count(List<Day> days, Metric metric) {
		return days.stream().mapToLong((day) -> day.count(WeatherViews.count(metric))).sum();
	}

	private static double sum(List<Day> days, String component) {
		return days.stream().mapToDouble((day) -> day.number(component)).sum();
	}

	private static @Nullable Double lowest(List<Day> days, Metric metric) {
		return days.stream()
			.map((day) -> day.number(WeatherViews.min(metric)))
			.filter((value) -> !value.isNaN())
			.min(Comparator.naturalOrder())
			.orElse(null);
	}

	private static @Nullable Double highest(List<Day> days, Metric metric) {
		return days.stream()
			.map((day) -> day.number(WeatherViews.max(metric)))
			.filter((value) -> !value.isNaN())
			.max(Comparator.naturalOrder())
			.orElse(null);
	}

	/** Of a month's hours and whole days those that cover more of it. */
	private void addShownMonths(List<Day> days) {
		days.stream()
			.collect(Collectors.groupingBy((day) -> new Pair(day.city(), day.month().toString())))
			.forEach((month, all) -> {
				List<Day> hourly = all.stream().filter(Day::isHourly).toList();
				List<Day> whole = all.stream().filter((day) -> !day.isHourly()).toList();
				List<Day> shown = (whole.isEmpty() || (!hourly.isEmpty() && measured(hourly) >= measured(whole)))
						? hourly : whole;
				addAmplitude(month, shown);
				addDegreeDays(month, shown);
			});
	}

	private void addAmplitude(Pair month, List<Day> days) {
		List<Double> amplitudes = days.stream()
			.map((day) -> day.high() - day.low())
			.filter((amplitude) -> !amplitude.isNaN())
			.toList();
		if (!amplitudes.isEmpty()) {
			add("amplitude",
					row("city", month.first(), "month", month.second(), "mean_daily_amplitude",
							amplitudes.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
							"max_daily_amplitude", amplitudes.stream().max(Comparator.naturalOrder()).orElseThrow(),
							"days", (long) amplitudes.size()));
		}
	}

	private void addDegreeDays(Pair month, List<Day> days) {
		List<Double> means = days.stream().map(Day::mean).filter((mean) -> !mean.isNaN()).toList();
		if (!means.isEmpty()) {
			add("degree_days", row("city", month.first(), "month", month.second(), "heating",
					means.stream().mapToDouble((mean) -> Math.max(0, BASE_OF_DEGREE_DAYS - mean)).sum(), "cooling",
					means.stream().mapToDouble((mean) -> Math.max(0, mean - BASE_OF_DEGREE_DAYS)).sum(), "days",
					(long) means.size()));
		}
	}

	/** One extreme a day; whole days only where there are no hours. */
	private void addExtremes(List<Day> counted) {
		Set<CityDate> hourly = counted.stream()
			.filter(Day::isHourly)
			.map((day) -> new CityDate(day.city(), day.date()))
			.collect(Collectors.toSet());
		List<Day> days = counted.stream()
			.filter((day) -> day.isHourly() || !hourly.contains(new CityDate(day.city(), day.date())))
			.toList();
		for (Metric metric : Metric.ALL) {
			addExtremes(metric, "max", WeatherViews.max(metric), days, Comparator.reverseOrder());
			addExtremes(metric, "min", WeatherViews.min(metric), days, Comparator.naturalOrder());
		}
	}

	private void addExtremes(Metric metric, String kind, String component, List<Day> days, Comparator<Double> order) {
		List<Day> ranked = days.stream()
			.filter((day) -> !Double.isNaN(day.number(component)))
			.sorted(Comparator.comparing((Day day) -> day.number(component), order)
				.thenComparing((day) -> Stamp.instant(day.stamp(component)))
				.thenComparing(Day::city))
			.toList();
		for (int i = 0; i < ranked.size(); i++) {
			Day day = ranked.get(i);
			add("extremes",
					row("metric", metric.column(), "kind", kind, "rank", i + 1L, "city", day.city(), "value",
							day.number(component), "observed_at", Stamp.instant(day.stamp(component)), "origin",
							Origin.ofCode(Stamp.originCode(day.stamp(component))).name()));
		}
	}

	/** Over the real years of a day; from its hours where they are enough. */
	private void addNormals(List<Day> days) {
		Map<CityDate, Day> real = new TreeMap<>(Comparator.comparing(CityDate::city).thenComparing(CityDate::day));
		days.stream()
			.filter((day) -> !day.simulated())
			.filter((day) -> !Double.isNaN(day.mean()) && !Double.isNaN(day.high() - day.low()))
			.forEach((day) -> real.merge(new CityDate(day.city(), day.date()), day,
					(one, other) -> one.isHourly() ? one : other));
		real.values()
			.stream()
			.collect(Collectors.groupingBy((day) -> new Pair(day.city(), day.date().toString().substring(5))))
			.forEach((key, years) -> add("normals",
					row("city", key.first(), "day", key.second(), "mean", average(years, Day::mean), "low",
							average(years, Day::low), "high", average(years, Day::high), "years",
							(long) years.size())));
	}

	private static double average(List<Day> days, Function<Day, Double> value) {
		return days.stream().mapToDouble(value::apply).average().orElseThrow();
	}

	/** Cities by their hours, by whole days where they have none. */
	private void addComparison(List<Day> counted) {
		Set<String> hourly = counted.stream().filter(Day::isHourly).map(Day::city).collect(Collectors.toSet());
		Map<String, List<Day>> cities = counted.stream()
			.filter((day) -> day.isHourly() || !hourly.contains(day.city()))
			.collect(Collectors.groupingBy(Day::city, TreeMap::new, Collectors.toList()));
		for (Metric metric : Metric.ALL) {
			Function<String, Double> mean = (city) -> sum(cities.get(city), WeatherViews.sum(metric))
					/ count(cities.get(city), metric);
			List<String> ranked = cities.keySet()
				.stream()
				.filter((city) -> count(cities.get(city), metric) > 0)
				.sorted(Comparator.comparing(mean, Comparator.reverseOrder()))
				.toList();
			for (String city : ranked) {
				List<Day> days = cities.get(city);
				double square = sum(days, WeatherViews.square(metric)) / count(days, metric);
				add("comparison", row("metric", metric.column(), "city", city, "rank", ranked.indexOf(city) + 1L,
						"mean", mean.apply(city), "min", lowest(days, metric), "max", highest(days, metric),
						"standard_deviation", Math.sqrt(Math.max(0, square - mean.apply(city) * mean.apply(city))),
						"count", count(days, metric)));
			}
		}
	}

	/** How many hours there are to compare two metrics. */
	private void addCorrelations(FoldedStates folded, Set<String> real) {
		folded.states.forEach((key, state) -> {
			String[] parts = key.split("\\|");
			if (state.view() != WeatherViews.CITY_MONTH_PAIRS
					|| (Boolean.parseBoolean(parts[2]) && real.contains(parts[0]))) {
				return;
			}
			List<Component> components = state.view().components();
			for (int i = 0; i < components.size(); i++) {
				if (components.get(i).term() instanceof Term.PairCount pair && state.count(i) > 0) {
					String name = "%s %s %s".formatted(parts[0], pair.first().column(), pair.second().column());
					Map<String, @Nullable Object> before = table("correlations").get(name);
					add("correlations", row("city", parts[0], "first", pair.first().column(), "second",
							pair.second().column(), "pairs",
							state.count(i) + ((before != null) ? (Long) before.get("pairs") : Long.valueOf(0))));
				}
			}
		});
	}

	private static @Nullable Double orNull(double value) {
		return Double.isNaN(value) ? null : (Double) value;
	}

	private static Map<String, @Nullable Object> row(@Nullable Object... namesAndValues) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			row.put((String) namesAndValues[i], namesAndValues[i + 1]);
		}
		return row;
	}

	/**
	 * Where other tables differ from these: counts, names, instants and extremes exactly,
	 * what is summed up as far as its order of addition is not fixed. Columns that these
	 * don't have are not compared.
	 */
	List<String> differences(Map<String, Map<String, Map<String, @Nullable Object>>> others) {
		List<String> differences = new ArrayList<>();
		for (String table : new HashSet<>(this.rows.keySet())) {
			Map<String, Map<String, @Nullable Object>> mine = table(table);
			Map<String, Map<String, @Nullable Object>> other = others.getOrDefault(table, Map.of());
			mine.keySet()
				.stream()
				.filter((key) -> !other.containsKey(key))
				.forEach((key) -> differences.add("%s %s is missing".formatted(table, key)));
			other.keySet()
				.stream()
				.filter((key) -> !mine.containsKey(key))
				.forEach((key) -> differences.add("%s %s is too much".formatted(table, key)));
			mine.forEach((key, row) -> {
				Map<String, @Nullable Object> found = other.getOrDefault(key, row);
				row.forEach((column, value) -> {
					if (!isSame(column, value, found.get(column))) {
						differences.add("%s %s: %s is %s instead of %s".formatted(table, key, column, found.get(column),
								value));
					}
				});
			});
		}
		return differences;
	}

	private static boolean isSame(String column, @Nullable Object expected, @Nullable Object found) {
		if (expected instanceof Double first && found instanceof Double second) {
			boolean exactly = column.endsWith("min") || column.endsWith("max") || column.equals("value");
			// What is rooted or divided has lost digits before
			double share = column.equals("standard_deviation") || column.equals("coefficient")
					|| column.equals("silhouette") ? 1e-6 : 1e-12;
			return exactly ? first.equals(second) : Math.abs(first - second) <= share * Math.max(1, Math.abs(first));
		}
		return (expected == null) ? found == null : expected.equals(found);
	}

}
