package io.isobar.console;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.Launches;
import io.isobar.jobs.Parameter;
import io.isobar.serving.dashboard.InBrowser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The batch console, in a browser. */
@Import(ToyJobs.class)
@TestPropertySource(properties = { "isobar.embedded.database=console_pages", "isobar.jobs.delay=PT0.01S",
		"isobar.first-run.history=P0D", "isobar.provider.order=simulator" })
class ConsolePagesIT extends InBrowser {

	private static final String EXECUTIONS = "/jobs/executions";

	@Autowired
	private ToyJobs toys;

	@Autowired
	private Jobs jobs;

	@Autowired
	private Executions executions;

	@Autowired
	private Launches launches;

	@Autowired
	private MessageSource messages;

	@Autowired
	private JdbcClient jdbc;

	private final String key = UUID.randomUUID().toString();

	@AfterEach
	void nothingRunsOn() {
		this.toys.released.add(this.key);
		await().until(() -> this.executions.running().isEmpty());
	}

	// Jobs

	@Test
	void eachJobSaysWhatItDoesHowItWentAndWhenItRunsNext() {
		long id = ended("toy", "succeed");
		operator();

		this.browser.open("/jobs");

		assertThat(this.browser.text("#job-toy")).contains("Does as it is told.", "done", "execution " + id, "usually ",
				"02:00");
		assertThat(this.browser.text("#job-inner")).contains("POST /api/run does that.", "It has not run yet.",
				"only when it is launched");
		assertThat(this.browser.find("#job-toy .button").getDomAttribute("href")).isEqualTo("/jobs/toy/launch");
		assertThat(this.browser.find("#job-inner .button").getTagName()).isEqualTo("span");
	}

	@Test
	void whoMayNotLaunchIsToldWhichRoleItNeeds() {
		login("viewer", "reads");

		this.browser.open("/jobs");

		assertThat(this.browser.text("#job-toy")).contains("This needs role operator.");
		expectStatus(403);
		this.browser.open("/jobs/toy/launch");
		assertThat(this.browser.text("main")).contains("This needs role operator");
	}

	// Launching

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void aLaunchIsWatchedUntilItsEnd(String width) {
		at(width);
		operator();
		this.browser.open("/jobs/toy/launch");
		type("key", this.key);
		choose("behave", "block");
		assertFits();
		this.browser.screenshot("launch-" + width);

		submit();

		Execution execution = this.executions.newest().get("toy");
		assertThat(execution.parameters()).containsEntry("launchedBy", "operator").containsEntry("key", this.key);
		assertThat(this.browser.text("h1")).isEqualTo("toy · execution " + execution.executionId());
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#execution").contains("25%"));
		assertThat(this.browser.text("#summary")).contains("running", "Attempt 1 of 1");
		this.browser.run("document.body.dataset.same = 'true'");
		assertFits();
		this.browser.screenshot("execution-running-" + width);
		this.toys.released.add(this.key);
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#summary").startsWith("done"));
		assertThat(this.browser.find("#told").getDomProperty("textContent"))
			.startsWith("Execution " + execution.executionId() + ": done, ");
		assertThat(this.browser.find("body").getDomAttribute("data-same")).as("without loading the page anew")
			.isEqualTo("true");
		assertThat(stepStates()).containsExactly("prepare done", "work done", "finish done");
		assertThat(this.browser.driver().findElements(By.cssSelector("[hx-get]"))).as("asking goes on").isEmpty();
		assertFits();
		this.browser.screenshot("execution-done-" + width);
	}

	@Test
	void aWrongParameterIsSaidInTheSummaryAndAtItsField() {
		operator();
		this.browser.open("/jobs/toy/launch");
		type("key", this.key);
		fill("from", "2024-02-01");
		fill("to", "2024-01-31");
		expectStatus(422);

		submit();

		String sentence = "to: 31 January 2024 is before from, 1 February 2024. Exchange them.";
		assertThat(this.browser.text(".error-summary li")).isEqualTo(sentence);
		assertThat(this.browser.text("#error-to")).isEqualTo(sentence);
		assertThat(this.browser.find("#field-to").getDomAttribute("aria-describedby")).isEqualTo("error-to");
		assertThat(this.browser.run("return document.activeElement.className")).isEqualTo("error-summary");
		assertThat(this.browser.find("#field-key").getDomProperty("value")).isEqualTo(this.key);
		this.browser.screenshot("launch-wrong-1280");
	}

