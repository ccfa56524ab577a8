package io.isobar.batch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

import io.isobar.embedded.ForkedApplication;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application is killed at every crash point of the job and of the import, one after
 * the other; each time it is started again, and goes on by itself. At last it answers
 * what an undisturbed application answers.
 */
class KilledRunsIT {

	private static final Duration LONG = Duration.ofMinutes(3);

	private static final int KILLED = 137;

	private static final List<String> POINTS_OF_THE_JOB = List.of("collect.answered", "lake.written", "lake.committed",
			"collect.noted", "analyse.written", "export.city_day", "export.clusters", "publish.before",
			"publish.after");

	private static final List<String> POINTS_OF_THE_IMPORT = List.of("raw.written", "raw.renamed", "import.kept",
			"lake.written", "lake.committed", "import.noted");

	private static final List<String> ANSWERS = List.of("/api/cities", "/api/batch/monthly",
			"/api/batch/extremes?metric=temperature&limit=100", "/api/batch/correlations", "/api/batch/clusters",
			"/api/batch/comparison?metric=windSpeed&from=2020-01-01&to=2029-12-31");

	private static final String CSV = """
			city,country,observed_at,temperature,humidity
			Oslo,NO,2025-01-01T00:00:00Z,-4.5,81
			Oslo,NO,2025-01-01T01:00:00Z,-5.0,83
			Oslo,NO,2025-02-01T01:00:00Z,1.5,90
			""";

	private static final String JOB = """
			{"parameters":{"from":"2025-10-24","to":"2025-10-27"}}""";

	private static final String ANALYSE = """
			{"parameters":{"collect":"false"}}""";

	@TempDir
	Path temp;

	private final HttpClient http = HttpClient.newHttpClient();

	private Path files;

	@BeforeEach
	void files() throws IOException {
		this.files = Files.createDirectories(this.temp.resolve("files"));
		Files.writeString(this.files.resolve("oslo.csv"), CSV);
		Files.writeString(this.files.resolve("mapping.yaml"), "timezone: Europe/Oslo");
	}

	@Test
	void aRunThatIsKilledAnywhereEndsAsIfNothingHadHappened() throws Exception {
		List<String> undisturbed = undisturbed();

		assertThat(killed()).isEqualTo(undisturbed);
		assertThat(undisturbed.get(0)).contains("Oslo");
		assertThat(undisturbed.get(1)).contains("2025-10", "2025-02");
	}

	private List<String> undisturbed() throws Exception {
		Path data = this.temp.resolve("undisturbed");
		try (ForkedApplication application = start(data).awaitUp()) {
			launch(application, "weather_batch_processing", JOB);
			awaitEnd(application);
			launch(application, "weather_import", importing());
			awaitEnd(application);
			launch(application, "weather_batch_processing", ANALYSE);
			awaitEnd(application);
			return answers(application);
		}
	}

	private List<String> killed() throws Exception {
		Path data = this.temp.resolve("killed");
		killedAt(data, POINTS_OF_THE_JOB, "weather_batch_processing", JOB);
		killedAt(data, POINTS_OF_THE_IMPORT, "weather_import", importing());
		try (ForkedApplication application = start(data).awaitUp()) {
			awaitEnd(application);
			launch(application, "weather_batch_processing", ANALYSE);
			awaitEnd(application);
			return answers(application);
		}
	}

	/**
	 * Launches the job once; what was interrupted goes on by itself at each start, and
	 * meets the next point.
	 */
	private void killedAt(Path data, List<String> points, String job, String parameters) throws Exception {
		for (String point : points) {
			ForkedApplication application = start(data, "-Dcrash.at=" + point);
			if (point.equals(points.get(0))) {
				launch(application.awaitUp(), job, parameters);
			}
			assertThat(application.exitCode()).as(point).isEqualTo(KILLED);
		}
		try (ForkedApplication application = start(data).awaitUp()) {
			awaitEnd(application);
		}
	}

	private static ForkedApplication start(Path data, String... more) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--isobar.batch.attempts=100", "--isobar.cities[0].name=Paris",
				"--isobar.cities[0].country=FR", "--isobar.cities[0].latitude=48.85",
				"--isobar.cities[0].longitude=2.35", "--isobar.cities[0].timezone=Europe/Paris"));
		arguments.addAll(List.of(more));
		return ForkedApplication.start(data, arguments.toArray(String[]::new));
	}

	private String importing() {
		return """
				{"parameters":{"path":"%s"}}""".formatted(this.files);
	}

	private void launch(ForkedApplication application, String job, String parameters) throws Exception {
		HttpResponse<String> answer = ask(application, "/api/jobs/" + job + "/executions",
				(request) -> request.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString(parameters)));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
	}

	/** The newest execution of each job has completed. */
	private void awaitEnd(ForkedApplication application) {
		await().atMost(LONG)
			.failFast(() -> assertThat(get(application, "/api/jobs")).doesNotContain("FAILED"))
			.until(() -> !get(application, "/api/jobs").contains("START"));
	}

	private List<String> answers(ForkedApplication application) throws Exception {
		List<String> answers = new ArrayList<>();
		for (String question : ANSWERS) {
			answers.add(get(application, question));
		}
		return answers;
	}

	private String get(ForkedApplication application, String path) throws Exception {
		HttpResponse<String> answer = ask(application, path, (request) -> request.GET());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return answer.body();
	}

	private HttpResponse<String> ask(ForkedApplication application, String path,
			UnaryOperator<HttpRequest.Builder> question) throws Exception {
		String credentials = Base64.getEncoder()
			.encodeToString(("operator:" + application.password("operator")).getBytes(StandardCharsets.UTF_8));
		return this.http.send(
				question
					.apply(HttpRequest.newBuilder(URI.create(application.web() + path))
						.header("Authorization", "Basic " + credentials))
					.build(),
				HttpResponse.BodyHandlers.ofString());
	}

}
