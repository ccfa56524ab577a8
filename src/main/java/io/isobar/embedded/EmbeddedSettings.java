package io.isobar.embedded;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the embedded servers.
 *
 * @param home folder with the servers' class paths; found by itself if not set
 * @param shared whether one set of servers serves all contexts of this JVM: for tests
 * @param database the database in PostgreSQL: tests have one each
 * @param postgresql PostgreSQL
 * @param hdfs HDFS
 * @param kafka Kafka
 * @param cassandra Cassandra
 * @param influxdb what stands in for InfluxDB
 */
@ConfigurationProperties("isobar.embedded")
record EmbeddedSettings(@Nullable Path home, @DefaultValue("false") boolean shared,
		@DefaultValue(Postgresql.DATABASE) String database, @DefaultValue ServerSettings postgresql,
		@DefaultValue ServerSettings hdfs, @DefaultValue ServerSettings kafka, @DefaultValue ServerSettings cassandra,
		@DefaultValue ServerSettings influxdb) {

	/**
	 * @param enabled whether it is started at all
	 * @param port its port on loopback; 0 means any; if not set, the one it had last
	 * time, or the well-known one, or any
	 * @param version the version of its class path, which the build knows
	 */
	record ServerSettings(@DefaultValue("true") boolean enabled, @Nullable Integer port,
			@DefaultValue("") String version) {

		ServerSettings {
			if (port != null && (port < 0 || port > 65535)) {
				throw new IllegalArgumentException(
						port + " is no port: set one from 1 to 65535, 0 for any, or leave it out");
			}
		}

	}

}
