package io.isobar.cassandra;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
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

	/** Writes that reading. */
	public BoundStatement ofReading(ReadingCells cells) {
		return bind(this.reading, cells, cells.written()).setBytesUnsafe(2, text(cells.key()))
			.setBytesUnsafe(3, ByteBuffer.wrap(cells.blob()))
			.setBytesUnsafe(4, text(cells.city()))
			.set(5, cells.localDay(), TypeCodecs.DATE)
			.set(6, cells.observedAt(), TypeCodecs.TIMESTAMP)
			.build();
	}

	/** Writes that reading as the newest of its city. */
	public BoundStatement ofLatest(ReadingCells cells) {
		return newest(this.latest, cells);
	}

	/** Writes that reading as the newest of its city that has rain. */
	public BoundStatement ofPrecipitation(ReadingCells cells) {
		return newest(this.precipitation, cells);
	}

	private static BoundStatement newest(PreparedStatement statement, ReadingCells cells) {
		return bind(statement, cells, cells.latestWritten()).setBytesUnsafe(2, ByteBuffer.wrap(cells.blob()))
			.setBytesUnsafe(3, text(cells.city()))
			.build();
	}

	/** With codecs that are named: to look for them takes longer than all the rest. */
	private static BoundStatementBuilder bind(PreparedStatement statement, ReadingCells cells, long written) {
		return statement.boundStatementBuilder()
			.set(0, cells.timeToLive(), TypeCodecs.INT)
			.set(1, written, TypeCodecs.BIGINT);
	}

	private static ByteBuffer text(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
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
