package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.cql.Row;
import io.isobar.batch.JobRuns;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepRun;
import io.isobar.lake.StreamArchive;
import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The stores are written again, from what Kafka and the lake have kept. */
class RebuildSpeedViewsIT extends StreamContext {

	private static final Map<String, String> FROM_TOPIC = Map.of("source", "topic");

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private StreamSurroundings.RememberedSink store;

	@Autowired
	private SpeedSinks sinks;

	@Autowired
	private StreamArchive lake;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private SpeedViews views;

	@Autowired
	private ObjectProvider<CqlSessionBuilder> sessions;

	/** Nobody else speaks of it. */
	private final Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS);

	private final String city = "City " + UUID.randomUUID();

	private Topic topic;

	private JobRuns jobs;

	/** What arrives is what the job writes: the listeners stand still. */
	@BeforeEach
	void topic() {
		this.sinks.stop();
		this.topic = Topic.ensure(this.kafka, TOPIC);
		// The job writes the orders again too
		Topic.ensure(this.kafka, TOPIC + "-orders");
		this.jobs = new JobRuns(this.launches, this.executions);
	}

	@AfterEach
	void nothingIsInTheWay() {
		this.store.before((messages) -> {
		});
		this.sinks.start();
	}

	@Test
	void everyMessageThatKafkaHasIsWrittenInItsOrderAndWhatIsNoMessagePassedOver() {
		this.topic.send(messages(0, 1200));
		this.topic.send(this.city, "no message".getBytes(StandardCharsets.UTF_8));
		this.topic.send(messages(1200, 1201));

		Execution execution = this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC);

		assertThat(arrivedNumbers()).isEqualTo(numbers(0, 1201));
		assertThat(this.store.arrived(this.city))
			.allMatch((message) -> message.reading().collected().isAfter(Instant.now().minus(1, ChronoUnit.HOURS)));
		StepRun step = step(execution);
		assertThat(step.readCount()).isEqualTo(this.topic.size());
		assertThat(step.filterCount()).isPositive();
		assertThat(step.writeCount()).isEqualTo(step.readCount() - step.filterCount());
	}

	@Test
	void influxDbHasEachPointOnceWithTheLastOfItsValues() {
		this.topic.send(messages(0, 300));
		this.topic.send(IntStream.range(0, 50).mapToObj((number) -> message(300 + number, number)).toList());

		this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC);
		this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC);

		Map<Instant, Long> expected = new TreeMap<>();
		IntStream.range(0, 300)
			.forEach((second) -> expected.put(this.begin.plusSeconds(second), second + ((second < 50) ? 300L : 0)));
		await().untilAsserted(() -> {
			Map<Instant, Long> found = new TreeMap<>();
			for (Map<String, JsonNode> row : InfluxStandIn
				.rows("select timestamp, humidity from weather where city = '" + this.city + "'")) {
				assertThat(found.put(Instant.parse(row.get("timestamp").asString()),
						Math.round(row.get("humidity").asDouble() * 100)))
					.isNull();
			}
			assertThat(found).isEqualTo(expected);
		});
	}

	@Test
	void whatComesMeanwhileInThePlaceOfWhatIsWrittenIsWrittenAsTheLast() {
		this.topic.send(messages(0, 10));
		AtomicInteger more = new AtomicInteger(10);
		this.store.before((messages) -> {
			int number = more.getAndIncrement();
			if (number < 15) {
				this.topic.send(List.of(message(number, 9)));
			}
		});

		this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC);

		assertThat(arrivedNumbers()).startsWith(0).endsWith(10, 11, 12, 13, 14).isEqualTo(numbers(0, 15));
	}

	@Test
	void itEndsThoughNewMessagesComeAllTheWhile() {
		this.topic.send(messages(0, 10));
		AtomicInteger more = new AtomicInteger(10);
		this.store.before((messages) -> this.topic.send(List.of(message(more.get(), more.getAndIncrement()))));

		assertThat(CompletableFuture.runAsync(() -> this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC)))
			.succeedsWithin(Duration.ofMinutes(2));

		assertThat(arrivedNumbers()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}

	@Test
	void aStoreThatIsAwayFailsTheExecutionAndARestartLeavesNothingOut() {
		this.topic.send(messages(0, 100));
		AtomicBoolean away = new AtomicBoolean(true);
		this.store.before((messages) -> {
			if (away.get()) {
				throw new IllegalStateException("The store is away.");
			}
		});
		Execution failed = this.jobs.ended(RebuildSpeedViewsJob.NAME, FROM_TOPIC);
		assertThat(failed.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(this.executions.failures(failed).toString()).contains("The store is away.");
		away.set(false);

		Execution restarted = this.jobs.restarted(failed.executionId());

		assertThat(restarted.status()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(arrivedNumbers()).isEqualTo(numbers(0, 100));
	}

	@Test
	void anEmptiedStoreHasWhatItHadAndWhoReadsMeanwhileNeverSeesLess() throws Exception {
		this.topic.send(messages(0, 300));
		// Corrections
		this.topic.send(IntStream.range(0, 50).mapToObj((number) -> message(300 + number, number)).toList());
		this.sinks.start();
		awaitListeners();
		this.sinks.stop();
		List<SpeedViews.Point> before = points();
		List<String> cells = cells();
		assertThat(before).hasSize(300);
		emptyCassandra();

		this.jobs.completed(RebuildSpeedViewsJob.NAME, FROM_TOPIC);

		assertThat(points()).isEqualTo(before);
		assertThat(cells()).isEqualTo(cells);
		await().untilAsserted(() -> assertThat(this.views.latest(this.city)).singleElement()
			.extracting((latest) -> latest.message().observedAt())
			.isEqualTo(before.get(299).at()));

		Execution again = this.launches.launch(RebuildSpeedViewsJob.NAME, FROM_TOPIC, "test");
		do {
			assertThat(points()).isEqualTo(before);
		}
		while (this.executions.find(again.executionId()).orElseThrow().isRunning());
	}

	@Test
	void whatKafkaNoLongerHasIsWrittenAgainFromTheLake() throws Exception {
		this.topic.send(messages(0, 300));
		this.sinks.start();
		awaitListeners();
		this.sinks.stop();
		List<SpeedViews.Point> before = points();
		List<String> cells = cells();
		this.topic.forget();
		assertThat(this.topic.size()).isZero();
		int remembered = this.store.arrived(this.city).size();
		emptyCassandra();

		this.jobs.completed(RebuildSpeedViewsJob.NAME, Map.of("source", "lake"));

		assertThat(points()).isEqualTo(before);
		assertThat(cells()).isEqualTo(cells);
		assertThat(arrivedNumbers().subList(remembered, remembered + 300)).isEqualTo(numbers(0, 300));
	}

	private void awaitListeners() {
		StreamArchive.Sent sent = this.lake.sent();
		await().atMost(Duration.ofMinutes(1)).until(() -> sent.missing() == 0 && isInCassandra());
	}

	private boolean isInCassandra() {
		return this.sinks.doing()
			.stream()
			.filter((sink) -> sink.sink().equals("cassandra"))
			.allMatch((sink) -> sink.partitions().size() == Topics.PARTITIONS && Objects.equals(sink.lag(), 0L));
	}

	/** All that Cassandra has of the city, as it has it, with its write timestamps. */
	private List<String> cells() {
		try (CqlSession cassandra = this.sessions.getObject().build()) {
			return Stream.of(
					"SELECT local_day, observed_at, readings, WRITETIME(readings) FROM %s.readings_by_city_day",
					"SELECT reading, WRITETIME(reading), precipitation, WRITETIME(precipitation) FROM %s.latest_by_city")
				.flatMap((select) -> cassandra
					.execute(select.formatted("stream_context") + " WHERE city = ? ALLOW FILTERING", this.city)
					.all()
					.stream())
				.map(Row::getFormattedContents)
				.sorted()
				.toList();
		}
	}

	private void emptyCassandra() {
		try (CqlSession cassandra = this.sessions.getObject().build()) {
			cassandra.execute("TRUNCATE stream_context.readings_by_city_day");
			cassandra.execute("TRUNCATE stream_context.latest_by_city");
		}
		assertThat(points()).isEmpty();
	}

	private List<SpeedViews.Point> points() {
		return this.views.series(this.city, Metric.HUMIDITY, Instant.now().minus(2, ChronoUnit.HOURS), Instant.now());
	}

	private StepRun step(Execution execution) {
		return this.executions.steps(execution.executionId())
			.stream()
			.filter((step) -> step.name().equals("replayTopic"))
			.findFirst()
			.orElseThrow();
	}

	private List<Integer> arrivedNumbers() {
		return this.store.arrived(this.city)
			.stream()
			.map((message) -> (int) Math.round(message.reading().values().orNaN(Metric.HUMIDITY) * 100))
			.toList();
	}

	private static List<Integer> numbers(int from, int to) {
		return IntStream.range(from, to).boxed().toList();
	}

	/** Each with its number, as a humidity. */
	private List<WeatherMessage> messages(int from, int to) {
		return IntStream.range(from, to).mapToObj((number) -> message(number, number)).toList();
	}

	/**
	 * One message.
	 * @param second when it was measured: of one second there is one point
	 */
	private WeatherMessage message(int number, int second) {
		ReadingDraft draft = new ReadingDraft(this.city, this.begin.plusSeconds(second), Resolution.HOUR,
				Origin.OPEN_METEO, Channel.STREAM, this.begin)
			.value(Metric.HUMIDITY, number / 100.0);
		return new WeatherMessage(draft.build(), "FR", WeatherMessage.stationId(this.city, "FR"), null, null, null,
				null, Outlook.UNKNOWN);
	}

}
