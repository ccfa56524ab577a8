package io.isobar.console;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.Failure;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepRun;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.DefaultJobKeyGenerator;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/** The application starts on what a process that was killed has left. */
@SpringBootTest(properties = { "isobar.embedded.database=left_executions", "isobar.jobs.delay=PT0.01S",
		"isobar.jobs.lease=PT3S" })
@Import(ToyJobs.class)
@ExtendWith(OutputCaptureExtension.class)
@ContextConfiguration(initializers = LeftExecutionsIT.Killed.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeftExecutionsIT {

	private static final long STARTED = 101;

	private static final long STARTING = 102;

	private static final long STOPPING = 103;

	private static final long OF_ANOTHER = 104;

	/** As it is left by an application that ended before its jobs had stopped. */
	private static final long STOPPING_AT_THE_END = 105;

	private static final long STOPPED_ELSEWHERE = 106;

	@Autowired
	private Executions executions;

	@Autowired
	private Launches launches;

	@Autowired
	private ToyJobs toys;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private DataSource database;

	@Test
	@Order(1)
	void whatRanHasFailedAndCanBeRestarted() {
		for (long id : List.of(STARTED, STARTING, STOPPING, STOPPING_AT_THE_END)) {
			Execution left = this.executions.find(id).orElseThrow();
			assertThat(left.status()).isEqualTo(BatchStatus.FAILED);
			assertThat(left.exitCode()).isEqualTo("FAILED");
			assertThat(left.endedAt()).isNotNull();
			assertThat(left.restartable()).isTrue();
			assertThat(this.executions.failures(left)).extracting(Failure::message)
				.containsExactly((id != STOPPING) ? "The process that ran it ended before it did. Restart it to go on."
						: "Somebody asked it to stop, and the process that ran it ended before it did. Restart it to go on.");
		}
		assertThat(this.executions.steps(STARTED)).extracting(StepRun::name, StepRun::status)
			.containsExactly(tuple("prepare", BatchStatus.COMPLETED), tuple("work", BatchStatus.FAILED));
		assertThat(this.executions.running()).isEmpty();
	}

	@Test
	@Order(2)
	void whoeverWantsToGoOnIsTold() {
		// Until somebody does, but not of what a person has stopped
		await().until(() -> this.toys.interrupted.size() > 1);
		assertThat(this.toys.interrupted)
			.allSatisfy((event) -> assertThat(ids(event)).containsExactly(STARTED, STARTING, STOPPING_AT_THE_END));
	}

	private static List<Long> ids(ExecutionsInterrupted event) {
		return event.executions().stream().map(Execution::executionId).toList();
	}

	@Test
	@Order(3)
	void aRestartGoesOnAtTheStepThatRan() {
		Execution restarted = this.launches.restart(STARTED, "operator");

		await().until(() -> this.executions.find(restarted.executionId()).orElseThrow().status(),
				BatchStatus.COMPLETED::equals);
		assertThat(restarted.attempt()).isEqualTo(2);
		assertThat(this.executions.steps(restarted.executionId())).extracting(StepRun::name)
			.containsExactly("work", "finish");
		assertThat(this.toys.prepared).isEmpty();
		this.toys.interrupted.clear();
		await().until(() -> !this.toys.interrupted.isEmpty());
		assertThat(ids(this.toys.interrupted.get(0))).containsExactly(STARTING, STOPPING_AT_THE_END);
	}

	@Test
	@Order(4)
	void whatAnotherInstanceRunsIsItsOwnUntilItsLeaseHasRunOut() throws SQLException {
		try (Connection connection = this.database.getConnection()) {
			leave(connection, OF_ANOTHER, "STARTED");
			leave(connection, STOPPED_ELSEWHERE, "STOPPED", "The application was stopped. Restart it to go on.");
		}
		this.jdbc.sql("""
				insert into lease select job_name || ' ' || job_key, nextval('lease_number'), 'another',
					clock_timestamp() + interval '1 s' from batch_job_instance where job_instance_id = :id
				""").param("id", OF_ANOTHER).update();

		await().until(() -> this.toys.interrupted.stream().anyMatch((event) -> ids(event).contains(OF_ANOTHER)));
		assertThat(this.jdbc.sql("select count(*) from lease where holder = 'another'").query(Integer.class).single())
			.isZero();
		assertThat(this.toys.interrupted).last()
			.satisfies((event) -> assertThat(ids(event)).contains(OF_ANOTHER, STOPPED_ELSEWHERE));
		assertThat(this.executions.find(OF_ANOTHER).orElseThrow().status()).isEqualTo(BatchStatus.FAILED);
	}

	@Test
	@Order(5)
	void whoHasLostItsLeaseEndsWithOneSentence(CapturedOutput output) {
		Execution lost = this.launches.launch("toy", Map.of("key", "lost", "behave", "block"), "operator");
		await().until(() -> this.toys.tries.containsKey("lost"));

		// What another instance does that takes over
		this.jdbc.sql("""
				with taken as (update lease set number = nextval('lease_number'), holder = 'another'),
					ended as (update batch_step_execution set status = 'FAILED', version = version + 1
						where job_execution_id = :id and status = 'STARTED')
				update batch_job_execution set status = 'FAILED', version = version + 1, end_time = now()
				where job_execution_id = :id
				""").param("id", lost.executionId()).update();

		await().until(() -> !failures(lost).isEmpty());
		assertThat(failures(lost)).extracting(Failure::message)
			.singleElement()
			.asString()
			.contains("toy (execution " + lost.executionId() + ") lost its lease");
		assertThat(this.executions.find(lost.executionId()).orElseThrow().status()).isEqualTo(BatchStatus.FAILED);
		assertThat(this.executions.steps(lost.executionId())).extracting(StepRun::name, StepRun::status)
			.containsExactly(tuple("prepare", BatchStatus.COMPLETED), tuple("work", BatchStatus.FAILED));
		assertThat(this.toys.failed).isEmpty();
		assertThat(output.getAll().lines().filter((line) -> line.contains("lost its lease"))).hasSize(1);
		assertThat(output.getAll()).doesNotContain("could not be written");

		this.jdbc.sql("delete from lease").update();
		this.toys.released.add("lost");
		Execution restarted = this.launches.restart(lost.executionId(), "operator");
		await().until(() -> this.executions.find(restarted.executionId()).orElseThrow().status(),
				BatchStatus.COMPLETED::equals);
	}

	@Test
	@Order(6)
	void oneThatCouldNotEvenBeginIsRecovered() {
		long newest = this.jdbc.sql("select max(job_execution_id) from batch_job_execution").query(Long.class).single();
		this.jdbc.sql("""
				create function refuse_all() returns trigger language plpgsql as
				$$ begin raise exception 'the disk is full'; end $$
				""").update();
		this.jdbc.sql(
				"create trigger refuse_all before update on batch_job_execution for each row when (new.job_execution_id > "
						+ newest + ") execute function refuse_all()")
			.update();
		Execution launched;
		try {
			launched = this.launches.launch("toy", Map.of("key", "not begun"), "operator");
			await().until(() -> this.jdbc.sql("select count(*) from lease where until < clock_timestamp()")
				.query(Integer.class)
				.single() == 1);
		}
		finally {
			this.jdbc.sql("drop function refuse_all cascade").update();
		}

		await().until(() -> this.executions.find(launched.executionId()).orElseThrow().status(),
				BatchStatus.FAILED::equals);
		assertThat(this.launches.launch("toy", Map.of("key", "not begun"), "operator")).isNotNull();
	}

	private List<Failure> failures(Execution execution) {
		return this.executions.failures(this.executions.find(execution.executionId()).orElseThrow());
	}

	private static void leave(Connection connection, long id, String status) throws SQLException {
		leave(connection, id, status, "");
	}

	private static void leave(Connection connection, long id, String status, String message) throws SQLException {
		JobParameters parameters = new JobParametersBuilder().addLong(Launches.RUN, id).toJobParameters();
		try (PreparedStatement instance = connection
			.prepareStatement("insert into batch_job_instance values (?, 0, 'free', ?)")) {
			instance.setLong(1, id);
			instance.setString(2, new DefaultJobKeyGenerator().generateKey(parameters));
			instance.execute();
		}
		try (PreparedStatement execution = connection.prepareStatement("""
				insert into batch_job_execution (job_execution_id, version, job_instance_id, create_time,
					start_time, status, exit_code, exit_message, last_updated)
				values (?, 1, ?, now() + ? * interval '1 ms', now(), ?, 'UNKNOWN', ?, now())
				""")) {
			execution.setLong(1, id);
			execution.setLong(2, id);
			execution.setLong(3, id);
			execution.setString(4, status);
			execution.setString(5, message);
			execution.execute();
		}
		try (PreparedStatement run = connection
			.prepareStatement("insert into batch_job_execution_params values (?, 'run', 'java.lang.Long', ?, 'Y')")) {
			run.setLong(1, id);
			run.setString(2, Long.toString(id));
			run.execute();
		}
	}

	static final class Killed implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			JdbcConnectionDetails details = EmbeddedStores.postgresql("left_executions");
			Flyway.configure()
				.dataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword())
				.target("3")
				.load()
				.migrate();
			try (Connection connection = DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(),
					details.getPassword()); Statement statement = connection.createStatement()) {
				leave(connection, STARTED, "STARTED");
				leave(connection, STARTING, "STARTING");
				leave(connection, STOPPING, "STOPPING");
				leave(connection, STOPPING_AT_THE_END, "STOPPING", "The application was stopped. Restart it to go on.");
				statement
					.execute("select setval('batch_job_execution_seq', 2000), setval('batch_job_instance_seq', 2000), "
							+ "setval('batch_step_execution_seq', 2000)");
				statement.execute("""
						insert into batch_step_execution (step_execution_id, version, step_name, job_execution_id,
							create_time, start_time, end_time, status, commit_count, read_count, filter_count,
							write_count, read_skip_count, write_skip_count, process_skip_count, rollback_count,
							exit_code, exit_message, last_updated)
						values (1001, 3, 'prepare', 101, now(), now(), now(), 'COMPLETED', 1, 1, 0, 3, 0, 0, 0, 0,
								'COMPLETED', '', now()),
							(1002, 2, 'work', 101, now(), now(), null, 'STARTED', 0, 0, 0, 0, 0, 0, 0, 0,
								'EXECUTING', '', now())
						""");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
