package io.isobar.batch;

import io.isobar.jobs.NotWorthRetrying;
import org.jspecify.annotations.Nullable;

/**
 * Another generation has become current since a run analysed: what it has computed goes
 * out from one that readers no longer see, and may be older than what they see.
 */
class Overtaken extends RuntimeException implements NotWorthRetrying {

	private static final long serialVersionUID = 1L;

	Overtaken(@Nullable Integer base, @Nullable Integer current) {
		super("%s has become current since this run analysed, which went out from %s. Nothing was published; launch the job anew."
			.formatted((current != null) ? "Generation " + current : "No generation",
					(base != null) ? "generation " + base : "none"));
	}

	/**
	 * @param counted the version of the readings that the current generation counts
	 * @param pinned the older one that the run is about
	 */
	Overtaken(int current, long counted, long pinned) {
		super("Generation %d counts version %d of the readings, and this run is about version %d: another run has published since it began. Nothing was published; launch the job anew."
			.formatted(current, counted, pinned));
	}

}
