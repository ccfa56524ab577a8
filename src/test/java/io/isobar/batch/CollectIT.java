package io.isobar.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Launches;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.MovableClock;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.provider.TimelineServer;
import io.isobar.provider.Use;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.TestLimits;
import io.isobar.views.ReadingsFold;
import io.isobar.views.State;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;

/**
 * What is collected, what waits and what is spent, whatever the provider does. The
 * provider is a real server: it answers as Visual Crossing does, until a test puts
 * something in its way.
 */
@SpringBootTest(properties = { "isobar.embedded.database=collecting", "isobar.lake.root=/collecting",
		"isobar.jobs.delay=PT0.01S", "isobar.provider.order=visual-crossing",
		"isobar.provider.visual-crossing.key=in-this-test-only",
		"isobar.provider.visual-crossing.daily-budget=" + CollectIT.BUDGET, "isobar.batch.schedule=0 0 2 * * *",
		"isobar.batch.zone=UTC" })
class CollectIT {

	static final int BUDGET = 2000;

	private static final ZoneId ZONE = ZoneId.of("Europe/Paris");

	private static final String JOB = "collecting";

	private static final String KEY = "in-this-test-only";

	/** A city for each thing that can go wrong, each at a latitude of its own. */
	private static final List<String> CITIES = List.of("Paris", "Busy", "Down", "Portal", "Cut", "Error", "Elsewhere",
			"Slow", "Moved", "Unknown", "Reset", "Fahrenheit");

	private static final MovableClock clock = new MovableClock(Instant.parse("2025-03-13T03:00:00Z"));

	private static WireMockServer vendor;

	private static TimelineServer timeline;

	/** Nothing runs by itself here, although the clock leaps over many nights. */
	@MockitoBean
	private Runs runs;

	@Autowired
	private Quotas quotas;

	@Autowired
	private Providers providers;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private ExecutionNotes notes;

	@MockitoSpyBean
	private ReadingStore readings;

	@Autowired
	private Lake lake;

	@Autowired
	private JdbcClient jdbc;

	@TestConfiguration
	static class Surroundings {

		@Bean
		@Primary
		Clock movableClock() {
			return clock;
		}

		@Bean
		JobDescriptor collecting() {
			return JobDescriptor.of(JOB, "Only collects.")
				.with(Parameter.date("from"), Parameter.date("to"), Parameter.text("cities"));
		}

		@Bean
		Job collectingAlone(JobRepository repository, Steps steps, Collect collect) {
			return new JobBuilder(JOB, repository).start(steps.step("collect", collect)).build();
		}

		@Bean
		Limits limits() {
			return TestLimits.quick();
		}

	}

	@DynamicPropertySource
	static void vendor(DynamicPropertyRegistry properties) throws IOException {
		timeline = new TimelineServer();
		vendor = new WireMockServer(WireMockConfiguration.wireMockConfig().dynamicPort());
		vendor.start();
		properties.add("isobar.provider.visual-crossing.url", vendor::baseUrl);
		for (int i = 0; i < CITIES.size(); i++) {
			String city = "isobar.cities[" + i + "].";
			String latitude = latitude(CITIES.get(i));
			String name = CITIES.get(i);
			properties.add(city + "name", () -> name);
			properties.add(city + "country", () -> "FR");
			properties.add(city + "latitude", () -> latitude);
			properties.add(city + "longitude", () -> "2.5");
			properties.add(city + "timezone", () -> "Europe/Paris");
		}
	}

	@AfterAll
	static void close() {
		vendor.stop();
		timeline.close();
	}

	@BeforeEach
	void nothingIsCollected() throws IOException {
		this.readings.create();
		for (String table : List.of("collected_day", "collected_from", "provider_quota")) {
			this.jdbc.sql("DELETE FROM " + table).update();
		}
		this.lake.files().delete(this.lake.path("weather/raw"), true);
		// The circuit that a test has opened is closed the next day
		clock.move(Duration.ofDays(40));
		timeline.forget();
		nothingGoesWrong();
	}

