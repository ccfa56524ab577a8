package io.isobar.speed;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about Cassandra beside Spring's own {@code spring.cassandra}.
 *
 * @param keyspace where the tables are; made if it is missing
 * @param replicationStrategy of a keyspace that is made here
 * @param replicationFactor of a keyspace that is made here
 * @param concurrency how many statements a consumer has under way at most, four at least:
 * of more Cassandra does not take more, and others get less of the machine
 * @param readTimeout after which an answer is given up
 * @param writeTimeout after which a write is given up, and tried again
 */
@Validated
@ConfigurationProperties("isobar.cassandra")
record CassandraSettings(
		@DefaultValue("isobar") @Pattern(regexp = "[a-z][a-z0-9_]{0,47}",
				message = "must be small letters, digits and underscores, at most 48") String keyspace,
		@DefaultValue("SimpleStrategy") @NotBlank @Pattern(regexp = "SimpleStrategy|NetworkTopologyStrategy",
				message = "must be SimpleStrategy or NetworkTopologyStrategy") String replicationStrategy,
		@DefaultValue("1") @Min(1) @Max(99) int replicationFactor,
		@DefaultValue("24") @Min(1) @Max(1024) int concurrency, @DefaultValue("PT3S") Duration readTimeout,
		@DefaultValue("PT10S") Duration writeTimeout) {
}
