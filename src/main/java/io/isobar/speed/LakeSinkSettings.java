package io.isobar.speed;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * When messages are written to the lake: whatever comes first.
 *
 * @param flushInterval so long a message waits at most
 * @param flushSize so much is gathered at most, while as much may be being written
 */
@Validated
@ConfigurationProperties("isobar.speed.lake")
record LakeSinkSettings(@DefaultValue("PT60S") Duration flushInterval, @DefaultValue("64MB") DataSize flushSize) {
}
