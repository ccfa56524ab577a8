package io.isobar.serving;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

import io.isobar.IsobarApplication;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.embedded.ForkedApplication;
import io.isobar.messages.OrderMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.orders.Order;
import io.isobar.serving.ServedHistory.CityDate;
import io.isobar.serving.ServedHistory.Generation;
import io.isobar.views.State;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens, in whatever order: readings and orders stream in, some of them twice,
 * late and out of order; files are imported; runs publish, of the weather and of orders,
 * while more comes; the stream is written again; somebody goes back and forward; the
 * application is started anew. At every step both layers together answer what an oracle
 * says ({@link ServedHistory}); and sixteen readers who ask all the while see no event
 * twice, none missing that they have seen, and no mix of two generations.
 * <p>
 * What happens follows from a number, which is printed; {@code -Dhistories.seed=…}
 * repeats it. In profile {@code faults} there are several, new ones each time, more
 * happens, and another instance is killed now and then.
 */
class RandomStreamsIT {

	private static final String NAME = "random_streams";

	private static final String OPERATOR = Http.basic("operator", "operates");

	private static final String VIEWER = Http.basic("viewer", "reads");

	/** The readings of these have digits. */
	private static final List<String> CITIES = List.of("Paris", "Kolkata");

	/** Readings of any kind are about this one. */
	private static final String MIXED = "Apia";

	private static final Map<String, String> COUNTRIES = Map.of("Paris", "FR", "Kolkata", "IN", MIXED, "WS");

	/** Today and some days before, of which those with a file will be closed. */
	private static final int DAYS = 4;

	/** More digits than a total of isobar's may have. */
	private static final int MOST_ORDERS = 30;

	private static final int CUSTOMERS = 4;

	private static final int READERS = 16;

	/** How long readers rest after an answer. */
	private static final Duration REST = Duration.ofMillis(150);

	private static final Duration LONG = Duration.ofMinutes(3);

	/** So late the lake has what was sent, unless somebody asks for it. */
	private static final Duration LATE = Duration.ofSeconds(5);

	private static final List<String> CRASHES = List.of("sink.polled.cassandra", "sink.written.orders-cassandra",
			"lake.gathered", "sink.acked.cassandra", "lake.committed", "sink.polled.orders-cassandra",
			"sink.acked.orders-cassandra", "lake.written");

	@TempDir
	Path temp;

	private final ServedHistory history = new ServedHistory();

	private final Map<Integer, Generation> generations = new TreeMap<>();

	private final Set<String> taken = new HashSet<>();

	private final Map<String, LocalDate> todays = new ConcurrentHashMap<>();

	/** Days about which nothing comes now, as they are about to be closed. */
	private final Set<CityDate> closing = new HashSet<>();

	/** How many runs had days to close. */
	private int closings;

	/** Days about which something came while a run was about to close them. */
	private final Set<CityDate> late = new HashSet<>();

	/** A day that an execution says to have left open. */
	private static final Pattern OPEN = Pattern.compile("(\\w+) (\\d{4}-\\d\\d-\\d\\d)");

	/** What has happened, for whoever reads that it failed. */
	private final List<String> done = new ArrayList<>();

	private final ExecutorService readers = Executors.newFixedThreadPool(READERS);

	private final List<Future<?>> reading = new ArrayList<>();

	private Random random = new Random();

	private String own = NAME;

	private String customers = "";

	private int port;

	private Http program = Http.program(0);

	private @Nullable ConfigurableApplicationContext application;

	private @Nullable KafkaProducer<String, byte[]> producer;

	/** Odd while the application is started anew. */
	private volatile int starts = 1;

	private volatile boolean over;

	static LongStream seeds() {
		Long given = Long.getLong("histories.seed");
		if (given != null) {
			return LongStream.of(given);
		}
		return (Faults.repetitions() > 0) ? new Random().longs(Faults.repetitions()) : LongStream.of(1);
	}

