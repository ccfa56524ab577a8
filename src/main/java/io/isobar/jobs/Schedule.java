package io.isobar.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronExpression;

/**
 * When a job is launched by itself, by the clocks of a zone: also where these are put
 * forward or back, a time of the day comes once a day.
 *
 * @param cron in Spring's form, seconds first; {@code -} means never
 */
public record Schedule(String cron, ZoneId zone) {

	/**
	 * By more than that clocks are put forward nowhere but on islands that lose a day.
	 */
	private static final Duration LONGEST_GAP = Duration.ofHours(3);

	/** A short way first, for schedules that come often. */
	private static final List<Duration> LOOK_BACK = List.of(Duration.ofHours(1), Duration.ofDays(2),
			Duration.ofDays(32));

	public Schedule {
		if (!cron.equals(Scheduled.CRON_DISABLED) && !CronExpression.isValidExpression(cron)) {
			throw new IllegalArgumentException("\"" + cron + "\" is no schedule: six fields, seconds first, "
					+ "as in \"0 0 2 * * *\" for two o'clock every night, or - for never");
		}
	}

	/** The next time, or null if there is none. */
	public @Nullable Instant next(Instant after) {
		if (isNever()) {
			return null;
		}
		// What falls into a gap comes after it
		LocalDateTime local = LocalDateTime.ofInstant(after, this.zone).minus(LONGEST_GAP);
		CronExpression expression = CronExpression.parse(this.cron);
		for (local = expression.next(local); local != null; local = expression.next(local)) {
			Instant instant = instant(local);
			if (instant.isAfter(after)) {
				return instant;
			}
		}
		return null;
	}

	/** The last time, not after an instant; empty if there was none for a month. */
	public Optional<Instant> last(Instant until) {
		if (isNever()) {
			return Optional.empty();
		}
		CronExpression expression = CronExpression.parse(this.cron);
		for (Duration back : LOOK_BACK) {
			Instant last = null;
			LocalDateTime local = LocalDateTime.ofInstant(until, this.zone).minus(back);
			for (local = expression.next(local); local != null
					&& !instant(local).isAfter(until); local = expression.next(local)) {
				last = instant(local);
			}
			if (last != null) {
				return Optional.of(last);
			}
		}
		return Optional.empty();
	}

	/** Once on every day: the first of two, and after a gap what lay in it. */
	private Instant instant(LocalDateTime local) {
		return local.atZone(this.zone).toInstant();
	}

	private boolean isNever() {
		return this.cron.equals(Scheduled.CRON_DISABLED);
	}

}
