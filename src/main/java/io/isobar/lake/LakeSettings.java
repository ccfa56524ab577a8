package io.isobar.lake;

import jakarta.validation.constraints.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about the lake.
 *
 * @param root the folder under which everything lies
 * @param buckets in how many parts the cities of a month are kept; for a new table only
 */
@Validated
@ConfigurationProperties("isobar.lake")
record LakeSettings(@DefaultValue("/user/spark") @Pattern(regexp = "/.*[^/]") String root,
		@DefaultValue("1") int buckets) {
}
