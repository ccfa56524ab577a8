package io.isobar.jobs;

/** Knows whether the process that runs an execution is still there. */
@FunctionalInterface
public interface ExecutionOwner {

	/** Whether somebody else works on an execution that is marked as running. */
	boolean isAlive(long executionId);

}
