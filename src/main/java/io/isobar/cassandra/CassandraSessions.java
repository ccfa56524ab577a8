package io.isobar.cassandra;

import java.util.HashMap;
import java.util.Map;

import com.datastax.oss.driver.api.core.CqlSession;
import org.jspecify.annotations.Nullable;

/**
 * One session for each Cassandra that tasks within this JVM write into: to make one for
 * each task would take longer than its writes. Made when it is first needed, tried again
 * as long as it can't be made.
 */
public final class CassandraSessions {

	private static final Map<CassandraTarget, Open> OPEN = new HashMap<>();

	private CassandraSessions() {
	}

	private record Open(CqlSession session, CellWriter writer) {
	}

	/**
	 * Writes into that Cassandra, with keyspace and tables there.
	 * @throws CellsNotWritten if it does not answer
	 */
	public static CellWriter writer(CassandraTarget target, @Nullable String password) {
		synchronized (OPEN) {
			Open open = OPEN.get(target);
			if (open == null) {
				open = open(target, password);
				OPEN.put(target, open);
			}
			return open.writer();
		}
	}

	private static Open open(CassandraTarget target, @Nullable String password) {
		CqlSession session = null;
		try {
			CqlSession opened = target.connect(password);
			session = opened;
			CellStatements.createTables(session, target.keyspace(), target.replicationStrategy(),
					target.replicationFactor());
			return new Open(session,
					new CellWriter(opened::executeAsync, (statement) -> CellStatements.replicas(opened, statement),
							CellStatements.prepare(session, target.keyspace(), target.timeout()), target.concurrency(),
							target.timeout()));
		}
		catch (RuntimeException ex) {
			if (session != null) {
				session.closeAsync();
			}
			throw new CellsNotWritten(ex);
		}
	}

	/** Closes what tasks within this JVM have opened, if any. */
	public static void close(CassandraTarget target) {
		Open open;
		synchronized (OPEN) {
			open = OPEN.remove(target);
		}
		if (open != null) {
			open.session().close();
		}
	}

}
