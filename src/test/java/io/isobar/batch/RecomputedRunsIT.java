package io.isobar.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.lake.Lake;
import io.isobar.provider.TimelineServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether a run computes what is new, or everything, or reads the raw answers anew: it
 * publishes the same.
 */
@SpringBootTest(properties = { "isobar.embedded.database=recomputed_runs", "isobar.lake.root=/recomputed-runs",
		"isobar.jobs.delay=PT0.01S", "isobar.provider.order=visual-crossing",
		"isobar.provider.visual-crossing.key=in-this-test-only", "isobar.cities[0].name=Paris",
		"isobar.cities[0].country=FR", "isobar.cities[0].latitude=48.8566", "isobar.cities[0].longitude=2.3522",
		"isobar.cities[0].timezone=Europe/Paris" })
@ExtendWith(OutputCaptureExtension.class)
class RecomputedRunsIT {

	private static final Map<String, String> ANALYSE = Map.of("collect", "false");

	private static TimelineServer timeline;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private ExecutionNotes notes;

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
	void somethingIsPublished() {
		this.runs = new JobRuns(this.launches, this.executions);
		if (this.generations.current(Dataset.WEATHER).isEmpty()) {
			Execution first = collect("2025-03-10", "2025-03-12");
			assertThat(notes(first)).contains("All readings were folded", "no generation is current");
		}
	}

	@Test
	void whatIsNewEverythingAndEverythingReadAnewGiveTheSame() throws IOException {
		importFile("oslo.csv", """
				city,country,observed_at,temperature,humidity
				Oslo,NO,2019-12-31T22:30:00Z,-4.5,81
				Oslo,NO,2019-12-31T23:30:00Z,-5.0,83
				""");
		Execution incremental = collect("2025-03-13", "2025-04-01");
		Map<String, List<String>> published = published();

		assertThat(notes(incremental)).doesNotContain("All readings were folded");
		assertThat(recompute()).isEqualTo("incremental");
		assertThat(this.views.months("Oslo", null, null)).hasSize(2);

		this.runs.completed(WeatherBatchJob.NAME, Map.of("collect", "false", "recompute", "full"));
		assertThat(recompute()).isEqualTo("full");
		assertThat(published()).isEqualTo(published);

		Execution anew = this.runs.completed(WeatherBatchJob.NAME, Map.of("collect", "false", "reparse", "true"));
		assertThat(notes(anew)).contains(" 0 give other readings than before.").doesNotContain("could not be read");
		assertThat(published()).isEqualTo(published);
	}

	/** As if the code that reads it had been mended: it is read otherwise than before. */
	@Test
	void whatARawAnswerIsReadAsNowCountsInsteadOfWhatItWasReadAsBefore() throws IOException {
		importFile("bergen.csv", """
				city,country,observed_at,temperature
				Bergen,NO,2024-06-01T10:00:00Z,14.5
				Bergen,NO,2024-06-01T11:00:00Z,15.5
				""");
		collect("2025-05-01", "2025-05-02");
		rewrite("weather/raw/visual_crossing/Paris/2025-05-01_2025-05-02", true,
				(answer) -> answer.replace("\"precip\":0.0", "\"precip\":1.0"));
		rewrite("weather/raw/file", false, (file) -> file.replace("Bergen,NO,2024-06-01T11:00:00Z,15.5", ""));

		// Bergen has lost half of its readings, which a person accepts
		Execution anew = this.runs.completed(WeatherBatchJob.NAME,
				Map.of("collect", "false", "reparse", "true", "accept", "shrinking"));
		collect("2025-05-03", "2025-05-03");
		Execution again = this.runs.completed(WeatherBatchJob.NAME, Map.of("collect", "false", "reparse", "true"));

		assertThat(notes(anew)).contains(" 2 give other readings than before.");
		assertThat(notes(again)).contains(" 0 give other readings than before.");
		assertThat(month("Paris", "2025-05").precipitationSum()).isEqualTo(48);
		assertThat(month("Paris", "2025-05").readings()).isEqualTo(72);
		assertThat(month("Bergen", "2024-06").readings()).isEqualTo(1);
	}

