package io.isobar.console;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Failure;
import io.isobar.jobs.SubmittedApplication;
import org.jspecify.annotations.Nullable;

/**
 * An execution with its steps, with what made it fail, with what else it says, and with
 * what it had a cluster do.
 */
record ExecutionDetail(@JsonUnwrapped ExecutionAnswer execution, List<StepAnswer> steps, List<FailureAnswer> failures,
		List<ExecutionNotes.Note> notes, List<SubmittedApplication> applications) {

	/**
	 * What made an execution fail.
	 *
	 * @param step the step that failed, or null where none did
	 * @param cause the root of it, where that is not the message itself
	 */
	record FailureAnswer(@Nullable String step, String message, @Nullable String cause) {

		static FailureAnswer of(Failure failure) {
			return new FailureAnswer(failure.step(), failure.message(), failure.cause());
		}

	}

}
