package io.isobar.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.views.PlainFold;
import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Readings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Answers of Spark to questions equal those of a plain fold in memory. */
class AnalyseAdHocTests {

	private static final List<String> CITIES = RandomReadings.ZONES.keySet().stream().sorted().toList();

	/** Few, as Spark compiles what it does for each of them. */
	private static final List<Metric> METRICS = List.of(Metric.TEMPERATURE, Metric.WIND_SPEED, Metric.PRECIPITATION);

	@TempDir
	private Path folder;

	private Lake lake;

	private ReadingStore store;

	private final List<Double> progress = new CopyOnWriteArrayList<>();

	@BeforeEach
	void aTableWithoutReadings() {
		this.lake = LocalLake.in(this.folder);
		this.store = LocalLake.readings(this.lake);
		this.store.create();
	}

	/** What is known of a metric in a period: count, sum, lowest, highest. */
	private record Known(long count, double sum, double min, double max) {

		static Known of(State state, Metric metric) {
			return new Known(state.count(index(state, WeatherViews.count(metric))),
					state.number(index(state, WeatherViews.sum(metric))),
					state.number(index(state, WeatherViews.min(metric))),
					state.number(index(state, WeatherViews.max(metric))));
		}

		private static int index(State state, String component) {
			return state.view().indexOf(component);
		}

		static Known ofLine(String[] cells) {
			double sum = cells[7].equals("\\N") ? 0 : Double.parseDouble(cells[7]);
			long count = Long.parseLong(cells[8]);
			assertThat(cells[4]).isEqualTo((count == 0) ? "\\N" : String.valueOf(sum / count));
			return new Known(count, sum, number(cells[5]), number(cells[6]));
		}

		private static double number(String cell) {
			return cell.equals("\\N") ? Double.NaN : Double.parseDouble(cell);
		}

		Known plus(Known other) {
			return new Known(this.count + other.count, this.sum + other.sum, Math.min(this.min, other.min),
					Math.max(this.max, other.max));
		}

		boolean isAnything() {
			return this.count > 0 || !Double.isNaN(this.min) || !Double.isNaN(this.max);
		}

	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void daysAndMonthsEqualAPlainFold(long seed) throws IOException {
		Random random = new Random(seed);
		List<Reading> readings = RandomReadings.readings(random);
		write(readings);
		LocalDate from = readings.isEmpty() ? LocalDate.EPOCH : first(readings).plusDays(random.nextInt(2));
		LocalDate to = from.plusDays(random.nextInt(4));

		assertThat(ask("day", from, to, METRICS)).usingRecursiveComparison()
			.withEqualsForType((one, other) -> Double.compare(one, other) == 0 || Math.abs(one - other) < 1e-9,
					Double.class)
			.isEqualTo(expected(readings, from, to, false));
		assertThat(ask("month", from, to, METRICS)).usingRecursiveComparison()
			.withEqualsForType((one, other) -> Double.compare(one, other) == 0 || Math.abs(one - other) < 1e-9,
					Double.class)
			.isEqualTo(expected(readings, from, to, true));
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12 })
	void hoursAddUpToTheHoursOfAPlainFold(long seed) throws IOException {
		List<Reading> readings = RandomReadings.readings(new Random(seed));
		write(readings);
		LocalDate from = readings.isEmpty() ? LocalDate.EPOCH : first(readings);
		LocalDate to = from.plusDays(4);
		Map<String, Known> added = new TreeMap<>();
		ask("hour", from, to, METRICS).forEach((key, known) -> {
			String[] parts = key.split("\\|");
			assertThat(known.count()).isEqualTo(1);
			LocalDate day = LocalDate.ofInstant(Instant.parse(parts[1]), RandomReadings.ZONES.get(parts[0]));
			added.merge(parts[0] + "|" + day + "|" + parts[2], known, Known::plus);
		});

		Map<String, Known> expected = new TreeMap<>();
		PlainFold.of(readings).states.forEach((key, state) -> {
			String[] parts = key.split("\\|");
			if (state.view() == WeatherViews.CITY_DAY && parts[2].equals("HOUR")) {
				for (Metric metric : METRICS) {
					Known known = Known.of(state, metric);
					if (known.count() > 0) {
						expected.merge(parts[0] + "|" + parts[1] + "|" + metric.field(), known, Known::plus);
					}
				}
			}
		});
		assertThat(added.keySet()).isEqualTo(expected.keySet());
		added.forEach((key, known) -> {
			Known other = expected.get(key);
			assertThat(known.count()).as(key).isEqualTo(other.count());
			assertThat(known.sum()).as(key).isCloseTo(other.sum(), within(1e-9));
			assertThat(known.min()).as(key).isEqualTo(other.min());
			assertThat(known.max()).as(key).isEqualTo(other.max());
		});
	}

	@Test
	void onlyWhatIsAskedForIsAnswered() throws IOException {
		write(List.of(Readings.in("Paris").on("2025-06-14").hour(9).celsius(10),
				Readings.in("Paris").on("2025-06-15").hour(9).celsius(11),
				Readings.in("Paris").on("2025-06-15").hour(10).measuring(Metric.HUMIDITY, 50),
				Readings.in("Paris").on("2025-06-16").hour(9).celsius(12),
				Readings.in("Lyon").on("2025-06-15").hour(9).celsius(13)));

		Map<String, Known> hours = ask(List.of("Paris"), "hour", LocalDate.of(2025, 6, 15), LocalDate.of(2025, 6, 15),
				List.of(Metric.TEMPERATURE), Map.of("Paris", "Europe/Paris", "Lyon", "Europe/Paris"));

		assertThat(hours).isEqualTo(Map.of("Paris|2025-06-15T07:00:00Z|temperature", new Known(1, 11, 11, 11)));
	}

