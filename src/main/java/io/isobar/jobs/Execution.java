package io.isobar.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;

/**
 * One execution of a job: an attempt at an instance of it, and what may be done with it
 * now.
 *
 * @param attempt which attempt at its instance this is, from 1
 * @param exitMessage what its end said of itself, if anything
 * @param parameters as text, in the order of their names
 * @param around what else there is of its instance and its job
 */
public record Execution(long executionId, long instanceId, String jobName, BatchStatus status, String exitCode,
		@Nullable String exitMessage, int attempt, Instant createdAt, @Nullable Instant startedAt,
		@Nullable Instant endedAt, Map<String, String> parameters, Around around) {

	/**
	 * What decides on a restart, beside the execution itself.
	 *
	 * @param known whether the application still has the job
	 * @param newer the newest attempt at the same instance, if it isn't this one
	 * @param finished another attempt that ended the instance: completed, abandoned or
	 * unknown
	 * @param running another running execution of the job, where one at a time may run
	 */
	record Around(boolean known, @Nullable Other newer, @Nullable Other finished, @Nullable Other running) {

	}

	/** Another execution. */
	record Other(long executionId, BatchStatus status, String launchedBy) {

	}

	/** How long it ran, or has been running; null before it began. */
	public @Nullable Duration duration(Instant now) {
		if (this.startedAt == null) {
			return null;
		}
		Instant until = (this.endedAt != null) ? this.endedAt : now;
		return until.isBefore(this.startedAt) ? Duration.ZERO : Duration.between(this.startedAt, until);
	}

	public boolean isRunning() {
		return this.status.isRunning();
	}

	/**
	 * Whether it did not end by itself: its process ended before it did, or the
	 * application was stopped. Then a restart goes on with it.
	 */
	public boolean isInterrupted() {
		return (this.status == BatchStatus.FAILED && Recovery.KILLED.equals(this.exitMessage))
				|| (this.status == BatchStatus.STOPPED && Recovery.STOPPED.equals(this.exitMessage));
	}

	/** The later attempt that completed what this one did not, or null. */
	public @Nullable Long repairedBy() {
		Other finished = this.around.finished();
		if (finished == null || finished.status() != BatchStatus.COMPLETED
				|| finished.executionId() < this.executionId) {
			return null;
		}
		return finished.executionId();
	}

	/** The newest attempt at the same instance, if it isn't this one. */
	public @Nullable Long newerAttempt() {
		Other newer = this.around.newer();
		return (newer != null) ? newer.executionId() : null;
	}

	public boolean stoppable() {
		return stopRefused().isEmpty();
	}

	public boolean restartable() {
		return restartRefused().isEmpty();
	}

	public boolean abandonable() {
		return abandonRefused().isEmpty();
	}

	/** Why it can't be stopped, unless it can. */
	public Optional<JobRefusal> stopRefused() {
		return switch (this.status) {
			case STARTING, STARTED -> Optional.empty();
			case STOPPING ->
				notLegal("stop.stopping", "Stopping is asked for already; the step that runs comes to an end first.");
			default -> notLegal("stop.ended", "It is not running, but {0}: there is nothing to stop.", this.status);
		};
	}

	/** Why it can't be abandoned, unless it can. */
	public Optional<JobRefusal> abandonRefused() {
		return switch (this.status) {
			case COMPLETED -> notLegal("abandon.completed", "It is complete: there is nothing to abandon.");
			case STARTING, STARTED -> notLegal("abandon.running", "It is running. Stop it first.");
			default -> Optional.empty();
		};
	}

	/** Why it can't be deleted, unless it can. */
	public Optional<JobRefusal> deleteRefused() {
		if (!isRunning()) {
			return Optional.empty();
		}
		return notLegal("delete.running", "It has been running since {0}. Stop it, or wait for its end.",
				(this.startedAt != null) ? this.startedAt : this.createdAt);
	}

	/** Why it can't be restarted, unless it can. */
	public Optional<JobRefusal> restartRefused() {
		if (!this.around.known()) {
			return notLegal("restart.unknown", "The application has no job {0} any more.", this.jobName);
		}
		Other newer = this.around.newer();
		if (newer != null && newer.status().isRunning()) {
			return running("restart.taken", "{0} has restarted it already, as execution {1}.", newer.launchedBy(),
					newer.executionId());
		}
		switch (this.status) {
			case COMPLETED:
				return notLegal("restart.completed", "It is complete: a restart would do nothing again. "
						+ "To do its work anew, launch {0} with the same parameters.", this.jobName);
			case STARTING, STARTED, STOPPING:
				return notLegal("restart.running", "It is running. It can be restarted if it fails or is stopped.");
			case ABANDONED:
				return notLegal("restart.abandoned", "It was abandoned. To do its work, launch {0} anew.",
						this.jobName);
			case UNKNOWN:
				return notLegal("restart.lost",
						"How it ended is not known, so going on may do harm. " + "To do its work, launch {0} anew.",
						this.jobName);
			default:
		}
		if (newer != null) {
			return notLegal("restart.newer", "There is a newer attempt: execution {0}, {1}.", newer.executionId(),
					newer.status());
		}
		Other finished = this.around.finished();
		if (finished != null) {
			return notLegal("restart.finished",
					"Execution {0} of the same instance is {1}, so it can't go on. To do its work, launch {2} anew.",
					finished.executionId(), finished.status(), this.jobName);
		}
		Other running = this.around.running();
		if (running != null) {
			return Optional.of(alreadyRunning(this.jobName, running.executionId(), running.launchedBy()));
		}
		return Optional.empty();
	}

	static JobRefusal alreadyRunning(String job, long executionId, String launchedBy) {
		return new JobRefusal.AlreadyRunning(Sentence.of("jobs.running",
				"{0} is running already: execution {1}, launched by {2}. Wait for its end, or stop it.", job,
				executionId, launchedBy));
	}

	private static Optional<JobRefusal> running(String code, String english, Object... arguments) {
		return Optional.of(new JobRefusal.AlreadyRunning(Sentence.of("jobs." + code, english, arguments)));
	}

	private static Optional<JobRefusal> notLegal(String code, String english, Object... arguments) {
		return Optional.of(new JobRefusal.NotLegal(Sentence.of("jobs." + code, english, arguments)));
	}

}