	@AfterEach
	void end() {
		System.out.println("What has happened: " + this.done);
		this.over = true;
		this.readers.shutdownNow();
		if (this.producer != null) {
			this.producer.close(Duration.ofSeconds(5));
		}
		if (this.application != null) {
			this.application.close();
		}
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void whateverHappensEachEventIsCountedOnceAndNoAnswerLacksWhatAnEarlierOneHad(long seed) throws Exception {
		System.out.println("Random stream: -Dhistories.seed=" + seed);
		this.random = new Random(seed);
		this.own = NAME + "_" + Long.toUnsignedString(seed, 36);
		this.customers = "Digit " + seed + " ";
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = socket.getLocalPort();
		}
		this.program = Http.program(this.port);
		start();
		this.producer = new KafkaProducer<>(Map.of("bootstrap.servers", EmbeddedStores.kafka(), "acks", "all"),
				new StringSerializer(), new ByteArraySerializer());
		stream();
		check();
		runs(true, true);
		for (int i = 0; i < READERS; i++) {
			int number = i;
			this.reading.add(this.readers.submit(() -> read(number)));
		}
		check();
		for (int i = 0; i < Math.max(1, Faults.repetitions()); i++) {
			for (Step step : steps()) {
				step.take();
				check();
			}
		}
		goBackAndRun();
		check();
		goBackAndForwardWhileTheStreamIsWrittenAgain();
		check();
		this.over = true;
		for (Future<?> reader : this.reading) {
			reader.get(1, TimeUnit.MINUTES);
		}
		say("%d answers were read", this.history.answers());
		assertThat(this.history.answers()).isGreaterThan(READERS);
	}

	/** Something that happens. */
	private interface Step {

		void take() throws Exception;

	}

	/** Everything that can happen, in any order. */
	private List<Step> steps() {
		List<Step> steps = new ArrayList<>(List.<Step>of(this::stream, this::importFile, () -> runs(true, false),
				() -> runs(false, true), this::writeAgain, this::goBackOrForward, this::startAnew));
		if (Faults.repetitions() > 0) {
			steps.addAll(List.of(this::stream, this::importFile, this::kill));
		}
		Collections.shuffle(steps, this.random);
		return steps;
	}

	private void say(String what, Object... about) {
		this.done.add(what.formatted(about));
	}

	// The application

	private void start() {
		List<String> arguments = new ArrayList<>(settings());
		arguments.addAll(List.of("--server.port=" + this.port, "--isobar.embedded.database=" + this.own,
				"--isobar.lake.root=" + root(), "--isobar.embedded.kafka.enabled=true",
				"--isobar.embedded.cassandra.enabled=true", "--isobar.embedded.influxdb.enabled=true",
				"--isobar.speed.enabled=true", "--isobar.viewer.password=reads",
				"--isobar.operator.password=operates"));
		this.application = new SpringApplicationBuilder(IsobarApplication.class).run(arguments.toArray(String[]::new));
		await().atMost(LONG).until(() -> get("/api/speed/latest").status() == 200);
		await().atMost(LONG)
			.until(() -> read("/api/speed/sinks").valueStream().noneMatch((sink) -> sink.get("partitions").isEmpty()));
		this.starts++;
	}

