package io.isobar.serving.adhoc;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A question that somebody has asked, and what has become of it.
 *
 * @param owner who has asked
 * @param before how many wait or are computed that were asked before it; 0 unless it
 * waits
 * @param error why it failed
 * @param rows of its result, once it is complete
 * @param progress 0…1
 * @param executionId the execution that analyses it, if one does or did
 * @param restartOf the execution that was interrupted and is to go on
 * @param removed whether its result is no longer there
 */
public record AdHocTask(UUID id, String owner, Question question, Status status, long before, Instant createdAt,
		@Nullable Instant startedAt, @Nullable Instant endedAt, @Nullable String error, @Nullable Long rows,
		double progress, @Nullable Long executionId, @Nullable Long restartOf, boolean removed) {

	/** How far it is. */
	public enum Status {

		QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED;

		/** As in JSON: {@code queued}. */
		public String word() {
			return name().toLowerCase(Locale.ROOT);
		}

		static Status of(String word) {
			return Arrays.stream(values()).filter((status) -> status.word().equals(word)).findFirst().orElseThrow();
		}

	}

	/** Whether something still happens with it. */
	public boolean isOpen() {
		return this.status == Status.QUEUED || this.status == Status.RUNNING;
	}

	public boolean isComplete() {
		return this.status == Status.COMPLETED;
	}

	/** The same, as far as it is. */
	AdHocTask at(double done) {
		return new AdHocTask(this.id, this.owner, this.question, this.status, this.before, this.createdAt,
				this.startedAt, this.endedAt, this.error, this.rows, done, this.executionId, this.restartOf,
				this.removed);
	}

}
