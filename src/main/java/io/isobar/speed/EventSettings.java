package io.isobar.speed;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about following readings: by a stream of events, or by asking for the
 * next one.
 *
 * @param connections how many may follow the stream at the same time, each of which takes
 * a thread; and how many may wait for a next one
 * @param queue how many events may wait for one that is slow, before it is cut off
 */
@Validated
@ConfigurationProperties("isobar.speed.events")
public record EventSettings(@DefaultValue("200") @Min(1) @Max(10_000) int connections,
		@DefaultValue("1000") @Min(1) @Max(1_000_000) int queue) {
}