	/** What a provider can do wrong, each with another city, all in one run. */
	@Test
	void whateverGoesWrongWithACityTheOthersAreCollected() throws Exception {
		String today = today().toString();
		String from = today().minusDays(3).toString();
		String to = today().minusDays(1).toString();
		instead("Busy", aResponse().withStatus(429).withBody("Maximum concurrent jobs has been exceeded"));
		instead("Down", aResponse().withStatus(503).withBody("key=" + KEY));
		instead("Portal", aResponse().withHeader("Content-Type", "text/html").withBody("<html>hotel</html>"));
		byte[] packed = packed("{\"days\":[" + "0,".repeat(1000));
		instead("Cut",
				json("").withHeader("Content-Encoding", "gzip").withBody(Arrays.copyOf(packed, packed.length / 2)));
		instead("Error", json("{\"errorCode\":17,\"message\":\"no\",\"key\":\"" + KEY + "\"}"));
		instead("Elsewhere", json("{\"latitude\":1,\"longitude\":2,\"days\":[]}"));
		instead("Slow", json(" ".repeat(2000) + "{\"days\":[]}").withChunkedDribbleDelay(100, 30_000));
		instead("Moved", aResponse().withStatus(302)
			.withHeader("Location", timeline.url() + "/timeline/1,2/" + from + "/" + to + "?key=" + KEY));
		instead("Unknown", aResponse().withStatus(401).withBody("No account found with API key '" + KEY + "'"));
		instead("Reset", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
		instead("Fahrenheit",
				json(("{\"queryCost\":72,\"latitude\":%s,\"longitude\":2.5,\"days\":[{\"datetime\":\"%s\","
						+ "\"source\":\"obs\",\"hours\":[{\"datetimeEpoch\":1741561200,\"temp\":74,\"source\":\"obs\"}]}]}")
					.formatted(latitude("Fahrenheit"), to)));

		Ended run = run(Map.of("from", from, "to", today));

		assertThat(run.failure()).contains("Busy: Visual Crossing answers only so many questions")
			.contains("Down: Visual Crossing has trouble of its own (503")
			.contains("Portal: Visual Crossing answered with something other than JSON")
			.contains("Cut: The answer of Visual Crossing is packed and cannot be unpacked")
			.contains("Error: Visual Crossing gave an answer that is not used: it has no list of days")
			.contains("km away from Elsewhere")
			.contains("Slow: Visual Crossing did not end its answer")
			.contains("Moved: Visual Crossing sends localhost on to another host")
			.contains("Unknown: Visual Crossing does not accept the key")
			.contains("Reset: Visual Crossing cut the connection")
			.contains("Fahrenheit: Visual Crossing gave an answer that is not used: its units are wrong")
			.doesNotContain("Paris:")
			.doesNotContain(KEY);
		assertThat(days()).containsOnly(Map.entry("Paris", 3L));
		assertThat(this.jdbc.sql("SELECT count(*) FROM collected_day WHERE settled").query(Long.class).single())
			.isOne();
		// What was answered, refused or came too late: three days each; three tries that
		// were cut off
		assertThat(spent()).isEqualTo(72 * (1 + 6 + 3));
		assertThat(timeline.asked()).allMatch((question) -> question.startsWith(latitude("Paris") + ","));
		Map<String, String> raw = raw();
		assertThat(raw.keySet()).filteredOn((path) -> !path.startsWith("rejected/"))
			.singleElement()
			.asString()
			.startsWith("visual_crossing/Paris/" + from + "_" + to + "/");
		assertThat(
				raw.keySet().stream().filter((path) -> path.startsWith("rejected/")).map((path) -> path.split("/")[2]))
			.contains("Busy", "Down", "Portal", "Cut", "Error", "Elsewhere", "Unknown", "Fahrenheit");
		assertThat(raw.values()).noneMatch((content) -> content.contains(KEY));

		nothingGoesWrong();
		int before = timeline.asked().size();
		assertThat(run(Map.of("from", from, "to", to, "cities", "Down,Unknown")).failure()).isNull();
		assertThat(timeline.asked().subList(before, timeline.asked().size())).hasSize(2);
		assertThat(days()).containsOnlyKeys("Paris", "Down", "Unknown");
	}

	@Test
	void whatTheBudgetDoesNotAllowWaitsAndComesOnTheNextDays() {
		LocalDate first = today().minusDays(120);

		Ended run = run(Map.of("from", first.toString(), "to", today().toString(), "cities", "Paris"));

		assertThat(run.failure()).isNull();
		assertThat(spent()).isLessThanOrEqualTo(BUDGET).isGreaterThan(BUDGET - 31 * 24);
		long had = days().get("Paris");
		assertThat(run.notes()).singleElement()
			.asString()
			.startsWith("%d days of Paris (%s…%s) wait until %sT00:00Z. Visual Crossing may be asked for 2000 records"
				.formatted(120 - had, first, first.plusDays(119 - had), today().plusDays(1)));

		clock.move(Duration.ofDays(1));
		run = run(Map.of("cities", "Paris"));

		assertThat(run.failure()).isNull();
		assertThat(run.notes()).isEmpty();
		assertThat(days()).containsOnly(Map.entry("Paris", 121L));
		// Nothing was asked twice but what had not settled: two days
		assertThat(askedDays()).isEqualTo(121 + 2);
		assertThat(spent()).isLessThanOrEqualTo(BUDGET);
	}

	@Test
	void aDailyLimitInTheMiddleOfACityKeepsWhatCameAndAsksNoMore() {
		LocalDate first = today().minusDays(93);
		vendor.stubFor(get(urlMatching(".*/" + latitude("Paris") + ",.*")).inScenario("limit")
			.willReturn(aResponse().proxiedFrom(timeline.url()))
			.willSetStateTo("used up"));
		vendor.stubFor(get(urlMatching(".*/" + latitude("Paris") + ",.*")).inScenario("limit")
			.whenScenarioStateIs("used up")
			.willReturn(aResponse().withStatus(429).withBody("Maximum daily cost exceeded")));

		Ended run = run(Map.of("from", first.toString(), "to", today().toString(), "cities", "Paris"));

		assertThat(run.failure()).isNull();
		assertThat(days()).containsOnly(Map.entry("Paris", 31L));
		assertThat(run.notes()).singleElement()
			.asString()
			.startsWith("62 days of Paris (" + first)
			.contains("wait until %sT00:00Z. The records of the Visual Crossing account are used up"
				.formatted(today().plusDays(1)));
		assertThat(vendor.getAllServeEvents()).hasSize(2);
		assertThat(spent()).isEqualTo(31 * 24);

		clock.move(Duration.ofDays(1));
		nothingGoesWrong();
		run(Map.of("cities", "Paris"));

		assertThat(days()).containsOnly(Map.entry("Paris", 94L));
	}

	@Test
	void aLimitThatEndsWithinAMomentIsWaitedFor() throws Exception {
		// A minute before midnight, when all limits end
		clock.move(Duration.between(clock.instant(),
				clock.instant().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofMinutes(24 * 60 - 1))));
		instead("Paris", aResponse().withStatus(429).withBody("Maximum daily cost exceeded"));

		CompletableFuture<Ended> run = CompletableFuture.supplyAsync(() -> run(Map.of("cities", "Paris")));
		// What it reckoned with was given back: it has been told, before midnight
		await().until(() -> !vendor.getAllServeEvents().isEmpty() && spent() == 0);
		nothingGoesWrong();
		clock.move(Duration.ofMinutes(1));

		assertThat(run.get(1, TimeUnit.MINUTES)).isEqualTo(new Ended(null, List.of()));
		assertThat(days()).containsOnly(Map.entry("Paris", 1L));
	}

