package io.isobar.speed;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.embedded.ForkedApplication;
import io.isobar.jobs.Duties;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the producer sends to a real Kafka, whatever the provider does. The provider
 * answers as Open-Meteo does, until a test puts something in its way.
 */
class ProducerIT extends StreamContext {

	/** A message each of five cities, and what fell in the last hour. */
	private static final int ROUND = 10;

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private Cities cities;

	@Autowired
	private Providers providers;

	@Autowired
	private Quotas quotas;

	@Autowired
	private Duties duties;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Clock clock;

	private Topic topic;

	@TempDir
	Path temp;

	@BeforeEach
	void theVendorAnswers() {
		this.topic = Topic.create(this.kafka);
		this.jdbc.sql("delete from lease").update();
		vendor.resetAll();
		vendor.stubFor(get(anyUrl()).willReturn(okJson(answer(this.clock.instant()))));
	}

	@Test
	void theWeatherNowIsSentWithTheRainOfTheLastHourAsAMessageOfItsOwn() {
		try (Running producer = start(Mode.ONCE, ROUND)) {
			producer.awaitSent(ROUND);
		}

		List<WeatherMessage> messages = this.topic.messages();
		assertThat(messages).hasSize(ROUND)
			.allMatch((message) -> message.reading().origin().equals(Origin.OPEN_METEO))
			.extracting(WeatherMessage::city)
			.containsOnly("Paris", "Lyon", "Marseille", "Toulouse", "Bordeaux");
		assertThat(messages).filteredOn((message) -> message.reading().values().has(Metric.PRECIPITATION))
			.hasSize(5)
			.allSatisfy((message) -> {
				assertThat(message.observedAt()).isEqualTo(hour(this.clock.instant()).minus(1, ChronoUnit.HOURS));
				assertThat(message.reading().values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.3);
			});
		assertThat(messages).filteredOn((message) -> message.rain() != null).hasSize(5).allSatisfy((message) -> {
			assertThat(message.rain()).isTrue();
			assertThat(message.storm()).isFalse();
			assertThat(message.reading().values().orNaN(Metric.TEMPERATURE)).isEqualTo(9.5);
			assertThat(message.outlook().nextHourTemperature()).isEqualTo(10.5);
			assertThat(message.stationId()).isEqualTo("station_" + message.city() + "_FR");
			assertThat(message.latitude()).isNotNull();
		});
	}

	@Test
	void aNumberOfMessagesIsExactlyThatAndTheSameHourIsSentOnce() {
		try (Running producer = start(Mode.ONCE, ROUND + 7)) {
			producer.awaitSent(ROUND + 7);

			// It has ended, and left its duty to others
			await().until(() -> this.jdbc.sql("select count(*) from lease").query(Integer.class).single() == 0);
		}

		assertThat(this.topic.messages()).hasSize(ROUND + 7).filteredOn((message) -> message.rain() == null).hasSize(5);
	}

	@Test
	void whereTheClockIsSlowedDownWhoAnswersIsAskedInEveryRound() {
		Instant begin = this.clock.instant();
		InstantSource slow = () -> begin.plus(Duration.between(begin, this.clock.instant()).dividedBy(2));
		try (Running producer = start(this.topic.name(), Mode.ONCE, ROUND + 7, slow.withZone(ZoneOffset.UTC))) {
			producer.awaitSent(ROUND + 7);
		}

		assertThat(this.topic.messages()).hasSize(ROUND + 7)
			.allMatch((message) -> message.reading().origin().equals(Origin.OPEN_METEO));
	}

