package io.isobar.jobs;

import java.util.List;

/**
 * Executions that an earlier process could not finish, because it was killed or stopped:
 * an application event, published once this one is ready. They can be restarted, by
 * whoever wants their work done.
 *
 * @param executions the newest of each instance, the oldest first; never empty
 */
public record ExecutionsInterrupted(List<Execution> executions) {

	public ExecutionsInterrupted {
		executions = List.copyOf(executions);
	}

}
