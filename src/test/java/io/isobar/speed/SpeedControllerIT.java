package io.isobar.speed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.SmartLifecycle;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.ServerProcess;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.provider.Cities;
import io.isobar.serving.dashboard.Browser;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;

import static io.isobar.speed.CassandraSinkIT.hoursAgo;
import static io.isobar.speed.CassandraSinkIT.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the speed layer answers over HTTP, and while Cassandra is away. */
@StoresTest
class SpeedControllerIT {

	@LocalServerPort
	private int port;

	@Autowired
	private CassandraSink sink;

	@Autowired
	private CassandraStore store;

	@Autowired
	private MessageCities known;

	@Autowired
	private Cities cities;

	@Autowired
	private HealthEndpoint health;

	@Autowired
	private ReadingEvents events;

	@Autowired
	@Qualifier("longPolls")
	private SmartLifecycle polls;

	@Autowired
	private JsonMapper json;

	private Http program;

	@BeforeEach
	void program() {
		this.program = Http.program(this.port);
	}

	@BeforeEach
	void cassandraAnswers() {
		StoresTest.Ready.await(this.store);
	}

	@Test
	void theLatestReadingHasEveryFieldAndNullWhereNothingIsKnown() {
		Instant at = hoursAgo(1);
		this.sink.write(List.of(message("Lyon", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 7.5)));

		// What did not come through Kafka shows when Cassandra is asked again
		JsonNode latest = await().until(() -> read("/api/speed/latest?city=Lyon").get(0), Objects::nonNull);

		assertThat(latest.propertyNames()).containsExactly("city", "country", "stationId", "dataOrigin", "observedAt",
				"temperature", "feelsLike", "dewPoint", "humidity", "pressure", "windSpeed", "windGust",
				"windDirection", "precipitation", "precipitationProbability", "snow", "snowDepth", "cloudCover",
				"visibility", "solarRadiation", "uvIndex", "conditions", "rain", "storm", "nextHourTemperature",
				"nextHourPrecipitation");
		assertThat(latest.get("observedAt").asString()).isEqualTo(at.toString());
		assertThat(latest.get("temperature").asDouble()).isEqualTo(7.5);
		assertThat(latest.get("humidity").isNull()).isTrue();
		assertThat(latest.get("rain").asBoolean()).isFalse();
		assertThat(read("/api/speed/latest").valueStream().map((each) -> each.get("city").asString()).toList())
			.contains("Lyon")
			.isSorted();
	}

	@Test
	void aCityWithoutReadingsHasNoLatest() {
		assertThat(read("/api/speed/latest?city=Toulouse")).isEmpty();
	}

	@Test
	void onlyWhatWasObservedAfterAnInstantIsThereWhereOneIsNamed() throws Exception {
		Instant at = hoursAgo(1);
		follow("Nantes", at, 1);

		assertThat(read("/api/speed/latest?city=Nantes&after=" + at.minusSeconds(1))).hasSize(1);
		assertThat(read("/api/speed/latest?city=Nantes&after=" + at)).isEmpty();
		assertThat(read("/api/speed/latest?after=" + at.minusSeconds(1)).toString()).contains("Nantes");
		assertThat(read("/api/speed/latest?after=" + at).toString()).doesNotContain("Nantes");
	}

	@Test
	void whoeverWaitsIsAnsweredByTheFirstReadingThatIsNewer() throws Exception {
		Instant at = hoursAgo(1);
		follow("Nice", at, 1);
		follow("Nizza", at, 1);

		assertThat(read(waiting("Nice", at.minusSeconds(1))).get(0).get("temperature").asDouble()).isEqualTo(1);
		CompletableFuture<HttpResponse<String>> answer = ask(waiting("Nice", at));
		await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());
		send(List.of(message("Nice", at.minusSeconds(60), at, Origin.OPEN_METEO, Metric.PRECIPITATION, 3),
				message("Nizza", at.plusSeconds(60), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 4),
				message("Nice", at.plusSeconds(60), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 2)), 0);

