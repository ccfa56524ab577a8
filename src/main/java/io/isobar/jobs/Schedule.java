package io.isobar.jobs;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronExpression;

/**
 * When a job is launched by itself.
 *
 * @param cron in Spring's form, seconds first; {@code -} means never
 */
public record Schedule(String cron, ZoneId zone) {

	public Schedule {
		if (!cron.equals(Scheduled.CRON_DISABLED) && !CronExpression.isValidExpression(cron)) {
			throw new IllegalArgumentException("\"" + cron + "\" is no schedule: six fields, seconds first, "
					+ "as in \"0 0 2 * * *\" for two o'clock every night, or - for never");
		}
	}

	/** The next time, or null if there is none. */
	public @Nullable Instant next(Instant after) {
		if (this.cron.equals(Scheduled.CRON_DISABLED)) {
			return null;
		}
		ZonedDateTime next = CronExpression.parse(this.cron).next(after.atZone(this.zone));
		return (next != null) ? next.toInstant() : null;
	}

}