	@Test
	void aFileForOneSaturdayAndARowDated2099TakeNothingAway() throws IOException {
		Map<String, List<String>> before = published();
		importFile("saturday.csv", """
				city,country,observed_at,temperature
				Bodø,NO,2025-02-01T10:00:00Z,-2.5
				Bodø,NO,2099-01-01T10:00:00Z,12.5
				""");

		Execution execution = this.runs.completed(WeatherBatchJob.NAME, ANALYSE);

		assertThat(notes(execution)).doesNotContain("All readings were folded");
		Map<String, List<String>> after = published();
		for (String table : List.of("city_day", "city_month", "amplitude", "degree_days", "normals")) {
			assertThat(after.get(table)).as(table).containsAll(before.get(table));
		}
		assertThat(this.views.months("Bodø", null, null)).singleElement()
			.satisfies((month) -> assertThat(month.month()).hasToString("2025-02"));
	}

	@Test
	void aGenerationThatWasMadeByOtherRulesIsComputedAnew() {
		int current = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		this.jdbc.sql("UPDATE generation SET definition = 'another' WHERE generation = ?").param(current).update();
		Map<String, List<String>> before = published();

		Execution execution = this.runs.completed(WeatherBatchJob.NAME, ANALYSE);

		assertThat(notes(execution)).contains("All readings were folded", "generation " + current);
		assertThat(published()).isEqualTo(before);
		assertThat(this.jdbc.sql("SELECT count(*) FROM city_day WHERE valid_from > ?")
			.param(current)
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void afterGoingBackTheNextRunStartsFromThere(CapturedOutput output) {
		int before = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		collect("2025-06-01", "2025-06-02");
		assertThat(output).containsOnlyOnce("Collected: 2 days from Visual Crossing. Generation "
				+ this.generations.current(Dataset.WEATHER).orElseThrow().number() + " is published: ");
		Map<String, List<String>> published = published();

		this.generations.makeCurrent(before, "somebody");
		assertThat(this.views.months("Paris", null, null)).noneMatch((month) -> month.month().getMonthValue() == 6);
		Execution execution = this.runs.completed(WeatherBatchJob.NAME, ANALYSE);

		assertThat(notes(execution)).doesNotContain("All readings were folded");
		assertThat(published()).isEqualTo(published);
	}

	private Execution collect(String from, String to) {
		return this.runs.completed(WeatherBatchJob.NAME, Map.of("from", from, "to", to));
	}

	private void importFile(String name, String content) throws IOException {
		Path file = this.temp.resolve(name);
		Files.writeString(file, content);
		Files.writeString(this.temp.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		this.runs.completed(WeatherImportJob.NAME, Map.of("path", file.toString()));
	}

	private String notes(Execution execution) {
		return this.notes.of(execution.executionId())
			.stream()
			.map(ExecutionNotes.Note::sentence)
			.collect(Collectors.joining("\n"));
	}

	private String recompute() {
		return this.generations.current(Dataset.WEATHER).orElseThrow().recompute();
	}

	private BatchViews.Month month(String city, String month) {
		return this.views.months(city, null, null)
			.stream()
			.filter((one) -> one.month().toString().equals(month))
			.findFirst()
			.orElseThrow();
	}

	/** The rows of the current generation by table; sums as far as they are exact. */
	private Map<String, List<String>> published() {
		int generation = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		Map<String, List<String>> tables = new TreeMap<>();
		for (BatchTable table : BatchTable.WEATHER) {
			tables.put(table.name(), this.jdbc
				.sql("SELECT * FROM %s WHERE valid_from <= :g AND :g < valid_to".formatted(table.name()))
				.param("g", generation)
				.query()
				.listOfRows()
				.stream()
				.map((row) -> table.columns().stream().map((column) -> text(row.get(column))).toList().toString())
				.sorted()
				.toList());
		}
		return tables;
	}

	private static String text(Object value) {
		return (value instanceof Double number) ? String.format(Locale.ROOT, "%.9g", number) : String.valueOf(value);
	}

	/** Rewrites all files of a folder of the lake. */
	private void rewrite(String folder, boolean zipped, UnaryOperator<String> change) throws IOException {
		for (var file : this.lake.files().listStatus(this.lake.path(folder))) {
			if (file.getPath().getName().endsWith(".json")) {
				continue;
			}
			String content;
			try (InputStream in = this.lake.files().open(file.getPath());
					InputStream text = zipped ? new GZIPInputStream(in) : in) {
				content = new String(text.readAllBytes(), StandardCharsets.UTF_8);
			}
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			try (OutputStream out = zipped ? new GZIPOutputStream(bytes) : bytes) {
				out.write(change.apply(content).getBytes(StandardCharsets.UTF_8));
			}
			try (OutputStream out = this.lake.files().create(file.getPath(), true)) {
				out.write(bytes.toByteArray());
			}
		}
	}

}
