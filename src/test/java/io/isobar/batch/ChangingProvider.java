package io.isobar.batch;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.isobar.provider.TimelineServer;
import io.isobar.provider.TimelineServer.Answer;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

/**
 * A provider that speaks Visual Crossing's protocol and changes its mind: it corrects and
 * withdraws values, answers a day as a whole, knows nothing of it, or doesn't speak of
 * it. It remembers which readings it has told.
 */
final class ChangingProvider implements AutoCloseable {

	/** How its elements are called. */
	private static final Map<Metric, String> ELEMENTS = Map.of(Metric.TEMPERATURE, "temp", Metric.HUMIDITY, "humidity",
			Metric.PRECIPITATION, "precip", Metric.WIND_SPEED, "windspeed");

	private final TimelineServer server = new TimelineServer();

	private final Random random;

	/** Its cities by latitude. */
	private final Map<String, String> cities;

	/** What it says of the days of a city. */
	private final Map<PlainTables.CityDate, Said> said = new HashMap<>();

	private final List<Reading> told;

	private final Supplier<Instant> collected;

	/** The days that it has spoken of. */
	private final Set<PlainTables.CityDate> answered = new HashSet<>();

	/** What it answers instead about cities. */
	private final Map<String, Answer> troubled = new HashMap<>();

	/** The cities about which it has left something unsaid. */
	private final Set<String> failed = new HashSet<>();

	/**
	 * What is said of a day: hours, or values of the whole day, or that there is nothing.
	 */
	private record Said(Map<Instant, Map<Metric, Double>> hours, @Nullable Map<Metric, Double> whole) {
	}

	/**
	 * @param told takes what was told
	 * @param collected when it is told
	 */
	ChangingProvider(Random random, Map<String, String> cities, List<Reading> told, Supplier<Instant> collected)
			throws IOException {
		this.random = random;
		this.cities = cities;
		this.told = told;
		this.collected = collected;
		this.server.instead((question) -> Optional.of(answer(question)));
	}

	String url() {
		return this.server.url();
	}

