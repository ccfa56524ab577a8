package io.isobar.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.isobar.batch.JobRuns;
import io.isobar.embedded.ServerProcess;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.speed.SpeedTest;
import io.isobar.speed.SpeedViews;
import io.isobar.views.PlainFold;
import io.isobar.views.State;
import io.isobar.views.Summary;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import io.isobar.web.StoreUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Both layers as one view, with the real stores: readings are streamed and imported, runs
 * publish, somebody goes back and forward, and each day is answered as a plain fold of
 * the readings says that its layer has.
 */
@SpeedTest
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "isobar.embedded.database=unified_views",
		"isobar.lake.root=/unified-views", "isobar.speed.weather-topic=unified", "isobar.cassandra.keyspace=unified",
		"isobar.cassandra.read-timeout=PT4S", "isobar.influx.bucket=unified", "isobar.speed.lake.flush-interval=PT0.3S",
		"isobar.provider.order=open-meteo", "isobar.batch.schedule=0 0 0 1 1 *", "isobar.viewer.password=reads",
		"isobar.operator.password=operates", "isobar.cities[0].name=Paris", "isobar.cities[0].country=FR",
		"isobar.cities[0].latitude=48.85", "isobar.cities[0].longitude=2.35", "isobar.cities[0].timezone=Europe/Paris",
		"isobar.cities[1].name=Kolkata", "isobar.cities[1].country=IN", "isobar.cities[1].latitude=22.57",
		"isobar.cities[1].longitude=88.36", "isobar.cities[1].timezone=Asia/Kolkata" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UnifiedViewsIT {

	private static final List<String> CITIES = List.of("Paris", "Kolkata");

	private static final Map<String, String> COUNTRIES = Map.of("Paris", "FR", "Kolkata", "IN");

	/** Later ones are open until a file covers them: answers are waited for as long. */
	private static final int DAYS = 4;

	private static final Offset<Double> EXACT = Offset.offset(1e-9);

	private static final String OPERATOR = Http.basic("operator", "operates");

	private static final String VIEWER = Http.basic("viewer", "reads");

	private static final Random random = new Random(16);

	/** All that was streamed, and all that files had. */
	private static final List<Reading> streamed = new ArrayList<>();

	private static final List<Reading> imported = new ArrayList<>();

	private static final Set<String> taken = new HashSet<>();

	/** What each generation was made of. */
	private static final Map<Integer, Made> made = new TreeMap<>();

	private static int current;

	/**
	 * What a generation was made of.
	 *
	 * @param closed the days it answers for
	 */
	private record Made(List<Reading> readings, Set<CityDate> closed) {
	}

	private record CityDate(String city, LocalDate day) {
	}

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private SpeedViews speed;

	@Autowired
	private KafkaConnectionDetails kafka;

	@Autowired
	private ServingWatch watch;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private JsonMapper json;

	@LocalServerPort
	private int port;

	@TempDir
	private Path temp;

	private Http program;

	@BeforeEach
	void program() {
		this.program = Http.program(this.port);
		await().atMost(Duration.ofMinutes(2)).until(() -> this.program.ask("GET", "/api/speed/latest").status() == 200);
	}

	// The oracle

	private static ZoneId zone(String city) {
		return RandomReadings.ZONES.get(city);
	}

	private static LocalDate today(String city) {
		return LocalDate.now(zone(city));
	}

	private static LocalDate dayOf(Reading reading) {
		return LocalDate.ofInstant(reading.observedAt(), zone(reading.city()));
	}

	/** What a plain fold says of a day. */
	private static Summary folded(List<Reading> readings, CityDate day) {
		State merged = WeatherViews.SUMMARY.zero();
		PlainFold.of(readings.stream()
			.filter((reading) -> reading.city().equals(day.city()) && dayOf(reading).equals(day.day()))
			.toList()).states.forEach((key, state) -> {
				if (state.view() == WeatherViews.CITY_DAY) {
					merged.merge(WeatherViews.SUMMARY.part(state));
				}
			});
		return Summary.of(merged);
	}

	private void check() {
		for (String city : CITIES) {
			LocalDate to = today(city);
			LocalDate from = to.minusDays(DAYS + 2);
			JsonNode days = get("/api/views/daily?city=" + city + "&from=" + from + "&to=" + to.plusDays(3));
			JsonNode coverage = get("/api/views/coverage?city=" + city + "&from=" + from + "&to=" + to.plusDays(3));
			assertThat(days).hasSize(DAYS + 3);
			assertThat(coverage).hasSize(DAYS + 3);
			for (int i = 0; i < days.size(); i++) {
				check(new CityDate(city, from.plusDays(i)), days.get(i));
				for (String field : List.of("city", "date", "layer", "status", "readings", "expectedReadings")) {
					assertThat(coverage.get(i).get(field)).isEqualTo(days.get(i).get(field));
				}
			}
		}
	}

	private void check(CityDate day, JsonNode row) {
		Made generation = made.getOrDefault(current, new Made(List.of(), Set.of()));
		Summary batch = folded(generation.readings(), day);
		Summary speed = folded(streamed, day);
		boolean closed = generation.closed().contains(day);
		boolean fuller = speed.realReadings() > batch.realReadings()
				|| (speed.realReadings() == batch.realReadings() && speed.readings() > batch.readings());
		Summary expected = (!closed && fuller) ? speed : batch;
		String what = "generation %d, %s, %s".formatted(current, day, row);
		assertThat(row.get("date").asString()).as(what).isEqualTo(day.day().toString());
		assertThat(row.get("layer").asString()).as(what).isEqualTo((expected == speed) ? "speed" : "batch");
		assertThat(row.get("status").asString()).as(what)
			.isIn(closed ? List.of("provisional", "final") : List.of("provisional"));
		assertThat(row.get("readings").asLong()).as(what).isEqualTo(expected.readings());
		assertThat(row.get("expectedReadings").asLong()).as(what)
			.isEqualTo(Duration
				.between(day.day().atStartOfDay(zone(day.city())), day.day().plusDays(1).atStartOfDay(zone(day.city())))
				.toHours());
		Map<String, Long> origins = new TreeMap<>();
		row.get("origins").propertyStream().forEach((each) -> origins.put(each.getKey(), each.getValue().asLong()));
		assertThat(origins).as(what).isEqualTo(new TreeMap<>(expected.origins()));
		assertNumber(what, row.get("temperatureMean"), expected.temperatureMean());
		assertNumber(what, row.get("temperatureMin"), expected.temperatureMin());
		assertNumber(what, row.get("temperatureMax"), expected.temperatureMax());
		assertNumber(what, row.get("humidityMean"), expected.humidityMean());
		assertNumber(what, row.get("pressureMean"), expected.pressureMean());
		assertNumber(what, row.get("windSpeedMax"), expected.windSpeedMax());
		assertNumber(what, row.get("precipitationSum"), expected.precipitationSum());
	}

	private static void assertNumber(String what, JsonNode found, @Nullable Double expected) {
		if (expected == null) {
			assertThat(found.isNull()).as(what).isTrue();
		}
		else {
			assertThat(found.asDouble()).as(what).isCloseTo(expected, EXACT);
		}
	}

	// What happens

	private static Map<Metric, Double> values() {
		Map<Metric, Double> values = new TreeMap<>();
		for (Metric metric : List.of(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRECIPITATION, Metric.WIND_SPEED)) {
			if (random.nextInt(4) > 0) {
				values.put(metric, random.nextInt(200) / 10.0);
			}
		}
		values.put(Metric.PRESSURE, 1000.0 + random.nextInt(300) / 10.0);
		return values;
	}

	/** A time in the past of that day at which nothing was measured yet. */
	private static @Nullable Instant free(String city, LocalDate day, Origin origin) {
		Instant start = day.atStartOfDay(zone(city)).toInstant();
		long seconds = Math.min(Duration.ofDays(1).toSeconds(),
				Duration.between(start, Instant.now()).toSeconds() - 60);
		if (seconds <= 0) {
			return null;
		}
		Instant at = start.plusSeconds(random.nextLong(seconds));
		return taken.add(city + at + origin) ? at : null;
	}

	private void streamSome(String city, LocalDate day, int count) {
		List<Reading> some = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Origin origin = List.of(Origin.OPEN_METEO, Origin.VISUAL_CROSSING, Origin.SIMULATED).get(random.nextInt(3));
			Instant at = free(city, day, origin);
			if (at != null) {
				some.add(Reading.hour(city, at, origin, Channel.STREAM, Instant.now(), Values.of(values())));
			}
		}
		stream(some);
	}

	/** Sends readings, some of them twice, and waits until Cassandra has them. */
	private void stream(List<Reading> readings) {
		Map<String, Object> properties = new HashMap<>();
		properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, this.kafka.getProducer().getBootstrapServers());
		properties.put(ProducerConfig.ACKS_CONFIG, "all");
		try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(properties, new StringSerializer(),
				new ByteArraySerializer())) {
			for (Reading reading : readings) {
				byte[] message = WeatherMessages.write(message(reading));
				for (int i = random.nextInt(5); i < 5; i += 4) {
					producer.send(new ProducerRecord<>("unified", reading.city(), message));
				}
			}
		}
		streamed.addAll(readings);
		for (String city : CITIES) {
			LocalDate today = today(city);
			await().atMost(Duration.ofMinutes(2))
				.ignoreExceptionsInstanceOf(StoreUnavailable.class)
				.until(() -> this.speed.readings(city, today.minusDays(DAYS + 3), today)
					.size() == streamed.stream().filter((reading) -> reading.city().equals(city)).count());
		}
	}

	private static WeatherMessage message(Reading reading) {
		String country = COUNTRIES.get(reading.city());
		return new WeatherMessage(reading, country, WeatherMessage.stationId(reading.city(), country), null, null, null,
				null, Outlook.UNKNOWN);
	}

	private void importFile(String city, List<Reading> readings) throws IOException {
		Path folder = Files.createTempDirectory(this.temp, "file");
		List<String> lines = new ArrayList<>();
		lines.add("city,country,observed_at,resolution,origin,temperature,humidity,precipitation,wind_speed,pressure");
		for (Reading row : readings) {
			lines.add(String.format(Locale.ROOT, "%s,%s,%s,hour,file,%s,%s,%s,%s,%s", city, COUNTRIES.get(city),
					row.observedAt(), text(row, Metric.TEMPERATURE), text(row, Metric.HUMIDITY),
					text(row, Metric.PRECIPITATION), text(row, Metric.WIND_SPEED), text(row, Metric.PRESSURE)));
		}
		Files.write(folder.resolve("rows.csv"), lines);
		Files.writeString(folder.resolve("mapping.yaml"), "timezone: " + zone(city));
		runs().completed("weather_import", Map.of("path", folder.toString()));
		imported.addAll(readings);
	}

	private static String text(Reading reading, Metric metric) {
		return reading.values().has(metric) ? String.valueOf(reading.values().orNaN(metric)) : "";
	}

	private static Reading ofFile(String city, Instant at, Map<Metric, Double> values) {
		return Reading.hour(city, at, Origin.FILE, Channel.FILE, Instant.now(), Values.of(values));
	}

	private JobRuns runs() {
		return new JobRuns(this.launches, this.executions);
	}

	/** A run that publishes what there is, and closes the past days that files cover. */
	private int run() {
		runs().completed("weather_batch_processing", Map.of("collect", "false"));
		List<Reading> readings = new ArrayList<>(streamed);
		readings.addAll(imported);
		Set<CityDate> closed = new HashSet<>(made.containsKey(current) ? made.get(current).closed() : Set.of());
		for (Reading reading : imported) {
			if (dayOf(reading).isBefore(today(reading.city()))) {
				closed.add(new CityDate(reading.city(), dayOf(reading)));
			}
		}
		current = get("/api/views/boundary").get("weather").get(0).get("generation").asInt();
		made.put(current, new Made(readings, closed));
		return current;
	}

	private void goTo(int generation) {
		Answer answer = this.program.ask("PUT", "/api/batch/generations/" + generation + "?current=true",
				"Authorization", OPERATOR);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		current = generation;
	}

	/** On a busy machine Cassandra may take longer than an answer may. */
	private JsonNode get(String path, String... headers) {
		Answer answer = await().atMost(Duration.ofMinutes(1))
			.until(() -> this.program.ask("GET", path, headers), (each) -> each.status() != 503);
		assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
		return this.json.readTree(answer.body());
	}

	@Test
	@Order(1)
	void beforeTheFirstGenerationTheSpeedLayerAnswersAlone() {
		assertThat(get("/api/views/boundary").toString()).isEqualTo("""
				{"weather":[{"city":"Kolkata","boundary":null,"generation":null,"publishedAt":null},\
				{"city":"Paris","boundary":null,"generation":null,"publishedAt":null}],\
				"orders":{"generation":null,"offsets":{},"publishedAt":null}}""");

		streamSome("Paris", today("Paris").minusDays(1), 20);

		check();
	}

	@Test
	@Order(2)
	void whatBothLayersSayOfTheSameHoursIsComparedWhenADayIsClosed() throws Exception {
		LocalDate day = today("Paris").minusDays(DAYS + 1);
		Instant start = day.atStartOfDay(zone("Paris")).toInstant();
		Instant first = start.plusSeconds(8 * 3600);
		stream(List.of(
				Reading.hour("Paris", first, Origin.OPEN_METEO, Channel.STREAM, Instant.now(),
						Values.of(Map.of(Metric.TEMPERATURE, 10.0, Metric.PRECIPITATION, 1.0))),
				Reading.hour("Paris", first.plusSeconds(3600), Origin.OPEN_METEO, Channel.STREAM, Instant.now(),
						Values.of(Map.of(Metric.TEMPERATURE, 12.0, Metric.PRECIPITATION, 0.5))),
				Reading.hour("Paris", first.plusSeconds(20_000), Origin.SIMULATED, Channel.STREAM, Instant.now(),
						Values.of(Map.of(Metric.TEMPERATURE, 30.0)))));
		importFile("Paris",
				List.of(ofFile("Paris", first, Map.of(Metric.TEMPERATURE, 10.5, Metric.PRECIPITATION, 0.2)),
						ofFile("Paris", first.plusSeconds(3600),
								Map.of(Metric.TEMPERATURE, 13.0, Metric.PRECIPITATION, 1.0)),
						ofFile("Paris", first.plusSeconds(7200), Map.of(Metric.TEMPERATURE, 25.0)),
						ofFile("Paris", first.plusSeconds(20_000), Map.of(Metric.TEMPERATURE, 14.0))));
		assertThat(reconciliation("Paris", day)).isEmpty();

		int generation = run();

		check();
		Map<String, JsonNode> rows = reconciliation("Paris", day);
		assertThat(rows.keySet()).containsExactly("humidity", "precipitation", "pressure", "temperature", "windSpeed");
		JsonNode temperature = rows.get("temperature");
		assertThat(temperature.get("city").asString()).isEqualTo("Paris");
		assertThat(temperature.get("hours").asInt()).isEqualTo(2);
		assertThat(temperature.get("speed").asDouble()).isEqualTo(11);
		assertThat(temperature.get("batch").asDouble()).isEqualTo(11.75);
		assertThat(temperature.get("difference").asDouble()).isEqualTo(-0.75);
		assertThat(temperature.get("withinTolerance").asBoolean()).isFalse();
		assertThat(temperature.get("generation").asInt()).isEqualTo(generation);
		JsonNode precipitation = rows.get("precipitation");
		assertThat(precipitation.get("speed").asDouble()).isEqualTo(1.5);
		assertThat(precipitation.get("batch").asDouble()).isCloseTo(1.2, EXACT);
		assertThat(precipitation.get("withinTolerance").asBoolean()).isTrue();
		JsonNode humidity = rows.get("humidity");
		assertThat(humidity.get("speed").isNull()).isTrue();
		assertThat(humidity.get("withinTolerance").isNull()).isTrue();
		assertThat(humidity.get("notCompared").asString()).isEqualTo("no_common_hours");
		this.watch.watch();
		assertThat(this.meters.get("isobar.serving.reconciliation.difference")
			.tag("metric", "temperature")
			.gauge()
			.value()).isEqualTo(0.75);
		assertThat(
				this.meters.get("isobar.serving.reconciliation.outside").tag("metric", "temperature").gauge().value())
			.isEqualTo(1);
		assertThat(this.meters.get("isobar.boundary.age").tag("city", "Paris").gauge().value()).isCloseTo(
				Duration.between(boundary("Paris").atStartOfDay(zone("Paris")).toInstant(), Instant.now()).toSeconds(),
				Offset.offset(60.0));
	}

	/** By metric. */
	private Map<String, JsonNode> reconciliation(String city, LocalDate day) {
		Map<String, JsonNode> rows = new TreeMap<>();
		get("/api/reconciliation?from=" + day + "&to=" + day, "Authorization", VIEWER).valueStream()
			.filter((row) -> row.get("city").asString().equals(city))
			.forEach((row) -> rows.put(row.get("metric").asString(), row));
		return rows;
	}

	private LocalDate boundary(String city) {
		return get("/api/views/boundary").get("weather")
			.valueStream()
			.filter((row) -> row.get("city").asString().equals(city))
			.map((row) -> LocalDate.parse(row.get("boundary").asString()))
			.findFirst()
			.orElseThrow();
	}

	@Test
	@Order(4)
	void monthsAreMergedFromTheDaysThatAreServed() {
		for (String city : CITIES) {
			LocalDate today = today(city);
			LocalDate from = today.withDayOfMonth(1).minusMonths(1);
			long readings = 0;
			for (JsonNode day : get("/api/views/daily?city=" + city + "&from=" + from + "&to=" + today)) {
				readings += day.get("readings").asLong();
			}

			JsonNode months = get("/api/views/monthly?city=" + city + "&from=" + from.toString().substring(0, 7)
					+ "&to=" + today.plusMonths(2).toString().substring(0, 7));

			assertThat(months).hasSize(2);
			assertThat(months.get(0).get("readings").asLong() + months.get(1).get("readings").asLong())
				.isEqualTo(readings);
		}
	}

	@Test
	@Order(5)
	void whatIsOfOneGenerationIsNotSentAgain() {
		LocalDate day = today("Paris").minusDays(DAYS + 1);
		for (String path : List.of("/api/views/daily?city=Paris&from=" + day + "&to=" + day,
				"/api/views/coverage?city=Paris&from=" + day + "&to=" + day, "/api/batch/monthly?city=Paris",
				"/api/batch/extremes?metric=temperature", "/api/batch/clusters")) {
			Answer first = this.program.ask("GET", path);
			assertThat(first.status()).isEqualTo(200);
			assertThat(first.header("ETag")).as(path).startsWith("W/\"" + current + "-");
			assertThat(first.header("Cache-Control")).contains("no-cache").doesNotContain("no-store");

			Answer again = this.program.ask("GET", path, "If-None-Match", first.header("ETag"));

			assertThat(again.status()).as(path).isEqualTo(304);
			assertThat(again.body()).isEmpty();
			assertThat(this.program.ask("GET", path, "If-None-Match", "W/\"0-0\"").body()).isEqualTo(first.body());
		}
		Answer open = this.program.ask("GET", "/api/views/daily?city=Paris&from=" + day + "&to=" + today("Paris"));
		assertThat(open.header("ETag")).isEmpty();
		assertThat(
				this.program.ask("GET", "/api/batch/monthly?city=Atlantis", "If-None-Match", "W/\"" + current + "-0\"")
					.status())
			.isEqualTo(404);
	}

	@Test
	@Order(6)
	void whoFollowsTheEventsHearsOfAGeneration() throws Exception {
		HttpResponse<InputStream> events = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/api/speed/events")).build(),
					BodyHandlers.ofInputStream());
		BlockingQueue<String> lines = new LinkedBlockingQueue<>();
		Thread reader = new Thread(() -> {
			try (BufferedReader body = new BufferedReader(
					new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
				body.lines().forEach(lines::add);
			}
			catch (Exception ex) {
				// Closed at the end of the test
			}
		});
		reader.setDaemon(true);
		reader.start();
		assertThat(lines.poll(1, TimeUnit.MINUTES)).isNotNull();

		int generation = run();

		String data = null;
		while (data == null || !data.contains("\"generation\":" + generation + ",")) {
			String line = lines.poll(1, TimeUnit.MINUTES);
			assertThat(line).as("an event of generation " + generation).isNotNull();
			if (line.equals("event:boundary")) {
				data = lines.poll(1, TimeUnit.MINUTES);
			}
		}
		assertThat(data)
			.startsWith("data:{\"dataset\":\"weather\",\"generation\":" + generation + ",\"publishedAt\":\"");
		events.body().close();
	}

	/** An answer that says of which generation it is says nothing of another one. */
	@Test
	@Order(7)
	void whoReadsWhileGenerationsChangeSeesNoMixOfThem() throws Exception {
		LocalDate day = today("Paris").minusDays(DAYS + 1);
		String path = "/api/views/daily?city=Paris&from=" + day + "&to=" + day;
		importFile("Paris", List.of(ofFile("Paris", day.atTime(20, 0).atZone(zone("Paris")).toInstant(), values())));
		run();
		Map<String, String> answers = new TreeMap<>();
		for (int generation : List.copyOf(made.keySet())) {
			goTo(generation);
			Answer answer = this.program.ask("GET", path);
			answers.put(answer.header("ETag"), answer.body());
		}
		assertThat(new HashSet<>(answers.values())).hasSizeGreaterThan(1);
		AtomicBoolean over = new AtomicBoolean();
		AtomicLong reads = new AtomicLong();
		ExecutorService readers = Executors.newFixedThreadPool(2);
		try {
			List<Future<Void>> polls = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				polls.add(readers.submit(() -> {
					while (!over.get()) {
						Answer answer = this.program.ask("GET", path);
						assertThat(answers).containsEntry(answer.header("ETag"), answer.body());
						reads.incrementAndGet();
					}
					return null;
				}));
			}
			List<Integer> kept = List.copyOf(made.keySet());
			for (int i = 0; i < 10; i++) {
				long seen = reads.get();
				goTo(kept.get(random.nextInt(kept.size())));
				await().until(() -> reads.get() > seen + 4 || polls.stream().anyMatch(Future::isDone));
			}
			over.set(true);
			for (Future<Void> poll : polls) {
				poll.get();
			}
		}
		finally {
			over.set(true);
			readers.shutdown();
		}
		goTo(List.copyOf(made.keySet()).get(made.size() - 1));
		check();
	}

	@Test
	@Order(8)
	void thePagesShowWhichLayerAnswersAndWhereTheHolesAre() {
		Http browser = Http.browser(this.port);
		String days = browser.ask("GET", "/unified?city=Paris", "Accept", "text/html").body();
		assertThat(days)
			.contains("Paris by day", "class=\"tag batch\"", "class=\"state missing\"", "Generation " + current,
					"data-events=\"/api/speed/events\"", "hx-trigger=\"boundary\"", "/js/days.js")
			.doesNotContain("id=\"known\"");
		Answer longAgo = browser.ask("GET", "/unified?city=Paris&from=2020-02-01&to=2020-02-29", "Accept", "text/html");
		assertThat(longAgo.body()).contains("None of these days has a reading of Paris: there are some from",
				"Show the newest days");
		assertThat(browser.ask("GET", "/history?city=Paris&from=2020-02&to=2020-03", "Accept", "text/html").body())
			.contains("No month of this period is known of Paris: there are some from", "Show the newest months");
		for (String path : List.of("/unified?city=Atlantis", "/history?city=Atlantis", "/?city=Atlantis")) {
			Answer unknown = browser.ask("GET", path, "Accept", "text/html");
			assertThat(unknown.status()).isEqualTo(404);
			assertThat(unknown.body()).contains("There is no city Atlantis.", "<option value=\"Kolkata\"");
		}
		Answer noMetric = browser.ask("GET", "/?metric=colour", "Accept", "text/html");
		assertThat(noMetric.status()).isEqualTo(404);
		assertThat(noMetric.body()).contains("There is no metric colour.", "<option value=\"humidity\"");
		Answer noDay = browser.ask("GET", "/unified?from=yesterday", "Accept", "text/html");
		assertThat(noDay.status()).isEqualTo(400);
		assertThat(noDay.body()).contains("yesterday is no day.", "href=\"#field-from\"");
		assertThat(browser.ask("GET", "/unified?from=2026-02-02&to=2026-02-01", "Accept", "text/html").body())
			.contains("The first day is after the last one.");
		assertThat(browser.ask("GET", "/unified?from=2010-02-02&to=2026-02-01", "Accept", "text/html").body())
			.contains("at most a year");
		assertThat(browser.ask("GET", "/unified?lang=fr", "Accept", "text/html").body()).contains("Frontière");
		String boundary = browser.ask("GET", "/boundary?lang=en", "Accept", "text/html").body();
		assertThat(boundary).contains("Kolkata", "No generation has counted any orders yet.")
			.doesNotContain("id=\"reconciliation\"");
		assertThat(browser.ask("GET", "/boundary", "Accept", "text/html", "Authorization", VIEWER).body())
			.contains("id=\"reconciliation\"", "more than 0.5");
	}

	@ParameterizedTest
	@Order(9)
	@CsvSource(delimiter = '|',
			textBlock = """
					/api/views/daily?from=2026-01-01&to=2026-01-02                                       | 400 | city: is missing
					/api/views/daily?city=Paris&to=2026-01-02                                            | 400 | from: is missing
					/api/views/daily?city=Paris&from=2026-01-01                                          | 400 | to: is missing
					/api/views/daily?city=&from=2026-01-01&to=2026-01-02                                 | 400 | city: is empty
					/api/views/daily?city=Atlantis&from=2026-01-01&to=2026-01-02                         | 404 | city: there is no city Atlantis
					/api/views/daily?city=paris&from=2026-01-01&to=2026-01-02                            | 404 | names are case-sensitive
					/api/views/daily?city=Paris&city=Kolkata&from=2026-01-01&to=2026-01-02               | 400 | city: is there 2 times
					/api/views/daily?city=%27%20OR%201%3D1--&from=2026-01-01&to=2026-01-02               | 404 | city: there is no city
					/api/views/daily?city=%3Cscript%3E&from=2026-01-01&to=2026-01-02                     | 404 | city: there is no city
					/api/views/daily?city=..%2F..%2Fetc%2Fpasswd&from=2026-01-01&to=2026-01-02           | 404 | city: there is no city
					/api/views/daily?city=Paris%00&from=2026-01-01&to=2026-01-02                         | 400 | city: has the character U+0000
					/api/views/daily?city=Paris&from=2026-01-32&to=2026-02-02                            | 400 | from: 2026-01-32 is no day
					/api/views/daily?city=Paris&from=2026-01-01&to=01.02.2026                            | 400 | to: 01.02.2026 is no day
					/api/views/daily?city=Paris&from=-999999999-01-01&to=2026-01-02                      | 400 | from: -999999999-01-01 is no day
					/api/views/daily?city=Paris&from=2026-01-01&to=%2B999999999-12-31                    | 400 | to: +999999999-12-31 is no day
					/api/views/daily?city=Paris&from=2026-01-03&to=2026-01-02                            | 400 | from: 2026-01-03 is after to
					/api/views/daily?city=Paris&from=2016-01-01&to=2026-01-01                            | 400 | is more than 10 years
					/api/views/daily?city=Paris&from=2026-01-01&to=2026-01-02&page=1                     | 400 | page: there is no such parameter
					/api/views/coverage?from=2026-01-01                                                  | 400 | to: is missing
					/api/views/coverage?to=2026-01-01                                                    | 400 | from: is missing
					/api/views/coverage?city=Atlantis&from=2026-01-01&to=2026-01-02                      | 404 | city: there is no city
					/api/views/coverage?from=2026-01-03&to=2026-01-02                                    | 400 | from: 2026-01-03 is after to
					/api/views/coverage?from=2006-01-03&to=2026-01-02                                    | 400 | is more than 10 years
					/api/views/coverage?from=1%3BDROP%20TABLE%20city&to=2026-01-02                       | 400 | from: 1;DROP TABLE city is no day
					/api/views/monthly?city=Paris&from=2026-01                                           | 400 | to: is missing
					/api/views/monthly?city=Paris&from=2026-13&to=2026-01                                | 400 | from: 2026-13 is no month
					/api/views/monthly?city=Paris&from=2026-02&to=2026-01                                | 400 | from: 2026-02 is after to
					/api/views/monthly?city=Paris&from=2010-02&to=2026-01                                | 400 | is more than 10 years
					/api/views/boundary?city=Paris                                                       | 400 | city: there is no such parameter
					/api/reconciliation?from=2026-01-01                                                  | 400 | to: is missing
					/api/reconciliation?from=2026-01-03&to=2026-01-02                                    | 400 | from: 2026-01-03 is after to
					/api/reconciliation?from=2006-01-03&to=2026-01-02                                    | 400 | is more than 10 years
					/api/reconciliation?from=2026-01-01&to=2026-01-02&city=Paris                         | 400 | city: there is no such parameter
					""")
	void aWrongParameterIsNamedWithTheReason(String path, int status, String detail) {
		Answer answer = this.program.ask("GET", path, "Authorization", VIEWER);

		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
		assertThat(this.json.readTree(answer.body()).get("detail").asString()).contains(detail);
	}

	@ParameterizedTest
	@Order(10)
	@CsvSource({ "2011-12-29,2011-12-31,24 24 24", "2026-03-28,2026-03-30,24 23 24", "2026-10-24,2026-10-26,24 25 24",
			"1900-01-01,1900-01-01,24", "0001-01-01,0001-01-02,24 24" })
	void daysWithoutReadingsAreRowsAndHaveTheHoursOfTheirClocks(LocalDate from, LocalDate to, String expected) {
		JsonNode days = get("/api/views/daily?city=Paris&from=" + from + "&to=" + to);

		assertThat(days.valueStream().map((day) -> day.get("expectedReadings").asString()).toList())
			.isEqualTo(List.of(expected.split(" ")));
		assertThat(days.get(0).toString()).isEqualTo("""
				{"city":"Paris","date":"%s","layer":"batch","status":"provisional","readings":0,"expectedReadings":24,\
				"origins":{},"temperatureMean":null,"temperatureMin":null,"temperatureMax":null,"humidityMean":null,\
				"pressureMean":null,"windSpeedMax":null,"precipitationSum":null}""".formatted(from));
	}

	@Test
	@Order(11)
	void whileCassandraIsAwayWhatIsClosedIsAnsweredAndTheRestNamesIt() throws Exception {
		LocalDate closed = today("Paris").minusDays(DAYS + 1);
		LocalDate day = today("Kolkata").minusDays(DAYS + 2);
		importFile("Kolkata", List.of(ofFile("Kolkata", day.atStartOfDay(zone("Kolkata")).toInstant(), values())));

		ServerProcess.of("cassandra").whileHeldUp(() -> {
			assertThat(get("/api/views/daily?city=Paris&from=" + closed + "&to=" + closed)).hasSize(1);
			assertThat(get("/api/views/daily?city=Paris&from=2020-01-01&to=2020-12-31")).hasSize(366);
			assertThat(get("/api/views/boundary").get("weather")).hasSize(2);
			Answer open = this.program.ask("GET",
					"/api/views/daily?city=Paris&from=" + closed + "&to=" + today("Paris"));
			assertThat(open.status()).isEqualTo(503);
			assertThat(open.header("Retry-After")).isEqualTo("10");
			assertThat(open.body()).contains("Cassandra does not answer");
			Answer page = this.program.ask("GET", "/unified?city=Paris", "Accept", "text/html");
			assertThat(page.status()).isEqualTo(200);
			assertThat(page.body()).contains("Cassandra does not answer.");
			// The nightly run has something better to do than to wait for it
			run();
		});

		JsonNode row = reconciliation("Kolkata", day).get("temperature");
		assertThat(row.get("notCompared").asString()).isEqualTo("unavailable");
		await().atMost(Duration.ofMinutes(1)).untilAsserted(this::check);
	}

}
