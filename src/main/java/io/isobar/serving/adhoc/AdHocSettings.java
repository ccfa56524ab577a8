package io.isobar.serving.adhoc;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set about ad hoc analyses.
 *
 * @param concurrent how many are computed at a time, over all instances; the others wait
 * @param keep how long a result is kept after its analysis has ended
 */
@ConfigurationProperties("isobar.serving.ad-hoc")
record AdHocSettings(@DefaultValue("2") int concurrent, @DefaultValue("P7D") Duration keep) {

	AdHocSettings {
		if (concurrent < 1) {
			throw new IllegalArgumentException("isobar.serving.ad-hoc.concurrent is " + concurrent
					+ ", and must be at least 1: else no analysis would ever begin");
		}
		if (keep.compareTo(Duration.ofMinutes(1)) < 0) {
			throw new IllegalArgumentException("isobar.serving.ad-hoc.keep is " + keep
					+ ", and must be at least PT1M: else nobody could fetch a result");
		}
	}

}
