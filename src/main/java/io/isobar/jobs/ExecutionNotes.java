package io.isobar.jobs;

import java.util.List;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What executions say of themselves although they did not fail: what waits, what was left
 * open, what was done otherwise than asked. Whoever looks at the execution reads it.
 */
@Component
public class ExecutionNotes {

	private final JdbcClient jdbc;

	ExecutionNotes(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * A note.
	 *
	 * @param step the step that made it
	 * @param sentence for people
	 */
	public record Note(String step, String sentence) {

	}

	/** Keeps a sentence with the execution of that step; said again, it is kept once. */
	public void note(StepExecution step, String sentence) {
		this.jdbc.sql("""
				insert into execution_notes (job_execution_id, step_name, sentence)
				select :execution, :step, :sentence where not exists (select from execution_notes
				where job_execution_id = :execution and step_name = :step and sentence = :sentence)
				""")
			.param("execution", step.getJobExecutionId())
			.param("step", step.getStepName())
			.param("sentence", sentence)
			.update();
	}

	/** All notes of an execution, the first one first. */
	public List<Note> of(long executionId) {
		return this.jdbc
			.sql("select step_name, sentence from execution_notes where job_execution_id = :execution order by id")
			.param("execution", executionId)
			.query((row, number) -> new Note(row.getString("step_name"), row.getString("sentence")))
			.list();
	}

}
