package io.isobar.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepRun;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.Cities;
import io.isobar.provider.TimelineServer;
import io.isobar.provider.TimelineServer.Answer;
import org.apache.hadoop.fs.SafeMode;
import org.apache.hadoop.fs.SafeModeAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of a run when something it needs is broken: one sentence, nothing half
 * published, and a restart ends it.
 */
@SpringBootTest(properties = { "isobar.embedded.database=broken_runs", "isobar.lake.root=/broken-runs",
		"isobar.jobs.delay=PT0.01S", "isobar.jobs.attempts=2", "isobar.provider.order=visual-crossing",
		"isobar.provider.visual-crossing.key=in-this-test-only", "isobar.cities[0].name=Paris",
		"isobar.cities[0].country=FR", "isobar.cities[0].latitude=48.8566", "isobar.cities[0].longitude=2.3522",
		"isobar.cities[0].timezone=Europe/Paris", "isobar.cities[1].name=Lyon", "isobar.cities[1].country=FR",
		"isobar.cities[1].latitude=45.764", "isobar.cities[1].longitude=4.8357",
		"isobar.cities[1].timezone=Europe/Paris" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokenRunsIT {

	private static final Map<String, String> DAYS = Map.of("from", "2025-03-10", "to", "2025-03-12");

	private static TimelineServer timeline;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private Generations generations;

	@Autowired
	private BatchViews views;

	@Autowired
	private Lake lake;

	@Autowired
	private JdbcClient jdbc;

	@TempDir
	private Path temp;

	@Autowired
	private ReadingStore readings;

	@Autowired
	private Cities cities;

	private JobRuns runs;

	@DynamicPropertySource
	static void timeline(DynamicPropertyRegistry properties) throws IOException {
		timeline = new TimelineServer();
		properties.add("isobar.provider.visual-crossing.url", timeline::url);
	}

	@AfterAll
	static void close() {
		timeline.close();
	}

	@BeforeEach
	void nothingIsCollected() {
		this.runs = new JobRuns(this.launches, this.executions);
		this.jdbc.sql("DELETE FROM collected_day").update();
		timeline.instead((question) -> Optional.empty());
	}

	@Test
	void aWrongKeyFailsTheCitiesAtCollectAndTheRestIsPublished() throws Exception {
		importOslo();
		timeline.instead((question) -> Optional
			.of(new Answer(401, "text/plain", "No account found with API key 'in-this-test-only'")));

		Execution failed = this.runs.ended(WeatherBatchJob.NAME, DAYS);

		assertThat(failed.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(steps(failed)).containsEntry("collect", BatchStatus.FAILED)
			.containsEntry("publish", BatchStatus.COMPLETED);
		assertThat(failure(failed)).contains("Paris", "Lyon", "VISUAL_CROSSING_API_KEY")
			.doesNotContain("in-this-test-only");
		assertThat(this.views.months("Oslo", null, null)).isNotEmpty();

		timeline.instead((question) -> Optional.empty());
		Execution restarted = this.runs.restarted(failed.executionId());

		assertThat(restarted.status()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(this.views.months("Paris", null, null)).singleElement()
			.satisfies((month) -> assertThat(month.readings()).isEqualTo(72));
	}

	@Test
	void aCityThatIsAnsweredWithNonsenseIsRefusedByNameAndItsAnswerKeptAside() throws Exception {
		timeline.instead((question) -> question.startsWith("45.764")
				? Optional.of(new Answer(200, "text/html", "<html>Maintenance</html>")) : Optional.empty());

		Execution failed = this.runs.ended(WeatherBatchJob.NAME, DAYS);

		assertThat(failed.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(failure(failed)).contains("Lyon").doesNotContain("Paris:");
		assertThat(this.views.months("Paris", null, null)).isNotEmpty();
		assertThat(this.lake.files().listStatus(this.lake.path("weather/raw/rejected/visual_crossing/Lyon")))
			.isNotEmpty();
	}

	@Test
	void aRestartAsksOnlyForWhatIsMissing() {
		timeline.instead((question) -> question.startsWith("45.764") ? Optional.of(new Answer(500, "text/plain", "no"))
				: Optional.empty());
		Execution failed = this.runs.ended(WeatherBatchJob.NAME, DAYS);
		timeline.instead((question) -> Optional.empty());
		int before = timeline.asked().size();

		this.runs.restarted(failed.executionId());

		assertThat(timeline.asked().subList(before, timeline.asked().size())).isNotEmpty()
			.allMatch((question) -> question.startsWith("45.764"));
	}

	@Test
	void whileHdfsIsInSafeModeTheRunWaits() throws Exception {
		SafeMode hdfs = (SafeMode) this.lake.files();
		hdfs.setSafeMode(SafeModeAction.ENTER);
		long execution;
		try {
			execution = this.launches.launch(WeatherBatchJob.NAME, DAYS, "test").executionId();
			await().until(() -> this.executions.steps(execution)
				.stream()
				.anyMatch((step) -> step.name().equals("checkLake")));
			assertThat(this.executions.steps(execution)).hasSize(1);
		}
		finally {
			hdfs.setSafeMode(SafeModeAction.LEAVE);
		}

		await().atMost(Duration.ofMinutes(3)).until(() -> !this.executions.find(execution).orElseThrow().isRunning());
		assertThat(this.executions.find(execution).orElseThrow().status()).isEqualTo(BatchStatus.COMPLETED);
	}

	@Test
	void whatAFailedAttemptHasExportedIsNeverSeen() {
		somethingIsPublished();
		int published = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		List<BatchViews.Month> before = this.views.months(null, null, null);

		Execution failed = withoutATable(
				() -> this.runs.ended(WeatherBatchJob.NAME, Map.of("from", "2025-03-13", "to", "2025-03-14")));

		assertThat(steps(failed)).containsEntry("export", BatchStatus.FAILED).doesNotContainKey("publish");
		assertThat(this.generations.current(Dataset.WEATHER).orElseThrow().number()).isEqualTo(published);
		assertThat(this.views.months(null, null, null)).isEqualTo(before);

		Execution restarted = this.runs.restarted(failed.executionId());

		assertThat(steps(restarted)).containsOnlyKeys("export", "publish");
		assertThat(this.views.months("Paris", null, null).get(0).readings()).isEqualTo(5 * 24);
		assertThat(this.generations.unpublished(Dataset.WEATHER)).isEmpty();
	}

	@Test
	@Order(Integer.MAX_VALUE)
	void whatARestartHasCollectedThatFailedItselfIsPublishedByTheNext() {
		somethingIsPublished();
		int before = readings("Lyon");
		timeline.instead((question) -> question.startsWith("45.764") ? Optional.of(new Answer(500, "text/plain", "no"))
				: Optional.empty());
		Execution first = this.runs.ended(WeatherBatchJob.NAME, Map.of("from", "2025-03-20", "to", "2025-03-21"));
		assertThat(steps(first)).containsEntry("publish", BatchStatus.COMPLETED);
		timeline.instead((question) -> Optional.empty());

		Execution second = withoutATable(() -> this.runs.restarted(first.executionId()));
		assertThat(steps(second)).containsEntry("collect", BatchStatus.COMPLETED)
			.containsEntry("export", BatchStatus.FAILED);
		Execution third = this.runs.restarted(second.executionId());

		assertThat(third.status()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(steps(third)).containsOnlyKeys("export", "publish");
		assertThat(readings("Lyon")).isEqualTo(before + 2 * 24);
	}

	@Test
	@Order(Integer.MAX_VALUE)
	void aRestartAnalysesAgainWhatALaterRunHasDeleted() {
		somethingIsPublished();
		Map<String, String> days = Map.of("from", "2025-03-22", "to", "2025-03-22");
		int before = readings("Paris");
		Execution first = withoutATable(() -> this.runs.ended(WeatherBatchJob.NAME, days));
		withoutATable(() -> this.runs.ended(WeatherBatchJob.NAME, days));

		Execution restarted = this.runs.restarted(first.executionId());

		assertThat(restarted.status()).as(() -> failure(restarted)).isEqualTo(BatchStatus.COMPLETED);
		assertThat(steps(restarted)).containsOnlyKeys("analyse", "validate", "export", "publish");
		assertThat(readings("Paris")).isEqualTo(before + 24);
	}

	@Test
	void ofALargeFileThatIsBrokenAtItsEndNothingIsImported() throws Exception {
		Path file = this.temp.resolve("bergen.csv");
		Instant begin = Instant.parse("2000-01-01T00:00:00Z");
		Files.writeString(file,
				IntStream.range(0, 100_010)
					.mapToObj((hour) -> "Bergen,NO,%s,5.5".formatted(begin.plus(Duration.ofHours(hour))))
					.collect(Collectors.joining("\n", "city,country,observed_at,temperature\n", "\n\"Bergen,NO,")));
		Files.writeString(this.temp.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		this.readings.create();
		long version = this.readings.version().orElseThrow();

		Execution failed = this.runs.ended(WeatherImportJob.NAME, Map.of("path", file.toString()));

		assertThat(failed.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(failure(failed)).contains("Nothing was imported");
		assertThat(this.readings.version()).hasValue(version);
		assertThat(this.cities.named("Bergen")).isEmpty();

		Files.writeString(file, Files.readString(file).replace("\n\"Bergen,NO,", ""));
		this.runs.completed(WeatherImportJob.NAME, Map.of("path", file.toString()));
		assertThat(this.readings.version()).hasValue(version + 2);
		assertThat(this.cities.named("Bergen")).isPresent();
	}

	@Test
	void whatAKilledWriterLeftInTheLakeIsNeverRead() throws Exception {
		somethingIsPublished();
		List<BatchViews.Month> before = this.views.months(null, null, null);
		org.apache.hadoop.fs.Path whole = dataFile();
		byte[] rows = bytes(whole);
		// Written, but never committed: whole, cut short, and under a temporary name
		write(new org.apache.hadoop.fs.Path(whole.getParent(), "part-left.snappy.parquet"), rows);
		write(new org.apache.hadoop.fs.Path(whole.getParent(), "part-cut.snappy.parquet"),
				Arrays.copyOf(rows, rows.length / 2));
		write(new org.apache.hadoop.fs.Path(whole.getParent(), "_part-temporary.parquet"), new byte[0]);
		write(this.lake.path("weather/readings/_delta_log/.99999999999999999999.json.tmp"), new byte[] { '{' });
		write(this.lake.path("weather/raw/visual_crossing/Paris/_2025-03-10.json.gz.0b1e.part"), new byte[] { 31 });

		this.runs.completed(WeatherBatchJob.NAME, Map.of("collect", "false", "recompute", "full"));

		assertThat(this.views.months(null, null, null)).isEqualTo(before);
	}

	@Test
	void aFileOfReadingsThatIsCutShortPublishesNothing() throws Exception {
		somethingIsPublished();
		int published = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		org.apache.hadoop.fs.Path file = dataFile();
		byte[] rows = bytes(file);

		Execution failed;
		write(file, Arrays.copyOf(rows, rows.length / 2));
		try {
			failed = this.runs.ended(WeatherBatchJob.NAME, Map.of("collect", "false", "recompute", "full"));
		}
		finally {
			write(file, rows);
		}

		assertThat(steps(failed)).containsEntry("analyse", BatchStatus.FAILED);
		assertThat(failure(failed)).contains(file.getName());
		assertThat(this.generations.current(Dataset.WEATHER).orElseThrow().number()).isEqualTo(published);
		assertThat(this.runs.restarted(failed.executionId()).status()).isEqualTo(BatchStatus.COMPLETED);
	}

	/** While the last table of the export is not what the export expects. */
	private Execution withoutATable(Supplier<Execution> run) {
		this.jdbc.sql("ALTER TABLE clusters RENAME COLUMN label TO marker").update();
		try {
			return run.get();
		}
		finally {
			this.jdbc.sql("ALTER TABLE clusters RENAME COLUMN marker TO label").update();
		}
	}

	private int readings(String city) {
		return this.views.months(city, null, null).stream().mapToInt((month) -> (int) month.readings()).sum();
	}

	/** At least these days of both cities, by this test or by one before it. */
	private void somethingIsPublished() {
		if (this.views.months("Paris", null, null).isEmpty() || this.views.months("Lyon", null, null).isEmpty()) {
			this.runs.completed(WeatherBatchJob.NAME, DAYS);
		}
	}

	/** One that belongs to the table of readings. */
	private org.apache.hadoop.fs.Path dataFile() throws IOException {
		var files = this.lake.files().listFiles(this.lake.path("weather/readings/month=2025-03"), true);
		while (files.hasNext()) {
			org.apache.hadoop.fs.Path file = files.next().getPath();
			if (file.getName().endsWith(".parquet") && !file.getName().startsWith("part-left")
					&& !file.getName().startsWith("part-cut") && !file.getName().startsWith("_")) {
				return file;
			}
		}
		throw new IllegalStateException("There are no readings");
	}

	private byte[] bytes(org.apache.hadoop.fs.Path file) throws IOException {
		try (InputStream content = this.lake.files().open(file)) {
			return content.readAllBytes();
		}
	}

	private void write(org.apache.hadoop.fs.Path file, byte[] content) throws IOException {
		try (OutputStream out = this.lake.files().create(file, true)) {
			out.write(content);
		}
	}

	private void importOslo() throws IOException {
		Path file = this.temp.resolve("oslo.csv");
		Files.writeString(file, """
				city,country,observed_at,temperature
				Oslo,NO,2025-01-01T00:00:00Z,-4.5
				""");
		Files.writeString(this.temp.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		this.runs.completed(WeatherImportJob.NAME, Map.of("path", file.toString()));
	}

	private Map<String, BatchStatus> steps(Execution execution) {
		return this.executions.steps(execution.executionId())
			.stream()
			.collect(Collectors.toMap(StepRun::name, StepRun::status));
	}

	private String failure(Execution execution) {
		return this.executions.failures(execution).toString();
	}

}
