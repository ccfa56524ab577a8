package io.isobar.jobs;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The executions there have been, read from Spring Batch's tables: two statements for a
 * list, however long it is. (Spring Batch keeps times without a zone; they are the
 * system's.)
 */
@Component
public class Executions {

	private static final String RUNNING = "('STARTING', 'STARTED', 'STOPPING')";

	private static final String ROWS = """
			with running as materialized (
				select e.job_execution_id, i.job_name, e.status
				from batch_job_execution e join batch_job_instance i using (job_instance_id)
				where e.status in %s
			)
			select e.job_execution_id, e.job_instance_id, i.job_name, e.status, e.exit_code, e.exit_message,
				e.create_time, e.start_time, e.end_time, p.names, p.values,
				(select count(*) from batch_job_execution a
					where a.job_instance_id = e.job_instance_id and a.job_execution_id <= e.job_execution_id) attempt,
				newer.job_execution_id newer_id, newer.status newer_status, %s newer_by,
				finished.job_execution_id finished_id, finished.status finished_status, '' finished_by,
				other.job_execution_id other_id, other.status other_status, %s other_by
			from batch_job_execution e
			join batch_job_instance i using (job_instance_id)
			left join lateral (
				select array_agg(q.parameter_name order by q.parameter_name) as names,
					array_agg(q.parameter_value order by q.parameter_name) as values
				from batch_job_execution_params q where q.job_execution_id = e.job_execution_id
			) p on true
			left join lateral (
				select n.job_execution_id, n.status from batch_job_execution n
				where n.job_instance_id = e.job_instance_id and n.job_execution_id > e.job_execution_id
				order by n.job_execution_id desc limit 1
			) newer on true
			left join lateral (
				select f.job_execution_id, f.status from batch_job_execution f
				where f.job_instance_id = e.job_instance_id and f.job_execution_id <> e.job_execution_id
				and f.status in ('COMPLETED', 'ABANDONED', 'UNKNOWN')
				order by f.job_execution_id desc limit 1
			) finished on true
			left join lateral (
				select r.job_execution_id, r.status from running r
				where r.job_name = i.job_name and r.job_execution_id <> e.job_execution_id
				order by r.job_execution_id limit 1
			) other on true
			where e.job_execution_id = any(:ids)
			order by e.create_time desc, e.job_execution_id desc
			""".formatted(RUNNING, launchedBy("newer"), launchedBy("other"));

	private final JdbcClient jdbc;

	private final Jobs jobs;

	Executions(JdbcClient jdbc, Jobs jobs) {
		this.jdbc = jdbc;
		this.jobs = jobs;
	}

	private static String launchedBy(String execution) {
		return "(select b.parameter_value from batch_job_execution_params b where b.job_execution_id = " + execution
				+ ".job_execution_id and b.parameter_name = '" + Launches.LAUNCHED_BY + "' limit 1)";
	}

	/** One page of those that are asked for, the newest first. */
	public ExecutionPage page(ExecutionFilter filter, int page, int size) {
		List<String> conditions = new ArrayList<>();
		Map<String, Object> values = new LinkedHashMap<>();
		if (filter.jobName() != null) {
			conditions
				.add("e.job_instance_id in (select job_instance_id from batch_job_instance where job_name = :job)");
			values.put("job", filter.jobName());
		}
		if (filter.status() != null) {
			conditions.add("e.status = :status");
			values.put("status", filter.status().name());
		}
		if (filter.from() != null) {
			conditions.add("e.create_time >= :from");
			values.put("from", filter.from().atStartOfDay());
		}
		if (filter.to() != null) {
			conditions.add("e.create_time < :to");
			values.put("to", filter.to().plusDays(1).atStartOfDay());
		}
		String matching = "from batch_job_execution e"
				+ (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions));
		values.put("size", size);
		values.put("offset", (long) page * size);
		Ids ids = this.jdbc
			.sql("select (select count(*) " + matching + ") as total, array(select e.job_execution_id " + matching
					+ " order by e.create_time desc, e.job_execution_id desc limit :size offset :offset) as ids")
			.params(values)
			.query((row, number) -> new Ids(row.getLong("total"), List.of((Long[]) row.getArray("ids").getArray())))
			.single();
		return new ExecutionPage(page, size, ids.total(), rows(ids.ids()));
	}

	/** A page of a list of {@code total} executions. */
	public record ExecutionPage(int number, int size, long total, List<Execution> executions) {

	}

	private record Ids(long total, List<Long> ids) {

	}

	public Optional<Execution> find(long executionId) {
		return rows(List.of(executionId)).stream().findFirst();
	}

	/** The newest execution of each job that has any, by the job's name. */
	public Map<String, Execution> newest() {
		List<Long> ids = this.jdbc.sql("""
				select newest.job_execution_id from (select distinct job_name from batch_job_instance) j
				cross join lateral (
					select e.job_execution_id
					from batch_job_execution e join batch_job_instance i using (job_instance_id)
					where i.job_name = j.job_name
					order by e.create_time desc, e.job_execution_id desc limit 1
				) newest
				""").query(Long.class).list();
		Map<String, Execution> newest = new LinkedHashMap<>();
		rows(ids).forEach((execution) -> newest.put(execution.jobName(), execution));
		return newest;
	}

	/** All attempts at an instance, the first one first. */
	public List<Execution> attempts(long instanceId) {
		return oldestFirst(
				this.jdbc.sql("select job_execution_id from batch_job_execution where job_instance_id = :instance")
					.param("instance", instanceId)
					.query(Long.class)
					.list());
	}

	/**
	 * The steps that some attempt at an instance completed and that come before the given
	 * one. (Later ones may be done again, as what they work on changes.)
	 */
	public List<String> completedBefore(long instanceId, String step) {
		return this.jdbc.sql("""
				with steps as (
					select s.step_name, min(s.step_execution_id) as first, bool_or(s.status = 'COMPLETED') as completed
					from batch_step_execution s join batch_job_execution e using (job_execution_id)
					where e.job_instance_id = :instance
					group by s.step_name
				)
				select step_name from steps
				where completed and first < (select first from steps where step_name = :step) order by first
				""").param("instance", instanceId).param("step", step).query(String.class).list();
	}

	/**
	 * How long a job usually takes, by its name: the median of the last ten that
	 * completed.
	 */
	public Map<String, Duration> usualDurations() {
		Map<String, Duration> usual = new LinkedHashMap<>();
		this.jdbc.sql("""
				select j.job_name, percentile_cont(0.5) within group
					(order by extract(epoch from c.end_time - c.start_time)) as seconds
				from (select distinct job_name from batch_job_instance) j
				cross join lateral (
					select e.start_time, e.end_time
					from batch_job_execution e join batch_job_instance i using (job_instance_id)
					where i.job_name = j.job_name and e.status = 'COMPLETED'
					and e.start_time is not null and e.end_time is not null
					order by e.create_time desc, e.job_execution_id desc limit 10
				) c
				group by j.job_name
				""")
			.query((RowCallbackHandler) (row) -> usual.put(row.getString("job_name"),
					Duration.ofMillis(Math.round(row.getDouble("seconds") * 1000))));
		return usual;
	}

	/** The newest attempt at the scheduled run of that day. */
	public Optional<Execution> scheduled(String jobName, LocalDate day) {
		List<Long> ids = this.jdbc.sql("""
				select e.job_execution_id
				from batch_job_execution_params p
				join batch_job_execution e using (job_execution_id)
				join batch_job_instance i using (job_instance_id)
				where i.job_name = :job and p.parameter_name = :name and left(p.parameter_value, 100) = :day
				order by e.job_execution_id desc limit 1
				""")
			.param("job", jobName)
			.param("name", Launches.DAY)
			.param("day", day.toString())
			.query(Long.class)
			.list();
		return rows(ids).stream().findFirst();
	}

	/** Whether there has ever been a job of this name. */
	public boolean isKnown(String jobName) {
		return this.jobs.find(jobName).isPresent()
				|| this.jdbc.sql("select exists (select from batch_job_instance where job_name = :job)")
					.param("job", jobName)
					.query(Boolean.class)
					.single();
	}

	/** Those that are marked as running, the oldest first, whoever runs them. */
	public List<Execution> running() {
		return oldestFirst(this.jdbc.sql("select job_execution_id from batch_job_execution where status in " + RUNNING)
			.query(Long.class)
			.list());
	}

	/** The lease under which each of them runs, or ran. */
	Map<Long, String> leaseNames() {
		Map<Long, String> names = new LinkedHashMap<>();
		this.jdbc
			.sql("select e.job_execution_id, i.job_name, i.job_key from batch_job_execution e "
					+ "join batch_job_instance i using (job_instance_id) where e.status in " + RUNNING
					+ " order by e.job_execution_id")
			.query((RowCallbackHandler) (row) -> {
				String job = row.getString("job_name");
				boolean publishes = this.jobs.find(job).map(JobDescriptor::publishes).orElse(false);
				names.put(row.getLong("job_execution_id"), Leases.name(job, publishes, row.getString("job_key")));
			});
		return names;
	}

	/** Those of the job that are marked as running, the oldest first. */
	public List<Execution> running(String jobName) {
		return running().stream().filter((execution) -> execution.jobName().equals(jobName)).toList();
	}

	/**
	 * Those that can be restarted and ended with this message, the oldest first.
	 */
	List<Execution> restartable(String exitMessage) {
		return oldestFirst(this.jdbc.sql("""
				select e.job_execution_id from batch_job_execution e
				where e.status in ('STOPPED', 'FAILED') and e.exit_message = :message
				and not exists (select from batch_job_execution n
					where n.job_instance_id = e.job_instance_id and n.job_execution_id > e.job_execution_id)
				""").param("message", exitMessage).query(Long.class).list()).stream()
			.filter(Execution::restartable)
			.toList();
	}

	private List<Execution> oldestFirst(List<Long> ids) {
		List<Execution> executions = new ArrayList<>(rows(ids));
		Collections.reverse(executions);
		return executions;
	}

	private List<Execution> rows(Collection<Long> ids) {
		if (ids.isEmpty()) {
			return List.of();
		}
		return this.jdbc.sql(ROWS).param("ids", ids.toArray(Long[]::new)).query(this::execution).list();
	}

	/** Its steps, in the order they began. */
	public List<StepRun> steps(long executionId) {
		return this.jdbc.sql("""
				select s.*, p.progress, p.expected,
					(select count(*) from batch_step_execution a join batch_job_execution b using (job_execution_id)
						where b.job_instance_id = e.job_instance_id and a.step_name = s.step_name
						and a.step_execution_id <= s.step_execution_id) attempt
				from batch_step_execution s join batch_job_execution e using (job_execution_id)
				left join step_progress p using (step_execution_id)
				where s.job_execution_id = :id
				order by s.step_execution_id
				""").param("id", executionId).query(this::step).list();
	}

	/** What made it fail; empty unless it did. */
	public List<Failure> failures(Execution execution) {
		if (execution.status() != BatchStatus.FAILED && execution.status() != BatchStatus.UNKNOWN
				&& execution.status() != BatchStatus.ABANDONED) {
			return List.of();
		}
		List<Failure> told = this.jdbc.sql("""
				select step_name, message, cause, stack_trace from execution_failures
				where job_execution_id = :id order by id
				""")
			.param("id", execution.executionId())
			.query((row, number) -> new Failure(row.getString("step_name"), row.getString("message"),
					row.getString("cause"), row.getString("stack_trace")))
			.list();
		if (!told.isEmpty()) {
			return told;
		}
		// Its process could not tell any more
		List<Failure> described = new ArrayList<>();
		if (execution.exitMessage() != null && !execution.exitMessage().isBlank()) {
			described.add(Failure.ofDescription(null, execution.exitMessage()));
		}
		else {
			this.jdbc.sql("""
					select step_name, exit_message from batch_step_execution
					where job_execution_id = :id and status in ('FAILED', 'UNKNOWN') and exit_message <> ''
					order by step_execution_id
					""")
				.param("id", execution.executionId())
				.query((row, number) -> Failure.ofDescription(row.getString("step_name"),
						row.getString("exit_message")))
				.list()
				.forEach(described::add);
		}
		return described;
	}

	void failed(long executionId, List<Failure> failures) {
		for (Failure failure : failures) {
			this.jdbc.sql("""
					insert into execution_failures (job_execution_id, step_name, message, cause, stack_trace)
					values (:id, :step, :message, :cause, :trace)
					""")
				.param("id", executionId)
				.param("step", failure.step())
				.param("message", failure.message())
				.param("cause", failure.cause())
				.param("trace", failure.stackTrace())
				.update();
		}
	}

	private Execution execution(ResultSet row, int number) throws SQLException {
		String job = row.getString("job_name");
		Optional<JobDescriptor> descriptor = this.jobs.find(job);
		boolean publishes = descriptor.map(JobDescriptor::publishes).orElse(false);
		return new Execution(row.getLong("job_execution_id"), row.getLong("job_instance_id"), job,
				BatchStatus.valueOf(row.getString("status")), row.getString("exit_code"), row.getString("exit_message"),
				row.getInt("attempt"), created(row), instant(row, "start_time"), instant(row, "end_time"),
				parameters(row), new Execution.Around(descriptor.isPresent(), other(row, "newer"),
						other(row, "finished"), publishes ? other(row, "other") : null));
	}

	private static Execution.@Nullable Other other(ResultSet row, String prefix) throws SQLException {
		long id = row.getLong(prefix + "_id");
		if (row.wasNull()) {
			return null;
		}
		String by = row.getString(prefix + "_by");
		return new Execution.Other(id, BatchStatus.valueOf(row.getString(prefix + "_status")),
				(by != null) ? by : "somebody");
	}

	private static Map<String, String> parameters(ResultSet row) throws SQLException {
		Map<String, String> parameters = new LinkedHashMap<>();
		Array names = row.getArray("names");
		if (names != null) {
			String[] name = (String[]) names.getArray();
			String[] value = (String[]) row.getArray("values").getArray();
			for (int i = 0; i < name.length; i++) {
				parameters.put(name[i], (value[i] != null) ? value[i] : "");
			}
		}
		return parameters;
	}

	private StepRun step(ResultSet row, int number) throws SQLException {
		BatchStatus status = BatchStatus.valueOf(row.getString("status"));
		long read = row.getLong("read_count");
		return new StepRun(row.getLong("step_execution_id"), row.getString("step_name"), row.getInt("attempt"), status,
				row.getString("exit_code"), read, row.getLong("write_count"), row.getLong("filter_count"),
				row.getLong("read_skip_count") + row.getLong("process_skip_count") + row.getLong("write_skip_count"),
				row.getLong("commit_count"), row.getLong("rollback_count"), instant(row, "start_time"),
				instant(row, "end_time"), progress(row, status, read));
	}

	private static @Nullable Double progress(ResultSet row, BatchStatus status, long read) throws SQLException {
		if (status == BatchStatus.COMPLETED) {
			return 1.0;
		}
		double progress = row.getDouble("progress");
		if (!row.wasNull()) {
			return progress;
		}
		long expected = row.getLong("expected");
		return (row.wasNull() || expected <= 0) ? null : Math.min(1.0, (double) read / expected);
	}

	private static Instant created(ResultSet row) throws SQLException {
		Instant created = instant(row, "create_time");
		return (created != null) ? created : Instant.EPOCH;
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		Timestamp timestamp = row.getTimestamp(column);
		return (timestamp != null) ? timestamp.toLocalDateTime().atZone(ZoneId.systemDefault()).toInstant() : null;
	}

}
