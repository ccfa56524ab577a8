package io.isobar.batch;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the analyses run.
 *
 * @param master {@code local[*]} or another {@code local[n]}: within this process
 */
@ConfigurationProperties("isobar.spark")
record SparkSettings(@DefaultValue("local[*]") String master) {

	boolean isInProcess() {
		return this.master.startsWith("local");
	}

}
