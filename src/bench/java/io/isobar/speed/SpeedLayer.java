package io.isobar.speed;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.domain.WritePrecision;
import io.isobar.IsobarApplication;
import io.isobar.cassandra.CassandraSessions;
import io.isobar.cassandra.CassandraTarget;
import io.isobar.cassandra.CellStatements;
import io.isobar.engine.SparkEngine;
import io.isobar.lake.BareLake;
import io.isobar.lake.Lake;
import io.isobar.lake.Streamed;
import io.isobar.messages.ReadingCells;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.provider.Cities;
import io.isobar.spark.StreamSpeedViews;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryProgress;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.cassandra.autoconfigure.CassandraConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The speed layer of a running application, and beside it the barest programs that do the
 * same with each of its stores.
 */
public final class SpeedLayer implements AutoCloseable {

	/** As many as there are at least in the stream. */
	public static final int CITIES = 1000;

	/**
	 * So many messages are prepared for the lake at most: with their text they need most.
	 */
	private static final int MOST_OF_LAKE = 200_000;

	/** InfluxDB's measurement, QuestDB's table of the bare program. */
	private static final String BARE = "bare";

	private static final Duration LONGEST = Duration.ofMinutes(5);

	private static final AtomicInteger roots = new AtomicInteger();

	private final ConfigurableApplicationContext context;

	private final HttpClient http = HttpClient.newHttpClient();

	private final String topic;

	private final KafkaClients kafka;

	private final Topics topics;

	private @Nullable CqlSession session;

	private @Nullable InfluxDBClient influx;

	private @Nullable Streaming streaming;

	private long messages;

	/** Measures what is run, and tells what it took. */
	@FunctionalInterface
	public interface Stopwatch {

		Map<String, Double> measure(Task task) throws Exception;

	}

	/** What is measured. */
	@FunctionalInterface
	public interface Task {

		void run() throws Exception;

	}

	private SpeedLayer(ConfigurableApplicationContext context, String topic) {
		this.context = context;
		this.topic = topic;
		this.kafka = context.getBean(KafkaClients.class);
		this.topics = context.getBean(Topics.class);
	}

	/** Starts the application on servers that it runs itself, with a topic of its own. */
	public static SpeedLayer start(String topic, List<String> arguments) throws InterruptedException {
		List<String> all = new ArrayList<>(
				List.of("--server.port=0", "--isobar.speed.enabled=true", "--isobar.embedded.kafka.enabled=true",
						"--isobar.embedded.cassandra.enabled=true", "--isobar.embedded.influxdb.enabled=true",
						"--isobar.speed.producer.enabled=false", "--isobar.speed.weather-topic=" + topic,
						"--isobar.cassandra.keyspace=" + topic, "--isobar.influx.bucket=" + topic,
						"--isobar.embedded.database=" + topic, "--isobar.lake.root=/" + topic));
		all.addAll(arguments);
		SpringApplication application = new SpringApplication(IsobarApplication.class);
		SpeedLayer layer = new SpeedLayer(application.run(all.toArray(String[]::new)), topic);
		layer.await();
		return layer;
	}

	private void await() throws InterruptedException {
		CassandraStore cassandra = this.context.getBean(CassandraStore.class);
		SpeedSinks sinks = this.context.getBean(SpeedSinks.class);
		Cities cities = this.context.getBean(Cities.class);
		for (int city = 0; city < CITIES; city++) {
			cities.register(new City(city(city), "XX", 40 + city % 20 + 0.25, city / 20 + 0.5,
					ZoneId.of("Europe/Paris"), false));
		}
		cassandra.statements(Duration.ofMinutes(2));
		this.context.getBean(InfluxStore.class).isStandIn();
		while (!sinks.doing()
			.stream()
			.allMatch((sink) -> sink.state().equals("running") && !sink.partitions().isEmpty())) {
			Thread.sleep(50);
		}
	}

	/** Where its web server and Kafka listen. */
	public Map<String, Double> ports() {
		String kafka = this.context.getBean(KafkaConnectionDetails.class).getBootstrapServers().get(0);
		WebServer server = ((WebServerApplicationContext) this.context).getWebServer();
		int web = (server != null) ? server.getPort() : 0;
		return Map.of("web", (double) web, "kafka", Double.valueOf(kafka.substring(kafka.lastIndexOf(':') + 1)));
	}