	@Test
	void aSecondLaunchIsRefusedWithALinkToTheFirst() {
		long first = launched("toy", "block");
		operator();
		this.browser.open("/jobs/toy/launch");
		expectStatus(409);

		submit();

		assertThat(this.browser.text(".banner.bad")).contains("toy is running already: execution " + first);
		assertThat(this.browser.find("main .button").getDomAttribute("href")).isEqualTo(EXECUTIONS + "/" + first);
	}

	@Test
	void theSameParametersAreOfferedAgain() {
		long id = launches("free", Map.of("key", this.key, "from", "2024-01-01", "to", "2024-01-31", "loud", "true"));
		awaitStatus(id, BatchStatus.COMPLETED);
		operator();

		this.browser.open(EXECUTIONS + "/" + id);
		follow("#do-again");

		assertThat(this.browser.address()).isEqualTo("/jobs/free/launch?again=" + id);
		assertThat(value("key")).isEqualTo(this.key);
		assertThat(value("from")).isEqualTo("2024-01-01");
		assertThat(value("to")).isEqualTo("2024-01-31");
		assertThat(value("loud")).isEqualTo("true");
		assertThat(value("behave")).isEqualTo("succeed");
		submit();
		Execution again = this.executions.newest().get("free");
		assertThat(again.parameters()).containsEntry("from", "2024-01-01").containsEntry("loud", "true");
		assertThat(again.instanceId()).isNotEqualTo(this.executions.find(id).orElseThrow().instanceId());
	}

	@Test
	void citiesAreChosenFromThoseOfTheConfiguration() {
		operator();

		this.browser.open("/jobs/weather_batch_processing/launch");

		assertThat(this.browser.driver().findElements(By.cssSelector("[name=cities]")))
			.extracting((box) -> box.getDomProperty("value"))
			.contains("Paris", "Lyon");
		assertThat(this.browser.find("#field-from").getDomAttribute("type")).isEqualTo("date");
		assertThat(value("collect")).isEqualTo("true");
		this.browser.screenshot("launch-weather-1280");
		at(NARROW);
		operator();
		this.browser.open("/jobs/weather_batch_processing/launch?lang=fr");
		assertFits();
		this.browser.screenshot("launch-weather-fr-390");
	}

	@Test
	void aJobThatPeopleMayNotLaunchHasNoForm() {
		operator();

		this.browser.open("/jobs/inner/launch");

		assertThat(this.browser.text("main")).contains("People do not launch this job.", "POST /api/run does that.");
		assertThat(this.browser.driver().findElements(By.cssSelector("main form"))).isEmpty();
	}

