package io.isobar.serving;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set about serving.
 *
 * @param boundaryAgeAlert how old the boundary of a listed city may be before somebody is
 * told: by default two nights in a row have closed nothing
 */
@ConfigurationProperties("isobar.serving")
record ServingSettings(@DefaultValue("PT50H") Duration boundaryAgeAlert) {

	ServingSettings {
		if (boundaryAgeAlert.compareTo(Duration.ofHours(1)) < 0) {
			throw new IllegalArgumentException("isobar.serving.boundary-age-alert is " + boundaryAgeAlert
					+ ", and must be at least PT1H: a day is closed some time after it has ended, so more than a day is normal");
		}
	}

}