	@Test
	void afterAWeekInWhichNobodyAnsweredTheWholeWeekComes() {
		LocalDate first = today().minusDays(1);
		run(Map.of("cities", "Paris"));
		instead("Paris", aResponse().withStatus(500).withBody("general error"));
		for (int day = 0; day < 7; day++) {
			clock.move(Duration.ofDays(1));
			assertThat(run(Map.of("cities", "Paris")).failure()).contains("trouble of its own");
			assertThat(spent()).isZero();
		}
		nothingGoesWrong();
		int before = timeline.asked().size();

		assertThat(run(Map.of("cities", "Paris")).failure()).isNull();

		assertThat(timeline.asked().subList(before, timeline.asked().size())).singleElement()
			.asString()
			.endsWith("/" + first + "/" + today().minusDays(1));
		assertThat(days()).containsOnly(Map.entry("Paris", 8L));
	}

	@Test
	void onlySettledDaysOfRealProvidersAreHad() {
		LocalDate day = today().minusDays(10);
		had("open_meteo", day, "values", true);
		had("open_meteo", day.plusDays(1), "values", false);
		had("open_meteo", day.plusDays(2), "no_data", true);
		had("simulated", day.plusDays(3), "values", true);
		had("visual_crossing", day.plusDays(4), "no_data", true);
		had("visual_crossing", day.plusDays(5), "values", false);
		had("visual_crossing", day.plusDays(6), "values", true);

		run(Map.of("from", day.toString(), "to", today().toString(), "cities", "Paris"));

		// Newest first
		String place = latitude("Paris") + ",2.5/";
		assertThat(timeline.asked()).containsExactlyInAnyOrder(place + day.plusDays(7) + "/" + day.plusDays(9),
				place + day.plusDays(5) + "/" + day.plusDays(5), place + day.plusDays(1) + "/" + day.plusDays(3));
	}