	// Failing and trying again

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void aFailureSaysItsCauseFirstAndIsRestartedAtItsStep(String width) {
		long id = ended("toy", "refuse");
		at(width);
		operator();
		this.browser.open(EXECUTIONS + "/" + id);

		assertThat(this.browser.text(".banner.bad")).startsWith("work failed: the data break a rule");
		assertThat(this.browser.text("#do-restart")).isEqualTo("Restart at work");
		assertThat(this.browser.text(".cannot")).contains("It is not running, but failed: there is nothing to stop.",
				"This needs role admin.");
		assertFits();
		this.browser.screenshot("execution-failed-" + width);
		follow("#do-restart");
		assertThat(this.browser.text(".confirm")).contains("Restart it?",
				"Execution " + id + " goes on at work, as a new attempt. Complete, so not done again: prepare.");
		assertFits();
		this.browser.screenshot("confirm-" + width);
		submit();

		long second = this.executions.newest().get("toy").executionId();
		assertThat(this.browser.address()).isEqualTo(EXECUTIONS + "/" + second);
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#summary").startsWith("done"));
		assertThat(this.browser.text("#summary")).contains("Attempt 2 of 2", "all attempts: ");
		assertThat(stepStates()).containsExactly("work done", "finish done");
		assertThat(this.browser.text("#step-rows td:last-child")).as("attempt at this step").isEqualTo("2");
		this.browser.open(EXECUTIONS + "/" + id);
		assertThat(this.browser.text("#summary")).startsWith("done after repair");
		assertThat(this.browser.text(".banner.ok")).contains("execution " + second);
		assertFits();
		this.browser.open(EXECUTIONS + "?name=toy");
		assertThat(row(id)).contains("done after repair by execution " + second);
		assertFits();
		this.browser.screenshot("executions-" + width);
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void whatAStepHasAClusterDoIsSeenWhileItRuns(String width) {
		at(width);
		long id = launched("free", "block");
		operator();
		await().until(() -> this.executions.steps(id).stream().anyMatch((step) -> step.name().equals("work")));
		this.browser.open(EXECUTIONS + "/" + id);

		long application = ToyJobs.submit(this.jdbc, id, "RUNNING");

		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#applications").contains("running"));
		assertThat(this.browser.text("#applications")).contains("work: analyse toys", "spark://master:7077 app-1");
		assertFits();
		this.browser.screenshot("execution-cluster-" + width);
		this.jdbc.sql("update submitted_applications set state = 'KILLED', ended_at = now() where id = :id")
			.param("id", application)
			.update();
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#applications").contains("killed"));
		assertThat(this.browser.find("#applications a").getDomAttribute("href"))
			.isEqualTo("/api/jobs/executions/" + id + "/applications/" + application + "/log");
	}

	@Test
	void theCauseIsToldFromTheOutermostToTheRoot() {
		long id = ended("free", "fail");
		operator();

		this.browser.open(EXECUTIONS + "/" + id);

		assertThat(this.browser.text(".banner.bad"))
			.startsWith("work failed: the toy is broken\nBecause: a wheel is off");
		assertThat(this.browser.find("details pre").getDomProperty("textContent"))
			.contains("java.lang.IllegalStateException");
		this.browser.find("main details summary").click();
		assertFits();
		this.browser.screenshot("execution-trace-1280");
	}

	@Test
	void theSecondOfTwoOperatorsIsToldWhatTheFirstDid() {
		long id = launched("free", "block");
		this.launches.stop(id, "operator");
		awaitStatus(id, BatchStatus.STOPPED);
		operator();
		this.browser.open(EXECUTIONS + "/" + id + "/restart");
		long first = this.launches.restart(id, "admin").executionId();
		expectStatus(409);

		submit();

		assertThat(this.browser.text(".banner.bad"))
			.isEqualTo("Nothing was changed. admin has restarted it already, as execution " + first + ".");
		assertThat(this.browser.driver().findElements(By.linkText("To the newest attempt, execution " + first)))
			.hasSize(1);
		assertThat(this.executions.attempts(this.executions.find(id).orElseThrow().instanceId())).hasSize(2);
		this.browser.screenshot("confirm-refused-1280");
	}

	// Stopping, abandoning, deleting

	@Test
	void aRunningExecutionIsStopped() {
		long id = launched("free", "block");
		operator();
		this.browser.open(EXECUTIONS + "/" + id);
		assertThat(this.browser.text(".cannot")).contains("It is running. Stop it first.");

		follow("#do-stop");
		assertThat(this.browser.text(".confirm")).contains("Execution " + id + " stops as soon as");
		submit();

		assertThat(this.browser.address()).isEqualTo(EXECUTIONS + "/" + id);
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> this.browser.text("#summary").startsWith("stopped"));
		assertThat(this.browser.text("#do-restart")).isEqualTo("Restart at work");
	}

