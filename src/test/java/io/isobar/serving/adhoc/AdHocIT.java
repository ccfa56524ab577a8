package io.isobar.serving.adhoc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.isobar.batch.JobRuns;
import io.isobar.engine.SparkEngine;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.provider.Cities;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.DefaultJobKeyGenerator;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Questions that people ask, with the real stores: one is computed at a time, the others
 * wait.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.embedded.database=ad_hoc", "isobar.lake.root=/ad-hoc", "isobar.jobs.delay=PT0.01S",
				"isobar.jobs.lease=PT3S", "isobar.viewer.password=reads", "isobar.operator.password=acts",
				"isobar.batch.schedule=0 0 0 1 1 *", "isobar.serving.ad-hoc.concurrent=1" })
class AdHocIT {

	private static final String VIEWER = Http.basic("viewer", "reads");

	private static final String OPERATOR = Http.basic("operator", "acts");

	private static final String JSON = "application/json";

	/** In which a result has rows that a spreadsheet could misunderstand. */
	private static final String FORMULA = "=1+1";

	private static final LocalDate FROM = LocalDate.of(2025, 10, 20);

	private static final LocalDate TO = LocalDate.of(2025, 11, 10);

	private static final String QUESTION = question("day", "[\"Paris\",\"Lyon\"]",
			"[\"temperature\",\"precipitation\"]");

	/** What holds Spark, as long as it is not counted down. */
	private static volatile CountDownLatch release = new CountDownLatch(0);

	/** A task that is complete, once there is one. */
	private static String known = "";

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private DataSource database;

	@Autowired
	private SparkEngine spark;

	@Autowired
	private Cities cities;

	@Autowired
	private ReadingStore readings;

	@Autowired
	private Lake lake;

	@Autowired
	private AdHocQueue queue;

	@LocalServerPort
	private int port;

	private Http http;

	private static String question(String granularity, String cities, String metrics) {
		return "{\"cities\":%s,\"from\":\"%s\",\"to\":\"%s\",\"metrics\":%s,\"granularity\":\"%s\"}".formatted(cities,
				FROM, TO, metrics, granularity);
	}

	@BeforeEach
	void somethingIsPublished() {
		this.http = Http.program(this.port);
		if (this.executions.newest().get("weather_batch_processing") == null) {
			this.cities.register(new City(FORMULA, "FR", 48.0, 2.0, ZoneId.of("Europe/Paris"), false));
			new JobRuns(this.launches, this.executions).completed("weather_batch_processing",
					Map.of("from", FROM.toString(), "to", TO.toString()));
			this.readings.append("formula", 0, null, List.of(reading(3), reading(4)),
					(city) -> ZoneId.of("Europe/Paris"));
		}
	}

	private static Reading reading(int hour) {
		Instant at = FROM.atTime(hour, 0).atZone(ZoneId.of("Europe/Paris")).toInstant();
		return new ReadingDraft(FORMULA, at, Resolution.HOUR, Origin.FILE, Channel.FILE, at.plus(3, ChronoUnit.DAYS))
			.value(Metric.TEMPERATURE, (double) -hour)
			.build();
	}

	@AfterEach
	void nothingWaits() {
		release.countDown();
		await().until(() -> this.executions.running().isEmpty());
	}

	// Results

	@Test
	void daysAreThoseThatTheBatchLayerHasPublished() {
		DocumentContext rows = result(QUESTION, "?size=1000");

		Map<String, List<Object>> published = new TreeMap<>();
		for (String metric : List.of("temperature", "precipitation")) {
			this.jdbc.sql("""
					SELECT t.city || ' ' || t.local_day AS period, sum(%1$s_count) AS count, sum(%1$s_sum) AS sum,
					  min(%1$s_min) AS min, max(%1$s_max) AS max
					FROM city_day t JOIN current_generation g ON g.dataset = 'weather'
					  AND t.valid_from <= g.generation AND g.generation < t.valid_to
					WHERE t.city IN ('Paris', 'Lyon') AND t.resolution = 'hour' GROUP BY t.city, t.local_day
					""".formatted(metric))
				.query((org.springframework.jdbc.core.RowCallbackHandler) (row) -> published
					.put(row.getString("period") + " " + metric, List.of(row.getLong("count"), row.getDouble("sum"),
							row.getDouble("min"), row.getDouble("max"))));
		}
		assertThat(published).hasSize(2 * 2 * (int) (ChronoUnit.DAYS.between(FROM, TO) + 1));
		assertThat(rows.<Integer>read("$.page.totalElements")).isEqualTo(published.size());
		List<Map<String, Object>> all = rows.read("$.rows");
		assertThat(all).hasSameSizeAs(published.keySet());
		for (Map<String, Object> row : all) {
			assertEqual(row, Objects
				.requireNonNull(published.get(row.get("city") + " " + row.get("period") + " " + row.get("metric"))));
		}
		assertThat(all).extracting((row) -> row.get("city") + " " + row.get("period") + " " + row.get("metric"))
			.isSorted();
	}

