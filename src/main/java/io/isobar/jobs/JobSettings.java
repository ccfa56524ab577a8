package io.isobar.jobs;

import java.time.Duration;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the steps of jobs are tried again, and how long the application waits for jobs when
 * it stops.
 *
 * @param attempts how often the work of a step is tried in all
 * @param delay before the second try
 * @param multiplier by how much each delay is longer than the one before
 * @param maxDelay the longest delay
 * @param lease how long an instance of the application may not be heard of before another
 * one takes over what it runs
 * @param stopWithin how long a stop of the application waits for jobs to stop; what has
 * not stopped then is recovered at the next start
 */
@Validated
@ConfigurationProperties("isobar.jobs")
record JobSettings(@DefaultValue("3") @Min(1) int attempts, @DefaultValue("PT2S") Duration delay,
		@DefaultValue("3") @Min(1) double multiplier, @DefaultValue("PT1M") Duration maxDelay,
		@DefaultValue("PT30S") Duration lease, @DefaultValue("PT20S") Duration stopWithin) {

	JobSettings {
		if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException(
					"isobar.jobs.lease is " + lease + ", too short to be renewed in time; set at least PT1S");
		}
	}

}
