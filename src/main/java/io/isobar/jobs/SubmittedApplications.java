package io.isobar.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** The applications that steps have submitted to a cluster, kept with the execution. */
@Component
public class SubmittedApplications {

	private static final Logger logger = LoggerFactory.getLogger(SubmittedApplications.class);

	/** Of one whose end nobody could tell. */
	private static final String LOST = "LOST";

	private final JdbcClient jdbc;

	private final Clock clock;

	SubmittedApplications(JdbcClient jdbc, Clock clock) {
		this.jdbc = jdbc;
		this.clock = clock;
	}

	/**
	 * Notes that a step submits one.
	 * @return what it is known by here
	 */
	public long submitted(StepExecution step, String name, String master, String state) {
		return this.jdbc.sql("""
				insert into submitted_applications (step_execution_id, name, master, state, submitted_at)
				values (:step, :name, :master, :state, :now) returning id
				""")
			.param("step", step.getId())
			.param("name", name)
			.param("master", master)
			.param("state", state)
			.param("now", Timestamp.from(this.clock.instant()))
			.query(Long.class)
			.single();
	}

	/** Tells how it is. No reason for a step to fail. */
	public void is(long id, @Nullable String applicationId, String state, String log) {
		save(id, applicationId, state, log, null);
	}

	/** Tells how it has ended. */
	public void ended(long id, @Nullable String applicationId, String state, String log) {
		save(id, applicationId, state, log, Timestamp.from(this.clock.instant()));
	}

	private void save(long id, @Nullable String applicationId, String state, String log, @Nullable Timestamp endedAt) {
		try {
			this.jdbc.sql("""
					update submitted_applications
					set application_id = :application, state = :state, log = :log, ended_at = :ended where id = :id
					""")
				.param("application", applicationId)
				.param("state", state)
				.param("log", log)
				.param("ended", endedAt)
				.param("id", id)
				.update();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The state of application {} is not told", applicationId, ex);
		}
	}

	/** Those of an execution, the oldest first. */
	public List<SubmittedApplication> of(long executionId) {
		return this.jdbc.sql("""
				select a.id, a.name, a.master, a.application_id, a.state, a.submitted_at, a.ended_at, s.step_name,
					s.status in ('STARTING', 'STARTED', 'STOPPING') as running
				from submitted_applications a join batch_step_execution s using (step_execution_id)
				where s.job_execution_id = :id order by a.id
				""").param("id", executionId).query(SubmittedApplications::application).list();
	}

	private static SubmittedApplication application(ResultSet row, int number) throws SQLException {
		Timestamp endedAt = row.getTimestamp("ended_at");
		boolean lost = endedAt == null && !row.getBoolean("running");
		return new SubmittedApplication(row.getLong("id"), row.getString("step_name"), row.getString("name"),
				row.getString("master"), row.getString("application_id"), lost ? LOST : row.getString("state"),
				row.getTimestamp("submitted_at").toInstant(), (endedAt != null) ? endedAt.toInstant() : null);
	}

	/** The end of the log of an execution's application, if there is such a one. */
	public Optional<String> log(long executionId, long id) {
		return this.jdbc.sql("""
				select a.log from submitted_applications a join batch_step_execution s using (step_execution_id)
				where s.job_execution_id = :execution and a.id = :id
				""").param("execution", executionId).param("id", id).query(String.class).optional();
	}

}
