package io.isobar.serving;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.isobar.views.PlainFold;
import io.isobar.views.State;
import io.isobar.views.Summary;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What has come in, and what may be answered therefore, without a thought of how it is
 * computed. The precipitation of the i-th hour of a day is 4^-i, and the i-th order of a
 * customer is over 10^i, so the digits of a sum say which events it counts, and how often
 * each. Safe to use by several threads.
 */
final class ServedHistory {

	/** The lowest digit of a day's sum, as a power of 4. */
	private static final int LOWEST = 21;

	/** The highest digit: that of the first hour. */
	private static final int HIGHEST = 3;

	/** Hours of which a reading is being sent, or was; as bits. */
	private final Map<CityDate, Integer> sending = new ConcurrentHashMap<>();

	/** Those that Kafka has confirmed. */
	private final Map<CityDate, Integer> sent = new ConcurrentHashMap<>();

	/** Those that were imported from files. */
	private final Map<CityDate, Integer> imported = new ConcurrentHashMap<>();

	/** Those that some answer of the speed layer had. */
	private final Map<CityDate, Integer> seen = new ConcurrentHashMap<>();

	/**
	 * Readings of any kind, several an hour, for days that are checked while all rests.
	 */
	private final List<Reading> mixed = new CopyOnWriteArrayList<>();

	/** Orders of each customer, as bits. */
	private final Map<String, BigInteger> placing = new ConcurrentHashMap<>();

	private final Map<String, BigInteger> placed = new ConcurrentHashMap<>();

	private final Map<String, BigInteger> seenOrders = new ConcurrentHashMap<>();

	/** Which generations may have been current, one after the other. */
	private final List<Set<Generation>> current = new CopyOnWriteArrayList<>();

	/** Since somebody has gone back or forward; null while that happens. */
	private volatile @Nullable Since since = new Since();

	private final Map<String, Summary> folded = new ConcurrentHashMap<>();

	/** How many answers were looked at, whoever asked. */
	private final AtomicLong answers = new AtomicLong();

	ServedHistory() {
		Generation none = new Generation(Set.of(), Set.of(), Map.of(), Map.of(), List.of());
		published(none, 0, Set.of());
	}

	/** A local day of a city. */
	record CityDate(String city, LocalDate day) {

		Instant start() {
			return this.day.atStartOfDay(RandomReadings.ZONES.get(this.city)).toInstant();
		}

		/** 23, 24 or 25. */
		int hours() {
			return (int) Duration.between(start(), new CityDate(this.city, this.day.plusDays(1)).start()).toHours();
		}

	}

	/** What has been answered since somebody has gone back or forward. */
	private static final class Since {

		private final Map<CityDate, Long> readings = new ConcurrentHashMap<>();

	}

	/**
	 * What a generation is made of. What is streamed while its run runs may be in it, or
	 * not; once an answer was seen that decides that, it stays so.
	 */
	static final class Generation {

		private volatile Set<CityDate> closed;

		/** Those that were open before. */
		private final Set<CityDate> anew;

		private final Map<CityDate, Integer> imported;

		private final Map<CityDate, Integer> atLeast;

		private final List<Reading> mixed;

		private volatile @Nullable Map<CityDate, Integer> atMost;

		private final Map<CityDate, Integer> decided = new ConcurrentHashMap<>();

		private volatile int number;

		private Generation(Set<CityDate> closed, Set<CityDate> before, Map<CityDate, Integer> imported,
				Map<CityDate, Integer> atLeast, List<Reading> mixed) {
			this.closed = Set.copyOf(closed);
			this.anew = this.closed.stream()
				.filter((day) -> !before.contains(day))
				.collect(Collectors.toUnmodifiableSet());
			this.imported = Map.copyOf(imported);
			this.atLeast = Map.copyOf(atLeast);
			this.mixed = List.copyOf(mixed);
		}

		int number() {
			return this.number;
		}

		boolean isClosed(CityDate day) {
			return this.closed.contains(day);
		}

		/**
		 * The days that it closes, or leaves open if something comes late about them
		 * while its run runs.
		 */
		Set<CityDate> closesAnew() {
			return this.anew;
		}

