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
		for (long id : List.of(STARTED, STARTING, STOPPING)) {
			Execution left = this.executions.find(id).orElseThrow();
			assertThat(left.status()).isEqualTo(BatchStatus.FAILED);
			assertThat(left.exitCode()).isEqualTo("FAILED");
			assertThat(left.endedAt()).isNotNull();
			assertThat(left.restartable()).isTrue();
			assertThat(this.executions.failures(left)).extracting(Failure::message)
				.containsExactly("The process that ran it ended before it did. Restart it to go on.");
		}
		assertThat(this.executions.steps(STARTED)).extracting(StepRun::name, StepRun::status)
			.containsExactly(tuple("prepare", BatchStatus.COMPLETED), tuple("work", BatchStatus.FAILED));
		assertThat(this.executions.running()).isEmpty();
	}

	@Test
	@Order(2)
	void whoeverWantsToGoOnIsTold() {
		assertThat(this.toys.interrupted).singleElement()
			.extracting(ExecutionsInterrupted::executions)
			.satisfies((executions) -> assertThat(executions).extracting(Execution::executionId)
				.containsExactly(STARTED, STARTING, STOPPING));
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
	}

	@Test
	@Order(4)
	void whatAnotherInstanceRunsIsItsOwnUntilItsLeaseHasRunOut() throws SQLException {
		this.toys.interrupted.clear();
		try (Connection connection = this.database.getConnection()) {
			leave(connection, OF_ANOTHER, "STARTED");
		}
		this.jdbc.sql("""
				insert into lease select job_name || ' ' || job_key, nextval('lease_number'), 'another',
					clock_timestamp() + interval '1 s' from batch_job_instance where job_instance_id = :id
				""").param("id", OF_ANOTHER).update();

		await().until(() -> !this.toys.interrupted.isEmpty());
		assertThat(this.jdbc.sql("select count(*) from lease where holder = 'another'").query(Integer.class).single())
			.isZero();
		assertThat(this.toys.interrupted).singleElement()
			.extracting(ExecutionsInterrupted::executions)
			.satisfies((executions) -> assertThat(executions).extracting(Execution::executionId)
				.containsExactly(OF_ANOTHER));
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

	private List<Failure> failures(Execution execution) {
		return this.executions.failures(this.executions.find(execution.executionId()).orElseThrow());
	}

	private static void leave(Connection connection, long id, String status) throws SQLException {
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
				values (?, 1, ?, now() + ? * interval '1 ms', now(), ?, 'UNKNOWN', '', now())
				""")) {
			execution.setLong(1, id);
			execution.setLong(2, id);
			execution.setLong(3, id);
			execution.setString(4, status);
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
