package io.isobar.cassandra;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.isobar.messages.ReadingCells;

/**
 * The statements that write {@link ReadingCells}.
 *
 * @param reading writes a reading
 * @param latest writes the newest reading of a city
 * @param precipitation writes the newest reading of a city that has rain
 */
public record CellStatements(PreparedStatement reading, PreparedStatement latest, PreparedStatement precipitation) {

	/** Makes keyspace and tables where they are missing. */
	public static void createTables(CqlSession session, String keyspace, String replicationStrategy,
			int replicationFactor) {
		session.execute("CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': '%s', 'replication_factor': %d}"
			.formatted(keyspace, replicationStrategy, replicationFactor));
		ReadingCells.tables(keyspace).forEach(session::execute);
	}

	/** Prepares them; the tables are there. */
	public static CellStatements prepare(CqlSession session, String keyspace, Duration timeout) {
		return new CellStatements(prepared(session, ReadingCells.readingStatement(keyspace), timeout),
				prepared(session, ReadingCells.latestStatement(keyspace), timeout),
				prepared(session, ReadingCells.precipitationStatement(keyspace), timeout));
	}

	/** The nodes that have the partition of a statement; none where that is not known. */
	public static Set<Node> replicas(CqlSession session, BoundStatement statement) {
		CqlIdentifier keyspace = statement.getRoutingKeyspace();
		ByteBuffer key = statement.getRoutingKey();
		return session.getMetadata()
			.getTokenMap()
			.filter((tokens) -> keyspace != null && key != null)
			.map((tokens) -> tokens.getReplicas(keyspace, key))
			.orElse(Set.of());
	}

	/** A statement that may be sent again, and is seen by who reads afterwards. */
	public static PreparedStatement prepared(CqlSession session, String cql, Duration timeout) {
		return session.prepare(SimpleStatement.builder(cql)
			.setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM)
			.setIdempotence(true)
			.setTimeout(timeout)
			.build());
	}

}