		/** As long as it is not published, nobody knows of some days. */
		private boolean mayBeOpen(CityDate day) {
			return !this.closed.contains(day) || (this.atMost == null && this.anew.contains(day));
		}

		private int imported(CityDate day) {
			return this.imported.getOrDefault(day, 0);
		}

		private int atLeast(CityDate day) {
			return this.decided.getOrDefault(day, imported(day) | this.atLeast.getOrDefault(day, 0));
		}

		/** As long as it is not published, anything that is sent. */
		private int atMost(CityDate day, Map<CityDate, Integer> sending) {
			Map<CityDate, Integer> most = this.atMost;
			return this.decided.getOrDefault(day,
					imported(day) | ((most != null) ? most : sending).getOrDefault(day, 0));
		}

		@Override
		public String toString() {
			return "generation " + this.number;
		}

	}

	/** What somebody knew who began to ask. */
	record Asking(int current, @Nullable Since since, Map<CityDate, Long> readings, Map<CityDate, Integer> seen,
			Map<String, BigInteger> orders) {
	}

	// What comes in

	/** The reading of an hour that is streamed; there is only one. */
	Reading streamed(CityDate day, int hour) {
		return Reading.hour(day.city(), day.start().plusSeconds(hour * 3600L + 300),
				(hour % 3 == 0) ? Origin.VISUAL_CROSSING : Origin.OPEN_METEO, Channel.STREAM, Instant.now(),
				values(hour, hour + day.day().getDayOfYear() % 7 / 8.0));
	}

	/** The reading of an hour that a file has; it counts before the streamed one. */
	Reading ofFile(CityDate day, int hour) {
		return Reading.hour(day.city(), day.start().plusSeconds(hour * 3600L + 600), Origin.FILE, Channel.FILE,
				Instant.now(), values(hour, 30.5 + hour));
	}

	private static Values values(int hour, double temperature) {
		return Values.of(Map.of(Metric.TEMPERATURE, temperature, Metric.PRECIPITATION, Math.pow(4, HIGHEST - hour)));
	}

	void sending(CityDate day, int hour) {
		this.sending.merge(day, 1 << hour, (one, other) -> one | other);
	}

	void sent(CityDate day, int hour) {
		this.sent.merge(day, 1 << hour, (one, other) -> one | other);
	}

	boolean isSent(CityDate day, int hour) {
		return (this.sending.getOrDefault(day, 0) >> hour & 1) == 1;
	}

	void imported(CityDate day, int hour) {
		this.imported.merge(day, 1 << hour, (one, other) -> one | other);
	}

	/** Readings of a city that is looked at only while all rests. */
	void came(List<Reading> readings) {
		this.mixed.addAll(readings);
	}

	void placing(String customer, int order) {
		this.placing.merge(customer, BigInteger.TWO.pow(order), BigInteger::or);
	}

	void placed(String customer, int order) {
		this.placed.merge(customer, BigInteger.TWO.pow(order), BigInteger::or);
	}

	int orders(String customer) {
		return this.placing.getOrDefault(customer, BigInteger.ZERO).bitLength();
	}

	// Generations

	/** The one that is current, while nobody changes that. */
	Generation current() {
		Set<Generation> now = this.current.get(this.current.size() - 1);
		assertThat(now).hasSize(1);
		return now.iterator().next();
	}

	/** A run begins, and may publish from now on. */
	Generation begins() {
		Generation base = current();
		Set<CityDate> closed = Stream.concat(Stream.concat(base.closed.stream(), this.imported.keySet().stream()),
				this.mixed.stream().filter((reading) -> reading.channel() == Channel.FILE).map(ServedHistory::dayOf))
			.collect(Collectors.toSet());
		Generation next = new Generation(closed, base.closed, this.imported, this.sent, this.mixed);
		this.current.add(Set.of(base, next));
		return next;
	}