	/**
	 * Thinks of something to say about days, often other than before.
	 * @param silent whether it may not speak of a day at all
	 */
	synchronized void changeItsMind(LocalDate from, LocalDate to, boolean silent) {
		for (String city : new TreeMap<>(this.cities).values()) {
			for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
				PlainTables.CityDate key = new PlainTables.CityDate(city, day);
				Said before = this.said.get(key);
				int choice = this.random.nextInt(20);
				if (silent && choice == 0) {
					this.said.remove(key);
				}
				else if (choice == 1) {
					this.said.put(key, new Said(Map.of(), null));
				}
				else if (choice <= 3) {
					this.said.put(key, new Said(Map.of(), values()));
				}
				else if (before == null || choice <= 7) {
					this.said.put(key, hours(city, day));
				}
				else if (choice <= 14 && !before.hours().isEmpty()) {
					this.said.put(key, corrected(before));
				}
			}
		}
	}

	/** From now on nothing good is said about some of the cities. */
	synchronized void getIntoTrouble() {
		for (String city : new TreeMap<>(this.cities).values()) {
			if (this.random.nextInt(3) > 0) {
				this.troubled.put(city,
						this.random.nextBoolean() ? new Answer(401, "text/plain", "No account found with API key")
								: new Answer(200, "text/html", "<html>Maintenance</html>"));
			}
		}
	}

	synchronized void recover() {
		this.troubled.clear();
	}

	/** The cities about which something was left unsaid since this was asked last. */
	synchronized Set<String> failed() {
		Set<String> some = Set.copyOf(this.failed);
		this.failed.clear();
		return some;
	}

	/** The days about which anything was said. */
	synchronized Set<PlainTables.CityDate> answered() {
		return Set.copyOf(this.answered);
	}

	private Said hours(String city, LocalDate day) {
		ZoneId zone = RandomReadings.ZONES.get(city);
		Map<Instant, Map<Metric, Double>> hours = new TreeMap<>();
		Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
		for (Instant hour = day.atStartOfDay(zone).toInstant(); hour.isBefore(end); hour = hour.plusSeconds(3600)) {
			if (this.random.nextInt(12) > 0) {
				hours.put(hour, values());
			}
		}
		return new Said(hours, null);
	}

	/** Some values are others, some are withdrawn, some hours too. */
	private Said corrected(Said before) {
		Map<Instant, Map<Metric, Double>> hours = new TreeMap<>();
		before.hours().forEach((hour, values) -> {
			switch (this.random.nextInt(12)) {
				case 0 -> {
				}
				case 1 -> hours.put(hour, values());
				default -> hours.put(hour, values);
			}
		});
		return new Said(hours, null);
	}

	private Map<Metric, Double> values() {
		Map<Metric, Double> values = new TreeMap<>();
		for (Metric metric : new TreeMap<>(ELEMENTS).keySet()) {
			if (this.random.nextInt(8) > 0) {
				values.put(metric, value(this.random));
			}
		}
		return values;
	}

	/** Few different ones, so that extremes are met more than once. */
	static double value(Random random) {
		return random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(400) / 10.0;
	}

	private synchronized Answer answer(String question) {
		String[] parts = question.split("/");
		String city = this.cities.get(parts[0].substring(0, parts[0].indexOf(',')));
		Answer trouble = this.troubled.get(city);
		if (trouble != null) {
			this.failed.add(city);
			return trouble;
		}
		Instant now = this.collected.get();
		List<String> days = new ArrayList<>();
		LocalDate to = LocalDate.parse(parts[2]);
		for (LocalDate day = LocalDate.parse(parts[1]); !day.isAfter(to); day = day.plusDays(1)) {
			Said known = this.said.get(new PlainTables.CityDate(city, day));
			if (known == null) {
				this.failed.add(city);
			}
			else {
				days.add(tell(city, day, known, now));
			}
		}
		String[] place = parts[0].split(",");
		return new Answer(200, "application/json", """
				{"queryCost":%d,"latitude":%s,"longitude":%s,"days":[%s]}""".formatted(24 * days.size(), place[0],
				place[1], String.join(",", days)));
	}

	/**
	 * Whatever it says of a day, also that there is nothing, takes the place of before.
	 */
	private String tell(String city, LocalDate day, Said known, Instant now) {
		this.answered.add(new PlainTables.CityDate(city, day));
		Instant start = day.atStartOfDay(RandomReadings.ZONES.get(city)).toInstant();
		this.told.add(Reading.hour(city, start, Origin.VISUAL_CROSSING, Channel.HISTORY, now, Values.NONE));
		Map<Metric, Double> whole = known.whole();
		if (whole != null) {
			Double temperature = whole.get(Metric.TEMPERATURE);
			Map<Metric, Double> lows = (temperature != null) ? Map.of(Metric.TEMPERATURE, temperature) : Map.of();
			Map<Metric, Double> highs = new HashMap<>();
			whole.forEach((metric, value) -> {
				if (metric == Metric.TEMPERATURE || metric == Metric.WIND_SPEED) {
					highs.put(metric, value + ((metric == Metric.TEMPERATURE) ? 10 : 0));
				}
			});
			Map<Metric, Double> values = new HashMap<>(whole);
			values.remove(Metric.WIND_SPEED);
			this.told.add(new Reading(city, start, Resolution.DAY, Origin.VISUAL_CROSSING, Channel.HISTORY, now,
					Values.of(values), Values.of(lows), Values.of(highs), null, Map.of()));
			String extremes = (temperature != null)
					? ",\"tempmin\":%s,\"tempmax\":%s".formatted(temperature, temperature + 10) : "";
			return "{\"datetime\":\"%s\",\"source\":\"obs\"%s%s}".formatted(day, elements(whole), extremes);
		}
		String hours = known.hours().entrySet().stream().map((hour) -> {
			this.told.add(Reading.hour(city, hour.getKey(), Origin.VISUAL_CROSSING, Channel.HISTORY, now,
					Values.of(hour.getValue())));
			return "{\"datetimeEpoch\":%d,\"source\":\"obs\"%s}".formatted(hour.getKey().getEpochSecond(),
					elements(hour.getValue()));
		}).collect(Collectors.joining(","));
		return "{\"datetime\":\"%s\",\"source\":\"obs\",\"hours\":[%s]}".formatted(day, hours);
	}

	private static String elements(Map<Metric, Double> values) {
		return values.entrySet()
			.stream()
			.map((value) -> String.format(Locale.ROOT, ",\"%s\":%s", ELEMENTS.get(value.getKey()), value.getValue()))
			.collect(Collectors.joining());
	}

	@Override
	public void close() {
		this.server.close();
	}

}
