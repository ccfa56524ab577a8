package io.isobar.lake;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.data.DefaultColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentTransactionException;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;

import io.isobar.orders.Order;

/**
 * The table of orders: append-only. What came with the stream has its positions in the
 * same commits. What came from a file is there whole or not at all, and once; it counts
 * as long as the table says so of its source.
 */
@Component
public class OrderStore {

	/**
	 * Channel of the orders that came before the stream: only the newest of them count.
	 */
	public static final String HISTORY = "history";

	/** Channel of the orders that were imported. */
	public static final String FILE = "file";

	/** Channel of the orders that came as messages. */
	public static final String STREAM = "stream";

	private static final Logger logger = LoggerFactory.getLogger(OrderStore.class);

	private static final String ENGINE = "isobar";

	/** Under these names the table keeps which sources count, of each channel. */
	private static final String COUNTED = "isobar.orders.counted.";

	private static final Map<String, String> PROPERTIES = Map.of("delta.appendOnly", "true",
			"delta.feature.domainMetadata", "supported", "delta.checkpointInterval", "10");

	/** So many orders are gathered before they are written to a file. */
	private static final int GATHERED = 100_000;

	/** Whoever else has committed meanwhile, the next attempt goes out from that. */
	private static final RetryTemplate retry = new RetryTemplate(RetryPolicy.builder()
		.includes(ConcurrentWriteException.class)
		.maxRetries(20)
		.delay(Duration.ofMillis(20))
		.jitter(Duration.ofMillis(20))
		.multiplier(1.5)
		.maxDelay(Duration.ofMillis(500))
		.build());

	private final Lake lake;

	private final StreamedAppend<Snapshot, StreamedOrder> stream = new StreamedAppend<>(new Streaming(), "orders");

	OrderStore(Lake lake) {
		this.lake = lake;
	}

	/**
	 * What the table says of a version of itself.
	 *
	 * @param positions the offset of the next message, of each partition with its
	 * incarnation ({@link StreamPart#number()})
	 * @param sources which sources count, of history and of files
	 */
	public record Described(Map<Integer, Long> positions, Set<String> sources) {
	}

	/** Makes the table where it does not exist yet. */
	public void create() {
		if (version().isPresent()) {
			return;
		}
		Engine engine = this.lake.engine();
		try {
			TableManager.buildCreateTableTransaction(path(), OrderColumns.schema(), ENGINE)
				.withTableProperties(PROPERTIES)
				.build(engine)
				.commit(engine, CloseableIterable.emptyIterable());
		}
		catch (TableAlreadyExistsException | ConcurrentWriteException ex) {
			logger.debug("Another thread or instance has made the table of orders.", ex);
		}
	}

	/** The newest version of the table; empty where there is no table yet. */
	public Optional<Long> version() {
		try {
			return Optional.of(snapshot().getVersion());
		}
		catch (TableNotFoundException ex) {
			return Optional.empty();
		}
	}

	/** What the table says of one of its versions. */
	public Described describe(long version) {
		Snapshot snapshot = TableManager.loadSnapshot(path()).atVersion(version).build(this.lake.engine());
		Map<Integer, Long> positions = new TreeMap<>();
		((SnapshotImpl) snapshot).getActiveDomainMetadataMap().forEach((name, metadata) -> {
			StreamPart part = StreamPart.ofDomain(name);
			if (part != null) {
				positions.put(part.number(), Long.parseLong(metadata.getConfiguration()));
			}
		});
		Set<String> sources = counted(snapshot, HISTORY);
		sources.addAll(counted(snapshot, FILE));
		return new Described(positions, sources);
	}

	/**
	 * As {@link #describe}; empty where there is no such version, or the log no longer
	 * tells.
	 */
	public Optional<Described> known(long version) {
		try {
			return Optional.of(describe(version));
		}
		catch (KernelException ex) {
			logger.debug("Version {} of the orders can't be read", version, ex);
			return Optional.empty();
		}
	}

	private static Set<String> counted(Snapshot snapshot, String channel) {
		return new TreeSet<>(snapshot.getDomainMetadata(COUNTED + channel)
			.map((names) -> names.lines().filter((name) -> !name.isEmpty()).toList())
			.orElse(List.of()));
	}