	/**
	 * It was published.
	 * @param open the days that it would have closed, had nothing come late
	 */
	void published(Generation generation, int number, Set<CityDate> open) {
		generation.number = number;
		generation.closed = generation.closed.stream()
			.filter((day) -> !open.contains(day))
			.collect(Collectors.toUnmodifiableSet());
		generation.atMost = Map.copyOf(this.sending);
		this.current.add(Set.of(generation));
	}

	/** Somebody goes back or forward. */
	void goes(Generation from, Generation to, Runnable go) {
		this.since = null;
		this.current.add(Set.copyOf(List.of(from, to)));
		go.run();
		this.current.add(Set.of(to));
		this.since = new Since();
	}

	// What is answered

	Asking asks() {
		Since now = this.since;
		return new Asking(this.current.size() - 1, now, (now != null) ? Map.copyOf(now.readings) : Map.of(),
				Map.copyOf(this.seen), Map.copyOf(this.seenOrders));
	}

	long answers() {
		return this.answers.get();
	}

	/**
	 * What a day is answered with.
	 *
	 * @param hours those that are counted, as bits
	 */
	private record Row(CityDate day, boolean batch, int hours, JsonNode json) {

		static Row of(JsonNode json) {
			CityDate day = new CityDate(json.get("city").asString(), LocalDate.parse(json.get("date").asString()));
			return new Row(day, json.get("layer").asString().equals("batch"), hours(json), json);
		}

		private static int hours(JsonNode json) {
			double sum = json.get("precipitationSum").isNull() ? 0 : json.get("precipitationSum").asDouble();
			double scaled = sum * Math.pow(4, LOWEST);
			assertThat(scaled).as("%s is no sum of such readings", json).isEqualTo(Math.rint(scaled));
			int hours = 0;
			for (int hour = 0; hour <= HIGHEST + LOWEST; hour++) {
				long times = (long) scaled >> 2 * (HIGHEST + LOWEST - hour) & 3;
				assertThat(times).as("hour %d is counted %d times: %s", hour, times, json).isLessThan(2);
				hours |= (int) times << hour;
			}
			return hours;
		}

		boolean has(int others) {
			return (this.hours & others) == others;
		}

	}

	/**
	 * No hour is counted twice, none is there that was not sent, each row says what its
	 * hours say, all that the batch layer answers is of one generation that was current,
	 * and nothing is missing that was there before.
	 */
	void daily(JsonNode answer, Asking asking) {
		List<Row> rows = answer.valueStream().map(Row::of).toList();
		for (Row row : rows) {
			if (!row.batch()) {
				assertThat(row.hours() & ~this.sending.getOrDefault(row.day(), 0)).as("never sent: %s", row.json())
					.isZero();
				assertThat(row.has(asking.seen().getOrDefault(row.day(), 0)))
					.as("an earlier answer of the speed layer had more: %s", row.json())
					.isTrue();
				assertSays(row, 0);
			}
			assertThat(row.json().get("readings").asLong())
				.as("an earlier answer had more, and nobody has gone back since: %s", row.json())
				.isGreaterThanOrEqualTo(
						(asking.since() == this.since) ? asking.readings().getOrDefault(row.day(), 0L) : 0L);
		}
		Set<Generation> possible = this.current.stream()
			.skip(asking.current())
			.flatMap(Set::stream)
			.collect(Collectors.toSet());
		List<Generation> that = possible.stream()
			.filter((each) -> rows.stream().allMatch((row) -> is(row, each)))
			.toList();
		assertThat(that).as("Of none of %s alone: %s", possible, answer).isNotEmpty();
		for (Row row : rows) {
			if (row.batch()) {
				assertSays(row, that.get(0).imported(row.day()));
				if (that.size() == 1) {
					that.get(0).decided.putIfAbsent(row.day(), row.hours());
				}
			}
			else {
				this.seen.merge(row.day(), row.hours(), (one, other) -> one | other);
			}
			Since known = asking.since();
			if (known != null && known == this.since) {
				known.readings.merge(row.day(), row.json().get("readings").asLong(), Math::max);
			}
		}
		this.answers.incrementAndGet();
	}

