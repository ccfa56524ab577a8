package io.isobar.jobs;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A job's execution has failed: an application event for whoever tells people. Published
 * once for each execution, when nothing of it runs any more.
 *
 * @param step the step that failed, or null if none did
 * @param causes what is wrong, from the outermost message to the root
 * @param action what to do, in a sentence
 */
public record JobFailed(String job, long executionId, @Nullable String step, List<String> causes, String action,
		Instant at) {

	public JobFailed {
		causes = List.copyOf(causes);
	}

	/** All in one line. */
	public String sentence() {
		return this.job + " (execution " + this.executionId + ") failed"
				+ ((this.step != null) ? " at " + this.step : "") + ": "
				+ this.causes.stream().map(JobFailed::ended).collect(Collectors.joining(" Because: ")) + " "
				+ this.action;
	}

	private static String ended(String message) {
		return (message.endsWith(".") || message.endsWith("!") || message.endsWith("?")) ? message : message + ".";
	}

}
