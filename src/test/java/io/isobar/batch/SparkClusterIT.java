package io.isobar.batch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.datastax.oss.driver.api.core.CqlSession;
import io.isobar.IsobarApplication;
import io.isobar.cassandra.CassandraTarget;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.engine.SparkCluster;
import io.isobar.engine.SparkLibraries;
import io.isobar.engine.SparkSettings;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepProgress;
import io.isobar.jobs.SubmittedApplication;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.spark.CompactReadings;
import io.isobar.spark.Exchange;
import io.isobar.spark.StreamSpeedViews;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** A whole run on a cluster of Spark, and what may happen to it there. */
@SpringBootTest(properties = { "isobar.embedded.database=spark_cluster", "isobar.lake.root=/spark-cluster",
		"isobar.spark.conf.spark.executor.memory=512m", "isobar.spark.conf.spark.driver.host=127.0.0.1",
		"isobar.spark.conf.spark.ui.enabled=false", "isobar.spark.conf.spark.sql.shuffle.partitions=4",
		"isobar.spark.conf.spark.executor.extraJavaOptions=" + StandaloneSpark.SMALL })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SparkClusterIT {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private static final List<Reading> READINGS = readings();

	private static final Map<String, String> ANALYSE = Map.of("collect", "false");

	@TempDir
	private static Path temp;

	private static StandaloneSpark spark;

	/** The execution that the tests have to do with, one after the other. */
	private static long execution;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private SubmittedApplications applications;

	@Autowired
	private ReadingStore readings;

	@Autowired
	private Lake lake;

	@Autowired
	private SparkSettings settings;

	@Autowired
	private StepProgress progress;

	@Autowired
	private JobRepository repository;

	@Autowired
	private JdbcTemplate jdbc;

	@DynamicPropertySource
	static void cluster(DynamicPropertyRegistry properties) throws IOException {
		spark = new StandaloneSpark(temp);
		spark.startWorker();
		properties.add("isobar.spark.master", spark::address);
		properties.add("isobar.spark.home", spark::home);
	}

	@AfterAll
	static void stop() throws Exception {
		spark.close();
	}

	@Test
	@Order(1)
	void anApplicationThatIsKilledIsSubmittedAgain() {
		this.readings.create();
		// More files than are left as they are, so they are compacted on the cluster too
		for (int part = 0; part < 20; part++) {
			int from = part;
			this.readings.append("test", part, null,
					IntStream.range(0, READINGS.size())
						.filter((index) -> index % 20 == from)
						.mapToObj(READINGS::get)
						.toList(),
					(city) -> PARIS);
		}
		execution = this.launches.launch(WeatherBatchJob.NAME, ANALYSE, "test").executionId();
		SubmittedApplication killed = awaitApplications(2).get(1);
		spark.killWorker();
		assertThat(spark.executorMemory()).isEqualTo(512);

		spark.kill(killed.applicationId());

		List<SubmittedApplication> all = awaitApplications(3);
		assertThat(all).extracting(SubmittedApplication::step).containsExactly("collect", "analyse", "analyse");
		assertThat(all).extracting(SubmittedApplication::state).startsWith("FINISHED", "KILLED");
		assertThat(all).extracting(SubmittedApplication::applicationId)
			.doesNotHaveDuplicates()
			.allMatch((id) -> id.matches("app-\\d+-\\d+"));
	}

	@Test
	@Order(2)
	void whoStopsAnExecutionStopsItsApplication() {
		this.launches.stop(execution, "test");

		assertThat(awaitEnd().status()).isEqualTo(BatchStatus.STOPPED);
		assertThat(this.applications.of(execution)).extracting(SubmittedApplication::state).endsWith("KILLED");
		await().atMost(PATIENCE).until(() -> spark.applications() == 0);
	}

	@Test
	@Order(3)
	void aRunOutlivesALostWorker() throws Exception {
		spark.startWorker();
		execution = this.launches.restart(execution, "test").executionId();
		await().atMost(PATIENCE).until(() -> spark.executors() == 1);

		spark.killWorker();
		spark.startWorker();

		assertThat(awaitEnd().status()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(this.applications.of(execution)).extracting(SubmittedApplication::state).containsExactly("FINISHED");
	}

	@Test
	@Order(4)
	void aClusterGivesTheSameResultsAsThisProcess() {
		try (ConfigurableApplicationContext inProcess = new SpringApplicationBuilder(IsobarApplication.class)
			.run("--isobar.embedded.database=spark_local", "--isobar.lake.root=/spark-local", "--server.port=0")) {
			ReadingStore store = inProcess.getBean(ReadingStore.class);
			store.create();
			store.append("test", 0, null, READINGS, (city) -> PARIS);
			new JobRuns(inProcess.getBean(Launches.class), inProcess.getBean(Executions.class))
				.completed(WeatherBatchJob.NAME, ANALYSE);

			assertEqual(tables(this.jdbc), tables(inProcess.getBean(JdbcTemplate.class)));
		}
	}

	@Test
	@Order(5)
	void aClusterStreamsWhatKafkaHasIntoCassandra() throws Exception {
		Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
		WeatherMessage message = RandomMessages.message("Paris", now.minusSeconds(7200), Duration.ofHours(1),
				new Random(1));
		String kafka = EmbeddedStores.kafka();
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka));
				Producer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka),
						new ByteArraySerializer(), new ByteArraySerializer())) {
			admin.createTopics(List.of(new NewTopic("spark-cluster", 2, (short) 1))).all().get();
			producer.send(new ProducerRecord<>("spark-cluster", 0, null, WeatherMessages.write(message))).get();
			producer.send(new ProducerRecord<>("spark-cluster", 1, null, new byte[0])).get();
		}
		CassandraTarget target = CassandraTarget.of("127.0.0.1:" + EmbeddedStores.cassandra(), "datacenter1",
				"spark_cluster");
		SparkCluster cluster = new SparkCluster(this.settings, this.lake, this.applications, this.progress);
		StepExecution step = this.repository.getJobExecution(execution).getStepExecutions().iterator().next();

		// What is secret comes in Spark's properties
		assertThat(cluster.run(step, new StreamSpeedViews(Map.of("kafka.bootstrap.servers", kafka)),
				new StreamSpeedViews.Request(Map.of(), "spark-cluster", target, Map.of(), "P35D",
						this.lake.path("streaming").toString(), null, 1000, false)))
			.isEqualTo(new StreamSpeedViews.Streamed(1, 1));

		try (CqlSession session = CqlSession.builder()
			.addContactPoint(new InetSocketAddress("127.0.0.1", EmbeddedStores.cassandra()))
			.withLocalDatacenter("datacenter1")
			.build()) {
			assertThat(session.execute("SELECT city FROM spark_cluster.readings_by_city_day").all()).hasSize(1);
		}
	}

	@Test
	@Order(6)
	void aClusterThatGivesNoExecutorIsGivenUp() {
		spark.killWorker();
		SparkCluster cluster = new SparkCluster(
				new SparkSettings(spark.address(), spark.home(), null, this.settings.conf(), Duration.ofSeconds(1)),
				this.lake, this.applications, this.progress);
		StepExecution step = this.repository.getJobExecution(execution).getStepExecutions().iterator().next();

		assertThatThrownBy(() -> cluster.run(step, new CompactReadings(), compaction())).isInstanceOf(IOException.class)
			.hasMessageMatching("Spark application app-\\S+ .*: For 1 s the cluster has given no executor\\. .*");
	}

	@Test
	@Order(7)
	void aDriverEndsWithWhoSubmittedIt() throws Exception {
		org.apache.hadoop.fs.Path folder = this.lake.path("weather/analysis/submitted/left");
		new Exchange(this.lake.files(), folder).ask(compaction());
		List<String> command = new ArrayList<>(
				List.of(spark.home().resolve("bin/spark-submit").toString(), "--master", spark.address(), "--jars",
						SparkLibraries.files(temp).stream().map(Path::toString).collect(Collectors.joining(","))));
		Map<String, String> conf = new HashMap<>(this.settings.conf());
		this.lake.client().forEach((name, value) -> conf.put("spark.hadoop." + name, value));
		conf.forEach((name, value) -> command.addAll(List.of("--conf", name + "=" + value)));
		command.addAll(
				List.of("--class", CompactReadings.class.getName(), this.settings.jar().toString(), folder.toString(),
						WeatherViews.definition(), org.apache.spark.package$.MODULE$.SPARK_VERSION(), "PT10M"));
		Process driver = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(temp.resolve("left.out").toFile())
			.start();
		await().atMost(PATIENCE).until(() -> spark.applications() == 1);

		// What the kernel does when the process at the other end is killed
		driver.getOutputStream().close();

		assertThat(driver.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(driver.exitValue()).isNotZero();
		await().atMost(PATIENCE).until(() -> spark.applications() == 0);
	}

	private CompactReadings.Request compaction() {
		return new CompactReadings.Request(this.lake.readings().toString(), 2);
	}

	/** So many, the last of which is known to the cluster. */
	private List<SubmittedApplication> awaitApplications(int count) {
		return await().atMost(PATIENCE)
			.until(() -> this.applications.of(execution), (submitted) -> submitted.size() == count
					&& submitted.get(count - 1).applicationId() != null && spark.applications() == 1);
	}

	private Execution awaitEnd() {
		return await().atMost(PATIENCE)
			.until(() -> this.executions.find(execution).orElseThrow(), (found) -> !found.isRunning());
	}

	private static Map<String, List<List<Object>>> tables(JdbcTemplate jdbc) {
		return BatchTable.WEATHER.stream()
			.collect(
					Collectors
						.toMap(BatchTable::name,
								(table) -> jdbc.query("SELECT %s FROM %s ORDER BY %s"
									.formatted(columns(table.columns()), table.name(), columns(table.key())),
										(row, number) -> {
											List<Object> values = new ArrayList<>();
											for (int i = 1; i <= table.columns().size(); i++) {
												values.add(row.getObject(i));
											}
											return values;
										})));
	}

	/** Sums as they are added in another order, all else exactly. */
	private static void assertEqual(Map<String, List<List<Object>>> actual, Map<String, List<List<Object>>> expected) {
		assertThat(actual.keySet()).isEqualTo(expected.keySet());
		expected.forEach((table, rows) -> {
			assertThat(rows).as(table).isNotEmpty();
			assertThat(actual.get(table)).as(table).usingRecursiveComparison().withEqualsForType((one, other) -> {
				double most = Math.max(Math.abs(one), Math.abs(other));
				return Math.abs(one - other) <= 1e-12 * most;
			}, Double.class).isEqualTo(rows);
		});
	}

	private static String columns(List<String> columns) {
		return columns.stream().map((column) -> '"' + column + '"').collect(Collectors.joining(", "));
	}

	/** Forty days of three cities, around the end of a year. */
	private static List<Reading> readings() {
		Random random = new Random(7);
		List<Reading> readings = new ArrayList<>();
		Instant from = LocalDate.of(2024, 12, 10).atStartOfDay(PARIS).toInstant();
		for (String city : List.of("Lyon", "Marseille", "Paris")) {
			for (int hour = 0; hour < 40 * 24; hour++) {
				double[] values = Values.missing();
				for (Metric metric : Metric.ALL) {
					if (random.nextInt(10) > 0) {
						values[metric.ordinal()] = random.nextInt(4000) / 100.0;
					}
				}
				readings.add(new Reading(city, from.plusSeconds(hour * 3600L), Resolution.HOUR, Origin.FILE,
						Channel.FILE, from.plusSeconds(50 * 86400L), Values.of(values), Values.NONE, Values.NONE, null,
						Map.of()));
			}
		}
		return readings;
	}

}
