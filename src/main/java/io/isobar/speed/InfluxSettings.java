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
 * @param retention how long points are kept in a bucket that is created here
 */
@Validated
@ConfigurationProperties("isobar.influx")
record InfluxSettings(@Nullable URI url, @Nullable String token, @DefaultValue("lambda_org") @NotBlank String org,
		@DefaultValue("speed_bucket") @NotBlank String bucket, @DefaultValue("P30D") Duration retention) {
}
