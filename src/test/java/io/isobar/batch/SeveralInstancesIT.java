package io.isobar.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.isobar.embedded.Faults;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
 * Two instances of the application on the same stores, one of them in this process: what
 * one can't finish the other does, once, and who comes back too late changes nothing.
 */
@SpringBootTest(properties = { "isobar.embedded.database=several_instances", "isobar.lake.root=/several-instances",
		"isobar.batch.attempts=10", SeveralInstancesIT.NEVER, AnotherInstance.LEASE, AnotherInstance.NAME,
		AnotherInstance.COUNTRY, AnotherInstance.LATITUDE, AnotherInstance.LONGITUDE, AnotherInstance.ZONE })
class SeveralInstancesIT {

	static final String NEVER = "isobar.batch.schedule=0 0 2 31 12 *";

	private static final String JOB = WeatherBatchJob.NAME;

	private static final String DAYS = """
			{"from":"2025-10-24","to":"2025-10-26"}""";

	/**
	 * Whoever writes without having passed the fence fails, whatever the table. But what
	 * only tells of an execution may be told by anybody, and what a provider's answer
	 * costs is spent, whoever asks.
	 */
	private static final String REFUSE_UNFENCED = """
			create function refuse_unfenced() returns trigger language plpgsql as $$
			begin
				if not exists (select from pg_locks
					where pid = pg_backend_pid() and locktype = 'advisory' and mode = 'ShareLock') then
					raise exception '% is written outside of the fence', tg_table_name;
				end if;
				return null;
			end $$;
			do $$
			declare written text;
			begin
				for written in select tablename from pg_tables where schemaname = 'public'
					and tablename not in ('lease', 'flyway_schema_history', 'batch_job_instance', 'batch_job_execution_params',
						'step_progress', 'execution_failures', 'execution_notes', 'provider_quota') loop
					execute format('create trigger refuse_unfenced before %s on %I
						for each statement execute function refuse_unfenced()',
						case when written like 'batch%' then 'update' else 'insert or update or delete' end, written);
				end loop;
			end $$;
			""";

	@Autowired
	private Launches launches;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Executions executions;

	@Autowired
	private Generations generations;

	@Autowired
	private BatchViews views;

	@TempDir
	private Path temp;

	private List<BatchViews.Month> undisturbed;

	@BeforeEach
	void somethingIsPublished() {
		if (this.generations.current(Dataset.WEATHER).isEmpty()) {
			new JobRuns(this.launches, this.executions).completed(JOB,
					Map.of("from", "2025-10-24", "to", "2025-10-26"));
		}
		this.undisturbed = this.views.months(null, null, null);
	}

