package io.isobar.jobs;

/**
 * Another instance has taken over an execution, or it was given up: what is still
 * computed here must not be written.
 */
public final class LeaseLost extends RuntimeException implements NotWorthRetrying {

	private static final long serialVersionUID = 1L;

	/**
	 * @param whose what had the lease
	 */
	LeaseLost(String whose) {
		super("%s lost its lease, as this instance was paused or cut off for too long; nothing of it is written here any more. What became of it stands in the batch console (/jobs)."
			.formatted(whose));
	}

}