		// Sooner than it would have been answered anyway
		assertThat(answer).succeedsWithin(Duration.ofSeconds(30));
		JsonNode latest = this.json.readTree(answer.get().body());
		assertThat(latest).hasSize(1);
		assertThat(latest.get(0).get("observedAt").asString()).isEqualTo(at.plusSeconds(60).toString());
		assertThat(latest.get(0).get("temperature").asDouble()).isEqualTo(2);
		assertThat(latest.get(0).get("precipitation").asDouble()).isEqualTo(3);
	}

	@Test
	void whoeverWaitsForACityThatNothingWasHeardOfYetIsAnsweredToo() throws Exception {
		await().atMost(Duration.ofMinutes(1)).until(this.events::isFollowing);
		Instant at = hoursAgo(1);
		this.cities.register(new City("Quiet", "FR", null, null, ZoneId.of("Europe/Paris"), false));
		CompletableFuture<HttpResponse<String>> answer = ask(waiting("Quiet", at.minusSeconds(1)));
		await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());

		send(List.of(message("Quiet", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 6)), 0);

		assertThat(answer).succeedsWithin(Duration.ofSeconds(30))
			.satisfies((each) -> assertThat(each.body()).contains("\"temperature\":6.0"));
	}

	@Test
	void whatDidNotComeThroughKafkaMeanwhileIsThereWhenTheTimeIsOver() {
		Instant at = hoursAgo(1);
		this.cities.register(new City("Strasbourg", "FR", null, null, ZoneId.of("Europe/Paris"), false));
		CompletableFuture<HttpResponse<String>> answer = ask(
				"/api/speed/latest?city=Strasbourg&wait=PT3S&after=" + at.minusSeconds(1));
		await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());

		this.sink.write(List.of(message("Strasbourg", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 5)));

		assertThat(answer).succeedsWithin(Duration.ofSeconds(30))
			.satisfies((each) -> assertThat(each.body()).contains("\"temperature\":5.0"));
	}

	@Test
	void whoeverWaitsInVainGetsAnEmptyAnswer() {
		assertThat(read("/api/speed/latest?city=Toulouse&wait=PT0.2S&after=" + hoursAgo(1))).isEmpty();
		assertThat(read("/api/speed/latest?city=Toulouse&wait=PT0.0005S&after=" + hoursAgo(1))).isEmpty();
		assertThat(read("/api/speed/latest?city=Toulouse&wait=PT0S&after=" + hoursAgo(1))).isEmpty();
	}

	@Test
	void oneTooManyThatWaitIsRefusedAndAllAreAnsweredWhenTheApplicationEnds() {
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			answers.add(ask(waiting("Toulouse", hoursAgo(1))));
		}

		await().during(Duration.ofMillis(300)).until(() -> answers.stream().noneMatch(CompletableFuture::isDone));
		assertThat(this.program.ask("GET", waiting("Toulouse", hoursAgo(1))).status()).isEqualTo(503);
		assertThat(this.program.ask("GET", "/api/speed/latest?city=Toulouse").status()).isEqualTo(200);

		this.polls.stop();
		try {
			answers.forEach((answer) -> assertThat(answer).succeedsWithin(Duration.ofSeconds(30))
				.satisfies((each) -> assertThat(each.body()).isEqualTo("[]")));
		}
		finally {
			this.polls.start();
		}
	}

	@Test
	void whoOnlyAsksWhetherThereAreEventsTakesNoPlace() {
		for (int i = 0; i < 5; i++) {
			assertThat(this.program.ask("HEAD", "/api/speed/events")).satisfies((answer) -> {
				assertThat(answer.status()).isEqualTo(200);
				assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
			});
		}

		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("event-stream"));
	}

	/** A reading of a city, which this instance has seen in Kafka. */
	private void follow(String city, Instant at, double temperature) throws Exception {
		await().atMost(Duration.ofMinutes(1)).until(this.events::isFollowing);
		send(List.of(message(city, at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, temperature)), 0);
		// The first one of a city comes by Cassandra
		await().until(() -> this.program.ask("GET", "/api/speed/latest?city=" + city).body().contains(at.toString()));
	}

	private static String waiting(String city, Instant after) {
		return "/api/speed/latest?city=" + city + "&wait=PT50S&after=" + after;
	}

	private CompletableFuture<HttpResponse<String>> ask(String path) {
		return HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
					BodyHandlers.ofString());
	}

	@Test
	void aSeriesBeginsAtFromAndEndsBeforeTo() {
		Instant from = hoursAgo(20);
		for (int i = 0; i < 5; i++) {
			Instant at = from.plusSeconds(900 * i);
			this.sink.write(List.of(message("Bordeaux", at, at, Origin.SIMULATED, Metric.WIND_SPEED, 100 + i),
					message("Bordeaux", at, at, Origin.OPEN_METEO, Metric.WIND_SPEED, i)));
		}

		JsonNode series = read("/api/speed/series?city=Bordeaux&metric=windSpeed&from=" + from.plusSeconds(900) + "&to="
				+ from.plusSeconds(2700));

		assertThat(series.toString()).isEqualTo(
				"{\"city\":\"Bordeaux\",\"metric\":\"windSpeed\",\"unit\":\"km/h\",\"points\":[{\"at\":\"%s\",\"value\":1.0},{\"at\":\"%s\",\"value\":2.0}]}"
					.formatted(from.plusSeconds(900), from.plusSeconds(1800)));
	}

	@Test
	void aCityThatOnlyMessagesSpokeOfIsKnownAndNotListed() {
		Instant at = hoursAgo(1);
		this.sink
			.write(List.of(this.known.settled(message("Unlisted", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 1))));

		JsonNode city = read("/api/cities").valueStream()
			.filter((each) -> each.get("name").asString().equals("Unlisted"))
			.findFirst()
			.orElseThrow();

		assertThat(city.get("listed").asBoolean()).isFalse();
		await().untilAsserted(() -> assertThat(read("/api/speed/latest?city=Unlisted")).hasSize(1));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					/api/speed/latest?city=Atlantis                                                                         | 404 | city: there is no city Atlantis
					/api/speed/latest?city=                                                                                 | 400 | city: is empty
					/api/speed/latest?city=Lyon&city=Paris                                                                  | 400 | city: is there 2 times
					/api/speed/latest?town=Lyon                                                                             | 400 | town: there is no such parameter
					/api/speed/latest?city=Atlantis&after=2026-01-01T00:00:00Z&wait=PT1S                                    | 404 | city: there is no city Atlantis
					/api/speed/latest?city=Lyon&after=yesterday                                                             | 400 | after: yesterday is no instant
					/api/speed/latest?city=Lyon&wait=PT1S                                                                   | 400 | wait: is for the next reading of one city
					/api/speed/latest?after=2026-01-01T00:00:00Z&wait=PT1S                                                  | 400 | wait: is for the next reading of one city
					/api/speed/latest?city=Lyon&after=2026-01-01T00:00:00Z&wait=1                                           | 400 | wait: 1 is no duration. Write it as PT30S
					/api/speed/latest?city=Lyon&after=2026-01-01T00:00:00Z&wait=PT51S                                       | 400 | wait: PT51S is not between PT0S and PT50S
					/api/speed/latest?city=Lyon&after=2026-01-01T00:00:00Z&wait=PT-1S                                       | 400 | wait: PT-1S is not between
					/api/speed/series?metric=temperature&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z                  | 400 | city: is missing
					/api/speed/series?city=Lyon&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z                           | 400 | metric: is missing
					/api/speed/series?city=Lyon&metric=temperature&to=2026-01-02T00:00:00Z                                  | 400 | from: is missing
					/api/speed/series?city=Lyon&metric=temperature&from=2026-01-01T00:00:00Z                                | 400 | to: is missing
					/api/speed/series?city=Atlantis&metric=temperature&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z    | 404 | city: there is no city
					/api/speed/series?city=Lyon&metric=warmth&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z             | 400 | metric: there is no metric warmth
					/api/speed/series?city=Lyon&metric=temperature&from=2026-01-01&to=2026-01-02T00:00:00Z                  | 400 | from: 2026-01-01
					/api/speed/series?city=Lyon&metric=temperature&from=%2B999999999-01-01T00:00:00Z&to=2026-01-02T00:00:00Z | 400 | from: +999999999-01-01T00:00:00Z is no instant
					/api/speed/series?city=Lyon&metric=temperature&from=-999999999-01-01T00:00:00Z&to=2026-01-02T00:00:00Z  | 400 | from: -999999999-01-01T00:00:00Z is no instant
					/api/speed/series?city=Lyon&metric=temperature&from=2026-01-01T00:00:00Z&to=tomorrow                    | 400 | to: tomorrow
					/api/speed/series?city=Lyon&metric=temperature&from=2026-01-03T00:00:00Z&to=2026-01-02T00:00:00Z        | 400 | from: 2026-01-03T00:00:00Z is after to
					/api/speed/series?city=Lyon&metric=temperature&from=2006-01-01T00:00:00Z&to=2026-01-02T00:00:00Z        | 400 | is more than 10 years
					/api/speed/series?city=Lyon&metric=temperature&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&page=1 | 400 | page: there is no such parameter
					/api/speed/series?city=Lyon&metric=temperature&metric=snow&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z | 400 | metric: is there 2 times
					/api/speed/events?city=Lyon                                                                             | 400 | city: there is no such parameter
					""")
	void aWrongParameterIsNamedWithTheReason(String path, int status, String detail) {
		Answer answer = this.program.ask("GET", path);

		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
		assertThat(this.json.readTree(answer.body()).get("detail").asString()).contains(detail);
	}

	@Test
	void whileCassandraIsAwayItIsNamedAndWhatNeedsOnlyTheOthersAnswers() {
		List<WeatherMessage> messages = List.of(this.known
			.settled(message("Held up", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 1)));
		ServerProcess cassandra = ServerProcess.of("cassandra");
		this.sink.write(messages);

		cassandra.whileHeldUp(() -> {
			// What it had a moment ago is shown until it is too old
			await().until(() -> this.program.ask("GET", "/api/speed/latest").status() == 503);
			Answer answer = this.program.ask("GET", "/api/speed/latest");
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.header("Retry-After")).isEqualTo("10");
			assertThat(answer.body()).contains("Cassandra does not answer");
			assertThat(this.program.ask("GET", "/api/cities").status()).isEqualTo(200);
			assertThat(health("cassandra")).isEqualTo(Status.DOWN);
			assertThat(health("kafka")).isEqualTo(Status.UP);
			assertThat(health("influxdb")).isEqualTo(Status.UP);
		});
		cassandra.killAndAwait();

		await().atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> assertThat(this.program.ask("GET", "/api/speed/latest?city=Held%20up").status())
				.isEqualTo(200));
		await().untilAsserted(() -> assertThat(read("/api/speed/latest?city=Held%20up")).hasSize(1));
		assertThat(health("cassandra")).isEqualTo(Status.UP);
	}

	@Test
	void eventsBeginWithTheLatestOfEachCityAndGoOnWithWhatComesIn() throws Exception {
		Instant at = hoursAgo(1);
		this.sink.write(List.of(message("Marseille", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 1),
				message("Marseille", at.minusSeconds(3600), at, Origin.OPEN_METEO, Metric.PRECIPITATION, 3)));
		try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", EmbeddedStores.kafka()))) {
			await().atMost(Duration.ofMinutes(1)).until(this.events::isFollowing);
			await().until(() -> read("/api/speed/latest?city=Marseille").toString().contains("\"precipitation\":3"));
			List<String> received = new CopyOnWriteArrayList<>();
			HttpResponse<Stream<String>> stream = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/api/speed/events")).build(),
						BodyHandlers.ofLines());
			assertThat(stream.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
			Thread reader = new Thread(() -> stream.body().forEach(received::add));
			reader.setDaemon(true);
			reader.start();
			await().untilAsserted(() -> assertThat(data(received, "Marseille")).hasSize(1));
			assertThat(received.get(0)).startsWith(":");
			assertThat(received).contains("event:reading");

			send(List.of(message("Marseille", at.plusSeconds(60), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 2)), null);

			await().untilAsserted(() -> assertThat(data(received, "Marseille")).hasSize(2));
			JsonNode event = data(received, "Marseille").get(1);
			assertThat(event.get("temperature").asDouble()).isEqualTo(2);
			assertThat(event.get("precipitation").asDouble()).isEqualTo(3);

			int added = admin.describeTopics(List.of("stores")).allTopicNames().get().get("stores").partitions().size();
			admin.createPartitions(Map.of("stores", NewPartitions.increaseTo(added + 1))).all().get();
			send(List.of(message("Marseille", at.plusSeconds(120), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 3)),
					added);

			await().untilAsserted(() -> assertThat(data(received, "Marseille")).hasSize(3));
			stream.body().close();
		}
	}

	@Test
	void thePageOfWhatIsMeasuredNowShowsReadingsAsTheyComeIn() throws Exception {
		Optional<Browser> found = Browser.find();
		assumeTrue(found.isPresent(), "no browser");
		Browser browser = found.orElseThrow();
		Instant at = hoursAgo(1);
		await().atMost(Duration.ofMinutes(1)).until(this.events::isFollowing);
		send(List.of(message("Watched", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, 1.5)), null);
		// The first one of a city comes by Cassandra, which is asked for all once in a
		// while
		await().until(() -> this.program.ask("GET", "/api/speed/latest").body().contains("Watched"));
		String shown = "tr[data-city=Watched] [data-field=temperature]";
		try {
			browser.begin(this.port, 390);
			browser.open("/live");
			assertThat(browser.text(shown)).isEqualTo("1.5 °C");
			await().until(() -> browser.text("#flow [role=status]").equals("readings come in"));

			send(List.of(message("Watched", at.plusSeconds(60), at, Origin.SIMULATED, Metric.TEMPERATURE, -2.5)), null);

			await().until(() -> browser.text(shown).equals("\u22122.5 °C"));
			assertThat(browser.text("tr[data-city=Watched]")).contains("simulated");
			browser.find("#flow button").click();
			// An older one that comes behind it is not shown
			send(List.of(message("Watched", at.plusSeconds(120), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 3.5),
					message("Watched", at.plusSeconds(90), at, Origin.OPEN_METEO, Metric.TEMPERATURE, 4.5)), null);
			await().until(() -> this.program.ask("GET", "/api/speed/latest?city=Watched").body().contains("3.5"));
			assertThat(browser.text("#flow [role=status]")).isEqualTo("paused");
			browser.find("#flow button").click();
			await().until(() -> browser.text(shown).equals("3.5 °C"));
			browser.screenshot("live-390");
			assertThat(browser.problems()).isEmpty();
		}
		finally {
			browser.begin(this.port, 1280);
		}
	}

	@Test
	void oneTooManyIsRefused() throws Exception {
		List<Socket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < 3; i++) {
				awaitFollowing(sockets);
			}

			try (Socket oneTooMany = follow()) {
				assertThat(lines(oneTooMany).readLine()).contains("503");
			}
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	/** Those of other tests are noticed to be gone when something is sent to them. */
	private void awaitFollowing(List<Socket> sockets) {
		await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			Socket socket = follow();
			String status = lines(socket).readLine();
			if (status.contains("200")) {
				sockets.add(socket);
			}
			else {
				socket.close();
				send(List.of(message("Notice", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 1)),
						null);
			}
			assertThat(status).contains("200");
		});
	}

	@Test
	void oneThatDoesNotReadIsCutOffAndMissesNothingBeforeThat() throws Exception {
		await().atMost(Duration.ofMinutes(1)).until(this.events::isFollowing);
		List<Socket> sockets = new ArrayList<>();
		awaitFollowing(sockets);
		Instant first = hoursAgo(10);
		AtomicInteger told = new AtomicInteger();
		Runnable listening = this.events.listen((reading) -> {
			if (reading.city().equals("Flood")) {
				told.incrementAndGet();
			}
		});
		List<WeatherMessage> many = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			many.add(message("Flood", first.plusSeconds(i), Instant.now(), Origin.OPEN_METEO, Metric.TEMPERATURE, 1));
		}

		send(many, 0);
		await().atMost(Duration.ofMinutes(1)).until(() -> told.get() == many.size());

		StringBuilder received = new StringBuilder();
		try (Socket slow = sockets.get(0)) {
			byte[] piece = new byte[8192];
			int count = slow.getInputStream().read(piece);
			while (count >= 0) {
				received.append(new String(piece, 0, count, StandardCharsets.ISO_8859_1));
				int recent = received.length() - 2 * piece.length;
				assertThat(received.indexOf(":quiet", recent)).as("a comment of a stream that goes on").isNegative();
				boolean ended = received.indexOf("\r\n0\r\n\r\n", recent) >= 0;
				count = (ended) ? -1 : slow.getInputStream().read(piece);
			}
		}
		catch (SocketException ex) {
			// Cut off as well
		}
		listening.run();
		// Chunks end anywhere
		List<String> times = received.toString()
			.replaceAll("\r\n[0-9a-fA-F]+\r\n", "")
			.lines()
			.filter((line) -> line.startsWith("data:") && line.endsWith("}") && line.contains("\"city\":\"Flood\""))
			.map((line) -> this.json.readTree(line.substring(5)).get("observedAt").asString())
			.toList();
		// It begins with the latest, which may be one of these
		List<String> followed = times.subList(Math.max(0, times.lastIndexOf(first.toString())), times.size());
		assertThat(followed).hasSizeBetween(1, many.size() - 1)
			.isEqualTo(many.stream().limit(followed.size()).map((message) -> message.observedAt().toString()).toList());
	}

	private Status health(String store) {
		return this.health.healthForPath(store).getStatus();
	}

	private Socket follow() throws Exception {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(65_536);
		socket.connect(new InetSocketAddress("localhost", this.port));
		socket.setSoTimeout(60_000);
		socket.getOutputStream()
			.write("GET /api/speed/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private static BufferedReader lines(Socket socket) throws IOException {
		return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 16);
	}

	private void send(List<WeatherMessage> messages, Integer partition) throws Exception {
		try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", EmbeddedStores.kafka()), new StringSerializer(),
				new ByteArraySerializer())) {
			for (WeatherMessage message : messages) {
				producer
					.send(new ProducerRecord<>("stores", partition, message.city(), WeatherMessages.write(message)));
			}
		}
	}

	private List<JsonNode> data(List<String> received, String city) {
		return received.stream()
			.filter((line) -> line.startsWith("data:"))
			.map((line) -> this.json.readTree(line.substring(5)))
			.filter((event) -> event.get("city").asString().equals(city))
			.toList();
	}

	private JsonNode read(String path) {
		Answer answer = this.program.ask("GET", path);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return this.json.readTree(answer.body());
	}

}