	private List<String> settings() {
		List<String> settings = new ArrayList<>(List.of("--isobar.speed.producer.enabled=false",
				"--isobar.speed.weather-topic=" + this.own, "--isobar.orders.topic=" + this.own + "-orders",
				"--isobar.cassandra.keyspace=" + this.own, "--isobar.cassandra.read-timeout=PT4S",
				"--isobar.influx.bucket=" + this.own, "--isobar.speed.lake.flush-interval=" + LATE,
				"--isobar.speed.listeners.watch=PT0.3S", "--isobar.jobs.delay=PT0.01S",
				"--isobar.provider.order=open-meteo", "--isobar.batch.schedule=0 0 0 1 1 *"));
		List<String> names = List.of("Paris", "Kolkata", MIXED);
		List<String> places = List.of("48.85,2.35", "22.57,88.36", "-13.83,-171.76");
		for (int i = 0; i < names.size(); i++) {
			String[] place = places.get(i).split(",");
			String city = "--isobar.cities[" + i + "].";
			settings.addAll(List.of(city + "name=" + names.get(i), city + "country=" + COUNTRIES.get(names.get(i)),
					city + "latitude=" + place[0], city + "longitude=" + place[1],
					city + "timezone=" + RandomReadings.ZONES.get(names.get(i))));
		}
		return settings;
	}

	private String root() {
		return "/" + this.own;
	}

	private void startAnew() {
		say("start anew");
		this.starts++;
		if (this.application != null) {
			this.application.close();
		}
		start();
	}

	/** Another instance, which has some of the partitions, is killed. */
	private void kill() throws Exception {
		String point = CRASHES.get(this.random.nextInt(CRASHES.size()));
		say("kill another at %s", point);
		List<String> arguments = new ArrayList<>(settings());
		arguments.addAll(List.of("-Dcrash.at=" + point, "--spring.kafka.bootstrap-servers=" + EmbeddedStores.kafka(),
				"--spring.cassandra.contact-points=127.0.0.1:" + EmbeddedStores.cassandra(),
				"--spring.cassandra.local-datacenter=datacenter1", "--isobar.influx.url=" + EmbeddedStores.influxdb()));
		ForkedApplication other = ForkedApplication.startOnStores(this.temp.resolve("other"), this.own, root(),
				arguments.toArray(String[]::new));
		await().atMost(LONG.multipliedBy(2)).until(() -> {
			sendSome(3);
			return !other.isAlive();
		});
		assertThat(other.exitCode()).as(point + ": " + other.output()).isEqualTo(137);
	}

	private Answer get(String path) {
		return this.program.ask("GET", path, "Authorization", VIEWER);
	}

	/** On a busy machine Cassandra may take longer than an answer may. */
	private JsonNode read(String path) {
		Answer answer = await().atMost(LONG).until(() -> get(path), (each) -> each.status() != 503);
		assertThat(answer.status()).as("%s %s", path, answer.body()).isEqualTo(200);
		return json(answer);
	}

	private static JsonNode json(Answer answer) {
		return JsonMapper.shared().readTree(answer.body());
	}

	// Readers

	/** Asks for totals and days in turn, until it is over or an answer is wrong. */
	private void read(int number) {
		for (int i = number; !this.over; i++) {
			int started = this.starts;
			ServedHistory.Asking asking = this.history.asks();
			String path = (i % 3 == 0) ? "/api/orders/totals" : daily(CITIES.get(i % 3 - 1));
			Answer answer;
			try {
				answer = get(path);
			}
			catch (AssertionError ex) {
				if (!(ex.getCause() instanceof IOException) || !startsAnew(started)) {
					throw ex;
				}
				LockSupport.parkNanos(REST.toNanos());
				continue;
			}
			if (answer.status() == 200) {
				if (i % 3 == 0) {
					this.history.totals(json(answer), this.customers, asking);
				}
				else {
					this.history.daily(json(answer), asking);
				}
			}
			else {
				assertThat(answer.status() == 503 || startsAnew(started))
					.as("%s %d %s", path, answer.status(), answer.body())
					.isTrue();
			}
			LockSupport.parkNanos(REST.toNanos());
		}
	}

	private boolean startsAnew(int started) {
		return started % 2 == 1 || this.starts != started;
	}

	private LocalDate today(String city) {
		// It stays so, whatever the clock says
		return this.todays.computeIfAbsent(city, (any) -> LocalDate.now(RandomReadings.ZONES.get(any)));
	}

	/** Its first day is a hole. */
	private String daily(String city) {
		return "/api/views/daily" + days(city);
	}

