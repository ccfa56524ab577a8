package io.isobar.embedded;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where data is kept.
 *
 * @param dataDir folder of the embedded servers' data, logs, ports and passwords
 */
@ConfigurationProperties("isobar")
record DataSettings(@DefaultValue("./data") Path dataDir) {

}