	@Test
	void aFailedExecutionIsAbandonedAndThenDeleted() {
		long id = ended("free", "fail");
		login("admin", "deletes");
		this.browser.open(EXECUTIONS + "/" + id);
		follow("#do-abandon");
		submit();
		assertThat(this.browser.address()).isEqualTo(EXECUTIONS + "/" + id);
		assertThat(this.browser.text("#summary")).startsWith("abandoned");
		assertThat(this.browser.text(".cannot")).contains("It was abandoned. To do its work, launch free anew.");

		follow("#do-delete");
		submit();

		assertThat(this.browser.address()).isEqualTo(EXECUTIONS);
		assertThat(this.browser.text(".banner.ok")).isEqualTo("Execution " + id + " is deleted.");
		expectStatus(404);
		this.browser.open(EXECUTIONS + "/" + id);
		assertThat(this.browser.text("h1")).isEqualTo("There is nothing here");
	}

	@ParameterizedTest
	@CsvSource({ "viewer, reads, restart", "operator, acts, delete" })
	void whatARoleMayNotDoIsRefusedBeforeTheForm(String user, String password, String action) {
		long id = ended("free", "fail");
		login(user, password);
		expectStatus(403);

		this.browser.open(EXECUTIONS + "/" + id + "/" + action);

		assertThat(this.browser.text("h1")).isEqualTo("You may not do this");
	}

	@Test
	void anActionThatIsNotLegalHasNoForm() {
		long id = ended("free", "succeed");
		operator();

		this.browser.open(EXECUTIONS + "/" + id + "/stop");

		assertThat(this.browser.text(".banner.bad"))
			.isEqualTo("Nothing was changed. It is not running, but done: there is nothing to stop.");
		assertThat(this.browser.driver().findElements(By.cssSelector("main form"))).isEmpty();
	}

	// Lists

	@Test
	void executionsAreFilteredByTheirAddress() {
		long failed = ended("free", "fail");
		long done = ended("free", "succeed");
		operator();

		this.browser.open(EXECUTIONS);
		choose("name", "free");
		choose("status", "FAILED");
		submit();

		assertThat(this.browser.address()).contains("status=FAILED");
		assertThat(row(failed)).contains("free", "failed");
		assertThat(row(done)).isEmpty();
		assertThat(this.browser.text("tbody")).doesNotContain("done", "toy");
		expectStatus(400);
		this.browser.open(EXECUTIONS + "?from=2024-02-01&to=2024-01-31");
		assertThat(this.browser.text("#error-to")).isEqualTo("“To” is before “From”. Exchange them.");
		this.browser.open(EXECUTIONS + "?from=yesterday");
		assertThat(this.browser.text(".error-summary")).contains("That is no day. Write it as 2024-01-31.");
	}