	private String days(String city) {
		return "?city=" + city + "&from=" + today(city).minusDays(DAYS) + "&to=" + today(city);
	}

	// What is right

	/** Nobody has seen anything wrong, and when all has come in, all is there. */
	private void check() {
		await().atMost(LONG).untilAsserted(() -> {
			nobodySawAnythingWrong();
			Map<CityDate, State> served = new TreeMap<>(
					Comparator.comparing(CityDate::city).thenComparing(CityDate::day));
			for (String city : CITIES) {
				ServedHistory.Asking asking = this.history.asks();
				JsonNode days = read(daily(city));
				assertThat(days).hasSize(DAYS + 1);
				isRight(() -> this.history.daily(days, asking));
				this.history.settled(days, served);
				assertCovers(city, days);
			}
			JsonNode mixed = read(daily(MIXED));
			this.history.settledMixed(mixed, served);
			assertCovers(MIXED, mixed);
			for (String city : COUNTRIES.keySet()) {
				LocalDate today = today(city);
				ServedHistory.months(read("/api/views/monthly?city=" + city + "&from="
						+ today.minusDays(DAYS).toString().substring(0, 7) + "&to=" + today.toString().substring(0, 7)),
						served);
			}
			this.history.settledTotals(read("/api/orders/totals"), this.customers);
		});
	}

	/** That can't become right by waiting. */
	private void isRight(Runnable assertions) {
		try {
			assertions.run();
		}
		catch (AssertionError ex) {
			throw new IllegalStateException("After " + this.done, ex);
		}
	}

	private void nobodySawAnythingWrong() {
		for (Future<?> reader : this.reading) {
			if (reader.isDone()) {
				try {
					reader.get();
				}
				catch (ExecutionException | InterruptedException ex) {
					throw new IllegalStateException("A reader saw something wrong after " + this.done, ex);
				}
			}
		}
	}

	private void assertCovers(String city, JsonNode days) {
		JsonNode coverage = read("/api/views/coverage" + days(city));
		assertThat(coverage).hasSameSizeAs(days);
		for (int i = 0; i < days.size(); i++) {
			for (String field : List.of("city", "date", "layer", "status", "readings", "expectedReadings")) {
				assertThat(coverage.get(i).get(field)).as(field).isEqualTo(days.get(i).get(field));
			}
		}
	}

	// What comes in

	/** Everything, and waits until Kafka has it. */
	private void stream() throws Exception {
		say("stream");
		sendSome(1 + this.random.nextInt(40));
		List<Future<?>> sent = new ArrayList<>();
		List<Reading> readings = new ArrayList<>();
		for (int i = this.random.nextInt(30); i > 0; i--) {
			LocalDate day = today(MIXED).minusDays(this.random.nextInt(DAYS));
			Origin origin = List.of(Origin.OPEN_METEO, Origin.VISUAL_CROSSING, Origin.SIMULATED)
				.get(this.random.nextInt(3));
			Instant at = free(day, origin);
			if (at != null) {
				Reading reading = Reading.hour(MIXED, at, origin, Channel.STREAM, Instant.now(), values());
				readings.add(reading);
				sent.add(send(reading));
				if (this.random.nextInt(5) == 0) {
					sent.add(send(reading));
				}
			}
		}
		for (Future<?> each : sent) {
			each.get(1, TimeUnit.MINUTES);
		}
		this.history.came(readings);
		placeTwice();
	}