	@Test
	void aCityAddedTodayIsCollectedFromItsFirstRunOnAndNobodyElseIs() {
		run(Map.of("from", today().minusDays(20).toString(), "to", today().toString(), "cities", "Paris"));
		int before = timeline.asked().size();

		run(Map.of("cities", "Busy"));

		assertThat(timeline.asked().subList(before, timeline.asked().size()))
			.containsExactly("%s,2.5/%s/%s".formatted(latitude("Busy"), today().minusDays(1), today().minusDays(1)));
	}

	@Test
	void anAnswerThatLacksADayLeavesThatDayOpen() {
		LocalDate yesterday = today().minusDays(1);
		run(Map.of("from", yesterday.minusDays(1).toString(), "to", yesterday.toString(), "cities", "Paris"));
		Instant collected = collected(yesterday);
		clock.move(Duration.ofMinutes(1));
		instead("Paris", json("{\"latitude\":%s,\"longitude\":2.5,\"days\":[{\"datetime\":\"%s\",\"source\":\"obs\"}]}"
			.formatted(latitude("Paris"), yesterday.minusDays(1))));

		Ended run = run(
				Map.of("from", yesterday.minusDays(1).toString(), "to", yesterday.toString(), "cities", "Paris"));

		assertThat(run.failure()).isEqualTo(
				"Paris: Visual Crossing answered, but said nothing about %s. What it said is kept; restart to ask again for the rest."
					.formatted(yesterday));
		assertThat(collected(yesterday)).isEqualTo(collected);
		assertThat(collected(yesterday.minusDays(1))).isEqualTo(clock.instant());
	}

	@Test
	void aValueThatTheProviderWithdrawsIsGone() {
		LocalDate yesterday = today().minusDays(1);
		Map<String, String> asked = Map.of("from", yesterday.minusDays(1).toString(), "to", yesterday.toString(),
				"cities", "Paris");
		run(asked);
		clock.move(Duration.ofMinutes(1));
		// Of the one day an hour is left, of the other nothing
		instead("Paris", json("""
				{"queryCost":48,"latitude":%s,"longitude":2.5,"days":[
				 {"datetime":"%s","source":"obs","hours":[{"datetimeEpoch":%d,"temp":7.5,"source":"obs"}]},
				 {"datetime":"%s","source":"obs"}]}""".formatted(latitude("Paris"), yesterday.minusDays(1),
				yesterday.minusDays(1).atTime(12, 0).toEpochSecond(ZoneOffset.UTC), yesterday)));

		run(asked);

		assertThat(this.jdbc.sql("SELECT outcome FROM collected_day WHERE local_day = ?")
			.param(yesterday)
			.query(String.class)
			.single()).isEqualTo("no_data");
		assertThat(slotsOfWhatWasWritten()).containsExactly(Map.entry(yesterday.minusDays(1), 1L));
	}

	@Test
	void theFirstRunTakesHalfOfTheBudgetAlsoWhenItIsContinued() {
		instead("Down", aResponse().withStatus(503));
		JobRuns runs = new JobRuns(this.launches, this.executions);
		Map<String, String> asked = Map.of("from", today().minusDays(60).toString(), "to", today().toString(), "cities",
				"Paris,Down");

		Execution first = runs.awaitEnd(this.launches.launch(JOB, asked, "first run").executionId());

		assertThat(first.status()).isEqualTo(BatchStatus.FAILED);
		assertThat(spent()).isLessThanOrEqualTo(BUDGET / 2).isPositive();
		Ended continued = ended(runs.restarted(first.executionId()));
		assertThat(spent()).isLessThanOrEqualTo(BUDGET / 2);
		assertThat(continued.notes()).singleElement().asString().contains("of which the first run takes half");
	}

	@Test
	void theNightComesBeforeCurrentConditions() {
		// Before the run of 02:00: a day of each city
		clock.move(Duration.ofHours(-2));
		double aNight = CITIES.size() * 24;
		assertThat(left(Use.CURRENT)).isEqualTo(BUDGET - aNight);

		clock.move(Duration.ofHours(2));
		// It is late: what it has not got stays put aside
		assertThat(left(Use.CURRENT)).isEqualTo(BUDGET - aNight);

		run(Map.of());
		clock.move(Duration.ofMinutes(2));

		assertThat(spent()).isEqualTo(aNight);
		assertThat(left(Use.CURRENT)).isEqualTo(BUDGET - aNight);
	}

