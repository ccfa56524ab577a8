package io.isobar.console;

import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.SubmittedApplication;

/**
 * An application on a cluster, as pages show it.
 *
 * @param duration so far, while it runs
 */
record ApplicationRow(SubmittedApplication application, State state, Duration duration) {

	static ApplicationRow of(SubmittedApplication application, Instant now) {
		Instant until = (application.endedAt() != null) ? application.endedAt() : now;
		return new ApplicationRow(application,
				new State(shape(application.state()), "application." + application.state()),
				Duration.between(application.submittedAt(), until));
	}

	private static String shape(String state) {
		return switch (state) {
			case "RUNNING" -> "running";
			case "FINISHED" -> "done";
			case "FAILED", "LOST" -> "failed";
			case "KILLED" -> "stopped";
			default -> "queued";
		};
	}

}