	/** Whether a row may be of a generation. */
	private boolean is(Row row, Generation generation) {
		if (!row.batch()) {
			return generation.mayBeOpen(row.day());
		}
		return row.has(generation.atLeast(row.day()))
				&& (row.hours() & ~generation.atMost(row.day(), this.sending)) == 0;
	}

	/** All columns are of the hours that it counts. */
	private void assertSays(Row row, int ofFiles) {
		assertSays(row.json(), row.day(),
				this.folded.computeIfAbsent(row.day() + " " + row.hours() + " " + (row.hours() & ofFiles),
						(key) -> Summary.of(state(readings(row, ofFiles)))));
	}

	private List<Reading> readings(Row row, int ofFiles) {
		List<Reading> readings = new ArrayList<>();
		for (int hour = 0; hour < 32; hour++) {
			if ((row.hours() >> hour & 1) == 1) {
				readings.add((ofFiles >> hour & 1) == 1 ? ofFile(row.day(), hour) : streamed(row.day(), hour));
			}
		}
		return readings;
	}

	private static State state(List<Reading> readings) {
		State merged = WeatherViews.SUMMARY.zero();
		PlainFold.of(readings).states.forEach((key, state) -> {
			if (state.view() == WeatherViews.CITY_DAY) {
				merged.merge(WeatherViews.SUMMARY.part(state));
			}
		});
		return merged;
	}

	private static void assertSays(JsonNode json, CityDate day, Summary expected) {
		assertThat(json.get("expectedReadings").asInt()).as(json::toString).isEqualTo(day.hours());
		assertSays(json, expected);
	}

	private static void assertSays(JsonNode json, Summary expected) {
		assertThat(json.get("readings").asLong()).as(json::toString).isEqualTo(expected.readings());
		Map<String, Long> origins = new TreeMap<>();
		json.get("origins").propertyStream().forEach((each) -> origins.put(each.getKey(), each.getValue().asLong()));
		assertThat(origins).as(json::toString).isEqualTo(new TreeMap<>(expected.origins()));
		assertNumber(json, "temperatureMean", expected.temperatureMean());
		assertNumber(json, "temperatureMin", expected.temperatureMin());
		assertNumber(json, "temperatureMax", expected.temperatureMax());
		assertNumber(json, "humidityMean", expected.humidityMean());
		assertNumber(json, "pressureMean", expected.pressureMean());
		assertNumber(json, "windSpeedMax", expected.windSpeedMax());
		assertNumber(json, "precipitationSum", expected.precipitationSum());
	}

	private static void assertNumber(JsonNode json, String field, @Nullable Double expected) {
		if (expected == null) {
			assertThat(json.get(field).isNull()).as(json::toString).isTrue();
		}
		else {
			assertThat(json.get(field).asDouble()).as(json::toString).isCloseTo(expected, within(1e-9));
		}
	}

	/** No order is counted twice, none is there that nobody placed, none is missing. */
	void totals(JsonNode answer, String customers, Asking asking) {
		Map<String, BigInteger> found = new HashMap<>();
		for (JsonNode row : answer) {
			String customer = row.get("customer").asString();
			if (customer.startsWith(customers)) {
				found.put(customer, orders(row));
			}
		}
		found.forEach(
				(customer, orders) -> assertThat(orders.andNot(this.placing.getOrDefault(customer, BigInteger.ZERO)))
					.as("%s has orders that nobody placed: %s", customer, answer)
					.isZero());
		asking.orders().forEach((customer, orders) -> {
			if (customer.startsWith(customers)) {
				assertThat(orders.andNot(found.getOrDefault(customer, BigInteger.ZERO)))
					.as("%s has orders no longer that an earlier answer had: %s", customer, answer)
					.isZero();
			}
		});
		found.forEach((customer, orders) -> this.seenOrders.merge(customer, orders, BigInteger::or));
		this.answers.incrementAndGet();
	}

	/** Which orders a total counts, as bits. */
	private static BigInteger orders(JsonNode row) {
		String batch = digits(row, "batchAmount");
		String speed = digits(row, "speedAmount");
		String all = digits(row, "finalAmount");
		assertThat(new BigDecimal(batch).add(new BigDecimal(speed))).as(row::toString)
			.isEqualByComparingTo(new BigDecimal(all));
		assertThat(row.get("orders").asLong()).as(row::toString)
			.isEqualTo(all.chars().filter((digit) -> digit == '1').count());
		return new BigInteger(all, 2);
	}

