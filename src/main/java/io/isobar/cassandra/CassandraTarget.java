package io.isobar.cassandra;

import java.io.Serializable;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLContext;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import org.jspecify.annotations.Nullable;

/**
 * A Cassandra to write into, for those to whom nobody gives a session: tasks of Spark,
 * which run anywhere. Travels as JSON and in tasks alike; only the password never stands
 * in it.
 *
 * @param nodes some nodes, as {@code host:port}
 * @param localDatacenter the data centre that is written to
 * @param user null where none is asked for
 * @param tls whether to encrypt; whom to trust is as the JVM is set up
 * @param keyspace where the tables are; made if it is missing
 * @param replicationStrategy of a keyspace that is made
 * @param replicationFactor of a keyspace that is made
 * @param concurrency how many statements a task has under way at most
 * @param timeoutMs after so many milliseconds a write is given up
 */
public record CassandraTarget(List<String> nodes, String localDatacenter, @Nullable String user, boolean tls,
		String keyspace, String replicationStrategy, int replicationFactor, int concurrency,
		long timeoutMs) implements Serializable {

	public CassandraTarget {
		nodes = List.copyOf(nodes);
	}

	/**
	 * On one node without user and password, with the settings that isobar begins with.
	 */
	public static CassandraTarget of(String node, String localDatacenter, String keyspace) {
		return new CassandraTarget(List.of(node), localDatacenter, null, false, keyspace, "SimpleStrategy", 1, 64,
				10_000);
	}

	Duration timeout() {
		return Duration.ofMillis(this.timeoutMs);
	}

	/** A session of its user's own, who closes it. */
	CqlSession connect(@Nullable String password) {
		CqlSessionBuilder builder = CqlSession.builder()
			.withLocalDatacenter(this.localDatacenter)
			.withConfigLoader(DriverConfigLoader.programmaticBuilder()
				.withDuration(DefaultDriverOption.REQUEST_TIMEOUT, timeout())
				.withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, timeout())
				.withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, timeout())
				.withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
				.withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
				.build());
		for (String node : this.nodes) {
			int colon = node.lastIndexOf(':');
			builder.addContactPoint(
					new InetSocketAddress(node.substring(0, colon), Integer.parseInt(node.substring(colon + 1))));
		}
		if (this.user != null) {
			builder.withAuthCredentials(this.user, (password != null) ? password : "");
		}
		if (this.tls) {
			try {
				builder.withSslContext(SSLContext.getDefault());
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException("This JVM has no TLS for Cassandra.", ex);
			}
		}
		return builder.build();
	}

}