	@Test
	void aJobWritesNothingOutsideOfItsFence() throws IOException {
		Path file = this.temp.resolve("oslo.csv");
		Files.writeString(file, """
				city,country,observed_at,temperature
				Oslo,NO,2025-01-01T00:00:00Z,-4.5
				""");
		Files.writeString(this.temp.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		this.jdbc.sql(REFUSE_UNFENCED).update();
		try {
			JobRuns runs = new JobRuns(this.launches, this.executions);

			runs.completed(WeatherImportJob.NAME, Map.of("path", file.toString()));
			runs.completed(JOB, Map.of("from", "2025-10-22", "to", "2025-10-26"));
		}
		finally {
			this.jdbc.sql("drop function refuse_unfenced cascade").update();
		}
	}

	@Test
	void ofManyTriggersAtOnceOneLaunchesTheRunOfTheDay() throws Exception {
		LocalDate today = LocalDate.now();
		// Its schedule comes every second
		try (AnotherInstance other = start("isobar.batch.schedule=* * * * * *").awaitUp()) {
			ExecutorService threads = Executors.newFixedThreadPool(10);
			try {
				Callable<Optional<Execution>> trigger = () -> {
					try {
						return this.launches.launchScheduled(JOB, today, Map.of(), "schedule");
					}
					catch (JobRefusal.AlreadyRunning running) {
						return Optional.empty();
					}
				};
				for (Future<Optional<Execution>> launched : threads.invokeAll(Collections.nCopies(10, trigger))) {
					launched.get();
				}
			}
			finally {
				threads.shutdownNow();
			}
			awaitScheduled(JOB, today);
			// Else the next instance goes on with it, and is stopped at one of its points
			awaitScheduled(OrdersBatchJob.NAME, today);
			Execution scheduled = this.executions.scheduled(JOB, today).orElseThrow();
			assertThat(this.executions.attempts(scheduled.instanceId())).hasSize(1);
			assertThat(this.launches.launchScheduled(JOB, today, Map.of(), "schedule")).isEmpty();
			assertThat(other.application().output()).doesNotContain("ERROR");
		}
	}

	@ParameterizedTest
	@MethodSource
	void whatAKilledInstanceRanTheOtherOneFinishes(String point) throws Exception {
		AnotherInstance other = start(NEVER, "-Dcrash.at=" + point).awaitUp();
		int before = current();
		try (Reader<List<BatchViews.Month>> months = new Reader<>(() -> this.views.months(null, null, null))) {
			other.launch(JOB, DAYS);
			other.awaitKilled(point);

			Faults.recovers("F6: owner killed; its run completed by another instance", this::awaitCompleted);

			assertThat(current()).isGreaterThan(before);
			assertThat(months.seen()).containsExactly(this.undisturbed);
		}
		assertThat(attempts()).containsExactly(BatchStatus.FAILED, BatchStatus.COMPLETED);
	}

	static List<String> whatAKilledInstanceRanTheOtherOneFinishes() {
		return Faults.everyOrFirst("publish.within", "lake.committed", "collect.noted", "analyse.written",
				"export.city_day", "publish.before", "publish.after");
	}

	@ParameterizedTest
	@MethodSource
	void anInstanceThatWasPausedAndComesBackTooLateChangesNothing(String point) throws Exception {
		try (AnotherInstance paused = start(NEVER, "-Dpause.at=" + point).awaitUp();
				Reader<List<BatchViews.Month>> months = new Reader<>(() -> this.views.months(null, null, null))) {
			paused.launch(JOB, DAYS);
			await().atMost(AnotherInstance.LONG).until(() -> paused.application().isPaused());

			Faults.recovers("F6: owner paused; its run completed by another instance", this::awaitCompleted);
			int published = current();
			List<Execution> ended = this.executions.attempts(this.executions.newest().get(JOB).instanceId());
			Faults.pause();
			paused.application().resume();

			// That of the orders, which it runs as well, may lose its lease before
			String ofTheJob = JOB + " (execution ";
			paused.application().awaitOutput(ofTheJob + ended.get(0).executionId() + ") lost its lease");
			assertThat(paused.application().output().lines().filter((line) -> line.contains(ofTheJob))).hasSize(1);
			assertThat(attempts()).containsExactly(BatchStatus.FAILED, BatchStatus.COMPLETED);
			assertThat(this.executions.running(JOB)).isEmpty();
			assertThat(current()).isEqualTo(published);
			assertThat(this.generations.unpublished(Dataset.WEATHER)).isEmpty();
			assertThat(months.seen()).containsExactly(this.undisturbed);

			// And it is as good as any other
			paused.run(JOB, DAYS);
			assertThat(current()).isGreaterThan(published);
			assertThat(this.views.months(null, null, null)).isEqualTo(this.undisturbed);
		}
	}

	static List<String> anInstanceThatWasPausedAndComesBackTooLateChangesNothing() {
		return Faults.everyOrFirst("publish.within", "lake.committed", "collect.noted", "analyse.written",
				"export.city_day", "publish.before", "publish.after");
	}

	private AnotherInstance start(String schedule, String... more) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--" + schedule));
		arguments.addAll(List.of(more));
		return AnotherInstance.start(this.temp.resolve("another"), "several_instances", "/several-instances",
				arguments.toArray(String[]::new));
	}

	private void awaitScheduled(String job, LocalDate day) {
		await().atMost(AnotherInstance.LONG)
			.until(() -> this.executions.scheduled(job, day)
				.map((execution) -> execution.status() == BatchStatus.COMPLETED)
				.orElse(false));
	}

	private int current() {
		return this.generations.current(Dataset.WEATHER).orElseThrow().number();
	}

	/** Of the newest run. */
	private List<BatchStatus> attempts() {
		return this.executions.attempts(this.executions.newest().get(JOB).instanceId())
			.stream()
			.map(Execution::status)
			.toList();
	}

	private void awaitCompleted() {
		await().atMost(AnotherInstance.LONG)
			.until(() -> this.executions.newest().get(JOB).status() == BatchStatus.COMPLETED);
	}

}
