package io.isobar.batch;

import java.time.Period;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the very first start collects, so that the pages are not empty.
 *
 * @param history how many days back; none where it is zero
 */
@ConfigurationProperties("isobar.first-run")
record FirstRunSettings(@DefaultValue("P60D") Period history) {
}
