package io.isobar.speed;

import java.time.LocalDate;
import java.time.Period;

import io.isobar.messages.WeatherMessages;
import jakarta.validation.constraints.NotBlank;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about the speed layer.
 *
 * @param enabled whether there is one at all
 * @param weatherTopic the topic of readings
 * @param retention how long readings are kept after the end of their local day
 */
@Validated
@ConfigurationProperties("isobar.speed")
record SpeedSettings(@DefaultValue("true") boolean enabled,
		@DefaultValue(WeatherMessages.TOPIC) @NotBlank String weatherTopic, @DefaultValue("P35D") Period retention) {

	SpeedSettings {
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"isobar.speed.retention is " + retention + ", and must be at least a day: set it to such as P35D");
		}
		if (LocalDate.EPOCH.plus(retention).isAfter(LocalDate.EPOCH.plusYears(5))) {
			throw new IllegalArgumentException("isobar.speed.retention is " + retention
					+ ", and Cassandra keeps nothing beyond the year 2038: set it to at most P5Y");
		}
	}

}