	/**
	 * The offset of the next message that is to be written, of each of these partitions
	 * that has one.
	 */
	public Map<StreamPart, Long> positions(Collection<StreamPart> parts) {
		try {
			return positions(snapshot(), parts);
		}
		catch (TableNotFoundException ex) {
			return Map.of();
		}
	}

	private static Map<StreamPart, Long> positions(Snapshot snapshot, Collection<StreamPart> parts) {
		Map<StreamPart, Long> positions = new HashMap<>();
		for (StreamPart part : parts) {
			snapshot.getDomainMetadata(part.domain())
				.ifPresent((position) -> positions.put(part, Long.parseLong(position)));
		}
		return positions;
	}

	/**
	 * Writes messages together with the positions behind them, in one commit. What the
	 * table holds already is left out, whatever the borders of its batches were.
	 * @param positions the offset of the next message of each partition
	 * @param known as far as the table was, of each partition that is read
	 * @return how many were new
	 * @throws WentBack if the table is not as far any more
	 */
	public int append(List<StreamedOrder> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
		try {
			return invoke((snapshot) -> this.stream.append(snapshot, messages, positions, known));
		}
		catch (TableNotFoundException ex) {
			throw WentBack.toNothing(known.keySet());
		}
	}

	/** The table, for what came with the stream. */
	private final class Streaming implements StreamedAppend.Table<Snapshot, StreamedOrder> {

		@Override
		public Snapshot snapshot() {
			return OrderStore.this.snapshot();
		}

		@Override
		public Map<StreamPart, Long> positions(Snapshot snapshot, Collection<StreamPart> parts) {
			return OrderStore.positions(snapshot, parts);
		}

		@Override
		public void commit(Snapshot snapshot, List<StreamedOrder> messages, Map<StreamPart, Long> positions)
				throws IOException {
			Engine engine = OrderStore.this.lake.engine();
			Transaction transaction = snapshot.buildUpdateTableTransaction(ENGINE, Operation.WRITE).build(engine);
			positions
				.forEach((part, position) -> transaction.addDomainMetadata(part.domain(), Long.toString(position)));
			List<Row> actions = writeFile(engine, transaction,
					messages.stream()
						.map((message) -> new OrderColumns.Row(message.order(), STREAM, message.appended(), null, null,
								message.part(), message.offset()))
						.toList());
			CrashPoint.at("lake.written");
			OrderStore.commit(engine, transaction, actions);
			CrashPoint.at("lake.committed");
		}

	}

	/** Gives the orders of a source, each with its line. */
	@FunctionalInterface
	public interface Source {

		void read(Lines lines) throws IOException;

	}

	/** Takes orders. */
	@FunctionalInterface
	public interface Lines {

		void order(long line, Order order) throws IOException;

	}

	/** Whether what a source had is in the table. */
	public boolean holds(String source) {
		return isWritten(this.lake.engine(), snapshot(), source);
	}

	/**
	 * Appends the orders of a source, all in one commit; if the table holds it already,
	 * nothing happens.
	 * @param source its identity, made from what it says
	 * @return false if it was there
	 */
	public boolean append(String source, String channel, Instant collected, Source orders) {
		return invoke((snapshot) -> appendOnce(snapshot, source, channel, collected, orders));
	}

	private boolean appendOnce(Snapshot snapshot, String source, String channel, Instant collected, Source orders) {
		Engine engine = this.lake.engine();
		if (isWritten(engine, snapshot, source)) {
			return false;
		}
		try {
			Transaction transaction = snapshot.buildUpdateTableTransaction(ENGINE, Operation.WRITE)
				.withTransactionId(write(source), 0)
				.build(engine);
			List<Row> actions = new ArrayList<>();
			List<OrderColumns.Row> gathered = new ArrayList<>();
			orders.read((line, order) -> {
				gathered.add(new OrderColumns.Row(order, channel, collected, source, line, null, null));
				if (gathered.size() >= GATHERED) {
					actions.addAll(writeFile(engine, transaction, gathered));
					gathered.clear();
				}
			});
			actions.addAll(writeFile(engine, transaction, gathered));
			CrashPoint.at("orders.written");
			commit(engine, transaction, actions);
			CrashPoint.at("orders.committed");
			return true;
		}
		catch (ConcurrentTransactionException ex) {
			return false;
		}
		catch (ConcurrentWriteException ex) {
			throw ex;
		}
		catch (RuntimeException | IOException ex) {
			// A commit that threw may have succeeded
			if (isWritten(engine, snapshot(), source)) {
				return true;
			}
			throw new IllegalStateException("The orders of %s could not be written to the lake.".formatted(source), ex);
		}
	}

