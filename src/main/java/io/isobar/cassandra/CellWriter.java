package io.isobar.cassandra;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.isobar.messages.ReadingCells;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@link ReadingCells}. Those of one partition go together; small ones whose
 * partitions are on the same nodes too, as a request costs more than what is in it; and
 * many requests at the same time. What is written again changes nothing. Thread-safe.
 */
public final class CellWriter {

	/** So many readings of a partition go together at most: 100 KB or less. */
	private static final int LARGEST_BATCH = 200;

	/** So many partitions go together at most: of more, Cassandra warns. */
	private static final int MOST_PARTITIONS = 10;

	/** Partitions go together up to that size, in bytes: of more, Cassandra warns. */
	private static final int LARGEST_TOGETHER = 4096;

	/** What a cell takes beside its value, in bytes, about. */
	private static final int OVERHEAD = 80;

	private final Function<Statement<?>, ? extends CompletionStage<?>> execution;

	private final Function<BoundStatement, ?> replicas;

	private final CellStatements statements;

	private final int concurrency;

	private final Duration timeout;

	/**
	 * @param execution sends a statement
	 * @param replicas tells which nodes have the partition of a statement
	 * @param concurrency how many statements of one {@link #write} are under way at most
	 * @param timeout after which a statement is given up
	 */
	public CellWriter(Function<Statement<?>, ? extends CompletionStage<?>> execution,
			Function<BoundStatement, ?> replicas, CellStatements statements, int concurrency, Duration timeout) {
		this.execution = execution;
		this.replicas = replicas;
		this.statements = statements;
		this.concurrency = concurrency;
		this.timeout = timeout;
	}

	/**
	 * Writes all of them, and waits until they are.
	 * @throws CellsNotWritten if Cassandra does not take them all
	 */
	public void write(List<ReadingCells> readings) {
		Map<Partition, List<ReadingCells>> days = new LinkedHashMap<>();
		Map<String, Newest> newest = new TreeMap<>();
		for (ReadingCells cells : readings) {
			days.computeIfAbsent(new Partition(cells.city(), cells.localDay()), (key) -> new ArrayList<>()).add(cells);
			newest.computeIfAbsent(cells.city(), (city) -> new Newest()).add(cells);
		}
		Writes writes = new Writes();
		for (List<ReadingCells> day : days.values()) {
			for (int from = 0; from < day.size(); from += LARGEST_BATCH) {
				writes.write(day.subList(from, Math.min(day.size(), from + LARGEST_BATCH)), this.statements::ofReading);
			}
		}
		newest.values().forEach((city) -> {
			writes.write(city.reading, this.statements::ofLatest);
			writes.write(city.rain, this.statements::ofPrecipitation);
		});
		writes.await();
	}

	private record Partition(String city, LocalDate day) {
	}

	/** The newest of a city among the readings. */
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

	}

	/** What can go together: a request says once where it goes and when it is. */
	private record Neighbours(@Nullable Object replicas, int nowInSeconds) {
	}

	/** Partitions that wait for others. */
	private static final class Together {

		private final List<BoundStatement> statements = new ArrayList<>();

		private int bytes;

		private int partitions;

	}

	/** Writes that are under way, not too many at a time. */
	private final class Writes {

		private final Map<Neighbours, Together> open = new HashMap<>();

		private final Semaphore free = new Semaphore(CellWriter.this.concurrency);

		private final List<CompletableFuture<?>> underWay = new ArrayList<>();

		private volatile @Nullable CompletableFuture<?> failure;

		void write(@Nullable ReadingCells newest, Function<ReadingCells, BoundStatement> statement) {
			if (newest != null) {
				write(List.of(newest), statement);
			}
		}

		/** Writes what is of one partition. */
		void write(List<ReadingCells> partition, Function<ReadingCells, BoundStatement> statement) {
			int bytes = partition.stream().mapToInt((cells) -> cells.blob().length + OVERHEAD).sum();
			List<BoundStatement> statements = partition.stream().map(statement).toList();
			int nowInSeconds = partition.get(0).nowInSeconds();
			if (bytes > LARGEST_TOGETHER) {
				send(statements, nowInSeconds);
				return;
			}
			Neighbours neighbours = new Neighbours(CellWriter.this.replicas.apply(statements.get(0)), nowInSeconds);
			Together together = this.open.computeIfAbsent(neighbours, (key) -> new Together());
			if (together.partitions == MOST_PARTITIONS || together.bytes + bytes > LARGEST_TOGETHER) {
				send(together.statements, nowInSeconds);
				together = new Together();
				this.open.put(neighbours, together);
			}
			together.statements.addAll(statements);
			together.bytes += bytes;
			together.partitions++;
		}

		private void send(List<BoundStatement> statements, int nowInSeconds) {
			Statement<?> statement = (statements.size() == 1) ? statements.get(0) : batch(statements);
			acquire();
			CompletableFuture<?> write = CellWriter.this.execution.apply(statement.setNowInSeconds(nowInSeconds))
				.toCompletableFuture();
			this.underWay.add(write);
			write.whenComplete((done, failed) -> {
				if (failed != null) {
					this.failure = write;
				}
				this.free.release();
			});
		}

		private BatchStatement batch(List<BoundStatement> statements) {
			return BatchStatement.newInstance(BatchType.UNLOGGED, statements.toArray(BoundStatement[]::new))
				.setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM)
				.setIdempotent(true)
				.setTimeout(CellWriter.this.timeout);
		}

		private void acquire() {
			// The first that fails ends it all: the others would only fail as well
			CompletableFuture<?> failed = this.failure;
			if (failed != null) {
				await(failed);
			}
			try {
				if (!this.free.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS)) {
					throw new CellsNotWritten(null);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new CellsNotWritten(ex);
			}
		}

		void await() {
			this.open.forEach((neighbours, together) -> send(together.statements, neighbours.nowInSeconds()));
			this.underWay.forEach(this::await);
		}

		private void await(CompletableFuture<?> write) {
			try {
				write.get(patience().toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (ExecutionException ex) {
				throw new CellsNotWritten(ex.getCause());
			}
			catch (TimeoutException ex) {
				throw new CellsNotWritten(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new CellsNotWritten(ex);
			}
		}

		// The driver gives up first, and says why
		private Duration patience() {
			return CellWriter.this.timeout.multipliedBy(2);
		}

	}

}