	/** How a run has ended: what failed, if anything did, and what it says besides. */
	private record Ended(@Nullable String failure, List<String> notes) {
	}

	/** Runs the step alone. */
	private Ended run(Map<String, String> parameters) {
		return ended(new JobRuns(this.launches, this.executions).ended(JOB, parameters));
	}

	private Ended ended(Execution execution) {
		String failure = (execution.status() == BatchStatus.COMPLETED) ? null
				: this.executions.failures(execution).get(0).message();
		return new Ended(failure,
				this.notes.of(execution.executionId()).stream().map(ExecutionNotes.Note::sentence).toList());
	}

	private void nothingGoesWrong() {
		vendor.resetAll();
		vendor.stubFor(get(anyUrl()).atPriority(10).willReturn(aResponse().proxiedFrom(timeline.url())));
	}

	private static void instead(String city, ResponseDefinitionBuilder answer) {
		vendor.stubFor(get(urlMatching(".*/" + latitude(city) + ",.*")).willReturn(answer));
	}

	private static String latitude(String city) {
		return (40 + CITIES.indexOf(city)) + ".5";
	}

	private static LocalDate today() {
		return LocalDate.ofInstant(clock.instant(), ZONE);
	}

	/** How many days of each city the ledger has. */
	private Map<String, Long> days() {
		return this.jdbc.sql("SELECT city, count(*) AS days FROM collected_day GROUP BY city")
			.query((row, number) -> Map.entry(row.getString("city"), row.getLong("days")))
			.list()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private long askedDays() {
		return timeline.asked()
			.stream()
			.map((question) -> question.split("/"))
			.mapToLong((parts) -> LocalDate.parse(parts[1]).datesUntil(LocalDate.parse(parts[2]).plusDays(1)).count())
			.sum();
	}

	private Instant collected(LocalDate day) {
		return this.jdbc.sql("SELECT collected FROM collected_day WHERE city = 'Paris' AND local_day = ?")
			.param(day)
			.query(Timestamp.class)
			.single()
			.toInstant();
	}

	private void had(String provider, LocalDate day, String outcome, boolean settled) {
		this.jdbc.sql("INSERT INTO collected_day VALUES (?, 'Paris', ?, now(), ?, ?)")
			.params(provider, day, outcome, settled)
			.update();
	}

	/**
	 * The slots that have a value by day, over all readings that were written by this
	 * test.
	 */
	private Map<LocalDate, Long> slotsOfWhatWasWritten() {
		ArgumentCaptor<Collection<Reading>> written = ArgumentCaptor.captor();
		then(this.readings).should(atLeastOnce()).append(any(), anyLong(), any(), written.capture(), any());
		List<Reading> ordered = written.getAllValues()
			.stream()
			.flatMap(Collection::stream)
			.sorted(Comparator.comparing(Reading::observedAt))
			.toList();
		Map<LocalDate, Long> slots = new TreeMap<>();
		ReadingsFold.fold(ordered, (city) -> ZONE, new ReadingsFold.Output() {

			@Override
			public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
				slots.put(LocalDate.ofEpochDay(day), state.count(0));
			}

			@Override
			public void cityMonthPairs(String city, long month, boolean simulated, State state) {
			}

		});
		return slots;
	}

	/** Today, in records. */
	private double spent() {
		return BUDGET - left(Use.HISTORY);
	}

	private double left(Use use) {
		return this.quotas.left(this.providers.historian(), use).amount();
	}

	/** The files of the raw store and what is in them. */
	private Map<String, String> raw() throws IOException {
		Path root = this.lake.path("weather/raw");
		Map<String, String> raw = new TreeMap<>();
		RemoteIterator<LocatedFileStatus> files = this.lake.files().listFiles(root, true);
		while (files.hasNext()) {
			Path file = files.next().getPath();
			try (InputStream in = new GZIPInputStream(this.lake.files().open(file))) {
				raw.put(root.toUri().relativize(file.toUri()).getPath().replaceFirst("^.*/weather/raw/", ""),
						new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
			}
		}
		return raw;
	}

	private static ResponseDefinitionBuilder json(String body) {
		return aResponse().withHeader("Content-Type", "application/json").withBody(body);
	}

	private static byte[] packed(String text) throws IOException {
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
			packing.write(text.getBytes(StandardCharsets.UTF_8));
		}
		return packed.toByteArray();
	}

}
