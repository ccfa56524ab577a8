package io.isobar.speed;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.tracker.RequestTracker;
import io.isobar.cassandra.CellStatements;
import io.isobar.cassandra.CellWriter;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.data.cassandra.core.cql.AsyncCqlTemplate;
import org.springframework.stereotype.Component;

/**
 * Cassandra as the speed layer uses it: a session that is made when it is first needed,
 * and tried again as long as it can't be made, with keyspace and tables there and the
 * statements prepared. Nobody waits for it longer than they say.
 */
@Component
@ConditionalOnSpeed
@EnableConfigurationProperties(CassandraSettings.class)
class CassandraStore implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(CassandraStore.class);

	private final ObjectProvider<CqlSessionBuilder> sessions;

	private final CassandraSettings settings;

	// Making a session takes longer than most have time
	private final ExecutorService opener = Executors.newSingleThreadExecutor((run) -> {
		Thread thread = new Thread(run, "cassandra-session");
		thread.setDaemon(true);
		return thread;
	});

	private @Nullable CompletableFuture<Statements> statements;

	private @Nullable CqlSession session;

	private boolean closed;

	CassandraStore(ObjectProvider<CqlSessionBuilder> sessions, CassandraSettings settings) {
		this.sessions = sessions;
		this.settings = settings;
	}

	/**
	 * What can be asked of Cassandra.
	 *
	 * @param template runs the statements
	 * @param writer writes readings
	 * @param readings reads those of a city's local day, in a span of time
	 * @param latestOf reads the newest of a city
	 * @param latestOfAll reads the newest of every city
	 * @param orders writes and reads orders
	 */
	record Statements(AsyncCqlTemplate template, CellWriter writer, PreparedStatement readings,
			PreparedStatement latestOf, PreparedStatement latestOfAll, OrderStatements orders) {
	}

	/**
	 * The statements, as soon as there is a session.
	 * @throws StoreUnavailable if there is none after that time
	 */
	Statements statements(Duration patience) {
		return await(ready(), patience);
	}

	/**
	 * What Cassandra answers.
	 * @throws StoreUnavailable if it does not within that time, or says that it can't
	 */
	static <T> T await(CompletableFuture<T> answer, Duration patience) {
		try {
			return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | CompletionException ex) {
			throw new StoreUnavailable("Cassandra", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new StoreUnavailable("Cassandra", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailable("Cassandra", ex);
		}
	}

	/**
	 * The version of the Cassandra that answers.
	 * @throws StoreUnavailable if none does within that time
	 */
	String version(Duration patience) {
		return await(statements(patience).template()
			.queryForObject(
					SimpleStatement.newInstance("SELECT release_version FROM system.local").setTimeout(patience),
					String.class),
				patience);
	}

	private synchronized CompletableFuture<Statements> ready() {
		if (this.closed) {
			return CompletableFuture.failedFuture(new IllegalStateException("The application is stopping."));
		}
		if (this.statements == null || this.statements.isCompletedExceptionally()) {
			this.statements = CompletableFuture.supplyAsync(this::open, this.opener);
		}
		return this.statements;
	}

	private Statements open() {
		CqlSession opened = this.sessions.getObject().addRequestTracker(new Lost()).build();
		try {
			Statements prepared = prepare(opened);
			keep(opened);
			logger.info("Cassandra answers. The speed views are in its keyspace {}.", this.settings.keyspace());
			return prepared;
		}
		catch (RuntimeException ex) {
			opened.closeAsync();
			throw ex;
		}
	}

	private synchronized void keep(CqlSession opened) {
		if (this.closed) {
			throw new IllegalStateException("The application is stopping.");
		}
		CqlSession before = this.session;
		this.session = opened;
		if (before != null) {
			// Its tables could not be made anew
			before.closeAsync();
		}
	}

	/** Makes the tables once more, on the same session: somebody has dropped them. */
	private synchronized void makeAnew() {
		CqlSession open = this.session;
		if (!this.closed && open != null && this.statements != null && this.statements.isDone()) {
			logger.warn(
					"Cassandra has lost the keyspace {} or tables of it. They are made again: rebuild_speed_views brings back what they held.",
					this.settings.keyspace());
			this.statements = CompletableFuture.supplyAsync(() -> prepare(open), this.opener);
		}
	}

	/** Sees requests for tables that are not there. */
	private final class Lost implements RequestTracker {

		@Override
		public void onError(Request request, Throwable error, long latency, DriverExecutionProfile profile,
				@Nullable Node node, String prefix) {
			if (error instanceof InvalidQueryException && isOfMissingTable(String.valueOf(error.getMessage()))) {
				makeAnew();
			}
		}

		/** Cassandra has one code for all that it finds wrong with a query. */
		private boolean isOfMissingTable(String message) {
			return message.contains("does not exist") || message.contains("unconfigured table");
		}

		@Override
		public void close() {
			// It holds nothing
		}

	}

	private Statements prepare(CqlSession opened) {
		String keyspace = this.settings.keyspace();
		CellStatements.createTables(opened, keyspace, this.settings.replicationStrategy(),
				this.settings.replicationFactor());
		OrderStatements.createTables(opened, keyspace);
		AsyncCqlTemplate template = new AsyncCqlTemplate(opened);
		return new Statements(template,
				new CellWriter(template::execute, (statement) -> CellStatements.replicas(opened, statement),
						CellStatements.prepare(opened, keyspace, this.settings.writeTimeout()),
						Math.max(1, this.settings.concurrency() / CassandraSink.WRITES_AT_ONCE),
						this.settings.writeTimeout()),
				reading(opened,
						"SELECT readings FROM " + keyspace + ".readings_by_city_day WHERE city = ? AND local_day = ? "
								+ "AND observed_at >= ? AND observed_at < ? ORDER BY observed_at"),
				reading(opened,
						"SELECT city, reading, precipitation FROM " + keyspace + ".latest_by_city WHERE city = ?"),
				reading(opened, "SELECT city, reading, precipitation FROM " + keyspace + ".latest_by_city"),
				OrderStatements.prepare(opened, keyspace, this.settings.readTimeout(), this.settings.writeTimeout()));
	}

	private PreparedStatement reading(CqlSession opened, String cql) {
		return CellStatements.prepared(opened, cql, this.settings.readTimeout());
	}

	@Override
	public void destroy() {
		CqlSession toClose;
		synchronized (this) {
			this.closed = true;
			toClose = this.session;
		}
		this.opener.shutdownNow();
		if (toClose != null) {
			toClose.close();
		}
	}

}
