package io.isobar.batch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Where generations are kept. What is decided about them, {@link Generations} decides;
 * all methods work in the transaction of their caller.
 */
interface GenerationTable {

	/**
	 * When a generation was published, and when it ceased to be kept.
	 *
	 * @param retiredAt null as long as it is kept
	 */
	record Published(int number, Instant at, @Nullable Instant retiredAt) {

		boolean isKept() {
			return this.retiredAt == null;
		}

		/** Whether it was still kept after that time. */
		boolean wasKeptAfter(Instant time) {
			return this.retiredAt == null || this.retiredAt.isAfter(time);
		}

	}

	/** The published generations that are kept, newest first. */
	List<Generation> kept();

	/** The numbers of those that an execution has published, kept or not. */
	List<Integer> publishedBy(long jobExecutionId);

	/** The one that readers see. */
	Optional<Generation> current(Dataset dataset);

	/** The one of that number, whatever has become of it. */
	Optional<Generation> find(int generation);

	/** What a generation was made from. */
	Generations.Made made(int generation);

	/** All that were ever published of a dataset, in the order of their numbers. */
	List<Published> published(Dataset dataset);

	/** The attempts that were begun and never published. */
	List<Integer> unpublished(Dataset dataset);

	/** Adds one under a new number, larger than any before. */
	int add(Dataset dataset, long jobExecutionId, Generations.Made made, long readings, int cities);

	/** Removes one that was never published; any other stays. */
	void remove(int generation);

	/**
	 * Notes that one is published, if it is not yet.
	 * @return whether it was not
	 */
	boolean publish(Dataset dataset, int generation, Instant at, Map<String, Long> durations);

	/** Notes that these are no longer kept. */
	void retire(List<Integer> generations, Instant at);

	/** Makes one the one that readers see. */
	void show(Dataset dataset, int generation);

	/** Who changes what is current or held waits for who does so already. */
	void lock(Dataset dataset);

	/** What holds the publishing of scheduled runs. */
	List<Generations.Hold> holds();

	/** Holds it, in place of what did so before. */
	void hold(Generations.Hold hold);

	/**
	 * Nothing holds it any more.
	 * @return whether anything did
	 */
	boolean release(Dataset dataset);

}