	private static String digits(JsonNode row, String field) {
		String digits = row.get(field).decimalValue().toPlainString();
		assertThat(digits).as(row::toString).matches("[01]+");
		return digits;
	}

	// What is answered when all has come in

	/** Each layer has all that it was sent, and the one answers that has to. */
	void settled(JsonNode answer, Map<CityDate, State> served) {
		Generation generation = current();
		for (Row row : answer.valueStream().map(Row::of).toList()) {
			CityDate day = row.day();
			int sent = this.sent.getOrDefault(day, 0);
			int most = generation.atMost(day, this.sending);
			boolean closed = generation.isClosed(day);
			if (closed || Integer.bitCount(sent) <= Integer.bitCount(generation.atLeast(day))) {
				assertThat(row.batch()).as("batch answers: %s", row.json()).isTrue();
			}
			else if (Integer.bitCount(sent) > Integer.bitCount(most)) {
				assertThat(row.batch()).as("speed answers: %s", row.json()).isFalse();
			}
			if (!row.batch()) {
				assertThat(row.hours()).as("all that was sent: %s", row.json()).isEqualTo(sent);
			}
			assertStatus(row.json(), closed);
			served.put(day, state(readings(row, row.batch() ? generation.imported(day) : 0)));
		}
	}

	private static void assertStatus(JsonNode json, boolean closed) {
		assertThat(json.get("status").asString()).as(json::toString)
			.isIn(closed ? List.of("provisional", "final") : List.of("provisional"));
	}

	/** The same for days with readings of any kind. */
	void settledMixed(JsonNode answer, Map<CityDate, State> served) {
		Generation generation = current();
		for (JsonNode json : answer) {
			CityDate day = new CityDate(json.get("city").asString(), LocalDate.parse(json.get("date").asString()));
			State batch = state(of(generation.mixed, day, true));
			State speed = state(of(this.mixed, day, false));
			boolean closed = generation.isClosed(day);
			boolean fuller = !closed && isFuller(Summary.of(speed), Summary.of(batch));
			assertThat(json.get("layer").asString()).as("%s: %s", generation, json)
				.isEqualTo(fuller ? "speed" : "batch");
			assertSays(json, day, Summary.of(fuller ? speed : batch));
			assertStatus(json, closed);
			served.put(day, fuller ? speed : batch);
		}
	}

	private static List<Reading> of(List<Reading> readings, CityDate day, boolean files) {
		return readings.stream()
			.filter((reading) -> dayOf(reading).equals(day))
			.filter((reading) -> files || reading.channel() == Channel.STREAM)
			.toList();
	}

	private static boolean isFuller(Summary one, Summary other) {
		return one.realReadings() > other.realReadings()
				|| (one.realReadings() == other.realReadings() && one.readings() > other.readings());
	}

	/** Months are their days. */
	static void months(JsonNode answer, Map<CityDate, State> served) {
		for (JsonNode json : answer) {
			State merged = WeatherViews.SUMMARY.zero();
			served.forEach((day, state) -> {
				if (day.city().equals(json.get("city").asString())
						&& day.day().toString().startsWith(json.get("month").asString())) {
					merged.merge(state);
				}
			});
			assertSays(json, Summary.of(merged));
		}
	}

	/** Every order that was placed, in every total. */
	void settledTotals(JsonNode answer, String customers) {
		Map<String, BigInteger> found = new TreeMap<>();
		for (JsonNode row : answer) {
			if (row.get("customer").asString().startsWith(customers)) {
				found.put(row.get("customer").asString(), orders(row));
			}
		}
		assertThat(found).isEqualTo(new TreeMap<>(this.placed));
	}

	static CityDate dayOf(Reading reading) {
		return new CityDate(reading.city(),
				LocalDate.ofInstant(reading.observedAt(), RandomReadings.ZONES.get(reading.city())));
	}

}