	@Test
	void monthsAreThoseOfTheDaysThatAreAskedFor() {
		List<Map<String, Object>> months = result(
				question("month", "[\"Paris\"]", "[\"temperature\",\"precipitation\"]"), "")
			.read("$.rows");
		List<Map<String, Object>> days = result(QUESTION, "?size=1000").read("$.rows");

		assertThat(months).extracting((row) -> row.get("period") + " " + row.get("metric"))
			.containsExactly("2025-10 precipitation", "2025-10 temperature", "2025-11 precipitation",
					"2025-11 temperature");
		for (Map<String, Object> month : months) {
			List<Map<String, Object>> its = days.stream()
				.filter((day) -> day.get("city").equals("Paris") && day.get("metric").equals(month.get("metric"))
						&& day.get("period").toString().startsWith(month.get("period").toString()))
				.toList();
			assertEqual(month,
					List.of(its.stream().mapToLong((day) -> number(day, "readings").longValue()).sum(),
							its.stream().mapToDouble((day) -> number(day, "sum").doubleValue()).sum(),
							its.stream().mapToDouble((day) -> number(day, "min").doubleValue()).min().orElseThrow(),
							its.stream().mapToDouble((day) -> number(day, "max").doubleValue()).max().orElseThrow()));
		}
	}

	private static Number number(Map<String, Object> row, String column) {
		return (Number) Objects.requireNonNull(row.get(column));
	}

	/** The row says this: count, sum, lowest, highest. */
	private static void assertEqual(Map<String, Object> row, List<? extends Object> expected) {
		long count = ((Number) expected.get(0)).longValue();
		double sum = ((Number) expected.get(1)).doubleValue();
		assertThat(number(row, "readings").longValue()).as(row.toString()).isEqualTo(count);
		assertThat(number(row, "sum").doubleValue()).as(row.toString()).isCloseTo(sum, within(1e-9));
		assertThat(number(row, "mean").doubleValue()).as(row.toString()).isCloseTo(sum / count, within(1e-9));
		assertThat(number(row, "min").doubleValue()).as(row.toString())
			.isEqualTo(((Number) expected.get(2)).doubleValue());
		assertThat(number(row, "max").doubleValue()).as(row.toString())
			.isEqualTo(((Number) expected.get(3)).doubleValue());
	}

	@Test
	void aResultIsPagedAndSorted() {
		String id = completed(question("hour", "[\"Paris\"]", "[\"temperature\"]"), VIEWER);
		// The clocks went back on one of the days
		int hours = 24 * (int) (ChronoUnit.DAYS.between(FROM, TO) + 1) + 1;

		DocumentContext first = json(get("/api/fetch/" + id, VIEWER));
		assertThat(first.<Map<String, Integer>>read("$.page"))
			.isEqualTo(Map.of("number", 0, "size", 50, "totalElements", hours, "totalPages", (hours + 49) / 50));
		assertThat(first.<String>read("$.rows[0].period")).isEqualTo("2025-10-19T22:00:00Z");
		List<Double> means = new ArrayList<>();
		for (int page = 0; page <= hours / 100; page++) {
			means.addAll(json(get("/api/fetch/" + id + "?size=100&sort=mean,desc&page=" + page, VIEWER))
				.<List<Double>>read("$.rows[*].mean"));
		}
		assertThat(means).hasSize(hours).isSortedAccordingTo((one, other) -> Double.compare(other, one));
		assertThat(json(get("/api/fetch/" + id + "?page=1000000", VIEWER)).<List<?>>read("$.rows")).isEmpty();
	}

