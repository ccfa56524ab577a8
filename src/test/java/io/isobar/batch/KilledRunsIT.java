package io.isobar.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.isobar.embedded.Faults;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An instance of the application is killed at crash points of the job and of the import,
 * one after the other (in an ordinary build at a thirtieth of them, others each day);
 * each time it is started again, and goes on by itself. Another instance, in this
 * process, reads meanwhile. At last both answer what an undisturbed application answers.
 */
@SpringBootTest(properties = { "isobar.embedded.database=killed_runs", "isobar.lake.root=/killed-runs",
		"isobar.batch.attempts=1", AnotherInstance.LEASE, AnotherInstance.NAME, AnotherInstance.COUNTRY,
		AnotherInstance.LATITUDE, AnotherInstance.LONGITUDE, AnotherInstance.ZONE })
class KilledRunsIT {

	private static final List<String> POINTS_OF_THE_JOB = Stream
		.of(Stream.of("collect.answered", "lake.written", "lake.committed", "collect.noted", "analyse.written"),
				BatchTable.WEATHER.stream().map((table) -> "export." + table.name()),
				Stream.of("publish.before", "publish.within", "publish.after"))
		.flatMap(Function.identity())
		.toList();

	private static final List<String> POINTS_OF_THE_IMPORT = List.of("raw.written", "raw.renamed", "import.kept",
			"lake.written", "lake.committed", "import.noted");

	private static final String CSV = """
			city,country,observed_at,temperature,humidity
			Oslo,NO,2025-01-%1$02dT00:00:00Z,-4.5,81
			Oslo,NO,2025-01-%1$02dT01:00:00Z,-5.0,83
			Oslo,NO,2025-02-%1$02dT01:00:00Z,1.5,90
			""";

	private static final String COLLECT = """
			{"from":"2025-%1$02d-24","to":"2025-%1$02d-27"}""";

	private static final String ANALYSE = """
			{"collect":"false"}""";

	@Autowired
	private BatchViews views;

	@Autowired
	private Executions executions;

	@Autowired
	private JdbcClient jdbc;

	@TempDir
	Path temp;

	private Path files;

	/** Each time with days that nobody has asked for, and a file that nobody knows. */
	@ParameterizedTest
	@MethodSource("repetitions")
	void aRunThatIsKilledAnywhereEndsAsIfNothingHadHappened(int repetition) throws Exception {
		this.files = Files.createDirectories(this.temp.resolve("files"));
		Files.writeString(this.files.resolve("oslo.csv"), CSV.formatted(repetition));
		Files.writeString(this.files.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		String collect = COLLECT.formatted(repetition);
		List<String> undisturbed = undisturbed(collect);
		try (Reader<List<BatchViews.Month>> months = new Reader<>(() -> this.views.months(null, null, null));
				Reader<List<BatchViews.Correlation>> correlations = new Reader<>(() -> this.views.correlations(null))) {

			assertThat(killed(collect)).isEqualTo(undisturbed);

			assertThat(undisturbed.get(0)).contains("Oslo");
			assertThat(undisturbed.get(1)).contains("2025-%02d".formatted(repetition), "2025-02");
			// What was before, what the job published, and with what was imported; never
			// a mix
			assertThat(months.seen()).hasSize(3).doesNotHaveDuplicates();
			assertThat(correlations.seen()).hasSize(3).doesNotHaveDuplicates();
		}
	}

	static IntStream repetitions() {
		return IntStream.rangeClosed(1, Math.max(1, Faults.repetitions()));
	}

	private List<String> undisturbed(String collect) throws Exception {
		try (AnotherInstance instance = AnotherInstance
			.start(this.temp.resolve("undisturbed"), "undisturbed_runs", "/undisturbed-runs")
			.awaitUp()) {
			instance.run("weather_batch_processing", collect);
			instance.run("weather_import", importing());
			instance.run("weather_batch_processing", ANALYSE);
			return instance.answers();
		}
	}

	private List<String> killed(String collect) throws Exception {
		killedAt(POINTS_OF_THE_JOB, "weather_batch_processing", collect);
		killedAt(POINTS_OF_THE_IMPORT, "weather_import", importing());
		try (AnotherInstance instance = start().awaitUp()) {
			instance.awaitEnd();
			instance.run("weather_batch_processing", ANALYSE);
			return instance.answers();
		}
	}

	/**
	 * Launches the job once; what was interrupted goes on by itself at each start, and
	 * meets the next point.
	 */
	private void killedAt(List<String> points, String job, String parameters) throws Exception {
		List<String> some = Faults.someOf(points);
		for (String point : some) {
			AnotherInstance instance = start("-Dcrash.at=" + point);
			if (point.equals(some.get(0))) {
				instance.awaitUp().launch(job, parameters);
			}
			instance.awaitKilled(point);
			// PostgreSQL's clock goes on
			this.jdbc.sql("update lease set until = clock_timestamp() - interval '1 s'").update();
			awaitRecovered();
		}
		try (AnotherInstance instance = start().awaitUp()) {
			instance.awaitCompleted();
		}
		Execution last = this.executions.newest().get(job);
		assertThat(last.status()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(this.executions.attempts(last.instanceId())).hasSize(some.size() + 1);
	}

	/** The instance that lives brings to an end what the other one ran. */
	private void awaitRecovered() {
		await().atMost(AnotherInstance.LONG).until(() -> this.executions.running().isEmpty());
	}

	private AnotherInstance start(String... more) throws IOException {
		String[] arguments = new String[more.length + 1];
		System.arraycopy(more, 0, arguments, 1, more.length);
		arguments[0] = "--isobar.batch.attempts=100";
		return AnotherInstance.start(this.temp.resolve("killed"), "killed_runs", "/killed-runs", arguments);
	}

	private String importing() {
		return """
				{"path":"%s"}""".formatted(this.files);
	}

}
