package io.isobar.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import io.isobar.jobs.Execution;
import io.isobar.jobs.JobRefusal;

/** What can be done with an execution. */
enum Action {

	RESTART, STOP, ABANDON, DELETE;

	/** As in addresses, and in the messages. */
	String path() {
		return name().toLowerCase(Locale.ROOT);
	}

	static Optional<Action> of(String path) {
		return Arrays.stream(values()).filter((action) -> action.path().equals(path)).findFirst();
	}

	/** Why it isn't legal now, unless it is. */
	Optional<JobRefusal> refused(Execution execution) {
		return switch (this) {
			case RESTART -> execution.restartRefused();
			case STOP -> execution.stopRefused();
			case ABANDON -> execution.abandonRefused();
			case DELETE -> execution.deleteRefused();
		};
	}

}
