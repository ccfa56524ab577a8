package io.isobar.batch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

import io.isobar.embedded.ForkedApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An instance of the application in a process of its own, in profile cluster, on the
 * servers of the tests; it knows one city, Paris, and a short lease.
 */
final class AnotherInstance implements AutoCloseable {

	/** What it is set to, for an instance in the test's own process. */
	static final String LEASE = "isobar.jobs.lease=PT10S";

	static final String NAME = "isobar.cities[0].name=Paris";

	static final String COUNTRY = "isobar.cities[0].country=FR";

	static final String LATITUDE = "isobar.cities[0].latitude=48.85";

	static final String LONGITUDE = "isobar.cities[0].longitude=2.35";

	static final String ZONE = "isobar.cities[0].timezone=Europe/Paris";

	static final int KILLED = 137;

	private static final List<String> ANSWERS = List.of("/api/cities", "/api/batch/monthly",
			"/api/batch/extremes?metric=temperature&limit=100", "/api/batch/correlations", "/api/batch/clusters",
			"/api/batch/comparison?metric=windSpeed&from=2020-01-01&to=2029-12-31");

	/** Even on a machine that has much else to do. */
	static final Duration LONG = Duration.ofMinutes(8);

	private final HttpClient http = HttpClient.newHttpClient();

	private final ForkedApplication application;

	private AnotherInstance(ForkedApplication application) {
		this.application = application;
	}

	/** An application that is run another way. */
	static AnotherInstance of(ForkedApplication application) {
		return new AnotherInstance(application);
	}

	static AnotherInstance start(Path folder, String database, String root, String... more) throws IOException {
		List<String> arguments = new ArrayList<>();
		List.of(LEASE, NAME, COUNTRY, LATITUDE, LONGITUDE, ZONE).forEach((setting) -> arguments.add("--" + setting));
		arguments.addAll(List.of(more));
		return new AnotherInstance(
				ForkedApplication.startOnStores(folder, database, root, arguments.toArray(String[]::new)));
	}

	AnotherInstance awaitUp() {
		this.application.awaitUp();
		return this;
	}

	ForkedApplication application() {
		return this.application;
	}

	/** Waits until the crash point has killed it. */
	void awaitKilled(String point) throws InterruptedException {
		await().atMost(LONG).until(() -> !this.application.isAlive());
		assertThat(this.application.exitCode()).as(point).isEqualTo(KILLED);
	}

	void launch(String job, String parameters) throws Exception {
		HttpResponse<String> answer = ask("/api/jobs/" + job + "/executions",
				(request) -> request.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString("{\"parameters\":" + parameters + "}")));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
	}

	/** Launches a job, and waits until it has completed. */
	void run(String job, String parameters) throws Exception {
		launch(job, parameters);
		awaitEnd();
	}

	/** The newest execution of each job has completed. */
	void awaitEnd() {
		await().atMost(LONG)
			.failFast(() -> assertThat(get("/api/jobs")).doesNotContain("FAILED"))
			.until(() -> !get("/api/jobs").contains("START"));
	}

	/**
	 * What was interrupted goes on some time after the start, and completes: until then
	 * its newest execution is the one that has failed.
	 */
	void awaitCompleted() {
		await().atMost(LONG).until(() -> {
			String jobs = get("/api/jobs");
			return !jobs.contains("START") && !jobs.contains("FAILED");
		});
	}

	/** The bytes that it answers to every question. */
	List<String> answers() throws Exception {
		List<String> answers = new ArrayList<>();
		for (String question : ANSWERS) {
			answers.add(get(question));
		}
		return answers;
	}

	private String get(String path) throws Exception {
		HttpResponse<String> answer = ask(path, (request) -> request.GET());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return answer.body();
	}

	private HttpResponse<String> ask(String path, UnaryOperator<HttpRequest.Builder> question) throws Exception {
		String credentials = Base64.getEncoder()
			.encodeToString(("operator:" + this.application.password("operator")).getBytes(StandardCharsets.UTF_8));
		return this.http.send(
				question
					.apply(HttpRequest.newBuilder(URI.create(this.application.web() + path))
						.header("Authorization", "Basic " + credentials)
						.timeout(LONG))
					.build(),
				HttpResponse.BodyHandlers.ofString());
	}

	@Override
	public void close() throws InterruptedException {
		this.application.close();
	}

}