	private static String write(String source) {
		return "orders:" + source;
	}

	private static boolean isWritten(Engine engine, Snapshot snapshot, String source) {
		return snapshot.getLatestTransactionVersion(engine, write(source)).isPresent();
	}

	/**
	 * From now on these sources of history count, and no others.
	 * @return whether that is anything new
	 */
	public boolean countHistory(Set<String> sources) {
		return count(HISTORY, (before) -> new TreeSet<>(sources));
	}

	/**
	 * From now on a source of a file counts, and no other of that file.
	 * @param file with what the names of all its sources begin
	 * @return whether that is anything new
	 */
	public boolean countFile(String file, String source) {
		return count(FILE, (before) -> {
			Set<String> now = new TreeSet<>(before);
			now.removeIf((each) -> each.startsWith(file));
			now.add(source);
			return now;
		});
	}

	private boolean count(String channel, UnaryOperator<Set<String>> change) {
		return invoke((snapshot) -> {
			Set<String> before = counted(snapshot, channel);
			Set<String> now = change.apply(before);
			if (before.equals(now)) {
				return false;
			}
			Engine engine = this.lake.engine();
			Transaction transaction = snapshot.buildUpdateTableTransaction(ENGINE, Operation.MANUAL_UPDATE)
				.build(engine);
			transaction.addDomainMetadata(COUNTED + channel, String.join("\n", now));
			try {
				commit(engine, transaction, List.of());
			}
			catch (IOException ex) {
				if (!counted(snapshot(), channel).equals(now)) {
					throw new IllegalStateException("Which orders count could not be written to the lake.", ex);
				}
			}
			CrashPoint.at("orders.counted");
			return true;
		});
	}

	private <T> T invoke(Function<Snapshot, T> work) {
		return Objects.requireNonNull(retry.invoke(() -> work.apply(snapshot())));
	}

	private List<Row> writeFile(Engine engine, Transaction transaction, List<OrderColumns.Row> rows)
			throws IOException {
		if (rows.isEmpty()) {
			return List.of();
		}
		Row state = transaction.getTransactionState(engine);
		List<OrderColumns.Row> kept = List.copyOf(rows);
		FilteredColumnarBatch batch = new FilteredColumnarBatch(
				new DefaultColumnarBatch(kept.size(), OrderColumns.schema(), OrderColumns.vectors(kept)),
				Optional.empty());
		CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(engine, state,
				Utils.toCloseableIterator(List.of(batch).iterator()), Map.of());
		var context = Transaction.getWriteContext(engine, state, Map.of());
		CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
			.writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
		List<Row> actions = new ArrayList<>();
		try (CloseableIterator<Row> written = Transaction.generateAppendActions(engine, state, files, context)) {
			while (written.hasNext()) {
				actions.add(written.next());
			}
		}
		return actions;
	}

	private static void commit(Engine engine, Transaction transaction, List<Row> actions) throws IOException {
		TransactionCommitResult result = transaction.commit(engine,
				CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator())));
		for (PostCommitHook hook : result.getPostCommitHooks()) {
			try {
				hook.threadSafeInvoke(engine);
			}
			catch (IOException ex) {
				// The orders are in; a checkpoint or checksum only makes the next read
				// faster
				logger.warn("After version {} of the orders, {} failed: {}", result.getVersion(), hook.getType(),
						ex.getMessage());
			}
		}
	}

	private Snapshot snapshot() {
		return TableManager.loadSnapshot(path()).build(this.lake.engine());
	}

	private String path() {
		return this.lake.orders().toString();
	}

}
