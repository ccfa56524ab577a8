package io.isobar.console;

import io.isobar.jobs.Execution;

import org.springframework.batch.core.BatchStatus;

/**
 * How a state is shown: a shape and a word.
 *
 * @param shape kind of the tag
 * @param word key of the word in the messages
 */
record State(String shape, String word) {

	static State of(BatchStatus status) {
		return new State(switch (status) {
			case COMPLETED -> "done";
			case STARTING -> "queued";
			case STARTED, STOPPING -> "running";
			case STOPPED -> "stopped";
			case ABANDONED -> "abandoned";
			case FAILED, UNKNOWN -> "failed";
		}, word(status));
	}

	/** What a later attempt has repaired isn't shown as a failure any more. */
	static State of(Execution execution) {
		return (execution.repairedBy() != null) ? new State("repaired", "tag.repaired") : of(execution.status());
	}

	static String word(BatchStatus status) {
		return "status." + status;
	}

}
