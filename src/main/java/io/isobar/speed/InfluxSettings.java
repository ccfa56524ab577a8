package io.isobar.speed;

import java.net.URI;
import java.time.Duration;

import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about InfluxDB.
 *
 * @param url its address, if nothing else says so
 * @param token a token that may write, and create the bucket
 * @param org the organisation
 * @param bucket the bucket, which is created if it is missing
 * @param retention how long points are kept in a bucket that is created here; zero: for
 * ever
 */
@Validated
@ConfigurationProperties("isobar.influx")
record InfluxSettings(@Nullable URI url, @Nullable String token, @DefaultValue("lambda_org") @NotBlank String org,
		@DefaultValue("speed_bucket") @NotBlank String bucket, @DefaultValue("P30D") Duration retention) {

	InfluxSettings {
		if (retention.isNegative() || (!retention.isZero() && retention.toDays() < 1)
				|| retention.toSeconds() > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("isobar.influx.retention is " + retention
					+ ", and must be from P1D to P24855D, or PT0S for ever: set it to such as P30D");
		}
	}

	/** How long points are kept; 0: for ever. */
	long keptSeconds() {
		return this.retention.toSeconds();
	}

}