	/** Readings and orders with digits, in any order; some readings twice, or again. */
	private void sendSome(int count) throws Exception {
		List<Future<?>> waiting = new ArrayList<>();
		List<Runnable> confirmed = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			if (this.random.nextInt(3) == 0) {
				String customer = customer(String.valueOf(this.random.nextInt(CUSTOMERS)));
				int number = this.history.orders(customer);
				this.history.placing(customer, number);
				waiting.add(producer().send(new ProducerRecord<>(this.own + "-orders", customer,
						OrderMessages.write(order(customer, number)))));
				confirmed.add(() -> this.history.placed(customer, number));
				continue;
			}
			CityDate day = day();
			int hour = this.random.nextInt(day.hours());
			Reading reading = this.history.streamed(day, hour);
			if (this.closing.contains(day) || reading.observedAt().isAfter(Instant.now().minusSeconds(60))) {
				continue;
			}
			this.late.add(day);
			this.history.sending(day, hour);
			for (int times = this.random.nextInt(8); times < 8; times += 7) {
				waiting.add(send(reading));
			}
			confirmed.add(() -> this.history.sent(day, hour));
		}
		for (Future<?> each : waiting) {
			each.get(1, TimeUnit.MINUTES);
		}
		confirmed.forEach(Runnable::run);
	}

	/** Whoever has many orders gets another name. */
	private String customer(String name) {
		String customer = this.customers + name;
		while (this.history.orders(customer) == MOST_ORDERS) {
			customer += "+";
		}
		return customer;
	}

	private CityDate day() {
		String city = CITIES.get(this.random.nextInt(CITIES.size()));
		return new CityDate(city, today(city).minusDays(this.random.nextInt(DAYS)));
	}

	private Order order(String customer, int number) {
		return new Order(customer, BigDecimal.TEN.pow(number).setScale(2));
	}

	private Future<?> send(Reading reading) {
		String country = COUNTRIES.get(reading.city());
		return producer().send(new ProducerRecord<>(this.own, reading.city(),
				WeatherMessages.write(new WeatherMessage(reading, country,
						WeatherMessage.stationId(reading.city(), country), null, null, null, null, Outlook.UNKNOWN))));
	}

	private KafkaProducer<String, byte[]> producer() {
		return Objects.requireNonNull(this.producer);
	}

	/** By somebody who does not know whether the first attempt has arrived. */
	private void placeTwice() {
		String customer = customer("of the form");
		int number = this.history.orders(customer);
		this.history.placing(customer, number);
		String body = new String(OrderMessages.write(order(customer, number)), StandardCharsets.UTF_8);
		for (int i = 0; i < 2; i++) {
			Answer answer = this.program.send("POST", "/api/orders", body, "Authorization", OPERATOR, "Content-Type",
					"application/json", "Idempotency-Key", this.own + "-" + customer.length() + "-" + number);
			assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		}
		this.history.placed(customer, number);
	}

	private Values values() {
		Map<Metric, Double> values = new TreeMap<>();
		for (Metric metric : List.of(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRECIPITATION, Metric.WIND_SPEED)) {
			if (this.random.nextInt(4) > 0) {
				values.put(metric, this.random.nextInt(200) / 10.0);
			}
		}
		values.put(Metric.PRESSURE, 1000.0 + this.random.nextInt(300) / 10.0);
		return Values.of(values);
	}

	/** A time in the past of that day at which nothing was measured yet. */
	private @Nullable Instant free(LocalDate day, Origin origin) {
		Instant start = new CityDate(MIXED, day).start();
		long seconds = Math.min(Duration.ofDays(1).toSeconds(),
				Duration.between(start, Instant.now()).toSeconds() - 60);
		if (seconds <= 0) {
			return null;
		}
		Instant at = start.plusSeconds(this.random.nextLong(seconds));
		return this.taken.add(at + " " + origin) ? at : null;
	}

	/** A file about a day that has ended, with some of its hours. */
	private void importFile() throws Exception {
		List<Reading> rows = new ArrayList<>();
		List<Runnable> imported = new ArrayList<>();
		if (this.random.nextInt(3) == 0) {
			LocalDate day = today(MIXED).minusDays(1 + this.random.nextInt(DAYS - 1));
			for (int i = 1 + this.random.nextInt(30); i > 0; i--) {
				Instant at = free(day, Origin.FILE);
				if (at != null) {
					rows.add(Reading.hour(MIXED, at, Origin.FILE, Channel.FILE, Instant.now(), values()));
				}
			}
			imported.add(() -> this.history.came(rows));
		}
		else {
			String city = CITIES.get(this.random.nextInt(CITIES.size()));
			CityDate day = new CityDate(city, today(city).minusDays(1 + this.random.nextInt(DAYS - 1)));
			for (int i = 1 + this.random.nextInt(12); i > 0; i--) {
				int hour = this.random.nextInt(day.hours());
				rows.add(this.history.ofFile(day, hour));
				imported.add(() -> this.history.imported(day, hour));
			}
		}
		CityDate day = ServedHistory.dayOf(rows.get(0));
		say("import %d rows of %s", rows.size(), day);
		Path folder = Files.createTempDirectory(this.temp, "file");
		List<String> lines = new ArrayList<>();
		lines.add("city,country,observed_at,resolution,origin,temperature,humidity,precipitation,wind_speed,pressure");
		for (Reading row : rows) {
			lines.add(String.format(Locale.ROOT, "%s,%s,%s,hour,file,%s,%s,%s,%s,%s", row.city(),
					COUNTRIES.get(row.city()), row.observedAt(), text(row, Metric.TEMPERATURE),
					text(row, Metric.HUMIDITY), text(row, Metric.PRECIPITATION), text(row, Metric.WIND_SPEED),
					text(row, Metric.PRESSURE)));
		}
		Files.write(folder.resolve("rows.csv"), lines);
		Files.writeString(folder.resolve("mapping.yaml"), "timezone: " + RandomReadings.ZONES.get(day.city()));
		completed(launch("weather_import", Map.of("path", folder.toString())));
		imported.forEach(Runnable::run);
	}

	private static String text(Reading reading, Metric metric) {
		return reading.values().has(metric) ? BigDecimal.valueOf(reading.values().orNaN(metric)).toPlainString() : "";
	}

	// Jobs

	private void runs(boolean weather, boolean orders) throws Exception {
		runs(weather, orders, (this.random.nextInt(4) == 0) ? "full" : "incremental");
	}

	/** Runs that publish, at once, while more comes in. */
	private void runs(boolean weather, boolean orders, String recompute) throws Exception {
		// The lake does not have it yet, and days are closed that it is about
		sendSome(10);
		say("run %s%s%s", weather ? "weather " : "", orders ? "orders " : "", recompute);
		List<Long> running = new ArrayList<>();
		Generation next = null;
		if (weather) {
			next = this.history.begins();
			// Every other time something may come late
			if (next.closesAnew().stream().anyMatch((day) -> CITIES.contains(day.city())) && this.closings++ % 2 == 0) {
				this.closing.addAll(next.closesAnew());
			}
			running.add(launch("weather_batch_processing", Map.of("collect", "false", "recompute", recompute)));
		}
		if (orders) {
			running.add(launch("orders_batch", Map.of("recompute", recompute)));
		}
		this.late.clear();
		for (long execution : running) {
			while (isRunning(execution)) {
				sendSome(this.random.nextInt(3));
				LockSupport.parkNanos(REST.toNanos());
			}
			completed(execution);
		}
		this.closing.clear();
		if (next != null) {
			int number = read("/api/views/boundary").get("weather").get(0).get("generation").asInt();
			assertThat(this.generations).doesNotContainKey(number);
			Set<CityDate> open = leftOpen(running.get(0));
			say("%s closed, but for %s", next.closesAnew(), open);
			assertThat(next.closesAnew()).containsAll(open);
			assertThat(this.late).containsAll(open);
			this.history.published(next, number, open);
			this.generations.put(number, next);
		}
		this.late.clear();
	}

	/** The days that an execution says to have left open. */
	private Set<CityDate> leftOpen(long execution) {
		Set<CityDate> open = new HashSet<>();
		for (JsonNode note : execution(execution).get("notes")) {
			Matcher day = OPEN.matcher(note.toString());
			while (day.find()) {
				open.add(new CityDate(day.group(1), LocalDate.parse(day.group(2))));
			}
		}
		return open;
	}

	private long launch(String job, Map<String, String> parameters) {
		Answer answer = this.program.send("POST", "/api/jobs/" + job + "/executions",
				JsonMapper.shared().writeValueAsString(Map.of("parameters", parameters)), "Authorization", OPERATOR,
				"Content-Type", "application/json");
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		return json(answer).get("executionId").asLong();
	}

	private JsonNode execution(long id) {
		return read("/api/jobs/executions/" + id);
	}

	private boolean isRunning(long id) {
		return execution(id).get("status").asString().startsWith("START");
	}

	private void completed(long id) {
		await().atMost(LONG).until(() -> !isRunning(id));
		JsonNode execution = execution(id);
		assertThat(execution.get("status").asString()).as(execution::toString).isEqualTo("COMPLETED");
	}

	/** The stores of the speed layer are written again, while more comes in. */
	private void writeAgain() throws Exception {
		String source = this.random.nextBoolean() ? "topic" : "lake";
		say("write again from the %s", source);
		long execution = launch("rebuild_speed_views", Map.of("source", source));
		while (isRunning(execution)) {
			sendSome(this.random.nextInt(3));
			LockSupport.parkNanos(REST.toNanos());
		}
		completed(execution);
	}

	private void goBackOrForward() {
		List<Integer> weather = kept("weather");
		goTo(weather.get(this.random.nextInt(weather.size())));
		List<Integer> orders = kept("orders");
		int wanted = orders.get(this.random.nextInt(orders.size()));
		say("orders to %d", wanted);
		put(wanted);
	}

	/**
	 * Back to the oldest generation that is kept: what is published next counts what the
	 * others did, although it goes out from that one.
	 */
	private void goBackAndRun() throws Exception {
		importFile();
		runs(true, true);
		check();
		goTo(kept("weather").get(0));
		put(kept("orders").get(0));
		check();
		runs(true, true, "incremental");
	}

	/** The generations that are kept, the oldest first. */
	private List<Integer> kept(String dataset) {
		return read("/api/batch/generations").valueStream()
			.filter((each) -> each.get("dataset").asString().equals(dataset))
			.map((each) -> each.get("generation").asInt())
			.sorted()
			.toList();
	}

	private void goTo(int number) {
		Generation wanted = this.generations.get(number);
		assertThat(wanted).isNotNull();
		say("weather to %d", number);
		this.history.goes(this.history.current(), wanted, () -> put(number));
	}

	private void put(int generation) {
		Answer answer = this.program.ask("PUT", "/api/batch/generations/" + generation + "?current=true",
				"Authorization", OPERATOR);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
	}

	/**
	 * Back to the oldest generation that is kept, and while the stream is written again
	 * forward to the newest.
	 */
	private void goBackAndForwardWhileTheStreamIsWrittenAgain() throws Exception {
		long end = System.nanoTime() + Faults.paused().toNanos();
		do {
			List<Integer> weather = kept("weather");
			List<Integer> orders = kept("orders");
			goTo(weather.get(0));
			put(orders.get(0));
			sendSome(4);
			check();
			long execution = launch("rebuild_speed_views", Map.of("source", "topic"));
			boolean forward = false;
			while (isRunning(execution)) {
				goTo(weather.get(forward ? weather.size() - 1 : this.random.nextInt(weather.size())));
				put(orders.get(forward ? orders.size() - 1 : this.random.nextInt(orders.size())));
				forward = !forward;
				sendSome(this.random.nextInt(3));
			}
			completed(execution);
			goTo(weather.get(weather.size() - 1));
			put(orders.get(orders.size() - 1));
			check();
		}
		while (System.nanoTime() < end);
	}

}