	@Test
	void asCsvAResultIsStreamedWithoutFormulas() {
		String id = completed(question("hour", "[\"" + FORMULA + "\",\"Paris\"]", "[\"temperature\"]"), VIEWER);

		Answer answer = get("/api/fetch/" + id, VIEWER, "Accept", "text/csv");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).startsWith("text/csv").contains("charset=UTF-8");
		List<String> lines = answer.body().lines().toList();
		assertThat(answer.header("X-Total-Count")).isEqualTo(String.valueOf(lines.size() - 1));
		assertThat(lines).startsWith("city,period,metric,mean,min,max,sum,readings",
				"'=1+1,2025-10-20T01:00:00Z,temperature,-3.0,-3.0,-3.0,-3.0,1",
				"'=1+1,2025-10-20T02:00:00Z,temperature,-4.0,-4.0,-4.0,-4.0,1");
		assertThat(lines.subList(3, lines.size())).isNotEmpty().allMatch((line) -> line.startsWith("Paris,"));
		assertThat(get("/api/fetch/" + id, VIEWER, "Accept", "text/csv, application/json;q=0.5").body())
			.isEqualTo(answer.body());
		assertThat(get("/api/fetch/" + id, VIEWER, "Accept", "application/json, text/csv;q=0.5").header("Content-Type"))
			.startsWith(JSON);
		assertProblem(get("/api/fetch/" + id + "?page=1", VIEWER, "Accept", "text/csv"), 400, "page: ");
		assertThat(get("/api/fetch/" + id, VIEWER, "Accept", "image/png").status()).isEqualTo(406);
	}

	// The queue

	@Test
	void oneIsComputedAtATimeInTheOrderInWhichTheyWereAsked() {
		holdSpark();
		String first = asked(QUESTION, VIEWER);
		awaitStatus(first, "running");
		String second = asked(QUESTION, VIEWER);
		String third = asked(QUESTION, OPERATOR);

		assertThat(status(second, VIEWER).<Integer>read("$.before")).isEqualTo(1);
		assertThat(status(third, OPERATOR).<Integer>read("$.before")).isEqualTo(2);
		assertThat(status(third, OPERATOR).<String>read("$.status")).isEqualTo("queued");
		assertThat(status(first, VIEWER).<Double>read("$.progress")).isLessThan(0.9);
		assertProblem(get("/api/fetch/" + second, VIEWER), 409, "The analysis is queued");

		release.countDown();
		for (String each : List.of(first, second, third)) {
			awaitStatus(each, "completed");
		}
		List<Instant> started = Stream.of(first, second, third)
			.map((id) -> Instant.parse(status(id, OPERATOR).read("$.startedAt")))
			.toList();
		List<Instant> ended = Stream.of(first, second, third)
			.map((id) -> Instant.parse(status(id, OPERATOR).read("$.endedAt")))
			.toList();
		assertThat(started.get(1)).isAfterOrEqualTo(ended.get(0));
		assertThat(started.get(2)).isAfterOrEqualTo(ended.get(1));
	}

	@Test
	void whatWaitsCanBeCancelled() {
		holdSpark();
		String running = asked(QUESTION, VIEWER);
		awaitStatus(running, "running");
		String waiting = asked(QUESTION, VIEWER);

		assertThat(this.http.ask("DELETE", "/api/status/" + waiting, "Authorization", VIEWER).status()).isEqualTo(204);

		assertThat(status(waiting, VIEWER).<String>read("$.status")).isEqualTo("cancelled");
		assertThat(this.http.ask("DELETE", "/api/status/" + waiting, "Authorization", VIEWER).status()).isEqualTo(204);
		release.countDown();
		awaitStatus(running, "completed");
		assertThat(status(waiting, VIEWER).<Object>read("$.startedAt")).isNull();
		assertProblem(get("/api/fetch/" + waiting, VIEWER), 409, "The analysis was cancelled");
		assertProblem(this.http.ask("DELETE", "/api/status/" + running, "Authorization", VIEWER), 409,
				"The analysis has ended already (completed)");
	}

	@Test
	void whatSparkIsInTheMiddleOfCanBeCancelled() {
		holdSpark();
		String running = asked(QUESTION, VIEWER);
		awaitStatus(running, "running");
		String next = asked(QUESTION, VIEWER);
		long execution = execution(running);
		await().until(() -> this.spark.session().sparkContext().statusTracker().getActiveJobIds().length > 1);

		assertThat(this.http.ask("DELETE", "/api/status/" + running, "Authorization", VIEWER).status()).isEqualTo(204);

		// Spark is held by something else all the while
		await().until(() -> this.executions.find(execution).orElseThrow().status() == BatchStatus.STOPPED);
		awaitStatus(next, "running");
		release.countDown();
		awaitStatus(next, "completed");
		assertThat(status(running, VIEWER).<String>read("$.status")).isEqualTo("cancelled");
		assertThat(rowsOf(running)).isZero();
	}

	@Test
	void progressIsThatOfTheSteps() throws SQLException {
		String id;
		try (Connection holder = this.database.getConnection(); Statement statement = holder.createStatement()) {
			holder.setAutoCommit(false);
			// It can be analysed, but not be stored
			statement.execute("LOCK TABLE ad_hoc_result");
			id = asked(QUESTION, VIEWER);
			await().until(() -> status(id, VIEWER).<Double>read("$.progress") >= 0.9);
			assertThat(status(id, VIEWER).<String>read("$.status")).isEqualTo("running");
			assertThat(status(id, VIEWER).<Double>read("$.progress")).isLessThan(1);
			holder.rollback();
		}
		awaitStatus(id, "completed");
		assertThat(status(id, VIEWER).<Double>read("$.progress")).isEqualTo(1);
	}

	@Test
	void whatAProcessLeavesThatIsKilledGoesOn() {
		String id = left();

		awaitStatus(id, "completed");

		assertThat(this.executions.attempts(this.executions.find(execution(id)).orElseThrow().instanceId()))
			.extracting(Execution::status)
			.containsExactly(BatchStatus.FAILED, BatchStatus.COMPLETED);
		assertThat(json(get("/api/fetch/" + id, VIEWER)).<Integer>read("$.page.totalElements")).isPositive();
	}

	/** As if an instance had been killed while it analysed. */
	private String left() {
		String id = this.jdbc.sql("""
				INSERT INTO ad_hoc_task (id, owner, cities, from_day, to_day, metrics, granularity, status, created_at,
				  started_at, claimed_at)
				VALUES (gen_random_uuid(), 'viewer', '{Paris}', :from, :to, '{temperature}', 'day', 'running', now(),
				  now(), now()) RETURNING id""").param("from", FROM).param("to", TO).query(String.class).single();
		long run = this.jdbc.sql("SELECT nextval('job_run_seq')").query(Long.class).single();
		String key = new DefaultJobKeyGenerator()
			.generateKey(new JobParametersBuilder().addString("task", id).addLong(Launches.RUN, run).toJobParameters());
		this.jdbc
			.sql("""
					WITH instance AS (INSERT INTO batch_job_instance
					    VALUES (nextval('batch_job_instance_seq'), 0, 'ad_hoc_analysis', :key) RETURNING *),
					  leased AS (INSERT INTO lease SELECT job_name || ' ' || job_key, nextval('lease_number'), 'another',
					    clock_timestamp() + interval '1 s' FROM instance),
					  execution AS (INSERT INTO batch_job_execution (job_execution_id, version, job_instance_id, create_time,
					      start_time, status, exit_code, exit_message, last_updated)
					    SELECT nextval('batch_job_execution_seq'), 1, job_instance_id, now(), now(), 'STARTED', 'UNKNOWN', '',
					      now() FROM instance RETURNING *),
					  parameters AS (INSERT INTO batch_job_execution_params
					    SELECT job_execution_id, 'task', 'java.lang.String', :task, 'Y' FROM execution
					    UNION ALL SELECT job_execution_id, 'run', 'java.lang.Long', :run, 'Y' FROM execution)
					UPDATE ad_hoc_task SET execution_id = (SELECT job_execution_id FROM execution) WHERE id = :task::uuid
					""")
			.param("key", key)
			.param("task", id)
			.param("run", String.valueOf(run))
			.update();
		return id;
	}

	@Test
	void whatFailsSaysWhy() throws Exception {
		// A file where the folder of its result is to be
		Path results = this.lake.path("weather/analysis/ad-hoc");
		this.lake.files().delete(results, true);
		this.lake.files().create(results, true).close();
		String id = asked(QUESTION, VIEWER);
		try {
			awaitStatus(id, "failed");
		}
		finally {
			this.lake.files().delete(results, true);
		}
		assertThat(status(id, VIEWER).<String>read("$.error")).isNotBlank().doesNotContain("\tat ");
		assertProblem(get("/api/fetch/" + id, VIEWER), 409, "The analysis has failed, so there is no result. ");
		assertThat(status(id, VIEWER).<Object>read("$.endedAt")).isNotNull();

		// Restarted in the console it goes on
		this.launches.restart(execution(id), "operator");
		await().until(() -> status(id, VIEWER).<String>read("$.status").equals("completed"));
		assertThat(status(id, VIEWER).<Object>read("$.error")).isNull();
	}

	// Whose it is, and how long

	@Test
	void aTaskIsItsOwnersAndOperatorsSeeAll() {
		String ofOperator = completed(QUESTION, OPERATOR);
		String ofViewer = completed(QUESTION, VIEWER);

		for (String path : List.of("/api/status/", "/api/fetch/")) {
			assertProblem(get(path + ofOperator, VIEWER), 404, "taskId: there is no analysis " + ofOperator);
			assertThat(get(path + ofViewer, VIEWER).status()).isEqualTo(200);
			assertThat(get(path + ofViewer, OPERATOR).status()).isEqualTo(200);
			assertThat(get(path + ofOperator, OPERATOR).status()).isEqualTo(200);
			assertThat(this.http.ask("GET", path + ofViewer).status()).isEqualTo(401);
		}
		assertProblem(get("/api/fetch/" + ofOperator, VIEWER, "Accept", "text/csv"), 404, "taskId: ");
		assertProblem(this.http.ask("DELETE", "/api/status/" + ofOperator, "Authorization", VIEWER), 404, "taskId: ");
		assertThat(page("/analyses/" + ofOperator, VIEWER).status()).isEqualTo(404);
		assertThat(page("/analyses/" + ofOperator + "/csv", VIEWER).status()).isEqualTo(404);
		assertThat(page("/analyses", VIEWER).body()).contains(ofViewer).doesNotContain(ofOperator);
		assertThat(page("/analyses", OPERATOR).body()).contains(ofViewer, ofOperator);
	}

	@Test
	void aResultIsKeptForAWeek() {
		String id = completed(QUESTION, VIEWER);
		assertThat(Instant.parse(status(id, VIEWER).read("$.expiresAt")))
			.isEqualTo(Instant.parse(status(id, VIEWER).<String>read("$.endedAt")).plus(7, ChronoUnit.DAYS));

		endedAgo(id, "7 days 1 minute");
		assertProblem(get("/api/fetch/" + id, VIEWER), 410, "The result of this analysis has expired");
		this.queue.tidy();
		// Who is fetching it fetches all of it
		assertThat(rowsOf(id)).isPositive();

		endedAgo(id, "7 days 2 hours");
		this.queue.tidy();
		assertThat(rowsOf(id)).isZero();
		assertProblem(get("/api/fetch/" + id, VIEWER), 410, "The result of this analysis has expired");
		assertThat(status(id, VIEWER).<String>read("$.status")).isEqualTo("completed");
		assertThat(page("/analyses/" + id, VIEWER).body()).contains("no longer kept");
	}

	private void endedAgo(String id, String ago) {
		this.jdbc.sql("UPDATE ad_hoc_task SET ended_at = now() - :ago::interval WHERE id = :id::uuid")
			.param("ago", ago)
			.param("id", id)
			.update();
	}

	// What is refused

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					                                                             | 400 | The body is missing
					[]                                                           | 400 | The body is missing
					{"cities":                                                   | 400 | The body is missing
					{} {}                                                        | 400 | The body is missing
					{"from":"2024-01-01","from":"2024-01-02"}                    | 400 | The body is missing
					{}                                                           | 400 | cities: is missing
					{"cities":["Atlantis"],"from":"2024-01-01","to":"2024-01-02","metrics":["temperature"],"granularity":"day"} | 404 | cities: there is no city Atlantis
					{"cities":["Paris"],"from":"2024-01-02","to":"2024-01-01","metrics":["temperature"],"granularity":"day"}    | 400 | from: 2024-01-02 is after to
					{"cities":["Paris"],"from":20240101,"to":"2024-01-01","metrics":["temperature"],"granularity":"day"}        | 400 | from: 20240101 is no day
					{"cities":["Paris"],"from":"2024-01-01","to":"2024-01-01","metrics":[{"a":1}],"granularity":"day"}          | 400 | metrics: {"a":1} is no text
					{"cities":["Paris"],"from":"2024-01-01","to":"2024-01-01","metrics":["temperature"],"granularity":1e400}    | 400 | granularity:
					{"cities":["\\u0000"],"from":"2024-01-01","to":"2024-01-01","metrics":["temperature"],"granularity":"day"}  | 404 | cities: there is no city
					""")
	void aQuestionThatCannotBeAnsweredIsRefused(String body, int status, String detail) {
		assertProblem(this.http.send("POST", "/api/run", (body != null) ? body : "", "Authorization", VIEWER,
				"Content-Type", JSON), status, detail);
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "-1", "00000000-0000-0000-0000-000000000000", "1-1-1-1-1", "%27%20or%20true",
			"%3Cb%3E", "..%2Fsecret", "99999999999999999999999999999999999999999" })
	void aTaskThatDoesNotExistIsNotFound(String id) {
		for (String call : List.of("GET /api/status/", "DELETE /api/status/", "GET /api/fetch/")) {
			String[] parts = call.split(" ");
			Answer answer = this.http.ask(parts[0], parts[1] + id, "Authorization", VIEWER);
			// An encoded slash goes no further than the server itself
			assertThat(answer.status()).as(call + id).isIn(id.contains("%2F") ? 400 : 404, 404);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			page=-1            | page
			page=1000001       | page
			page=x             | page
			page=99999999999999999999 | page
			size=0             | size
			size=1001          | size
			size=-5            | size
			size=              | size
			page=1&page=2      | page
			sort=colour,asc    | sort
			sort=city,up       | sort
			sort=city;drop%20table%20ad_hoc_task,asc | sort
			sort=mean,desc,asc | sort
			sort=              | sort
			order=city         | order
			""")
	void aParameterThatIsWrongIsNamed(String query, String parameter) {
		known = known.isEmpty() ? completed(QUESTION, VIEWER) : known;

		assertThat(assertProblem(get("/api/fetch/" + known + "?" + query, VIEWER), 400, parameter + ": ")
			.<String>read("$.parameter")).isEqualTo(parameter);
	}

	// Pages

	@Test
	void aPersonAsksWithAForm() {
		Answer form = page("/analyses", VIEWER);
		assertThat(form.status()).isEqualTo(200);
		assertThat(form.body()).contains("Ask a question", "Bordeaux", "Wind speed", "href=\"/analyses\"");

		Answer sent = this.http.send("POST", "/analyses",
				"cities=Paris&cities=Lyon&metrics=temperature&from=%s&to=%s&granularity=day".formatted(FROM, TO),
				"Authorization", VIEWER, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html");

		assertThat(sent.status()).isEqualTo(302);
		String path = sent.header("Location").replaceFirst("^http://[^/]*", "");
		assertThat(path).startsWith("/analyses/");
		awaitStatus(path.substring("/analyses/".length()), "completed");
		Answer result = page(path + "?sort=mean,desc", VIEWER);
		assertThat(result.status()).isEqualTo(200);
		assertThat(result.body()).contains("Result", "Paris, Lyon", "aria-sort=\"descending\"", "°C", path + "/csv")
			.as("a sum of temperatures means nothing")
			.doesNotContain(">Sum<");
		assertThat(page(path + "?lang=fr", VIEWER).body()).contains("Moyenne", "par jour", "Toutes les lignes");
		Answer csv = page(path + "/csv", VIEWER);
		assertThat(csv.header("Content-Disposition")).startsWith("attachment; filename=\"isobar-");
		assertThat(csv.body().lines().count()).isEqualTo(1 + 2 * (ChronoUnit.DAYS.between(FROM, TO) + 1));
	}

	@Test
	void whatIsWrongWithAFormStandsAtItsField() {
		Answer answer = this.http.send("POST", "/analyses",
				"metrics=temperature&from=2024-02-01&to=2024-01-01&granularity=day&cities=Paris", "Authorization",
				VIEWER, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Accept-Language",
				"fr");

		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.body()).contains("Du : le 1er février 2024 est après la fin, le 1er janvier 2024",
				"#field-from");
		assertThat(refused("from=2024-01-01&to=2024-01-31&granularity=day&metrics=temperature"))
			.contains("Cities: none is chosen. Choose at least one.");
		assertThat(refused("cities=Paris&metrics=temperature&to=2024-01-31&granularity=day"))
			.contains("From: the first day is missing. Choose one.");
	}

	private String refused(String form) {
		Answer answer = this.http.send("POST", "/analyses", form, "Authorization", VIEWER, "Content-Type",
				"application/x-www-form-urlencoded", "Accept", "text/html");
		assertThat(answer.status()).isEqualTo(422);
		return answer.body();
	}

	@Test
	void aPersonSeesProgressAndCancels() {
		holdSpark();
		String id = asked(QUESTION, VIEWER);
		awaitStatus(id, "running");

		assertThat(page("/analyses/" + id, VIEWER).body()).contains("<progress", "hx-get=\"/analyses/" + id + "/live\"",
				"Cancel");
		assertThat(page("/analyses/" + id + "/live", VIEWER).body()).contains("running").doesNotContain("<html");
		assertThat(page("/analyses/live", VIEWER).body()).contains(id).doesNotContain("<html");

		assertThat(this.http.ask("POST", "/analyses/" + id + "/cancel", "Authorization", VIEWER).status())
			.isEqualTo(302);
		awaitStatus(id, "cancelled");
		Answer live = page("/analyses/" + id + "/live", VIEWER);
		assertThat(live.header("HX-Refresh")).isEqualTo("true");
	}

	// Asking

	/** All of Spark's cores are busy until {@link #release}. */
	private void holdSpark() {
		release = new CountDownLatch(1);
		JavaSparkContext context = JavaSparkContext.fromSparkContext(this.spark.session().sparkContext());
		int cores = context.defaultParallelism();
		CompletableFuture.runAsync(
				() -> context.parallelize(IntStream.range(0, cores).boxed().toList(), cores).foreach(AdHocIT::hold));
		await().until(() -> Arrays.stream(context.statusTracker().getExecutorInfos())
			.mapToInt((executor) -> executor.numRunningTasks())
			.sum() >= cores);
	}

	private static void hold(Integer core) throws InterruptedException {
		release.await();
	}

	/** Even on a machine that has much else to do. */
	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofMinutes(2));
	}

	private DocumentContext result(String question, String parameters) {
		return json(get("/api/fetch/" + completed(question, VIEWER) + parameters, VIEWER));
	}

	private String completed(String question, String who) {
		String id = asked(question, who);
		awaitStatus(id, "completed");
		return id;
	}

	private String asked(String question, String who) {
		Answer answer = this.http.send("POST", "/api/run", question, "Authorization", who, "Content-Type", JSON);
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		String id = json(answer).read("$.taskId");
		assertThat(answer.header("Location")).isEqualTo("/api/status/" + id);
		return id;
	}

	private void awaitStatus(String id, String status) {
		await().failFast(() -> {
			DocumentContext now = status(id, OPERATOR);
			assertThat(now.<String>read("$.status")).as(now.jsonString())
				.isIn(Stream.of("queued", "running", status).distinct().toList());
		}).until(() -> status(id, OPERATOR).<String>read("$.status").equals(status));
	}

	private DocumentContext status(String id, String who) {
		return json(get("/api/status/" + id, who));
	}

	private long execution(String id) {
		await().until(() -> this.jdbc.sql("SELECT count(execution_id) FROM ad_hoc_task WHERE id = :id::uuid")
			.param("id", id)
			.query(Integer.class)
			.single() == 1);
		return this.jdbc.sql("SELECT execution_id FROM ad_hoc_task WHERE id = :id::uuid")
			.param("id", id)
			.query(Long.class)
			.single();
	}

	private int rowsOf(String id) {
		return this.jdbc.sql("SELECT count(*) FROM ad_hoc_result WHERE task = :id::uuid")
			.param("id", id)
			.query(Integer.class)
			.single();
	}

	private Answer get(String path, String who, String... headers) {
		return this.http.ask("GET", path,
				Stream.concat(Stream.of("Authorization", who), Stream.of(headers)).toArray(String[]::new));
	}

	private Answer page(String path, String who) {
		return get(path, who, "Accept", "text/html,*/*");
	}

	private static DocumentContext assertProblem(Answer answer, int status, String detail) {
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
		DocumentContext problem = json(answer);
		assertThat(problem.<String>read("$.detail")).startsWith(detail);
		return problem;
	}

	private static DocumentContext json(Answer answer) {
		return JsonPath.parse(answer.body());
	}

}
