package io.isobar.serving.adhoc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The questions that were asked, in PostgreSQL: the queue, and what came of each. */
@Component
class AdHocTasks {

	/** Any number, the same for ever. */
	private static final long CLAIMING = 20_180_701;

	private static final String TASK = """
			SELECT t.*, CASE WHEN t.status = 'queued' THEN (SELECT count(*) FROM ad_hoc_task o
			  WHERE o.status IN ('queued', 'running') AND o.position < t.position) ELSE 0 END AS before
			FROM ad_hoc_task t\s""";

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final Clock clock;

	AdHocTasks(JdbcClient jdbc, PlatformTransactionManager transactions, Clock clock) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.clock = clock;
	}

	/** Puts a question at the end of the queue. */
	UUID add(Question question, String owner) {
		UUID id = UUID.randomUUID();
		this.jdbc.sql("""
				INSERT INTO ad_hoc_task
				  (id, owner, cities, from_day, to_day, metrics, granularity, status, created_at)
				VALUES (:id, :owner, :cities, :from, :to, :metrics, :granularity, 'queued', :now)""")
			.param("id", id)
			.param("owner", owner)
			.param("cities", question.cities().toArray(String[]::new))
			.param("from", question.from())
			.param("to", question.to())
			.param("metrics", question.metrics().stream().map(Metric::field).toArray(String[]::new))
			.param("granularity", question.granularity().word())
			.param("now", now())
			.update();
		return id;
	}

	Optional<AdHocTask> find(UUID id) {
		return this.jdbc.sql(TASK + "WHERE t.id = :id").param("id", id).query(AdHocTasks::task).optional();
	}

	/**
	 * A page of them, the newest first.
	 * @param owner whose; null: everybody's
	 */
	List<AdHocTask> page(@Nullable String owner, int page, int size) {
		return this.jdbc.sql(TASK
				+ "WHERE :owner::text IS NULL OR t.owner = :owner ORDER BY t.position DESC LIMIT :size OFFSET :offset")
			.param("owner", owner)
			.param("size", size)
			.param("offset", (long) page * size)
			.query(AdHocTasks::task)
			.list();
	}

	long count(@Nullable String owner) {
		return this.jdbc.sql("SELECT count(*) FROM ad_hoc_task t WHERE :owner::text IS NULL OR t.owner = :owner")
			.param("owner", owner)
			.query(Long.class)
			.single();
	}

	/** How many of a person's wait or are computed. */
	long open(String owner) {
		return this.jdbc
			.sql("SELECT count(*) FROM ad_hoc_task WHERE owner = :owner AND status IN ('queued', 'running')")
			.param("owner", owner)
			.query(Long.class)
			.single();
	}

	/** Those that wait or are computed, in the order of the queue. */
	List<AdHocTask> open() {
		return this.jdbc.sql(TASK + "WHERE t.status IN ('queued', 'running') ORDER BY t.position")
			.query(AdHocTasks::task)
			.list();
	}

	/**
	 * Takes the first of the queue, unless so many are computed already, on whichever
	 * instance, those included that were cancelled and are about to stop. One instance
	 * after the other asks.
	 */
	Optional<AdHocTask> claim(int atMost) {
		Optional<UUID> claimed = this.transaction.execute((status) -> {
			this.jdbc.sql("SELECT pg_advisory_xact_lock(" + CLAIMING + ")").query((ResultSet row) -> {
			});
			return this.jdbc.sql("""
					UPDATE ad_hoc_task SET status = 'running', claimed_at = clock_timestamp(), execution_id = NULL,
					  started_at = coalesce(started_at, :now)
					WHERE id = (SELECT id FROM ad_hoc_task WHERE status = 'queued' ORDER BY position LIMIT 1)
					  AND (SELECT count(*) FROM ad_hoc_task t WHERE t.status = 'running' OR (t.status = 'cancelled'
					    AND EXISTS (SELECT FROM batch_job_execution e WHERE e.job_execution_id = t.execution_id
					      AND e.status IN ('STARTING', 'STARTED', 'STOPPING')))) < :most
					RETURNING id""").param("now", now()).param("most", atMost).query(UUID.class).optional();
		});
		return (claimed != null) ? claimed.flatMap(this::find) : Optional.empty();
	}

	/** The execution of one that was claimed. */
	void launched(UUID id, long executionId) {
		this.jdbc.sql("""
				UPDATE ad_hoc_task SET execution_id = :execution, restart_of = NULL
				WHERE id = :id AND execution_id IS NULL""").param("id", id).param("execution", executionId).update();
	}

	/**
	 * Puts one back to where it was in the queue.
	 * @param restartOf the execution that is to go on; null: a new one
	 */
	void requeue(UUID id, @Nullable Long restartOf) {
		this.jdbc.sql("""
				UPDATE ad_hoc_task SET status = 'queued', claimed_at = NULL, execution_id = NULL, restart_of = :restart
				WHERE id = :id AND status = 'running'""").param("id", id).param("restart", restartOf).update();
	}

	/** Those that were claimed so long ago, and never launched: who did it is gone. */
	List<UUID> claimedButNotLaunched(Duration ago) {
		return this.jdbc
			.sql("SELECT id FROM ad_hoc_task WHERE status = 'running' AND execution_id IS NULL "
					+ "AND claimed_at < clock_timestamp() - :seconds * interval '1 s'")
			.param("seconds", ago.toSeconds())
			.query(UUID.class)
			.list();
	}

	/**
	 * An execution begins with a task. A failed one may be restarted in the console.
	 * @return false if there is nothing to do for it: it was cancelled, or another
	 * execution does it
	 */
	boolean begin(UUID id, long executionId) {
		return this.jdbc
			.sql("""
					UPDATE ad_hoc_task t SET status = 'running', execution_id = :execution, restart_of = NULL, error = NULL,
					  ended_at = NULL, started_at = coalesce(started_at, :now), claimed_at = coalesce(claimed_at, clock_timestamp())
					WHERE id = :id AND status IN ('queued', 'running', 'failed') AND removed_at IS NULL
					  AND NOT EXISTS (SELECT FROM batch_job_execution e WHERE e.job_execution_id = t.execution_id
					    AND e.job_execution_id <> :execution AND e.status IN ('STARTING', 'STARTED', 'STOPPING'))""")
			.param("id", id)
			.param("execution", executionId)
			.param("now", now())
			.update() > 0;
	}

	/**
	 * Its result is there; in the transaction in which it was stored.
	 * @return false if it was cancelled meanwhile
	 */
	boolean complete(UUID id, long executionId, long rows) {
		return this.jdbc.sql("""
				UPDATE ad_hoc_task SET status = 'completed', ended_at = :now, rows = :rows
				WHERE id = :id AND status = 'running' AND execution_id = :execution""")
			.param("id", id)
			.param("execution", executionId)
			.param("rows", rows)
			.param("now", now())
			.update() > 0;
	}

	void fail(UUID id, String error) {
		this.jdbc
			.sql("UPDATE ad_hoc_task SET status = 'failed', ended_at = :now, error = :error "
					+ "WHERE id = :id AND status = 'running'")
			.param("id", id)
			.param("error", error)
			.param("now", now())
			.update();
	}

	/**
	 * Nobody wants it any more.
	 * @return false if it had ended
	 */
	boolean cancel(UUID id) {
		return this.jdbc
			.sql("UPDATE ad_hoc_task SET status = 'cancelled', ended_at = :now "
					+ "WHERE id = :id AND status IN ('queued', 'running')")
			.param("id", id)
			.param("now", now())
			.update() > 0;
	}

	/** Those that ended before then and whose results are still there. */
	List<UUID> endedBefore(Instant then) {
		return this.jdbc.sql("SELECT id FROM ad_hoc_task WHERE removed_at IS NULL AND ended_at < :then")
			.param("then", Timestamp.from(then))
			.query(UUID.class)
			.list();
	}

	/** Removes the result; the line stays. */
	void remove(UUID id) {
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.sql("UPDATE ad_hoc_task SET removed_at = :now WHERE id = :id")
				.param("id", id)
				.param("now", now())
				.update();
			this.jdbc.sql("DELETE FROM ad_hoc_result WHERE task = :id").param("id", id).update();
		});
	}

	/** Forgets those whose results were removed before then. */
	void forgetRemovedBefore(Instant then) {
		List<UUID> old = this.jdbc.sql("SELECT id FROM ad_hoc_task WHERE removed_at < :then")
			.param("then", Timestamp.from(then))
			.query(UUID.class)
			.list();
		if (!old.isEmpty()) {
			this.jdbc.sql("DELETE FROM ad_hoc_task WHERE id = any(:ids)")
				.param("ids", old.toArray(UUID[]::new))
				.update();
		}
	}

	private Timestamp now() {
		return Timestamp.from(this.clock.instant());
	}

	private static AdHocTask task(ResultSet row, int number) throws SQLException {
		Question question = new Question(List.of((String[]) row.getArray("cities").getArray()),
				row.getObject("from_day", LocalDate.class), row.getObject("to_day", LocalDate.class),
				Arrays.stream((String[]) row.getArray("metrics").getArray())
					.map((name) -> Metric.ofField(name).orElseThrow())
					.toList(),
				Granularity.valueOf(row.getString("granularity").toUpperCase(Locale.ROOT)));
		AdHocTask.Status status = AdHocTask.Status.of(row.getString("status"));
		return new AdHocTask(row.getObject("id", UUID.class), row.getString("owner"), question, status,
				row.getLong("before"), row.getTimestamp("created_at").toInstant(), instant(row, "started_at"),
				instant(row, "ended_at"), row.getString("error"), number(row, "rows"),
				(status == AdHocTask.Status.COMPLETED) ? 1 : 0, number(row, "execution_id"), number(row, "restart_of"),
				row.getTimestamp("removed_at") != null);
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		Timestamp at = row.getTimestamp(column);
		return (at != null) ? at.toInstant() : null;
	}

	private static @Nullable Long number(ResultSet row, String column) throws SQLException {
		long value = row.getLong(column);
		return row.wasNull() ? null : value;
	}

}
