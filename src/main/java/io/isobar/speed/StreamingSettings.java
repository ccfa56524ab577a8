package io.isobar.speed;

import java.time.Duration;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How {@code stream_speed_views} goes through the stream.
 *
 * @param interval from the beginning of a batch to the next; zero: at once
 * @param batch how many messages a batch has at most
 */
@Validated
@ConfigurationProperties("isobar.speed.streaming")
record StreamingSettings(@DefaultValue("PT1S") Duration interval, @DefaultValue("100000") @Min(1) long batch) {

	StreamingSettings {
		if (interval.isNegative()) {
			throw new IllegalArgumentException("isobar.speed.streaming.interval is " + interval
					+ ", and no time can pass backwards: set it to such as PT1S, or PT0S for at once");
		}
	}

}
