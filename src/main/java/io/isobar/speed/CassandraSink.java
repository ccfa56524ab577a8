package io.isobar.speed;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.isobar.messages.ReadingCells;
import io.isobar.messages.WeatherMessage;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Writes readings to Cassandra, as {@link ReadingCells} says. Those of one partition go
 * together, and many partitions at the same time.
 */
@Component
@ConditionalOnSpeed
class CassandraSink implements WeatherSink {

	/** So many readings of a partition go together at most: 100 KB or less. */
	private static final int LARGEST_BATCH = 200;

	private final CassandraStore store;

	private final MessageCities cities;

	private final CassandraSettings settings;

	private final SpeedSettings speed;

	private final Clock clock;

	CassandraSink(CassandraStore store, MessageCities cities, CassandraSettings settings, SpeedSettings speed,
			Clock clock) {
		this.store = store;
		this.cities = cities;
		this.settings = settings;
		this.speed = speed;
		this.clock = clock;
	}

	@Override
	public String name() {
		return "cassandra";
	}

	@Override
	public void write(List<WeatherMessage> messages) {
		if (messages.isEmpty()) {
			return;
		}
		Instant now = this.clock.instant();
		Map<Partition, List<ReadingCells>> days = new LinkedHashMap<>();
		Map<String, Newest> newest = new TreeMap<>();
		for (WeatherMessage message : messages) {
			ReadingCells.of(message, this.cities.zone(message.city()), this.speed.retention(), now)
				.ifPresent((cells) -> {
					days.computeIfAbsent(new Partition(cells.city(), cells.localDay()), (key) -> new ArrayList<>())
						.add(cells);
					newest.computeIfAbsent(cells.city(), (city) -> new Newest()).add(cells);
				});
		}
		CassandraStore.Statements statements = this.store.statements(this.settings.writeTimeout());
		Writes writes = new Writes(statements);
		for (List<ReadingCells> day : days.values()) {
			for (int from = 0; from < day.size(); from += LARGEST_BATCH) {
				writes.write(day.subList(from, Math.min(day.size(), from + LARGEST_BATCH))
					.stream()
					.map((cells) -> reading(statements, cells))
					.toList(), day.get(0).nowInSeconds());
			}
		}
		newest.values().forEach((city) -> city.write(writes, statements));
		writes.await();
	}

	private static BoundStatement reading(CassandraStore.Statements statements, ReadingCells cells) {
		return statements.reading()
			.bind(cells.timeToLive(), cells.written(), cells.key(), ByteBuffer.wrap(cells.blob()), cells.city(),
					cells.localDay(), cells.observedAt());
	}

	private record Partition(String city, LocalDate day) {
	}

	/** The newest of a city among the messages. */
	private static final class Newest {

		private @Nullable ReadingCells reading;

		private @Nullable ReadingCells rain;

		void add(ReadingCells cells) {
			if (cells.isLatest()) {
				this.reading = newer(cells, this.reading);
			}
			if (cells.hasPrecipitation()) {
				this.rain = newer(cells, this.rain);
			}
		}

		/** As Cassandra decides. */
		private static ReadingCells newer(ReadingCells cells, @Nullable ReadingCells other) {
			if (other == null || cells.latestWritten() > other.latestWritten()) {
				return cells;
			}
			return (cells.latestWritten() == other.latestWritten()
					&& Arrays.compareUnsigned(cells.blob(), other.blob()) > 0) ? cells : other;
		}

		void write(Writes writes, CassandraStore.Statements statements) {
			write(this.reading, statements.latest(), writes);
			write(this.rain, statements.precipitation(), writes);
		}

		private static void write(@Nullable ReadingCells cells, PreparedStatement statement, Writes writes) {
			if (cells != null) {
				writes.write(List.of(statement.bind(cells.timeToLive(), cells.latestWritten(),
						ByteBuffer.wrap(cells.blob()), cells.city())), cells.nowInSeconds());
			}
		}

	}

	/** Writes that are under way, not too many at a time. */
	private final class Writes {

		private final CassandraStore.Statements statements;

		private final Semaphore free = new Semaphore(CassandraSink.this.settings.concurrency());

		private final List<CompletableFuture<?>> underWay = new ArrayList<>();

		private volatile @Nullable CompletableFuture<?> failure;

		Writes(CassandraStore.Statements statements) {
			this.statements = statements;
		}

		void write(List<BoundStatement> partition, int nowInSeconds) {
			Statement<?> statement = (partition.size() == 1) ? partition.get(0) : batch(partition);
			acquire();
			CompletableFuture<?> write = this.statements.template().execute(statement.setNowInSeconds(nowInSeconds));
			this.underWay.add(write);
			write.whenComplete((done, failed) -> {
				if (failed != null) {
					this.failure = write;
				}
				this.free.release();
			});
		}

		private BatchStatement batch(List<BoundStatement> partition) {
			return BatchStatement.newInstance(BatchType.UNLOGGED, partition.toArray(BoundStatement[]::new))
				.setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM)
				.setIdempotent(true)
				.setTimeout(CassandraSink.this.settings.writeTimeout());
		}

		private void acquire() {
			// The first that fails ends it all: the others would only fail as well
			CompletableFuture<?> failed = this.failure;
			if (failed != null) {
				await(failed);
			}
			try {
				if (!this.free.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS)) {
					throw new StoreUnavailable("Cassandra", null);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new StoreUnavailable("Cassandra", ex);
			}
		}

		void await() {
			this.underWay.forEach(this::await);
		}

		private void await(CompletableFuture<?> write) {
			CassandraStore.await(write, patience());
		}

		// The driver gives up first, and says why
		private Duration patience() {
			return CassandraSink.this.settings.writeTimeout().multipliedBy(2);
		}

	}

}
