package io.isobar.embedded;

import java.net.URI;

import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.env.StandardEnvironment;

/**
 * The embedded servers in tests. They start once in a test JVM, empty, under
 * {@code target}, and serve every context and every test of that JVM, until it ends.
 * <ul>
 * <li>A {@code @SpringBootTest} does nothing for it: the context finds them as the
 * application does. It keeps to itself by a database of its own,
 * {@code properties = "isobar.embedded.database=batch_export"}, which is created when it
 * is first used, and by its own {@code isobar.lake.root}.</li>
 * <li>A test without a context asks here, and starts what it asks for and nothing
 * else.</li>
 * </ul>
 * Such tests are named {@code *IT}.
 */
public final class EmbeddedStores {

	private static final EmbeddedServers servers = servers();

	private EmbeddedStores() {
	}

	private static EmbeddedServers servers() {
		StandardEnvironment environment = new StandardEnvironment();
		ConfigDataEnvironmentPostProcessor.applyTo(environment);
		return EmbeddedServers.of(environment);
	}

	/** Address of HDFS, which is up. */
	public static URI hdfs() {
		return Hdfs.uri(servers.hdfs().await().port());
	}

	/**
	 * Address, user and password of a database in PostgreSQL, which is up.
	 * @param database small letters, digits and underscores; created if it is not there
	 */
	public static JdbcConnectionDetails postgresql(String database) {
		return new PostgresqlConnectionDetails(servers.postgresql(), database);
	}

	/** Bootstrap server of Kafka, which is up. */
	public static String kafka() {
		return "127.0.0.1:" + servers.kafka().await().port();
	}

	/** Port of Cassandra, which is up; its data centre is {@code datacenter1}. */
	public static int cassandra() {
		return servers.cassandra().await().port();
	}

	/** Address of what stands in for InfluxDB, which is up. */
	public static URI influxdb() {
		return Influxdb.uri(servers.influxdb().await().port());
	}

}
