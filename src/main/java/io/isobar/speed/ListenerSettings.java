package io.isobar.speed;

import java.time.Duration;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How topics are made and listened to.
 *
 * @param replication how many copies Kafka keeps of a topic that is made here
 * @param concurrency how many consumers each sink has in this instance; the lake has one
 * @param batch how many messages a sink takes at once, at most
 * @param watch how often it is looked whether topics and sinks are as they should be
 */
@Validated
@ConfigurationProperties("isobar.speed.listeners")
record ListenerSettings(@DefaultValue("1") @Min(1) short replication, @DefaultValue("1") @Min(1) int concurrency,
		@DefaultValue("8000") @Min(1) int batch, @DefaultValue("PT1S") Duration watch) {
}