	@Test
	void whileNoProviderAnswersSimulatedReadingsAreSentAndLabelled() {
		vendor.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(500)));

		try (Running producer = start(Mode.CONTINUOUS, 1)) {
			producer.awaitSent(ROUND);

			assertThat(this.topic.messages())
				.allMatch((message) -> message.reading().origin().equals(Origin.SIMULATED));
		}
	}

	@Test
	void whileThereIsNoTopicMessagesWait() {
		String missing = this.topic.name() + "-later";

		try (Running producer = start(missing, Mode.ONCE, ROUND)) {
			await().until(() -> producer.waiting() == ROUND);
			Topic later = Topic.create(this.kafka, missing);

			producer.awaitSent(ROUND);
			assertThat(later.messages()).hasSize(ROUND);
		}
	}

	@Test
	void whoStopsHasSentAllThatItAskedForAndLeavesTheRestToAnother() {
		Running one = start(Mode.CONTINUOUS, 1);
		one.awaitSent(1);
		Topic others = Topic.create(this.kafka);
		try (Running other = start(others.name(), Mode.CONTINUOUS, 1)) {
			assertThat(other.sent()).isZero();

			one.close();

			assertThat(this.topic.messages()).hasSize((int) one.sent());
			assertThat(one.failed()).isZero();
			other.awaitSent(ROUND);
		}
	}

	/** In a build at one place, by chance; in profile faults at all of them. */
	@ParameterizedTest
	@MethodSource("points")
	void oneThatIsKilledIsFollowedByAnotherWithinTheTimeOfALease(String point) throws Exception {
		try (ForkedApplication killed = ForkedApplication.startOnStores(this.temp.resolve("killed"), DATABASE, ROOT,
				"-Dcrash.at=" + point, "--" + LEASE, "--spring.kafka.bootstrap-servers=" + EmbeddedStores.kafka(),
				"--isobar.speed.weather-topic=" + this.topic.name())) {
			if (point.equals("producer.before-flush")) {
				await().atMost(Duration.ofMinutes(3)).until(() -> !this.topic.messages().isEmpty());
				killed.terminate();
			}
			assertThat(killed.exitCode()).as(killed.output()).isEqualTo(137);

			try (Running other = start(Mode.CONTINUOUS, 1)) {
				other.awaitSent(ROUND);
			}
		}
		// Messages of who was killed are whole, too
		Predicate<WeatherMessage> simulated = (message) -> message.reading().origin().equals(Origin.SIMULATED);
		assertThat(this.topic.messages()).filteredOn(simulated.negate()).hasSizeGreaterThanOrEqualTo(ROUND);
	}

	static List<String> points() {
		return Faults.repeated(Faults.oneOf(List.of("producer.fetched", "producer.sent", "producer.before-flush")));
	}

	private Running start(Mode mode, int count) {
		return start(this.topic.name(), mode, count);
	}

	private Running start(String topic, Mode mode, int count) {
		return start(topic, mode, count, this.clock);
	}

	private Running start(String topic, Mode mode, int count, Clock clock) {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		WeatherProducer producer = new WeatherProducer(new ProducerSettings(true, mode, Duration.ofSeconds(1), count),
				new SpeedSettings(true, topic, Period.ofDays(35)), this.kafka, this.cities, this.providers, this.quotas,
				this.duties, meters, clock);
		producer.start();
		return new Running(producer, meters);
	}

	private static Instant hour(Instant now) {
		return now.truncatedTo(ChronoUnit.HOURS);
	}

	/** Open-Meteo labels the end of an hour. */
	private static String answer(Instant now) {
		Instant hour = hour(now);
		return """
				{"latitude": {{request.query.latitude}}, "longitude": {{request.query.longitude}}, "utc_offset_seconds": 0, "current_units": {"temperature_2m": "°C"},
				 "current": {"time": "%s", "interval": 900, "temperature_2m": 9.5, "precipitation": 0.1, "weather_code": 61},
				 "hourly": {"time": ["%s", "%s", "%s"], "temperature_2m": [9, 9.5, 10.5], "precipitation": [0, 0.3, 0]}}"""
			.formatted(label(now.truncatedTo(ChronoUnit.MINUTES)), label(hour.minus(1, ChronoUnit.HOURS)), label(hour),
					label(hour.plus(1, ChronoUnit.HOURS)));
	}

	private static String label(Instant instant) {
		return instant.toString().substring(0, "2026-01-31T14:00".length());
	}

	/** A producer that runs. */
	private static final class Running implements AutoCloseable {

		private final WeatherProducer producer;

		private final SimpleMeterRegistry meters;

		Running(WeatherProducer producer, SimpleMeterRegistry meters) {
			this.producer = producer;
			this.meters = meters;
		}

		void awaitSent(int messages) {
			await().atMost(Duration.ofMinutes(2)).until(() -> sent() >= messages);
		}

		long sent() {
			return this.producer.sent();
		}

		double waiting() {
			return this.meters.get("isobar.speed.producer.waiting").gauge().value();
		}

		double failed() {
			return this.meters.get("isobar.speed.producer.failed").counter().count();
		}

		@Override
		public void close() {
			this.producer.stop();
		}

	}

}