	/** The name of a city. */
	public static String city(int number) {
		return "City %04d".formatted(number);
	}

	/**
	 * A message as the producer sends it: what is measured now, and what is expected.
	 * @param random decides on the values
	 */
	public static byte[] message(int city, Instant observedAt, SplittableRandom random) {
		double[] values = Values.missing();
		for (Metric metric : List.of(Metric.TEMPERATURE, Metric.FEELS_LIKE, Metric.DEW_POINT, Metric.HUMIDITY,
				Metric.WIND_SPEED, Metric.WIND_GUST, Metric.WIND_DIRECTION, Metric.SNOW_DEPTH, Metric.CLOUD_COVER,
				Metric.VISIBILITY, Metric.SOLAR_RADIATION, Metric.UV_INDEX)) {
			values[metric.ordinal()] = random.nextInt(200) / 10.0;
		}
		values[Metric.PRESSURE.ordinal()] = 1000 + random.nextInt(300) / 10.0;
		Reading reading = new Reading(city(city), observedAt, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
				observedAt, Values.of(values), Values.NONE, Values.NONE, "Partially cloudy", Map.of());
		return WeatherMessages
			.write(new WeatherMessage(reading, "XX", WeatherMessage.stationId(city(city), "XX"), 40 + city % 20 + 0.25,
					city / 20 + 0.5, false, false, new Outlook(random.nextInt(200) / 10.0, 0.2, 3.2, 8.9, 1.4)));
	}

	/** Starts the job of Structured Streaming, into tables of its own; the sinks stop. */
	public void stream() throws Exception {
		this.context.getBean(SpeedSinks.class).stop();
		String keyspace = this.topic + "_streamed";
		Map<String, StreamSpeedViews.KnownCity> known = new HashMap<>();
		this.context.getBean(Cities.class)
			.all()
			.forEach((city) -> known.put(city.name(),
					new StreamSpeedViews.KnownCity(city.country(), city.zone().getId())));
		String cassandra = this.context.getBean(CassandraConnectionDetails.class)
			.getContactPoints()
			.stream()
			.map((node) -> node.host() + ":" + node.port())
			.findFirst()
			.orElseThrow();
		String kafka = String.join(",", this.context.getBean(KafkaConnectionDetails.class).getBootstrapServers());
		CassandraTarget target = CassandraTarget.of(cassandra, "datacenter1", keyspace);
		StreamSpeedViews.Request request = new StreamSpeedViews.Request(Map.of("bootstrap.servers", kafka), this.topic,
				target, known, "P35D", this.context.getBean(Lake.class).path("streaming/bench").toString(), 0L, 100_000,
				false);
		SparkSession session = this.context.getBean(SparkEngine.class).session();
		session.conf().set("spark.sql.streaming.numRecentProgressUpdates", "100000");
		List<Long> written = new CopyOnWriteArrayList<>();
		StreamingQuery query = new StreamSpeedViews(Map.of()).start(session, request,
				StreamSpeedViews.citiesOf(request), (batch) -> written.add(System.currentTimeMillis()));
		Map<Integer, Long> begin = this.topics.ends(this.topic);
		// It has to catch up with what came before
		while (Arrays.stream(query.recentProgress())
			.flatMap((progress) -> Arrays.stream(progress.sources()))
			.noneMatch((source) -> offsets(source.endOffset()).equals(begin))) {
			if (query.exception().isDefined()) {
				throw query.exception().get();
			}
			Thread.sleep(50);
		}
		this.streaming = new Streaming(query, target, written, begin);
	}

	/** The next offset of each partition, as Spark writes it down. */
	private Map<Integer, Long> offsets(String json) {
		Map<Integer, Long> offsets = new HashMap<>();
		JsonMapper.shared()
			.readTree(json)
			.get(this.topic)
			.properties()
			.forEach((partition) -> offsets.put(Integer.valueOf(partition.getKey()), partition.getValue().asLong()));
		return offsets;
	}

