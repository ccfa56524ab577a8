package io.isobar.speed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.isobar.cassandra.CassandraSessions;
import io.isobar.cassandra.CassandraTarget;
import io.isobar.engine.SparkEngine;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepRun;
import io.isobar.lake.Lake;
import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.spark.StreamSpeedViews;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.cassandra.autoconfigure.CassandraConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Structured Streaming leaves what the listeners leave. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StreamSpeedViewsIT extends StreamContext {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final int MESSAGES = 1500;

	private static final int BAD = 7;

	@Autowired
	private SparkEngine spark;

	@Autowired
	private Lake lake;

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private SpeedSinks sinks;

	@Autowired
	private StreamedMessages reader;

	@Autowired
	private MessageCities known;

	@Autowired
	private Cities cities;

	@Autowired
	private SpeedViews views;

	@Autowired
	private CassandraSettings settings;

	@Autowired
	private CassandraConnectionDetails cassandra;

	@Autowired
	private ObjectProvider<CqlSessionBuilder> sessions;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private JobRepository repository;

	private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);

	/** What arrives is what the job writes: the listeners stand still. */
	@BeforeEach
	void listenersStandStill() {
		this.sinks.stop();
	}

	@AfterEach
	void listenersGoOn() {
		this.sinks.start();
	}

	@Test
	@Order(1)
	void theSameCellsAsTheSinkWritesAlsoWhereItWasKilledBetweenWriteAndCheckpoint() throws Exception {
		Topic topic = Topic.create(this.kafka);
		send(topic);
		String listened = "listened_" + this.id;
		String streamed = "streamed_" + this.id;
		listen(topic, listened);
		CassandraTarget target = target(streamed);
		List<StreamSpeedViews.Streamed> batches = new ArrayList<>();
		// A registry that knows what ours knew before the listener made cities known
		Map<String, StreamSpeedViews.KnownCity> registered = new HashMap<>(
				Map.of("Here " + this.id, new StreamSpeedViews.KnownCity("FR", "Pacific/Auckland")));
		StreamSpeedViews.KnownCities cities = registry(registered);

		assertThatThrownBy(() -> stream(topic, target, cities, (batch) -> {
			batches.add(batch);
			if (batches.size() == 3) {
				throw new IllegalStateException("Killed, when the third batch is written and not noted.");
			}
		})).isInstanceOf(StreamingQueryException.class);
		assertThat(batches).hasSize(3);
		assertThat(rows(streamed)).isNotEqualTo(rows(listened));
		stream(topic, target, cities, batches::add);

		assertSame(rows(streamed), rows(listened));
		assertThat(batches.get(3)).isEqualTo(batches.get(2));
		StreamSpeedViews.Streamed all = batches.stream()
			.reduce(StreamSpeedViews.Streamed.NOTHING, StreamSpeedViews.Streamed::plus);
		assertThat(all.written()).isEqualTo(MESSAGES + batches.get(2).written());
		assertThat(all.refused()).isEqualTo(BAD + batches.get(2).refused());
	}

	@Test
	@Order(2)
	void itRunsUntilItIsStoppedAndGoesOnWhereItWas() {
		Topic topic = Topic.ensure(this.kafka, TOPIC);
		Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS);
		topic.send(List.of(temperature(begin, 1)));
		awaitTopic();
		long execution = this.launches.launch(StreamSpeedViewsJob.NAME, Map.of(), "test").executionId();
		topic.send(List.of(temperature(begin.plusSeconds(1), 2)));
		awaitPoints(begin, 2);
		topic.send(List.of(temperature(begin.plusSeconds(2), 3)));
		awaitPoints(begin, 3);

		this.launches.stop(execution, "test");
		assertThat(awaitEnd(execution).status()).isEqualTo(BatchStatus.STOPPED);
		long before = step(execution).writeCount();
		assertThat(before).isGreaterThanOrEqualTo(2);
		topic.send(List.of(temperature(begin.plusSeconds(3), 4)));
		topic.send(this.id, "no message".getBytes(StandardCharsets.UTF_8));
		Execution once = awaitEnd(
				this.launches.launch(StreamSpeedViewsJob.NAME, Map.of("once", "true"), "test").executionId());

		assertThat(once.status()).as(() -> this.executions.failures(once).toString()).isEqualTo(BatchStatus.COMPLETED);
		awaitPoints(begin, 4);
		// What was written when it was stopped, and not noted yet, is written again
		assertThat(step(once.executionId()).writeCount()).isBetween(1L, 2L);
		assertThat(step(once.executionId()).filterCount()).isEqualTo(1);
	}

	@Test
	@Order(3)
	void anAcceptedGapIsNoLicenceForTheNext() {
		Topic topic = Topic.ensure(this.kafka, TOPIC);
		Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(2, ChronoUnit.HOURS);
		topic.send(List.of(temperature(begin, 1)));
		awaitTopic();
		Map<String, String> once = Map.of("once", "true");
		assertThat(awaitEnd(this.launches.launch(StreamSpeedViewsJob.NAME, once, "test").executionId()).status())
			.isEqualTo(BatchStatus.COMPLETED);
		forgetOne(topic, begin, 2);
		Execution refused = awaitEnd(this.launches.launch(StreamSpeedViewsJob.NAME, once, "test").executionId());
		assertThat(this.executions.failures(refused).toString()).contains("accept-gap=true");

		long accepted = this.launches.launch(StreamSpeedViewsJob.NAME, Map.of("accept-gap", "true"), "test")
			.executionId();
		// What came before the gap is there, what was forgotten is not
		awaitPoints(begin, 2);
		await().atMost(PATIENCE).until(() -> isPassed(accepted));
		topic.send(List.of(temperature(begin.plusSeconds(4), 4)));
		awaitPoints(begin, 3);
		this.launches.stop(accepted, "test");
		assertThat(awaitEnd(accepted).status()).isEqualTo(BatchStatus.STOPPED);

		forgetOne(topic, begin, 5);
		Execution restarted = awaitEnd(this.launches.restart(accepted, "test").executionId());

		assertThat(restarted.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(this.executions.failures(restarted).toString()).contains("no longer has messages");
		// For the tests that have this application after this one
		this.sinks.start();
		await().atMost(PATIENCE).until(() -> {
			this.sinks.doing().forEach((sink) -> this.sinks.acceptGap(sink.sink(), "test"));
			return this.sinks.doing().stream().noneMatch((sink) -> sink.partitions().isEmpty());
		});
	}

	/** Kafka forgets one that nobody has read, and has another behind it. */
	private void forgetOne(Topic topic, Instant begin, int second) {
		topic.send(List.of(temperature(begin.plusSeconds(second), second)));
		topic.forget();
		topic.send(List.of(temperature(begin.plusSeconds(second + 1), second)));
	}

	private boolean isPassed(long execution) {
		return Objects.requireNonNull(this.repository.getJobExecution(execution))
			.getStepExecutions()
			.stream()
			.anyMatch((step) -> step.getExecutionContext().containsKey("gapPassed"));
	}

	/** The application has looked at the topic. */
	private void awaitTopic() {
		this.sinks.start();
		await().atMost(PATIENCE)
			.until(() -> this.sinks.doing().stream().anyMatch((sink) -> !sink.partitions().isEmpty()));
		this.sinks.stop();
	}

	/**
	 * Of several origins, some again, some late, some too old; of cities in their zone,
	 * in another country than the one that is known, and that nobody knows; some are
	 * none.
	 */
	private void send(Topic topic) {
		Random random = new Random(11);
		String here = "Here " + this.id;
		this.cities.register(new City(here, "FR", null, null, ZoneId.of("Pacific/Auckland"), false));
		Instant begin = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(3, ChronoUnit.DAYS);
		List<WeatherMessage> messages = new ArrayList<>();
		for (int i = 0; i < MESSAGES * 4 / 5; i++) {
			String city = List.of(here, "Unknown " + this.id, "Quebec, " + this.id).get(random.nextInt(3));
			WeatherMessage message = RandomMessages.message(city,
					(random.nextInt(20) == 0) ? begin.minus(40, ChronoUnit.DAYS) : begin, Duration.ofDays(2), random);
			messages.add((random.nextInt(10) > 0) ? message : elsewhere(message));
		}
		while (messages.size() < MESSAGES) {
			messages.add(messages.get(random.nextInt(messages.size())));
		}
		Collections.shuffle(messages, random);
		for (int part = 0; part < BAD; part++) {
			topic.send(messages.subList(part * MESSAGES / BAD, (part + 1) * MESSAGES / BAD));
			topic.send("bad",
					List.of("no message", "", "{}", "{\"schema\":9}").get(part % 4).getBytes(StandardCharsets.UTF_8));
		}
	}

	private static WeatherMessage elsewhere(WeatherMessage message) {
		return new WeatherMessage(message.reading(), "US", message.stationId(), null, null, null, null,
				message.outlook());
	}

	/** As a listener would. */
	private void listen(Topic topic, String keyspace) {
		CassandraSettings there = new CassandraSettings(keyspace, "SimpleStrategy", 1, this.settings.concurrency(),
				this.settings.readTimeout(), this.settings.writeTimeout());
		CassandraStore store = new CassandraStore(this.sessions, there);
		CassandraSink sink = new CassandraSink(store, this.known, there,
				new SpeedSettings(true, topic.name(), java.time.Period.ofDays(35)), Clock.systemUTC());
		StoresTest.Ready.await(store);
		int written = 0;
		try (Consumer<byte[], byte[]> consumer = this.kafka.reader()) {
			List<TopicPartition> partitions = consumer.partitionsFor(topic.name())
				.stream()
				.map((each) -> new TopicPartition(topic.name(), each.partition()))
				.toList();
			consumer.assign(partitions);
			consumer.seekToBeginning(partitions);
			while (written < MESSAGES) {
				List<WeatherMessage> good = new ArrayList<>();
				for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
					if (this.reader.read(record) instanceof StreamedMessages.Read.Good read) {
						good.add(read.message());
					}
				}
				sink.write(good);
				written += good.size();
			}
		}
		finally {
			store.destroy();
		}
		assertThat(written).isEqualTo(MESSAGES);
	}

	private void stream(Topic topic, CassandraTarget target, StreamSpeedViews.KnownCities cities,
			java.util.function.Consumer<StreamSpeedViews.Streamed> batches) throws Exception {
		Map<String, String> kafka = Map.of("bootstrap.servers",
				String.valueOf(this.kafka.consumer(null).get("bootstrap.servers")).replaceAll("[\\[\\] ]", ""));
		StreamSpeedViews.Request request = new StreamSpeedViews.Request(kafka, topic.name(), target, Map.of(), "P35D",
				this.lake.path("streaming/" + this.id).toString(), null, 400, false);
		StreamingQuery query = new StreamSpeedViews(Map.of()).start(this.spark.session(), request, cities, batches);
		try {
			query.awaitTermination();
		}
		finally {
			CassandraSessions.close(target);
		}
	}

	private static StreamSpeedViews.KnownCities registry(Map<String, StreamSpeedViews.KnownCity> cities) {
		return new StreamSpeedViews.KnownCities() {

			@Override
			public Map<String, StreamSpeedViews.KnownCity> all() {
				return cities;
			}

			@Override
			public void add(StreamSpeedViews.NewCity city) {
				cities.putIfAbsent(city.name(), new StreamSpeedViews.KnownCity(city.country(), "UTC"));
			}

		};
	}

	private CassandraTarget target(String keyspace) {
		CassandraConnectionDetails.Node node = this.cassandra.getContactPoints().get(0);
		return CassandraTarget.of(node.host() + ":" + node.port(), String.valueOf(this.cassandra.getLocalDatacenter()),
				keyspace);
	}

	/** Every cell of both tables, with when it was written and when it expires. */
	private Map<String, Object> rows(String keyspace) {
		Map<String, Object> cells = new TreeMap<>();
		// Times to live count down: they are asked for as of one instant
		int then = (int) Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
		try (CqlSession session = this.sessions.getObject().build()) {
			for (Row row : session.execute(SimpleStatement
				.newInstance("SELECT city, local_day, observed_at, readings, writetime(readings), ttl(readings) FROM "
						+ keyspace + ".readings_by_city_day")
				.setNowInSeconds(then))) {
				cells.put(row.getString(0) + " " + row.get(1, LocalDate.class) + " " + row.getInstant(2),
						List.of(row.getMap(3, String.class, ByteBuffer.class), row.getList(4, Long.class),
								row.getList(5, Integer.class)));
			}
			for (String column : List.of("reading", "precipitation")) {
				for (Row row : session.execute(SimpleStatement
					.newInstance("SELECT city, %1$s, writetime(%1$s), ttl(%1$s) FROM %2$s.latest_by_city"
						.formatted(column, keyspace))
					.setNowInSeconds(then))) {
					ByteBuffer blob = row.getByteBuffer(1);
					if (blob != null) {
						cells.put(row.getString(0) + " " + column, List.of(blob, row.getLong(2), row.getInt(3)));
					}
				}
			}
		}
		return cells;
	}

	private static void assertSame(Map<String, Object> actual, Map<String, Object> expected) {
		assertThat(actual.keySet()).isEqualTo(expected.keySet());
		expected.forEach((row, cells) -> assertThat(actual.get(row)).as(row).isEqualTo(cells));
	}

	private WeatherMessage temperature(Instant at, double value) {
		return CassandraSinkIT.message("Streamed " + this.id, at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, value);
	}

	private void awaitPoints(Instant begin, int count) {
		await().atMost(PATIENCE)
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(
					this.views.series("Streamed " + this.id, Metric.TEMPERATURE, begin, begin.plusSeconds(60)))
				.hasSize(count));
	}

	private Execution awaitEnd(long execution) {
		return await().atMost(PATIENCE)
			.until(() -> this.executions.find(execution).orElseThrow(), (found) -> !found.isRunning());
	}

	private StepRun step(long execution) {
		return this.executions.steps(execution).get(0);
	}

}