	@Test
	void whatWasLaunchedWhenNobodyWasThereIsListedInPages() {
		for (int i = 0; i < 26; i++) {
			launched("free", "succeed");
		}
		await().until(() -> this.executions.running().isEmpty());
		operator();

		this.browser.open(EXECUTIONS + "?name=free&status=&from=&to=");
		follow(".pager [rel=next]");

		assertThat(this.browser.address()).contains("name=free", "page=1");
		assertThat(this.browser.text(".pager")).contains("Page 2 of ");
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void generationsLeadToTheirExecutions(String width) {
		long id = ended("free", "succeed");
		noGenerations();
		int number = generation(id, 43800);
		makeCurrent(number);
		at(width);
		operator();

		this.browser.open("/jobs/generations");

		assertThat(this.browser.text("tbody tr")).contains(String.valueOf(number), "weather", "current", "43,800",
				"collect 12 s", "analyse 48 s", "1.0.0", Long.toString(id));
		assertFits();
		this.browser.screenshot("generations-" + width);
		follow("tbody a");
		assertThat(this.browser.text("#execution")).contains("Published generation " + number);
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void oneGoesBackAfterBeingAskedAndLetsScheduledRunsPublishAgain(String width) {
		noGenerations();
		int first = generation(7, 43800);
		int second = generation(8, 43920);
		makeCurrent(second);
		at(width);
		operator();
		this.browser.open("/jobs/generations");
		assertThat(this.browser.text("tbody tr")).contains("+120");

		follow("#make-" + first);
		assertThat(this.browser.text(".confirm")).contains(
				"Readers see generation " + first + " again instead of " + second, "publish nothing until an operator");
		assertFits();
		submit();

		assertThat(this.browser.text(".banner.warning")).contains("Scheduled runs publish nothing.",
				"from generation " + second + " to " + first);
		assertFits();
		this.browser.screenshot("generations-held-" + width);
		assertThat(current()).isEqualTo(first);

		follow("#release-weather");
		submit();

		assertThat(this.browser.text("main")).doesNotContain("publish nothing");
		assertThat(current()).isEqualTo(first);
	}

	@Test
	void aGenerationThatIsNotKeptIsRefusedWithItsReason() {
		operator();
		expectStatus(404);

		this.browser.open("/jobs/generations/999999/current");

		assertThat(this.browser.text("main")).contains("Nothing was changed.", "There is no generation 999999.");
	}

	private void noGenerations() {
		List.of("publishing_hold", "current_generation", "generation")
			.forEach((table) -> this.jdbc.sql("delete from " + table).update());
	}

	private int generation(long jobExecutionId, long readings) {
		return this.jdbc.sql("""
				insert into generation (dataset, job_execution_id, readings_version, state_versions, definition,
				  code_version, readings, cities, published_at, durations)
				values ('weather', ?, 1, '{}', 'd', '1.0.0', ?, 5, now(), '{"collect":12000,"analyse":48000}')
				returning generation""").params(jobExecutionId, readings).query(Integer.class).single();
	}

	private void makeCurrent(int number) {
		this.jdbc.sql("insert into current_generation (dataset, generation) values ('weather', ?)")
			.param(number)
			.update();
	}

	private int current() {
		return this.jdbc.sql("select generation from current_generation").query(Integer.class).single();
	}

	// Languages, themes, scripts

	@ParameterizedTest
	@CsvSource({ WIDE + ", en", WIDE + ", fr", NARROW + ", en", NARROW + ", fr" })
	void everyPageFitsInBothLanguagesAndThemes(String width, String language) {
		long done = ended("toy", "succeed");
		long failed = ended("free", "fail");
		long running = launched("free", "block");
		at(width);
		login("admin", "deletes");
		this.browser.open("/jobs?lang=" + language);

		for (String theme : List.of("light", "dark")) {
			for (Map.Entry<String, String> page : Map
				.of("jobs", "/jobs", "executions", EXECUTIONS, "failed", EXECUTIONS + "/" + failed, "running",
						EXECUTIONS + "/" + running, "done", EXECUTIONS + "/" + done, "delete",
						EXECUTIONS + "/" + failed + "/delete", "launch", "/jobs/toy/launch", "generations",
						"/jobs/generations")
				.entrySet()) {
				this.browser.open(page.getValue() + "?theme=" + theme);
				assertFits();
				this.browser.screenshot("console-%s-%s-%s-%s".formatted(page.getKey(), language, theme, width));
			}
		}
	}

	@Test
	void frenchPagesSpeakFrench() {
		long failed = ended("toy", "refuse");
		operator();
		this.browser.open("/jobs?lang=fr");
		assertThat(this.browser.text("#job-weather_batch_processing")).contains("Collecte l'historique qui manque");

		this.browser.open(EXECUTIONS + "/" + failed);

		assertThat(this.browser.text("#summary")).startsWith("échoué");
		assertThat(this.browser.text("#do-restart")).isEqualTo("Reprendre à work");
		assertThat(this.browser.text(".cannot"))
			.contains("Elle n'est pas en cours (état : échoué) : il n'y a rien à arrêter.", "Il faut le rôle admin.");
		expectStatus(422);
		this.browser.open("/jobs/toy/launch");
		fill("from", "2024-02-01");
		fill("to", "2024-01-31");
		submit();
		assertThat(this.browser.text("#error-to"))
			.isEqualTo("to : le 31 janvier 2024 est avant from, le 1er février 2024. Échangez-les.");
	}

	@Test
	void everyJobOfIsobarSpeaksFrenchToo() {
		for (JobDescriptor job : this.jobs.all()) {
			if (List.of("toy", "free", "inner").contains(job.name())) {
				continue;
			}
			String code = "job." + job.name();
			assertThat(french(code)).as(code).isNotNull();
			for (Parameter parameter : job.parameters()) {
				assertThat(french(code + "." + parameter.name())).as(code + "." + parameter.name()).isNotNull();
			}
			if (!job.launchable()) {
				assertThat(french(code + ".instead")).as(code + ".instead").isNotNull();
			}
		}
	}

	private String french(String code) {
		return this.messages.getMessage(code, null, null, Locale.FRENCH);
	}

	@Test
	void withoutScriptsARunningExecutionIsLoadedAgain() {
		long id = launched("free", "block");
		operator();

		this.browser.open(EXECUTIONS + "/" + id);
		assertThat(this.browser.driver().getPageSource())
			.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>");

		this.toys.released.add(this.key);
		awaitStatus(id, BatchStatus.COMPLETED);
		this.browser.open(EXECUTIONS + "/" + id);
		assertThat(this.browser.driver().getPageSource()).doesNotContain("http-equiv=\"refresh\"");
	}

	@Test
	void anExecutionThatIsDeletedWhileItIsLookedAtHasThePageLoadedAnew() {
		operator();
		this.browser.open(EXECUTIONS);

		Object refresh = this.browser.driver()
			.executeAsyncScript(
					"""
							const done = arguments[0];
							fetch('/jobs/executions/999999/live?status=STARTED').then((answer) => done(answer.headers.get('HX-Refresh')));
							""");

		assertThat(refresh).isEqualTo("true");
	}

	private void operator() {
		login("operator", "acts");
	}

	private long launches(String job, Map<String, String> parameters) {
		return this.launches.launch(job, parameters, "admin").executionId();
	}

	private long launched(String job, String behave) {
		long id = launches(job, Map.of("key", this.key, "behave", behave));
		if (behave.equals("block")) {
			await().until(() -> this.executions.steps(id)
				.stream()
				.anyMatch((step) -> step.name().equals("work") && step.status() == BatchStatus.STARTED));
		}
		return id;
	}

	private long ended(String job, String behave) {
		long id = launched(job, behave);
		await().until(() -> !this.executions.find(id).orElseThrow().isRunning());
		return id;
	}

	private void awaitStatus(long id, BatchStatus status) {
		await().until(() -> this.executions.find(id).orElseThrow().status() == status);
	}

	private void type(String field, String text) {
		this.browser.find("#field-" + field).sendKeys(text);
	}

	/** For dates, which are typed otherwise in each language. */
	private void fill(String field, String value) {
		this.browser.run("document.getElementById('field-" + field + "').value = arguments[0]", value);
	}

	private void choose(String field, String value) {
		this.browser.find("#field-" + field + " option[value='" + value + "']").click();
	}

	private String value(String field) {
		return String.valueOf(this.browser.find("#field-" + field).getDomProperty("value"));
	}

	private void submit() {
		follow("main form button[type=submit]");
	}

	private String row(long id) {
		return this.browser.driver()
			.findElements(By.cssSelector("tbody tr"))
			.stream()
			.map((row) -> row.getText().replaceAll("\\s+", " "))
			.filter((text) -> text.startsWith(id + " "))
			.findFirst()
			.orElse("");
	}

	private List<String> stepStates() {
		return this.browser.driver()
			.findElements(By.cssSelector("#step-rows tr"))
			.stream()
			.map((row) -> row.findElement(By.cssSelector("th")).getText() + " "
					+ row.findElement(By.cssSelector(".tag")).getText())
			.toList();
	}

}
