package io.isobar.batch;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import io.isobar.IsobarApplication;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.jobs.SubmittedApplication;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.lake.ReadingStore;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** A whole run on a cluster of Spark, and what may happen to it there. */
@SpringBootTest(properties = { "isobar.embedded.database=spark_cluster", "isobar.lake.root=/spark-cluster",
		"isobar.spark.conf.spark.executor.memory=512m", "isobar.spark.conf.spark.driver.host=127.0.0.1",
		"isobar.spark.conf.spark.ui.enabled=false", "isobar.spark.conf.spark.sql.shuffle.partitions=4" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SparkClusterIT {

	private static final Map<String, String> ANALYSE = Map.of("collect", "false");

	@TempDir
	private static Path temp;

	private static StandaloneSpark spark;

	private static Process worker;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private SubmittedApplications applications;

	@Autowired
	private ReadingStore readings;

	@Autowired
	private JdbcTemplate jdbc;

	@DynamicPropertySource
	static void cluster(DynamicPropertyRegistry properties) throws Exception {
		spark = new StandaloneSpark(temp);
		worker = spark.startWorker();
		properties.add("isobar.spark.master", spark::address);
		properties.add("isobar.spark.home", spark::home);
	}

	@AfterAll
	static void stop() throws Exception {
		spark.close();
	}

	@Test
	@Order(1)
	void aClusterGivesTheSameResultsAsThisProcess() throws Exception {
		this.readings.create();
		List<Reading> all = readings();
		// More files than are left as they are, so they are compacted on the cluster too
		for (int part = 0; part < 20; part++) {
			int from = part;
			List<Reading> some = new ArrayList<>();
			for (int i = from; i < all.size(); i += 20) {
				some.add(all.get(i));
			}
			this.readings.append("test", part, null, some, (city) -> ZoneId.of("Europe/Paris"));
		}

		Execution execution = runs().completed(WeatherBatchJob.NAME, ANALYSE);

		List<SubmittedApplication> submitted = this.applications.of(execution.executionId());
		assertThat(submitted).extracting(SubmittedApplication::step).containsExactly("collect", "analyse");
		assertThat(submitted).allSatisfy((application) -> {
			assertThat(application.applicationId()).matches("app-\\d+-\\d+");
			assertThat(application.state()).isEqualTo("FINISHED");
		});
		assertThat(table(this.jdbc)).isEqualTo(inThisProcess(all));
	}

	private Map<String, List<List<Object>>> inThisProcess(List<Reading> all) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(IsobarApplication.class)
			.run("--isobar.embedded.database=spark_local", "--isobar.lake.root=/spark-local", "--server.port=0")) {
			ReadingStore store = context.getBean(ReadingStore.class);
			store.create();
			store.append("test", 0, null, all, (city) -> ZoneId.of("Europe/Paris"));
			new JobRuns(context.getBean(Launches.class), context.getBean(Executions.class))
				.completed(WeatherBatchJob.NAME, ANALYSE);
			return table(context.getBean(JdbcTemplate.class));
		}
	}

	private static Map<String, List<List<Object>>> table(JdbcTemplate jdbc) {
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

	private static String columns(List<String> columns) {
		return columns.stream().map((column) -> '"' + column + '"').collect(Collectors.joining(", "));
	}

	private static List<Reading> readings() {
		Random random = new Random(7);
		List<Reading> readings = new ArrayList<>();
		Instant from = LocalDate.of(2024, 12, 20).atStartOfDay(ZoneId.of("Europe/Paris")).toInstant();
		for (String city : List.of("Bordeaux", "Lyon", "Marseille", "Paris", "Toulouse")) {
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

	private JobRuns runs() {
		return new JobRuns(this.launches, this.executions);
	}

}
