package io.isobar.jobs;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.isobar.embedded.EmbeddedStores;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The store of executions, with 100,000 of them. */
class ExecutionsIT {

	private static final int COUNT = 100_000;

	private static DataSource database;

	private final List<String> statements = new CopyOnWriteArrayList<>();

	private Executions executions;

	@BeforeAll
	static void fill() {
		JdbcConnectionDetails details = EmbeddedStores.postgresql("executions");
		database = new SingleConnectionDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword(),
				true);
		Flyway.configure()
			.dataSource(new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()))
			.target("3")
			.load()
			.migrate();
		JdbcClient jdbc = JdbcClient.create(database);
		jdbc.sql("""
				insert into batch_job_instance
				select i, 0, case when i % 10 = 0 then 'weather' else 'orders' end, md5(i::text)
				from generate_series(1, :count) i
				""").param("count", COUNT).update();
		jdbc.sql("""
				insert into batch_job_execution
				select i, 2, i, timestamp '2014-01-01' + i * interval '50 min', timestamp '2014-01-01', null,
					case when i % 100 = 0 then 'FAILED' else 'COMPLETED' end, 'COMPLETED', '', null
				from generate_series(1, :count) i
				""").param("count", COUNT).update();
		jdbc.sql("""
				insert into batch_job_execution_params
				select i, p, 'java.lang.String', repeat('é', 2000) || i, 'Y'
				from generate_series(1, :count, 100) i, unnest(array['from', 'to']) p
				""").param("count", COUNT).update();
		jdbc.sql("analyze").update();
	}

	@BeforeEach
	void store() {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("weather", JobDescriptor.of("weather", ""));
		Jobs jobs = new Jobs(beans.getBeanProvider(JobDescriptor.class), beans.getBeanProvider(Job.class));
		this.executions = new Executions(JdbcClient.create(counting(database)), jobs);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 50, 1000 })
	void aPageIsTwoStatementsWhateverItsSize(int size) {
		Executions.ExecutionPage page = this.executions.page(ExecutionFilter.ALL, 3, size);

		assertThat(this.statements).hasSize(2);
		assertThat(page.total()).isEqualTo(COUNT);
		assertThat(page.executions()).hasSize(size)
			.extracting(Execution::executionId)
			.startsWith((long) COUNT - 3L * size);
	}

	@Test
	void aPageReadsTheNewestByAnIndex() {
		this.executions.page(ExecutionFilter.ALL, 0, 50);

		String plan = String.join("\n", plan(this.statements.get(0)));
		assertThat(plan).contains("batch_job_execution_newest");
		assertThat(plan(this.statements.get(1)).stream().filter((line) -> line.contains("Seq Scan"))).isEmpty();
	}

	@Test
	void filtersCanBeCombined() {
		Executions.ExecutionPage page = this.executions.page(
				new ExecutionFilter("weather", BatchStatus.FAILED, LocalDate.of(2020, 1, 1), LocalDate.of(2020, 1, 31)),
				0, 10);

		assertThat(page.executions()).isNotEmpty()
			.allMatch((execution) -> execution.status() == BatchStatus.FAILED && execution.jobName().equals("weather")
					&& execution.restartable());
		assertThat(page.total()).isEqualTo(page.executions().size());
		assertThat(this.statements).hasSize(2);
	}

	@Test
	void theNewestOfEachJobIsTwoStatementsToo() {
		assertThat(this.executions.newest()).hasSize(2)
			.hasEntrySatisfying("weather", (newest) -> assertThat(newest.executionId()).isEqualTo(COUNT));
		assertThat(this.statements).hasSize(2);
	}

	@Test
	void theUsualDurationIsTheMedianOfTheLastTenThatCompleted() {
		JdbcClient.create(database)
			.sql("""
					with newest as (
						select e.job_execution_id, e.status,
							row_number() over (partition by e.status order by e.job_execution_id desc) as number
						from batch_job_execution e join batch_job_instance i using (job_instance_id)
						where i.job_name = 'weather'
					)
					update batch_job_execution e set end_time = e.start_time +
						case when n.status = 'FAILED' or n.number > 10 then interval '9 h' else n.number * interval '1 min' end
					from newest n where n.job_execution_id = e.job_execution_id and n.number <= 20
					""")
			.update();

		assertThat(this.executions.usualDurations()).containsOnly(Map.entry("weather", Duration.ofSeconds(330)));
	}

	@Test
	void progressFollowsFromWhatIsExpected() {
		JdbcClient.create(database).sql("""
				insert into batch_step_execution (step_execution_id, version, step_name, job_execution_id, create_time,
					status, read_count, filter_count, write_count, read_skip_count, write_skip_count,
					process_skip_count, commit_count, rollback_count)
				select i, 1, 'step ' || i, 7, now(), 'STARTED', 30, 0, 0, 1, 2, 3, 0, 0 from generate_series(1, 4) i
				""").update();
		JdbcClient.create(database)
			.sql("insert into step_progress (step_execution_id, progress, expected) "
					+ "values (1, null, 120), (2, 0.5, 120), (3, null, 10)")
			.update();

		assertThat(this.executions.steps(7)).extracting(StepRun::progress).containsExactly(0.25, 0.5, 1.0, null);
		assertThat(this.executions.steps(7)).extracting(StepRun::skipCount).containsOnly(6L);
	}

	private List<String> plan(String statement) {
		String sql = statement.replace("limit ? offset ?", "limit 50 offset 0")
			.replace("any(?)", "any(array[99999, 99998])");
		return new ArrayList<>(JdbcClient.create(database).sql("explain " + sql).query(String.class).list());
	}

	/** Notes each statement that is prepared. */
	private DataSource counting(DataSource target) {
		return proxy(DataSource.class, target, (connection) -> (connection instanceof Connection real)
				? proxy(Connection.class, real, null) : connection);
	}

	private <T> T proxy(Class<T> type, T target, UnaryOperator<Object> result) {
		return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					if (method.getName().equals("prepareStatement")) {
						this.statements.add((String) arguments[0]);
					}
					Object answer = method.invoke(target, arguments);
					return (result != null) ? result.apply(answer) : answer;
				}));
	}

}