	/** Ends it, and tells how old messages were when they were written. */
	public Map<String, Double> streamed() throws Exception {
		Streaming running = this.streaming;
		if (running == null) {
			throw new IllegalStateException("The job does not run.");
		}
		Map<Integer, Long> end = this.topics.ends(this.topic);
		StreamingQueryProgress[] progress = running.query().recentProgress();
		while (Arrays.stream(progress).noneMatch((each) -> offsets(each.sources()[0].endOffset()).equals(end))) {
			Thread.sleep(50);
			progress = running.query().recentProgress();
		}
		running.query().stop();
		CassandraSessions.close(running.target());
		List<StreamingQueryProgress> batches = Arrays.stream(progress)
			.filter((each) -> each.numInputRows() > 0)
			.toList();
		Map<TopicPartition, TreeMap<Long, Long>> written = new HashMap<>();
		for (int i = 0; i < batches.size(); i++) {
			long at = running.written().get(i);
			offsets(batches.get(i).sources()[0].endOffset()).forEach((partition, offset) -> written
				.computeIfAbsent(new TopicPartition(this.topic, partition), (key) -> new TreeMap<>())
				.putIfAbsent(offset, at));
		}
		double[] ages = ages(running.begin(), end, written);
		Map<String, Double> took = new LinkedHashMap<>();
		for (String percent : List.of("50", "95", "99", "99.9")) {
			took.put("written-p" + percent, ages[(int) Math.ceil(Double.parseDouble(percent) / 100 * ages.length) - 1]);
		}
		took.put("batches", (double) batches.size());
		this.streaming = null;
		this.context.getBean(SpeedSinks.class).start();
		return took;
	}

