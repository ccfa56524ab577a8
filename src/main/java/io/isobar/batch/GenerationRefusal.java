package io.isobar.batch;

import java.time.LocalDate;

import io.isobar.jobs.Sentence;
import org.jspecify.annotations.Nullable;

/** Why a generation is not made current; nothing has changed. */
public abstract sealed class GenerationRefusal extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Sentence sentence;

	private GenerationRefusal(Sentence sentence) {
		super(sentence.text(), null, false, false);
		this.sentence = sentence;
	}

	/** What is wrong, why, and what to do. */
	public Sentence sentence() {
		return this.sentence;
	}

	/** There never was one of that number. */
	public static final class Unknown extends GenerationRefusal {

		private static final long serialVersionUID = 1L;

		Unknown(int generation) {
			super(Sentence.of("generations.unknown",
					"There is no generation {0}. The list of generations has those that are kept.", generation));
		}

	}

	/** It was published, but is no longer kept. */
	public static final class NoLongerKept extends GenerationRefusal {

		private static final long serialVersionUID = 1L;

		NoLongerKept(int generation, int kept) {
			super(Sentence.of("generations.gone",
					"Generation {0} is no longer kept: isobar keeps the newest {1} (isobar.batch.generations). Choose one of the list of generations.",
					generation, kept));
		}

	}

	/**
	 * What would be open again can't be answered by the speed layer, so nobody could
	 * answer for it.
	 */
	public static final class NotCompletable extends GenerationRefusal {

		private static final long serialVersionUID = 1L;

		private NotCompletable(Sentence sentence) {
			super(sentence);
		}

		/** Days that have readings now, and that the speed layer no longer keeps. */
		static NotCompletable days(int generation, long days, String city, LocalDate first, LocalDate last) {
			return new NotCompletable(Sentence.of("generations.incomplete",
					"With generation {0} nobody could answer for {1} days that have readings now (the first is {2} in {3}, the last {4}): they would be open again, and Cassandra no longer keeps what was streamed of them. Nothing has changed. Launch the job again: what it publishes takes the place of a generation that is wrong.",
					generation, days, first, city, last));
		}

		/** Orders that came after it. */
		static NotCompletable orders(int generation) {
			return new NotCompletable(Sentence.of("generations.orders.incomplete",
					"Generation {0} can't be made current: the speed layer does not have all orders that came after it, so they would be missing. Choose a newer one, or have the job rebuild_speed_views write them again.",
					generation));
		}

		/** Whether it has them is not known. */
		static NotCompletable unknown(int generation, @Nullable String cause) {
			return new NotCompletable(Sentence.of("generations.orders.unknown",
					"Generation {0} can't be made current: whether the speed layer has all orders that came after it can't be found out ({1}). Try again when it answers.",
					generation, String.valueOf(cause)));
		}

	}

	/** It was never published. */
	public static final class NeverPublished extends GenerationRefusal {

		private static final long serialVersionUID = 1L;

		NeverPublished(int generation) {
			super(Sentence.of("generations.unpublished",
					"Generation {0} was never published: its run has not come to its end, or publishing was held. Choose one of the list of generations, or launch the job again.",
					generation));
		}

	}

}
