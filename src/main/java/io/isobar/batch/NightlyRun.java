package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.Supplier;

import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Schedule;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Decides when the scheduled run is launched. It looks at what is due rather than waits
 * for an alarm: so a run comes once, on whichever instance, also if the application was
 * off, the machine asleep, or its clock set, and one that could not be launched is
 * launched later.
 */
class NightlyRun {

	private static final Logger logger = LoggerFactory.getLogger(NightlyRun.class);

	/** Nobody says when a clock is set, or a machine wakes up. */
	private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(1);

	/** Launches the run of a day. */
	@FunctionalInterface
	interface Launch {

		/**
		 * Launches it, unless that was done before.
		 * @return whether it was launched by this very call
		 */
		boolean of(LocalDate day);

	}

	private final Schedule schedule;

	private final Supplier<Optional<Instant>> published;

	private final Launch launch;

	private final Clock clock;

	private final Instant since;

	/** The last time that was due and is dealt with. */
	private @Nullable Instant done;

	/** The last time that was due and could not be dealt with at once. */
	private @Nullable Instant waiting;

	/**
	 * @param published when what readers see was published, if anything
	 */
	NightlyRun(Schedule schedule, Supplier<Optional<Instant>> published, Launch launch, Clock clock) {
		this.schedule = schedule;
		this.published = published;
		this.launch = launch;
		this.clock = clock;
		this.since = clock.instant();
	}

	/** When to look again: when the next run is due, or sooner. */
	Instant nextLook() {
		Instant now = this.clock.instant();
		Instant soon = now.plus(AT_LEAST_EVERY);
		Instant next = this.schedule.next(now);
		return (next != null && next.isBefore(soon)) ? next : soon;
	}

	/** Launches the run whose time came last, unless that was done. */
	synchronized void launchIfDue() {
		Instant now = this.clock.instant();
		Instant due = this.schedule.last(now).orElse(null);
		if (due == null || due.equals(this.done)) {
			return;
		}
		try {
			if (!due.isBefore(this.since) || isMissed(due, now)) {
				launch(due);
			}
			this.done = due;
		}
		catch (JobRefusal.AlreadyRunning | DataAccessException | TransactionException ex) {
			// It is tried again, without a word
			if (!due.equals(this.waiting)) {
				logger.info("The run of {} waits: {}", day(due), ex.getMessage());
			}
			this.waiting = due;
		}
		catch (JobRefusal refusal) {
			logger.warn("The run of {} was not launched: {}", day(due), refusal.getMessage());
			this.done = due;
		}
	}

	/** Not if this installation is new, or something was published since. */
	private boolean isMissed(Instant due, Instant now) {
		return this.published.get()
			// From a clock that was ahead
			.map((at) -> at.isBefore(due) || at.isAfter(now.plus(Duration.ofDays(1))))
			.orElse(false);
	}

	private void launch(Instant due) {
		if (this.launch.of(day(due)) && due.isBefore(this.since)) {
			logger.info("The run of {} was missed while the application was off; it is made up now.", day(due));
		}
	}

	private LocalDate day(Instant due) {
		return LocalDate.ofInstant(due, this.schedule.zone());
	}

}
