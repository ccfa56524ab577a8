package io.isobar.console;

import io.isobar.jobs.Execution;
import io.isobar.jobs.JobRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Whether something can be done with an execution by who looks at it.
 *
 * @param path the action, as in addresses and messages
 * @param reason why it isn't legal now, or null
 * @param role the role that it would need, or null if it is there
 */
record Possible(String path, @Nullable String reason, @Nullable String role) {

	/** Whether it can be done now. */
	public boolean now() {
		return this.reason == null && this.role == null;
	}

	static Possible of(Action action, Execution execution, boolean operator, boolean admin, Words words) {
		boolean may = (action == Action.DELETE) ? admin : operator;
		return new Possible(action.path(),
				action.refused(execution).map(JobRefusal::sentence).map(words::of).orElse(null),
				(may) ? null : (action == Action.DELETE) ? "admin" : "operator");
	}

}