	@Test
	void whatIsSimulatedCountsOnlyOnADayWithoutRealValues() throws IOException {
		write(List.of(Readings.in("Paris").on("2025-06-15").hour(9).celsius(11),
				Readings.in("Paris").on("2025-06-15").hour(10).from(Origin.SIMULATED).celsius(99),
				Readings.in("Paris").on("2025-06-16").hour(10).from(Origin.SIMULATED).celsius(12)));

		Map<String, Known> hours = ask(List.of("Paris"), "hour", LocalDate.of(2025, 6, 1), LocalDate.of(2025, 6, 30),
				List.of(Metric.TEMPERATURE), Map.of("Paris", "Europe/Paris"));

		assertThat(hours.keySet()).containsExactly("Paris|2025-06-15T07:00:00Z|temperature",
				"Paris|2025-06-16T08:00:00Z|temperature");
	}

	@Test
	void progressIsToldAndNeverGoesBack() throws IOException {
		write(RandomReadings.readings(new Random(2)));

		ask("day", LocalDate.of(2010, 1, 1), LocalDate.of(2019, 12, 31), List.of(Metric.TEMPERATURE));

		// Spark tells its listeners in its own time
		org.awaitility.Awaitility.await().until(() -> this.progress.contains(1.0) || !this.progress.isEmpty());
		assertThat(this.progress).isSorted().allMatch((done) -> done > 0 && done <= 1);
	}

	private static LocalDate first(List<Reading> readings) {
		return readings.stream().map(AnalyseAdHocTests::day).min(LocalDate::compareTo).orElseThrow();
	}

	private static LocalDate day(Reading reading) {
		return LocalDate.ofInstant(reading.observedAt(), RandomReadings.ZONES.get(reading.city()));
	}

	/** By city, period and metric. */
	private static Map<String, Known> expected(List<Reading> readings, LocalDate from, LocalDate to, boolean months) {
		Map<String, State> merged = new TreeMap<>();
		Map<String, List<String>> days = new TreeMap<>();
		PlainFold.of(readings).states.forEach((key, state) -> {
			String[] parts = key.split("\\|");
			if (state.view() != WeatherViews.CITY_DAY) {
				return;
			}
			LocalDate day = LocalDate.parse(parts[1]);
			if (day.isBefore(from) || day.isAfter(to)) {
				return;
			}
			String period = parts[0] + "|" + (months ? YearMonth.from(day).toString() : day.toString());
			merged.computeIfAbsent(period + "|" + parts[2], (name) -> WeatherViews.CITY_DAY.zero()).merge(state);
			List<String> counted = days.computeIfAbsent(period + "|" + parts[2], (name) -> new ArrayList<>());
			if (!counted.contains(parts[1])) {
				counted.add(parts[1]);
			}
		});
		Map<String, Known> expected = new TreeMap<>();
		merged.forEach((key, state) -> {
			String period = key.substring(0, key.lastIndexOf('|'));
			int hours = days.getOrDefault(period + "|HOUR", List.of()).size();
			int wholeDays = days.getOrDefault(period + "|DAY", List.of()).size();
			if (key.endsWith("|HOUR") == (hours >= wholeDays)) {
				for (Metric metric : METRICS) {
					Known known = Known.of(state, metric);
					if (known.isAnything()) {
						expected.put(period + "|" + metric.field(), known);
					}
				}
			}
		});
		return expected;
	}

	private Map<String, Known> ask(String granularity, LocalDate from, LocalDate to, List<Metric> metrics)
			throws IOException {
		Map<String, String> zones = new TreeMap<>();
		RandomReadings.ZONES.forEach((city, zone) -> zones.put(city, zone.getId()));
		return ask(CITIES, granularity, from, to, metrics, zones);
	}

	private Map<String, Known> ask(List<String> cities, String granularity, LocalDate from, LocalDate to,
			List<Metric> metrics, Map<String, String> zones) throws IOException {
		Path result = this.folder.resolve("result-" + granularity);
		new AnalyseAdHoc().run(LocalSpark.session(),
				new AnalyseAdHoc.Request("task", this.lake.readings().toString(), this.store.version().orElseThrow(),
						zones, cities, from.toString(), to.toString(), metrics.stream().map(Metric::field).toList(),
						granularity, result.toString()),
				this.progress::add);
		Map<String, Known> answer = new TreeMap<>();
		try (Stream<Path> files = Files.list(result)) {
			for (Path part : files.filter((file) -> file.getFileName().toString().startsWith("part-")).toList()) {
				for (String line : Files.readAllLines(part)) {
					String[] cells = line.split("\t", -1);
					assertThat(cells).hasSameSizeAs(AnalyseAdHoc.COLUMNS).startsWith("task");
					assertThat(answer.put(cells[1] + "|" + cells[2] + "|" + cells[3], Known.ofLine(cells))).isNull();
				}
			}
		}
		return answer;
	}

	private void write(List<Reading> readings) {
		this.store.append("test", 0, null, readings,
				(city) -> RandomReadings.ZONES.getOrDefault(city, ZoneId.of("Europe/Paris")));
	}

}