	/** Milliseconds, in order. */
	private double[] ages(Map<Integer, Long> begin, Map<Integer, Long> end,
			Map<TopicPartition, TreeMap<Long, Long>> written) {
		List<Double> ages = new ArrayList<>();
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(this.kafka.consumer(null))) {
			Map<TopicPartition, Long> left = new HashMap<>();
			end.forEach((partition, offset) -> left.put(new TopicPartition(this.topic, partition), offset));
			consumer.assign(left.keySet());
			left.keySet().forEach((each) -> consumer.seek(each, begin.getOrDefault(each.partition(), 0L)));
			while (left.entrySet().stream().anyMatch((each) -> consumer.position(each.getKey()) < each.getValue())) {
				consumer.poll(Duration.ofMillis(200)).forEach((record) -> {
					// The batch that ends behind it
					long at = Objects
						.requireNonNull(written.get(new TopicPartition(record.topic(), record.partition())))
						.higherEntry(record.offset())
						.getValue();
					ages.add((double) (at - record.timestamp()));
				});
			}
		}
		return ages.stream().mapToDouble(Double::doubleValue).sorted().toArray();
	}

	private record Streaming(StreamingQuery query, CassandraTarget target, List<Long> written,
			Map<Integer, Long> begin) {
	}

	/** Stops the sinks, and puts so many messages into the topic. */
	public void backlog(int count) {
		this.context.getBean(SpeedSinks.class).stop();
		SplittableRandom random = new SplittableRandom(count);
		Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofMinutes(count / CITIES + 1));
		Producer<byte[], byte[]> producer = this.kafka.producer();
		for (int i = 0; i < count; i++) {
			int city = i % CITIES;
			producer.send(new ProducerRecord<>(this.topic, city(city).getBytes(StandardCharsets.UTF_8),
					message(city, begin.plus(Duration.ofMinutes(i / CITIES)), random)));
		}
		producer.flush();
		this.messages = this.topics.ends(this.topic).values().stream().mapToLong(Long::longValue).sum();
		if (this.messages != count) {
			throw new IllegalStateException("%d of %d messages are in the topic".formatted(this.messages, count));
		}
	}

	/** A consumer polls the newest messages, and does nothing else. */
	public Map<String, Double> poll(long most, Stopwatch stopwatch) throws Exception {
		List<Integer> sizes = new ArrayList<>();
		Map<String, Double> took = new LinkedHashMap<>(
				stopwatch.measure(() -> pollNewest(most, (records) -> sizes.add(records.size()))));
		took.put("messages", (double) sizes.stream().mapToInt(Integer::intValue).sum());
		return took;
	}

	/** Gives the newest messages in batches as a listener gives them to its store. */
	private void pollNewest(long most, Consumer<List<ConsumerRecord<byte[], byte[]>>> taker) {
		Map<Integer, Long> ends = this.topics.ends(this.topic);
		double share = Math.min(1, most / (double) sum(ends));
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(this.kafka.consumer(null))) {
			Map<TopicPartition, Long> left = new HashMap<>();
			ends.forEach((partition, end) -> left.put(new TopicPartition(this.topic, partition), end));
			consumer.assign(left.keySet());
			left.forEach((partition, end) -> consumer.seek(partition, end - Math.round(end * share)));
			while (left.entrySet().stream().anyMatch((each) -> consumer.position(each.getKey()) < each.getValue())) {
				List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
				consumer.poll(Duration.ofMillis(200)).forEach(batch::add);
				if (!batch.isEmpty()) {
					StoreSink.OfWeather.pieces(batch).forEach(taker);
				}
			}
		}
	}

	private List<WeatherMessage> read(List<ConsumerRecord<byte[], byte[]>> records) {
		StreamedMessages messages = this.context.getBean(StreamedMessages.class);
		return records.stream()
			.map((record) -> ((StreamedMessages.Read.Good) messages.read(record)).message())
			.toList();
	}

	/**
	 * Drains the backlog into stores that are empty.
	 * @param names which sinks, at the same time
	 */
	public Map<String, Double> drain(List<String> names, Stopwatch stopwatch) throws Exception {
		List<Drained> drained = new ArrayList<>();
		for (String name : names) {
			empty(name);
			drained.add(new Drained(name));
		}
		Map<String, Double> took = new LinkedHashMap<>();
		try {
			took.putAll(stopwatch.measure(() -> drain(drained, took)));
		}
		finally {
			drained.forEach((each) -> each.runner.stop());
		}
		took.put("messages", (double) this.messages);
		return took;
	}

	private void drain(List<Drained> drained, Map<String, Double> took) throws InterruptedException {
		Map<Integer, Long> ends = this.topics.ends(this.topic);
		drained.forEach((each) -> each.runner.watch());
		long began = System.nanoTime();
		List<Drained> open = new ArrayList<>(drained);
		while (!open.isEmpty()) {
			Thread.sleep(2);
			List<Drained> done = open.stream().filter((each) -> each.isDone(ends)).toList();
			double seconds = (System.nanoTime() - began) / 1e9;
			if (!done.isEmpty() && open.size() == drained.size()) {
				// As long as all are at it
				drained.forEach((each) -> took.put(each.name + "-together", (this.messages - each.lag()) / seconds));
			}
			done.forEach((each) -> took.put(each.name + "-seconds", seconds));
			open.removeAll(done);
			if (seconds > LONGEST.toSeconds()) {
				throw new IllegalStateException("Not drained: " + open.stream()
					.map((each) -> each.name + ": " + each.lag() + " left, " + each.status.waiting())
					.toList());
			}
		}
	}

	/** The real sink with the real listener, from the beginning of the topic. */
	private final class Drained {

		private final String name;

		private final SinkStatus status;

		private final SinkRunner runner;

		private final @Nullable LakeSink lake;

		private volatile long received;

		private boolean asked;

		Drained(String name) {
			this.name = name;
			this.status = new SinkStatus(name, SpeedLayer.this.context.getBean(MeterRegistry.class));
			this.lake = (name.equals("lake")) ? lakeSink() : null;
			Sink sink = (this.lake != null) ? this.lake
					: new StoreSink.OfWeather(store(name), SpeedLayer.this.topic,
							SpeedLayer.this.context.getBean(ListenerSettings.class).concurrency(),
							SpeedLayer.this.context.getBean(StreamedMessages.class));
			this.runner = new SinkRunner(new Counted(sink, (count) -> this.received += count), this.status,
					SpeedLayer.this.topics, SpeedLayer.this.kafka, SpeedLayer.this.context.getBean(Gaps.class));
		}

		boolean isDone(Map<Integer, Long> ends) {
			this.status.compare(ends);
			if (this.lake != null && !this.asked && this.received == SpeedLayer.this.messages) {
				this.lake.sent().missing();
				this.asked = true;
			}
			return this.status.partitions().size() == ends.size() && lag() == 0;
		}

		long lag() {
			return Objects.requireNonNullElse(this.status.lag(), SpeedLayer.this.messages);
		}

	}

	private WeatherSink store(String name) {
		return this.context.getBeansOfType(WeatherSink.class)
			.values()
			.stream()
			.filter((sink) -> sink.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no sink " + name));
	}

	private LakeSink lakeSink() {
		return new LakeSink(this.topics, this.context.getBean(StreamedMessages.class),
				this.context.getBean(MessageCities.class),
				BareLake.readings(BareLake.beside(this.context.getBean(Lake.class), newRoot())),
				this.context.getBean(DeadLetterSender.class), this.context.getBean(LakeSinkSettings.class));
	}

	private String newRoot() {
		return "/%s-%d".formatted(this.topic, roots.incrementAndGet());
	}

	private void empty(String name) throws Exception {
		try {
			KafkaClients
				.await(this.kafka.admin().deleteConsumerGroups(List.of("isobar." + this.topic + "." + name)).all());
		}
		catch (GroupIdNotFoundException ex) {
			// It has read nothing yet
		}
		switch (name) {
			case "cassandra" -> emptyCassandra(this.topic);
			case "influxdb" -> emptyQuestDb(InfluxStore.MEASUREMENT);
			default -> {
				// The lake's sink gets a lake of its own
			}
		}
	}

	private void emptyCassandra(String keyspace) {
		for (String table : List.of("readings_by_city_day", "latest_by_city")) {
			session().execute("TRUNCATE " + keyspace + "." + table);
		}
	}

	private void emptyQuestDb(String table) throws IOException, InterruptedException {
		sql("exec", "TRUNCATE TABLE " + table);
		// What was written before is still being sorted into it
		while (sql("exp", "SELECT count(*) FROM wal_tables() WHERE writerTxn < sequencerTxn").contains("\n1")) {
			Thread.sleep(20);
		}
	}

	private String sql(String path, String sql) throws IOException, InterruptedException {
		URI url = this.context.getBean(InfluxConnectionDetails.class).url();
		HttpResponse<String> answer = this.http.send(HttpRequest
			.newBuilder(URI.create(url + "/" + path + "?query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8)))
			.build(), HttpResponse.BodyHandlers.ofString());
		if (answer.statusCode() != 200) {
			throw new IllegalStateException(answer.body());
		}
		return answer.body();
	}

	private CqlSession session() {
		CqlSession open = this.session;
		if (open == null) {
			open = this.context.getBean(CqlSessionBuilder.class).build();
			this.session = open;
		}
		return open;
	}

	/** What is written of a message, as a reading or as the newest one. */
	private record Cell(ReadingCells cells, boolean isLatest) {
	}

	/**
	 * The barest program that writes the newest messages to a store, into tables of its
	 * own.
	 * @param name the sink that does it too
	 */
	public Map<String, Double> bare(String name, long most, Stopwatch stopwatch) throws Exception {
		if (this.messages > 0) {
			// Of a backlog: what the sink has left would be compacted meanwhile
			empty(name);
		}
		return switch (name) {
			case "cassandra" -> bareCassandra(most, stopwatch);
			case "influxdb" -> bareInflux(most, stopwatch);
			default -> bareLake(Math.min(most, MOST_OF_LAKE), stopwatch);
		};
	}

	/** The Cassandra driver alone is given the statements of the sink. */
	private Map<String, Double> bareCassandra(long most, Stopwatch stopwatch) throws Exception {
		CassandraSettings settings = this.context.getBean(CassandraSettings.class);
		SpeedSettings speed = this.context.getBean(SpeedSettings.class);
		MessageCities cities = this.context.getBean(MessageCities.class);
		String keyspace = this.topic + "_bare";
		CellStatements.createTables(session(), keyspace, settings.replicationStrategy(), settings.replicationFactor());
		emptyCassandra(keyspace);
		CellStatements statements = CellStatements.prepare(session(), keyspace, settings.writeTimeout());
		List<List<Cell>> writes = new ArrayList<>();
		AtomicInteger prepared = new AtomicInteger();
		pollNewest(most, (records) -> {
			Map<String, List<Cell>> days = new TreeMap<>();
			Map<String, Cell> newest = new LinkedHashMap<>();
			for (WeatherMessage message : read(records)) {
				ReadingCells cells = ReadingCells
					.of(message, cities.zone(message.city()), speed.retention(), Instant.now())
					.orElseThrow();
				days.computeIfAbsent(cells.city() + cells.localDay(), (key) -> new ArrayList<>())
					.add(new Cell(cells, false));
				newest.put(cells.city(), new Cell(cells, true));
			}
			writes.addAll(days.values());
			// All of one zone and on one node: the sink sends ten of them together
			List<Cell> singles = List.copyOf(newest.values());
			for (int from = 0; from < singles.size(); from += 10) {
				writes.add(singles.subList(from, Math.min(singles.size(), from + 10)));
			}
			prepared.addAndGet(records.size());
		});
		Map<String, Double> took = new LinkedHashMap<>(stopwatch.measure(() -> {
			Semaphore free = new Semaphore(settings.concurrency());
			AtomicReference<Throwable> failure = new AtomicReference<>();
			for (List<Cell> write : writes) {
				BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED);
				for (Cell cell : write) {
					ReadingCells cells = cell.cells();
					batch.addStatement((cell.isLatest()) ? statements.ofLatest(cells) : statements.ofReading(cells));
				}
				free.acquire();
				session()
					.executeAsync(batch.setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM)
						.setIdempotence(true)
						.setTimeout(settings.writeTimeout())
						.build()
						.setNowInSeconds(write.get(0).cells().nowInSeconds()))
					.whenComplete((done, failed) -> {
						if (failed != null) {
							failure.set(failed);
						}
						free.release();
					});
			}
			free.acquire(settings.concurrency());
			if (failure.get() != null) {
				throw new IllegalStateException(failure.get());
			}
		}));
		took.put("messages", (double) prepared.get());
		return took;
	}

	/** InfluxDB's client alone is given the lines of the sink. */
	private Map<String, Double> bareInflux(long most, Stopwatch stopwatch) throws Exception {
		sql("exec", "CREATE TABLE IF NOT EXISTS %s (LIKE %s)".formatted(BARE, InfluxStore.MEASUREMENT));
		emptyQuestDb(BARE);
		InfluxSettings settings = this.context.getBean(InfluxSettings.class);
		if (this.influx == null) {
			this.influx = InfluxDBClientFactory
				.create(this.context.getBean(InfluxConnectionDetails.class).url().toString(), "none".toCharArray(),
						settings.org(), settings.bucket())
				.enableGzip();
		}
		InfluxDBClient client = this.influx;
		List<String> batches = new ArrayList<>();
		AtomicInteger prepared = new AtomicInteger();
		pollNewest(most, (records) -> {
			StringBuilder lines = new StringBuilder();
			read(records).forEach((message) -> {
				String line = Objects.requireNonNull(InfluxLine.of(message, true));
				lines.append(BARE).append(line.substring(InfluxStore.MEASUREMENT.length())).append('\n');
			});
			batches.add(lines.toString());
			prepared.addAndGet(records.size());
		});
		Map<String, Double> took = new LinkedHashMap<>(
				stopwatch.measure(() -> batches.forEach((lines) -> client.getWriteApiBlocking()
					.writeRecord(settings.bucket(), settings.org(), WritePrecision.S, lines))));
		took.put("messages", (double) prepared.get());
		return took;
	}

	/** Delta's kernel alone is given the rows of the sink. */
	private Map<String, Double> bareLake(long most, Stopwatch stopwatch) throws Exception {
		LakeSinkSettings settings = this.context.getBean(LakeSinkSettings.class);
		MessageCities cities = this.context.getBean(MessageCities.class);
		Incarnation incarnation = this.topics.incarnation(this.topic).orElseThrow();
		BareLake lake = new BareLake(this.context.getBean(Lake.class), newRoot());
		lake.create();
		List<Streamed> gathered = new ArrayList<>();
		AtomicInteger prepared = new AtomicInteger();
		long[] bytes = new long[1];
		pollNewest(most, (records) -> {
			List<WeatherMessage> read = read(records);
			for (int i = 0; i < read.size(); i++) {
				ConsumerRecord<byte[], byte[]> record = records.get(i);
				gathered.add(new Streamed(read.get(i).reading(), incarnation.part(record.partition()), record.offset(),
						new String(record.value(), StandardCharsets.UTF_8)));
				bytes[0] += LakeSink.OVERHEAD + record.value().length;
			}
			if (bytes[0] >= settings.flushSize().toBytes()) {
				lake.prepare(List.copyOf(gathered), cities::zone);
				gathered.clear();
				bytes[0] = 0;
			}
			prepared.addAndGet(records.size());
		});
		if (!gathered.isEmpty()) {
			lake.prepare(gathered, cities::zone);
		}
		Map<String, Double> took = new LinkedHashMap<>(stopwatch.measure(lake::write));
		took.put("messages", (double) prepared.get());
		return took;
	}

	/**
	 * Pauses a server (SIGSTOP) while messages come, and lets the sink catch up.
	 * @param name the sink that needs it
	 */
	public Map<String, Double> outage(String name, long server, Duration time) throws Exception {
		Map<Integer, Long> before = this.topics.ends(this.topic);
		signal("STOP", server);
		try {
			Thread.sleep(time.toMillis());
		}
		finally {
			signal("CONT", server);
		}
		long resumed = System.nanoTime();
		double perSecond = (sum(this.topics.ends(this.topic)) - sum(before)) / (double) time.toSeconds();
		long behind = lag(name);
		long ends = sum(this.topics.ends(this.topic));
		long goesOn = 0;
		long othersBehind = 0;
		long now = resumed;
		for (long lag = behind; lag > perSecond; lag = lag(name)) {
			if (goesOn == 0 && lag < behind) {
				goesOn = System.nanoTime();
			}
			othersBehind = Math.max(othersBehind,
					this.context.getBean(SpeedSinks.class)
						.doing()
						.stream()
						.filter((sink) -> !sink.sink().equals(name) && !sink.sink().equals("lake"))
						.mapToLong((sink) -> Objects.requireNonNull(sink.lag()))
						.max()
						.orElse(0));
			Thread.sleep(20);
			now = System.nanoTime();
			if (now - resumed > LONGEST.toNanos()) {
				throw new IllegalStateException("%s does not catch up: %d left, of %d, at %.0f a second".formatted(name,
						lag, behind, perSecond));
			}
		}
		goesOn = (goesOn == 0) ? resumed : goesOn;
		double seconds = Math.max(0.02, (now - goesOn) / 1e9);
		Map<String, Double> took = new LinkedHashMap<>();
		took.put("behind", (double) behind);
		took.put("goes-on-after", (goesOn - resumed) / 1e9);
		took.put("seconds", seconds);
		took.put("messages", behind + sum(this.topics.ends(this.topic)) - ends - (double) lag(name));
		took.put("others-seconds-behind", othersBehind / perSecond);
		return took;
	}

	private long lag(String name) {
		return this.context.getBean(SpeedSinks.class)
			.doing()
			.stream()
			.filter((sink) -> sink.sink().equals(name))
			.mapToLong((sink) -> Objects.requireNonNull(sink.lag()))
			.sum();
	}

	private static long sum(Map<Integer, Long> ends) {
		return ends.values().stream().mapToLong(Long::longValue).sum();
	}

	private static void signal(String signal, long process) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + signal, Long.toString(process)).start().waitFor();
	}

	@Override
	public void close() {
		if (this.session != null) {
			this.session.close();
		}
		if (this.influx != null) {
			this.influx.close();
		}
		this.context.close();
	}

	/** A sink that is told of what it is given. */
	private record Counted(Sink sink, Consumer<Integer> told) implements Sink {

		@Override
		public String name() {
			return this.sink.name();
		}

		@Override
		public String topic() {
			return this.sink.topic();
		}

		@Override
		public int concurrency() {
			return this.sink.concurrency();
		}

		@Override
		public Duration linger() {
			return this.sink.linger();
		}

		@Override
		public Session open(Incarnation incarnation, SinkStatus status, Positions positions) {
			Session session = this.sink.open(incarnation, status, positions);
			return new Session() {

				@Override
				public Map<TopicPartition, Long> positions(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer,
						Collection<TopicPartition> partitions) {
					return session.positions(consumer, partitions);
				}

				@Override
				public void revoked(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer,
						Collection<TopicPartition> partitions) {
					session.revoked(consumer, partitions);
				}

				@Override
				public void received(List<ConsumerRecord<byte[], byte[]>> records,
						org.apache.kafka.clients.consumer.Consumer<?, ?> consumer) {
					session.received(records, consumer);
					Counted.this.told.accept(records.size());
				}

				@Override
				public void idle(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer) {
					session.idle(consumer);
				}

			};
		}

	}

}
