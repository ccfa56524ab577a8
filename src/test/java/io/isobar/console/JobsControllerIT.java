package io.isobar.console;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobFailed;
import io.isobar.jobs.Launches;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.embedded.database=console", "isobar.jobs.delay=PT0.01S" })
@Import(ToyJobs.class)
class JobsControllerIT {

	private static final String EXECUTIONS = "/api/jobs/executions";

	@Autowired
	private ToyJobs toys;

	@Autowired
	private Executions executions;

	@Autowired
	private Launches launches;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private MeterRegistry meters;

	private RestTestClient http;

	private final String key = UUID.randomUUID().toString();

	@BeforeEach
	void client(@LocalServerPort int port) {
		this.http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@AfterEach
	void nothingRunsOn() {
		this.toys.released.add(this.key);
		await().until(() -> this.executions.running().isEmpty());
	}

	// Launching

	@Test
	void aLaunchIsAnsweredWithItsExecution() {
		EntityExchangeResult<String> launched = launch("free",
				"{\"parameters\":{\"key\":\"%s\",\"from\":\"2024-01-01\",\"to\":\"2024-01-31\",\"loud\":true}}"
					.formatted(this.key));

		DocumentContext execution = json(launched);
		assertThat(launched.getStatus().value()).isEqualTo(201);
		int id = execution.read("$.executionId");
		assertThat(launched.getResponseHeaders().getFirst("Location")).isEqualTo(EXECUTIONS + "/" + id);
		assertThat(execution.<Map<String, Object>>read("$")).containsKeys("executionId", "jobName", "status",
				"exitCode", "createdAt", "startedAt", "endedAt", "duration", "parameters", "restartable", "stoppable",
				"abandonable", "steps", "failures", "notes", "applications");
		assertThat(execution.<Map<String, String>>read("$.parameters")).containsEntry("from", "2024-01-01")
			.containsEntry("to", "2024-01-31")
			.containsEntry("loud", "true")
			.containsEntry("launchedBy", "anonymous")
			.containsKey("run");

		DocumentContext ended = awaitStatus(id, "COMPLETED");
		assertThat(ended.<String>read("$.createdAt")).endsWith("Z");
		assertThat(Duration.parse(ended.read("$.duration"))).isPositive();
		assertThat(ended.<List<String>>read("$.steps[*].name")).containsExactly("prepare", "work", "finish");
		assertThat(ended.<List<Double>>read("$.steps[*].progress")).containsOnly(1.0);
		assertThat(ended.<Integer>read("$.steps[0].readCount")).isEqualTo(1);
		assertThat(ended.<Integer>read("$.steps[0].writeCount")).isEqualTo(3);
		assertThat(ended.<List<?>>read("$.failures")).isEmpty();
		assertThat(ended.<Boolean>read("$.restartable")).isFalse();
		assertThat(this.toys.logContexts.get(this.key)).containsEntry("executionId", Integer.toString(id))
			.containsEntry("job", "free");
	}

	@Test
	void theSameParametersMayRunAgain() {
		int first = launched("free", "succeed");
		awaitStatus(first, "COMPLETED");

		int second = launched("free", "succeed");

		awaitStatus(second, "COMPLETED");
		assertThat(second).isGreaterThan(first);
		assertThat(this.executions.find(second).orElseThrow().instanceId())
			.isNotEqualTo(this.executions.find(first).orElseThrow().instanceId());
	}

	@Test
	void aLaunchNeedsNoBody() {
		EntityExchangeResult<String> launched = this.http.post()
			.uri("/api/jobs/free/executions")
			.exchange()
			.expectStatus()
			.isCreated()
			.returnResult(String.class);

		awaitStatus(json(launched).read("$.executionId"), "COMPLETED");
	}

	@Test
	void anUnknownJobIsNotFound() {
		DocumentContext problem = json(launch("weather_of_mars", "{}"));

		assertThat(problem.<Integer>read("$.status")).isEqualTo(404);
		assertThat(problem.<String>read("$.detail")).startsWith("There is no job weather_of_mars. The jobs are ")
			.contains("free", "inner", "toy");
	}

	@Test
	void aJobThatPeopleMayNotLaunchSaysWhatDoes() {
		assertProblem(launch("inner", "{}"), 422, "inner is not launched by itself. POST /api/run does that.",
				"/api/jobs/inner/executions");
	}

	@Test
	void aWrongParameterIsNamed() {
		DocumentContext problem = assertProblem(
				launch("toy", "{\"parameters\":{\"from\":\"2024-02-01\",\"to\":\"2024-01-31\"}}"), 422,
				"to: 2024-01-31 is before from, 2024-02-01. Exchange them.", "/api/jobs/toy/executions");

		assertThat(problem.<String>read("$.errors[0].parameter")).isEqualTo("to");
		assertThat(problem.<String>read("$.errors[0].message"))
			.isEqualTo("2024-01-31 is before from, 2024-02-01. Exchange them.");
	}

	@Test
	void anUnknownParameterIsNamed() {
		assertProblem(launch("toy", "{\"parameters\":{\"colour\":\"red\"}}"), 422,
				"colour: toy has no such parameter. Possible: key, behave, from, to, loud.",
				"/api/jobs/toy/executions");
		assertProblem(launch("toy", "{\"parameters\":{\"key\":[1]}}"), 422,
				"key: is a list or an object. Write it as text, several values with commas between them.",
				"/api/jobs/toy/executions");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"parameters":             | The body is missing, is no well-formed JSON
			[]                         | The body is missing, is no well-formed JSON
			{"parameters":"from"}      | parameters is no object.
			{"from":"2024-01-01"}      | The body has a field from, which is not known.
			""")
	void aBodyOfAnotherShapeIsRefused(String body, String sentence) {
		DocumentContext problem = json(launch("toy", body));

		assertThat(problem.<Integer>read("$.status")).isEqualTo(400);
		assertThat(problem.<String>read("$.detail")).startsWith(sentence);
	}

	@Test
	void ofAJobThatPublishesOneExecutionRuns() {
		int first = launched("toy", "block");

		DocumentContext problem = json(launch("toy", body("succeed")));

		assertThat(problem.<Integer>read("$.status")).isEqualTo(409);
		assertThat(problem.<String>read("$.detail")).isEqualTo("toy is running already: execution " + first
				+ ", launched by anonymous. Wait for its end, or stop it.");
	}

	@Test
	void ofAnyOtherJobSeveralRun() {
		int first = launched("free", "block");
		int second = launched("free", "block");

		awaitStep(first, "work", "STARTED");
		awaitStep(second, "work", "STARTED");
	}

	@Test
	void ofManyLaunchesAtOnceOneSucceeds() throws Exception {
		List<Integer> answers = atOnce(6, () -> launch("toy", body("block")).getStatus().value());

		assertThat(answers).containsOnlyOnce(201).hasSize(6);
		assertThat(answers.stream().filter((status) -> status == 409)).hasSize(5);
	}

	@Test
	void aDayIsLaunchedOnceBySchedule() {
		LocalDate day = LocalDate.ofEpochDay(Math.abs(this.key.hashCode()) % 20_000);

		Optional<Execution> first = this.launches.launchScheduled("toy", day, Map.of("key", this.key), "schedule");
		awaitStatus((int) first.orElseThrow().executionId(), "COMPLETED");
		Optional<Execution> second = this.launches.launchScheduled("toy", day, Map.of("key", "another"), "schedule");

		assertThat(second).isEmpty();
		assertThat(first.orElseThrow().parameters()).containsEntry("day", day.toString())
			.containsEntry("scheduled", "true")
			.containsEntry("launchedBy", "schedule")
			.doesNotContainKey("run");
		assertThat(this.executions.scheduled("toy", day)).map(Execution::executionId)
			.hasValue(first.orElseThrow().executionId());
		assertThat(this.executions.scheduled("toy", day.plusDays(30_000))).isEmpty();
	}

	// Reading

	@Test
	void jobsAreListedWithTheirScheduleAndNewestExecution() {
		int id = launched("toy", "succeed");
		awaitStatus(id, "COMPLETED");

		DocumentContext jobs = json(get("/api/jobs"));

		assertThat(jobs.<List<String>>read("$[*].name")).contains("free", "inner", "toy").isSorted();
		DocumentContext toy = JsonPath.parse(jobs.<List<Object>>read("$[?(@.name=='toy')]").get(0));
		assertThat(toy.<Map<String, Object>>read("$")).containsEntry("description", "Does as it is told.")
			.containsEntry("launchable", true)
			.containsEntry("schedule", "0 0 2 * * *");
		assertThat(toy.<String>read("$.nextRun")).matches("\\d{4}-\\d\\d-\\d\\dT0[01]:00:00Z");
		assertThat(toy.<Integer>read("$.lastExecution.executionId")).isEqualTo(id);
		assertThat(toy.<List<String>>read("$.parameters[1].choices")).contains("succeed", "block");
		assertThat(jobs.<List<Map<String, Object>>>read("$[?(@.name=='inner')]").get(0))
			.containsEntry("launchable", false)
			.containsEntry("schedule", null)
			.containsEntry("nextRun", null)
			.containsEntry("lastExecution", null);
	}

	@Test
	void aFilterByAJobThatNeverWasIsNamed() {
		DocumentContext problem = json(get(EXECUTIONS + "?name=jupiter"));

		assertThat(problem.<Integer>read("$.status")).isEqualTo(400);
		assertThat(problem.<String>read("$.parameter")).isEqualTo("name");
		assertThat(problem.<String>read("$.detail"))
			.startsWith("name: there is no job jupiter. The jobs are ad_hoc_analysis, free, ");
	}

	@Test
	void executionsAreListedNewestFirstByPage() {
		List<Integer> ids = IntStream.range(0, 5).mapToObj((i) -> {
			int id = launched("free", "succeed");
			awaitStatus(id, "COMPLETED");
			return id;
		}).toList();

		DocumentContext first = json(get(EXECUTIONS + "?name=free&size=2"));
		DocumentContext second = json(get(EXECUTIONS + "?name=free&size=2&page=1"));

		assertThat(first.<List<Integer>>read("$.executions[*].executionId")).containsExactly(ids.get(4), ids.get(3));
		assertThat(second.<List<Integer>>read("$.executions[*].executionId")).containsExactly(ids.get(2), ids.get(1));
		int total = first.read("$.page.totalElements");
		assertThat(total).isGreaterThanOrEqualTo(5);
		assertThat(second.<Map<String, Object>>read("$.page")).containsEntry("number", 1)
			.containsEntry("size", 2)
			.containsEntry("totalElements", total)
			.containsEntry("totalPages", (total + 1) / 2);
		assertThat(json(get(EXECUTIONS + "?page=1000000")).<List<?>>read("$.executions")).isEmpty();
	}

	@Test
	void executionsAreFiltered() {
		int failed = launched("free", "fail");
		awaitStatus(failed, "FAILED");
		LocalDate today = LocalDate.now();

		assertThat(json(get(EXECUTIONS + "?status=FAILED")).<List<String>>read("$.executions[*].status"))
			.containsOnly("FAILED");
		assertThat(json(get(EXECUTIONS + "?name=toy")).<List<String>>read("$.executions[*].jobName"))
			.doesNotContain("free");
		assertThat(json(get(EXECUTIONS + "?name=free&status=FAILED&from=%s&to=%s".formatted(today.minusDays(1), today)))
			.<List<Integer>>read("$.executions[*].executionId")).contains(failed);
		assertThat(json(get(EXECUTIONS + "?from=" + today.plusDays(1))).<Integer>read("$.page.totalElements")).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					nmae=toy                        | nmae   | nmae: there is no such parameter here. Possible: name, status, from, to, page, size.
					name=toy&name=free              | name   | name: is there 2 times. Write it once.
					name=                           | name   | name: is empty. Give it a value, or leave it out.
							status=DONE                     | status | status: DONE is none of COMPLETED, STARTING, STARTED, STOPPING, STOPPED, FAILED, ABANDONED, UNKNOWN.
					from=2024-13-01                 | from   | from: 2024-13-01 is no day. Write it as 2024-01-31.
					from=2024-02-30                 | from   | from: 2024-02-30 is no day. Write it as 2024-01-31.
					from=2024-02-01&to=2024-01-31   | from   | from: 2024-02-01 is after to, 2024-01-31. Exchange them.
					from=2010-01-01&to=2024-01-31   | to     | to: from 2010-01-01 to 2024-01-31 is more than 10 years. Ask for a part of it.
					page=-1                         | page   | page: -1 is not possible: pages are counted from 0, up to 1000000.
					page=0x10                       | page   | page: 0x10 is no whole number, or too large.
					page=99999999999                | page   | page: 99999999999 is no whole number, or too large.
					size=0                          | size   | size: 0 is not possible: a page has 1 to 1000 rows.
					size=1001                       | size   | size: 1001 is not possible: a page has 1 to 1000 rows.
					""")
	void aWrongFilterIsNamed(String query, String parameter, String sentence) {
		DocumentContext problem = assertProblem(get(EXECUTIONS + "?" + query), 400, sentence, EXECUTIONS);

		assertThat(problem.<String>read("$.parameter")).isEqualTo(parameter);
	}

	@Test
	void stepsAreReadAloneToo() {
		int id = launched("free", "succeed");
		awaitStatus(id, "COMPLETED");

		DocumentContext steps = json(get(EXECUTIONS + "/" + id + "/steps"));
		int work = steps.read("$[1].stepId");

		assertThat(steps.<Map<String, Object>>read("$[1]")).containsOnlyKeys("stepId", "name", "status", "readCount",
				"writeCount", "filterCount", "skipCount", "commitCount", "rollbackCount", "startedAt", "endedAt",
				"duration", "progress");
		assertThat(json(get(EXECUTIONS + "/" + id + "/steps/" + work)).<String>read("$.name")).isEqualTo("work");
		assertProblem(get(EXECUTIONS + "/" + id + "/steps/0"), 404,
				"Execution " + id + " has no step 0. /api/jobs/executions/" + id + "/steps lists those it has.",
				EXECUTIONS + "/" + id + "/steps/0");
	}

	@ParameterizedTest
	@CsvSource({ "GET, ''", "GET, /steps", "GET, /steps/1", "PUT, ?stop=true", "PUT, ?restart=true",
			"PUT, ?abandon=true", "DELETE, ''" })
	void anUnknownExecutionIsNotFound(String method, String rest) {
		EntityExchangeResult<String> answer = exchange(method, EXECUTIONS + "/999999999" + rest);

		assertProblem(answer, 404,
				"There is no execution 999999999. It may have been deleted; the list of executions has those there are.",
				EXECUTIONS + "/999999999" + rest.replaceFirst("\\?.*", ""));
	}

	@Test
	void progressIsSeenWhileAStepRuns() {
		int id = launched("free", "block");

		await().until(() -> {
			List<Double> progress = json(get(EXECUTIONS + "/" + id)).read("$.steps[?(@.name=='work')].progress");
			return progress.contains(0.25);
		});
		DocumentContext running = json(get(EXECUTIONS + "/" + id));
		assertThat(running.<Boolean>read("$.stoppable")).isTrue();
		assertThat(running.<Boolean>read("$.restartable")).isFalse();
		assertThat(running.<Boolean>read("$.abandonable")).isFalse();
		assertThat(running.<String>read("$.endedAt")).isNull();
		assertThat(running.<String>read("$.duration")).startsWith("PT");
	}

	// Failing and trying again

	@Test
	void aStepIsTriedAgain() {
		int id = launched("free", "failOnce");

		DocumentContext ended = awaitStatus(id, "COMPLETED");

		assertThat(ended.<List<?>>read("$.failures")).isEmpty();
		assertThat(this.toys.tries.get(this.key)).hasValue(2);
	}

	@Test
	void whatAStepHasToSayIsKeptOnceWithTheExecution() {
		int id = launched("free", "failOnce");

		DocumentContext ended = awaitStatus(id, "COMPLETED");

		assertThat(ended.<List<Map<String, String>>>read("$.notes"))
			.containsExactly(Map.of("step", "work", "sentence", "the toy creaks"));
	}

	@Test
	void whatAStepHadAClusterDoIsToldWithTheEndOfItsLog() {
		int id = launched("free", "succeed");
		awaitStatus(id, "COMPLETED");
		long application = ToyJobs.submit(this.jdbc, id, "RUNNING");

		DocumentContext execution = json(get(EXECUTIONS + "/" + id));

		assertThat(execution.<List<Map<String, Object>>>read("$.applications")).singleElement()
			.satisfies((told) -> assertThat(told).containsEntry("id", (int) application)
				.containsEntry("step", "work")
				.containsEntry("name", "analyse toys")
				.containsEntry("master", "spark://master:7077")
				.containsEntry("applicationId", "app-1")
				// Nobody told its end, and nobody will
				.containsEntry("state", "LOST")
				.containsEntry("endedAt", null)
				.containsKey("submittedAt"));
		EntityExchangeResult<String> log = get(EXECUTIONS + "/" + id + "/applications/" + application + "/log");
		assertThat(log.getResponseHeaders().getContentType()).hasToString("text/plain;charset=UTF-8");
		assertThat(log.getResponseBody()).isEqualTo("one\ntwo\n");
		EntityExchangeResult<String> none = get(EXECUTIONS + "/" + id + "/applications/0/log");
		assertThat(none.getStatus().value()).isEqualTo(404);
		assertThat(json(none).<String>read("$.detail")).contains("no application 0");
	}

	@Test
	void afterThreeTriesAStepFailsAndEverybodyIsTold() {
		double before = this.meters.counter("isobar.jobs.failures", "job", "free").count();
		int id = launched("free", "fail");

		DocumentContext ended = awaitStatus(id, "FAILED");

		assertThat(this.toys.tries.get(this.key)).hasValue(3);
		assertThat(ended.<List<Map<String, String>>>read("$.failures"))
			.containsExactly(Map.of("step", "work", "message", "the toy is broken", "cause", "a wheel is off"));
		assertThat(ended.<String>read("$.steps[1].status")).isEqualTo("FAILED");
		assertThat(ended.jsonString()).doesNotContain("\\tat ");
		await().untilAsserted(() -> assertThat(this.toys.failed).filteredOn((event) -> event.executionId() == id)
			.singleElement()
			.extracting(JobFailed::job, JobFailed::step, JobFailed::causes, JobFailed::action)
			.containsExactly("free", "work", List.of("the toy is broken", "a wheel is off"),
					"When the cause is gone, restart execution " + id
							+ " in the batch console (/jobs); it goes on at work."));
		assertThat(this.meters.counter("isobar.jobs.failures", "job", "free").count()).isEqualTo(before + 1);
	}

	@Test
	void aCheckedExceptionFailsAStepLikeAnyOther() {
		int id = launched("free", "failChecked");

		DocumentContext ended = awaitStatus(id, "FAILED");

		assertThat(this.toys.tries.get(this.key)).hasValue(3);
		assertThat(ended.<String>read("$.failures[0].message")).isEqualTo("the toy shop is closed");
	}

	@Test
	void whatAnotherTryCantCureIsTriedOnce() {
		int id = launched("free", "refuse");

		DocumentContext ended = awaitStatus(id, "FAILED");

		assertThat(this.toys.tries.get(this.key)).hasValue(1);
		assertThat(ended.<List<Map<String, String>>>read("$.failures.*.message"))
			.isEqualTo(List.of("the data break a rule"));
	}

	@Test
	void springBatchMeasuresItsJobs() {
		int id = launched("free", "succeed");
		awaitStatus(id, "COMPLETED");

		assertThat(this.meters.find("spring.batch.job").tag("spring.batch.job.name", "free").timer()).isNotNull();
	}

	// Stopping, restarting, abandoning, deleting

	@Test
	void aStoppedExecutionGoesOnAtTheStepThatWasStopped() {
		int id = launched("toy", "block");
		awaitStep(id, "work", "STARTED");

		DocumentContext stopping = json(put(id, "stop=true"));
		assertThat(stopping.<String>read("$.status")).isIn("STOPPING", "STOPPED");
		DocumentContext stopped = awaitStatus(id, "STOPPED");
		assertThat(stopped.<Boolean>read("$.restartable")).isTrue();
		this.toys.released.add(this.key);
		EntityExchangeResult<String> restarted = put(id, "restart=true");

		assertThat(restarted.getStatus().value()).isEqualTo(200);
		int second = json(restarted).read("$.executionId");
		assertThat(second).isGreaterThan(id);
		DocumentContext ended = awaitStatus(second, "COMPLETED");
		assertThat(ended.<List<String>>read("$.steps[*].name")).containsExactly("work", "finish");
		assertThat(this.toys.prepared.get(this.key)).hasValue(1);
		assertThat(json(get(EXECUTIONS + "/" + id)).<Boolean>read("$.restartable")).isFalse();
	}

	@Test
	void aFailedExecutionGoesOnAtTheStepThatFailed() {
		int id = launched("toy", "refuse");
		assertThat(awaitStatus(id, "FAILED").<Boolean>read("$.restartable")).isTrue();

		int second = json(put(id, "restart=true")).read("$.executionId");

		DocumentContext ended = awaitStatus(second, "COMPLETED");
		assertThat(ended.<List<String>>read("$.steps[*].name")).containsExactly("work", "finish");
		assertThat(ended.<Map<String, String>>read("$.parameters")).containsEntry("behave", "refuse");
		assertThat(this.toys.prepared.get(this.key)).hasValue(1);
		assertProblem(put(id, "restart=true"), 422, "There is a newer attempt: execution " + second + ", COMPLETED.",
				EXECUTIONS + "/" + id);
		assertProblem(put(second, "restart=true"), 422, "It is complete: a restart would do nothing again. "
				+ "To do its work anew, launch toy with the same parameters.", EXECUTIONS + "/" + second);
	}

	@Test
	void ofManyRestartsAtOnceOneSucceeds() throws Exception {
		int id = launched("free", "block");
		awaitStep(id, "work", "STARTED");
		put(id, "stop=true");
		awaitStatus(id, "STOPPED");

		List<Integer> answers = atOnce(5, () -> put(id, "restart=true").getStatus().value());

		assertThat(answers).containsOnlyOnce(200);
		assertThat(answers.stream().filter((status) -> status == 409)).hasSize(4);
	}

	@Test
	void anAbandonedExecutionIsNotRestarted() {
		int id = launched("free", "fail");
		assertThat(awaitStatus(id, "FAILED").<Boolean>read("$.abandonable")).isTrue();

		DocumentContext abandoned = json(put(id, "abandon=true"));

		assertThat(abandoned.<String>read("$.status")).isEqualTo("ABANDONED");
		assertThat(abandoned.<Boolean>read("$.restartable")).isFalse();
		assertProblem(put(id, "restart=true"), 422, "It was abandoned. To do its work, launch free anew.",
				EXECUTIONS + "/" + id);
	}

	@Test
	void whatIsNotLegalIsRefusedWithItsReason() {
		int running = launched("free", "block");
		int complete = launched("free", "succeed");
		awaitStatus(complete, "COMPLETED");
		awaitStep(running, "work", "STARTED");

		assertProblem(put(running, "restart=true"), 422,
				"It is running. It can be restarted if it fails or is stopped.", EXECUTIONS + "/" + running);
		assertProblem(put(running, "abandon=true"), 422, "It is running. Stop it first.", EXECUTIONS + "/" + running);
		assertThat(json(exchange("DELETE", EXECUTIONS + "/" + running)).<String>read("$.detail"))
			.startsWith("It has been running since ");
		assertProblem(put(complete, "stop=true"), 422, "It is not running, but COMPLETED: there is nothing to stop.",
				EXECUTIONS + "/" + complete);
		assertProblem(put(complete, "abandon=true"), 422, "It is complete: there is nothing to abandon.",
				EXECUTIONS + "/" + complete);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					''                       | It is not said what to do. Ask for one of ?stop=true, ?restart=true and ?abandon=true.
					?stop=true&restart=true  | stop and restart can't be done at once. Ask for one of ?stop=true, ?restart=true and ?abandon=true.
					?stop=false              | stop: only true is possible.
					?stop=yes                | stop: yes is neither true nor false.
					?halt=true               | halt: there is no such parameter here. Possible: stop, restart, abandon.
					""")
	void oneThingIsDoneAtATime(String query, String sentence) {
		assertProblem(exchange("PUT", EXECUTIONS + "/1" + query), 400, sentence, EXECUTIONS + "/1");
	}

	@Test
	void aDeletedExecutionLeavesNothing() {
		int id = launched("free", "fail");
		awaitStatus(id, "FAILED");
		long instance = this.executions.find(id).orElseThrow().instanceId();

		EntityExchangeResult<String> deleted = exchange("DELETE", EXECUTIONS + "/" + id);

		assertThat(deleted.getStatus().value()).isEqualTo(204);
		assertThat(get(EXECUTIONS + "/" + id).getStatus().value()).isEqualTo(404);
		for (String table : List.of("batch_job_execution", "batch_step_execution", "batch_job_execution_params",
				"batch_job_execution_context", "execution_failures", "execution_notes")) {
			assertThat(rows("select count(*) from " + table + " where job_execution_id = :id", id)).as(table).isZero();
		}
		assertThat(rows("select count(*) from batch_job_instance where job_instance_id = :id", instance)).isZero();
	}

	@Test
	void theRunOfADayCanBeLaunchedAgainAfterItWasDeleted() {
		LocalDate day = LocalDate.ofEpochDay(-Math.abs(this.key.hashCode()) % 20_000);
		long first = this.launches.launchScheduled("free", day, Map.of(), "schedule").orElseThrow().executionId();
		awaitStatus((int) first, "COMPLETED");

		this.launches.delete(first, "admin");

		assertThat(this.launches.launchScheduled("free", day, Map.of(), "schedule")).isPresent();
	}

	@Test
	void theRunOfADayWhoseLaunchWasCutInTwoCanBeLaunched(@Autowired JobRepository repository) {
		LocalDate day = LocalDate.ofEpochDay(-30_000 - Math.abs(this.key.hashCode()) % 20_000);
		repository.createJobInstance("free",
				new JobParametersBuilder().addLocalDate("day", day)
					.addJobParameter("scheduled", true, Boolean.class)
					.toJobParameters());

		Execution launched = this.launches.launchScheduled("free", day, Map.of(), "schedule").orElseThrow();

		awaitStatus((int) launched.executionId(), "COMPLETED");
		assertThat(this.launches.launchScheduled("free", day, Map.of(), "schedule")).isEmpty();
	}

	// Ending

	@Test
	void theEndOfTheApplicationStopsItsJobs(@Autowired @Qualifier("recovery") SmartLifecycle recovery) {
		int id = launched("free", "block");
		awaitStep(id, "work", "STARTED");

		recovery.stop();
		recovery.start();

		Execution stopped = this.executions.find(id).orElseThrow();
		assertThat(stopped.status()).isEqualTo(BatchStatus.STOPPED);
		assertThat(stopped.exitMessage()).isEqualTo("The application was stopped. Restart it to go on.");
		assertThat(stopped.restartable()).isTrue();
	}

	@Test
	void whatAPersonHasStoppedIsNotMarkedForGoingOnByTheEndOfTheApplication(
			@Autowired @Qualifier("recovery") SmartLifecycle recovery) {
		int id = launched("free", "conclude");
		awaitStep(id, "work", "STARTED");
		this.launches.stop(id, "operator");
		CompletableFuture<Void> end = CompletableFuture.runAsync(recovery::stop);
		this.toys.released.add(this.key);
		end.join();
		recovery.start();

		Execution stopped = this.executions.find(id).orElseThrow();
		assertThat(stopped.status()).isEqualTo(BatchStatus.STOPPED);
		assertThat(stopped.exitMessage()).doesNotContain("The application was stopped");
		assertThat(this.toys.concluded).doesNotContain(this.key);
	}

	@Test
	void whatIsAbandonedConcludesNothingAnyMore() {
		int id = launched("free", "conclude");
		awaitStep(id, "work", "STARTED");
		this.launches.stop(id, "operator");
		this.launches.abandon(id, "operator");
		this.toys.released.add(this.key);

		awaitStep(id, "work", "STOPPED");
		assertThat(this.toys.concluded).doesNotContain(this.key);
	}

	@Test
	void whatIsNotStoppedConcludes() {
		int id = launched("free", "conclude");
		this.toys.released.add(this.key);

		awaitStatus(id, "COMPLETED");
		assertThat(this.toys.concluded).contains(this.key);
	}

	@Test
	void aJobWhoseEndCouldNotBeWrittenIsRecovered() {
		int id = launched("free", "block");
		awaitStep(id, "work", "STARTED");
		this.jdbc.sql("""
				create function refuse_end() returns trigger language plpgsql as
				$$ begin raise exception 'the disk is full'; end $$
				""").update();
		this.jdbc.sql("create trigger refuse_end before update on batch_job_execution for each row "
				+ "when (new.status = 'COMPLETED' and new.job_execution_id = " + id + ") execute function refuse_end()")
			.update();
		try {
			this.toys.released.add(this.key);

			DocumentContext recovered = awaitStatus(id, "FAILED");

			assertThat(recovered.<Boolean>read("$.restartable")).isTrue();
			assertThat(recovered.<List<String>>read("$.failures[*].message"))
				.containsExactly("The process that ran it ended before it did. Restart it to go on.");
		}
		finally {
			this.jdbc.sql("drop function refuse_end cascade").update();
		}
	}

	@Test
	void aJobThatStopsAtOnceIsToldSoWhileItRuns() {
		int id = launched("free", "stoppable");
		awaitStep(id, "work", "STARTED");

		put(id, "stop=true");

		awaitStatus(id, "STOPPED");
		assertThat(this.toys.stopped).contains(this.key);
	}

	// HTTP

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					GET    | /api/jupiter               | 404 | There is nothing at /api/jupiter. docs/http-api.md lists what there is.
					GET    | /api/jobs/                 | 404 | There is nothing at /api/jobs/. docs/http-api.md lists what there is.
					PATCH  | /api/jobs/executions/1     | 405 | PATCH is not possible here. Possible: DELETE, GET, PUT.
					DELETE | /api/jobs                  | 405 | DELETE is not possible here. Possible: GET.
					GET    | /api/jobs/executions/first | 400 | id: first is no whole number, or too large.
					""")
	void whateverFailsUnderApiIsAProblem(String method, String uri, int status, String sentence) {
		assertProblem(exchange(method, uri), status, sentence, uri);
	}

	@Test
	void aMethodThatIsNotPossibleNamesThoseThatAre() {
		assertThat(exchange("PATCH", EXECUTIONS).getResponseHeaders().getAllow()).contains(HttpMethod.GET);
		assertThat(exchange("OPTIONS", EXECUTIONS + "/1").getResponseHeaders().getAllow()).contains(HttpMethod.GET,
				HttpMethod.HEAD, HttpMethod.PUT, HttpMethod.DELETE);
		EntityExchangeResult<String> head = exchange("HEAD", "/api/jobs");
		assertThat(head.getStatus().value()).isEqualTo(200);
		assertThat(head.getResponseBody()).isNullOrEmpty();
	}

	@Test
	void aBodyThatIsNoJsonIsRefusedByItsType() {
		EntityExchangeResult<String> answer = this.http.post()
			.uri("/api/jobs/toy/executions")
			.contentType(MediaType.TEXT_PLAIN)
			.body("from=2024-01-01")
			.exchange()
			.returnResult(String.class);

		assertProblem(answer, 415, "text/plain can't be read here. Send application/json, and say so in Content-Type.",
				"/api/jobs/toy/executions");
	}

	@Test
	void aProblemIsJsonWhateverWasAskedFor() {
		EntityExchangeResult<String> answer = this.http.get()
			.uri("/api/jobs")
			.accept(MediaType.TEXT_HTML)
			.exchange()
			.returnResult(String.class);

		assertProblem(answer, 406,
				"None of the types that Accept asks for can be written here. Ask for application/json.", "/api/jobs");
	}

	private EntityExchangeResult<String> launch(String job, String body) {
		return this.http.post()
			.uri("/api/jobs/" + job + "/executions")
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.returnResult(String.class);
	}

	private int launched(String job, String behave) {
		EntityExchangeResult<String> launched = launch(job, body(behave));
		assertThat(launched.getStatus().value()).as(launched.getResponseBody()).isEqualTo(201);
		return json(launched).read("$.executionId");
	}

	private String body(String behave) {
		return "{\"parameters\":{\"key\":\"%s\",\"behave\":\"%s\"}}".formatted(this.key, behave);
	}

	private EntityExchangeResult<String> get(String uri) {
		return exchange("GET", uri);
	}

	private EntityExchangeResult<String> put(int id, String action) {
		return exchange("PUT", EXECUTIONS + "/" + id + "?" + action);
	}

	private EntityExchangeResult<String> exchange(String method, String uri) {
		return this.http.method(HttpMethod.valueOf(method)).uri(uri).exchange().returnResult(String.class);
	}

	private DocumentContext awaitStatus(int id, String status) {
		await().until(() -> json(get(EXECUTIONS + "/" + id)).<String>read("$.status").equals(status));
		return json(get(EXECUTIONS + "/" + id));
	}

	private void awaitStep(int id, String step, String status) {
		await().until(() -> json(get(EXECUTIONS + "/" + id))
			.<List<String>>read("$.steps[?(@.name=='%s')].status".formatted(step))
			.contains(status));
	}

	private long rows(String sql, long id) {
		return this.jdbc.sql(sql).param("id", id).query(Long.class).single();
	}

	private static List<Integer> atOnce(int times, Callable<Integer> action) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(times);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<Integer>> answers = IntStream.range(0, times).mapToObj((i) -> threads.submit(() -> {
				start.await();
				return action.call();
			})).toList();
			start.countDown();
			List<Integer> all = new ArrayList<>();
			for (Future<Integer> answer : answers) {
				all.add(answer.get());
			}
			return all;
		}
		finally {
			threads.shutdown();
		}
	}

	private static DocumentContext assertProblem(EntityExchangeResult<String> answer, int status, String detail,
			String instance) {
		DocumentContext problem = json(answer);
		assertThat(problem.<String>read("$.detail")).isEqualTo(detail);
		assertThat(answer.getStatus().value()).isEqualTo(status);
		assertThat(answer.getResponseHeaders().getContentType()).hasToString("application/problem+json");
		assertThat(problem.<Integer>read("$.status")).isEqualTo(status);
		assertThat(problem.<String>read("$.type")).isEqualTo("about:blank");
		assertThat(problem.<String>read("$.title")).isNotBlank();
		assertThat(problem.<String>read("$.instance")).isEqualTo(instance);
		return problem;
	}

	private static DocumentContext json(EntityExchangeResult<String> answer) {
		return JsonPath.parse(answer.getResponseBody());
	}

}
