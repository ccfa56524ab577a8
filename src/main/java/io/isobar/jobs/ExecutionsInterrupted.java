package io.isobar.jobs;

import java.util.List;

/**
 * Executions that an earlier process or another instance could not finish, because it was
 * killed or stopped: an application event, published while this one is ready, and every
 * few seconds again as long as nobody has restarted them. They can be, by whoever wants
 * their work done.
 *
 * @param executions the newest of each instance, the oldest first; never empty
 */
public record ExecutionsInterrupted(List<Execution> executions) {

	public ExecutionsInterrupted {
		executions = List.copyOf(executions);
	}

}
