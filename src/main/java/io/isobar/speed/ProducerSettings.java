package io.isobar.speed;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about the producer.
 *
 * @param enabled whether current conditions are asked for at all
 * @param mode for ever, or a number of messages
 * @param interval from one round through the cities to the next; if it is not set, what
 * the budget of the provider allows, and 10 s with the simulator. A provider with a
 * budget is never asked faster than that allows
 * @param count how many messages are sent in mode once
 */
@Validated
@ConfigurationProperties("isobar.speed.producer")
record ProducerSettings(@DefaultValue("true") boolean enabled, @DefaultValue("continuous") Mode mode,
		@Nullable Duration interval, @DefaultValue("10") @Min(1) int count) {

	ProducerSettings {
		if (interval != null && interval.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException("isobar.speed.producer.interval is " + interval
					+ ", and readings are told apart by the second: set it to PT1S or more");
		}
	}

	enum Mode {

		/** Round after round, until the application ends. */
		CONTINUOUS,

		/** A number of messages; then the application stays up. */
		ONCE

	}

}
