package io.isobar.batch;

import java.time.Duration;
import java.time.ZoneId;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.validation.annotation.Validated;

/**
 * When the batch layer runs and what it keeps.
 *
 * @param schedule six fields, as Spring's cron expressions have them
 * @param zone of the schedule; the system's where it is not set
 * @param generations how many published generations are kept to go back to
 * @param attempts how often a run is tried before one that a kill has interrupted waits
 * for a person
 * @param waitForStream how long a run waits, at most, until the lake holds what the
 * stream has been sent
 */
@Validated
@ConfigurationProperties("isobar.batch")
record BatchSettings(@DefaultValue("0 0 2 * * *") String schedule, @Nullable ZoneId zone,
		@DefaultValue("7") @Min(1) int generations, @DefaultValue("5") @Min(1) int attempts,
		@DefaultValue("PT90S") Duration waitForStream) {

	@AssertTrue(
			message = "isobar.batch.schedule is no cron expression: write six fields, as in \"0 0 2 * * *\" for two o'clock every night (seconds, minutes, hours, day of month, month, day of week).")
	boolean isScheduleACronExpression() {
		return CronExpression.isValidExpression(this.schedule);
	}

	ZoneId zoneOrSystem() {
		return (this.zone != null) ? this.zone : ZoneId.systemDefault();
	}

}
