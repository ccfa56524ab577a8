package io.isobar.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

import io.delta.kernel.Operation;
import io.delta.kernel.Scan;
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
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.transaction.DataLayoutSpec;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;

import io.isobar.weather.FiledZones;
import io.isobar.weather.Reading;
import io.isobar.weather.ReplacedSources;

/**
 * The table of readings: append-only, with a change feed, partitioned by month of the
 * local day and bucket of cities, each file sorted by (city, observed_at).
 */
@Component
public class ReadingStore {

	private static final Logger logger = LoggerFactory.getLogger(ReadingStore.class);

	private static final String ENGINE = "isobar";

	/** Whenever another instance is first to note a zone, the next attempt knows it. */
	private static final RetryTemplate retry = new RetryTemplate(RetryPolicy.builder()
		.includes(ConcurrentWriteException.class)
		.maxRetries(20)
		.delay(Duration.ofMillis(20))
		.jitter(Duration.ofMillis(20))
		.multiplier(1.5)
		.maxDelay(Duration.ofMillis(500))
		.build());

	private static final Map<String, String> PROPERTIES = Map.of("delta.appendOnly", "true",
			"delta.enableChangeDataFeed", "true", "delta.feature.domainMetadata", "supported",
			"delta.checkpointInterval", "10");

	/** Cities in the order of their code points, which is that of Spark. */
	private static final Comparator<ReadingColumns.Row> ORDER = Comparator
		.comparing((ReadingColumns.Row row) -> row.reading().city(), ReadingStore::compareCities)
		.thenComparing((row) -> row.reading().observedAt());

	private record Part(String month, int bucket) implements Comparable<Part> {

		@Override
		public int compareTo(Part other) {
			int order = this.month.compareTo(other.month);
			return (order != 0) ? order : Integer.compare(this.bucket, other.bucket);
		}

	}

	private final Lake lake;

	/** Only one thread notes zones, so that those of this instance do not conflict. */
	private final Lock noting = new ReentrantLock();

	ReadingStore(Lake lake) {
		this.lake = lake;
	}

	/** Makes the table where it does not exist yet. */
	public void create() {
		Engine engine = this.lake.engine();
		if (version().isPresent()) {
			addMessages(engine);
			return;
		}
		try {
			TableManager.buildCreateTableTransaction(path(), ReadingColumns.schema(), ENGINE)
				.withTableProperties(PROPERTIES)
				.withDataLayoutSpec(DataLayoutSpec.partitioned(List.of(new Column("month"), new Column("bucket"))))
				.build(engine)
				.commit(engine, CloseableIterable.emptyIterable());
		}
		catch (TableAlreadyExistsException | ConcurrentWriteException ex) {
			logger.debug("Another thread or instance has made the table of readings.", ex);
		}
	}

	/** Tables of before there were messages have no column for them. */
	private void addMessages(Engine engine) {
		Snapshot snapshot = TableManager.loadSnapshot(path()).build(engine);
		if (snapshot.getSchema().indexOf(ReadingColumns.MESSAGE) < 0) {
			snapshot.buildUpdateTableTransaction(ENGINE, Operation.MANUAL_UPDATE)
				.withUpdatedSchema(snapshot.getSchema().add(ReadingColumns.MESSAGE, StringType.STRING))
				.build(engine)
				.commit(engine, CloseableIterable.emptyIterable());
		}
	}

	/** The newest version of the table; empty where there is no table yet. */
	public Optional<Long> version() {
		try {
			return Optional.of(TableManager.loadSnapshot(path()).build(this.lake.engine()).getVersion());
		}
		catch (TableNotFoundException ex) {
			return Optional.empty();
		}
	}

	/** The most files that any month (of one bucket) lies in. */
	public int mostFilesOfAMonth() {
		Engine engine = this.lake.engine();
		Map<Map<String, String>, Integer> files = new HashMap<>();
		Scan scan = TableManager.loadSnapshot(path()).build(engine).getScanBuilder().build();
		try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
			while (batches.hasNext()) {
				try (CloseableIterator<Row> rows = batches.next().getRows()) {
					while (rows.hasNext()) {
						files.merge(InternalScanFileUtils.getPartitionValues(rows.next()), 1, Integer::sum);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The files of readings could not be counted.", ex);
		}
		return files.values().stream().mapToInt(Integer::intValue).max().orElse(0);
	}

	/**
	 * Appends readings in one commit. The same write made again changes nothing.
	 * @param write identity of what is written, such as a file's hash
	 * @param part number of the part of that write; parts are written in the order of
	 * their numbers
	 * @param source where the readings came from, as a path of the lake
	 * @param zones the zone of a city, by name
	 * @return false if this part had been written before
	 */
	public boolean append(String write, long part, @Nullable String source, Collection<Reading> readings,
			Function<String, ZoneId> zones) {
		Map<String, ZoneId> used = new HashMap<>();
		readings.forEach((reading) -> used.computeIfAbsent(reading.city(), zones));
		return withoutConflict(used, (snapshot) -> appendOnce(snapshot, write, part, source, readings, used));
	}

	private <T> T withoutConflict(Map<String, ZoneId> zones, Function<Snapshot, T> work) {
		return retry.invoke(() -> {
			Snapshot snapshot = snapshot();
			if (zonesWith(snapshot, zones).isEmpty()) {
				return work.apply(snapshot);
			}
			this.noting.lock();
			try {
				return work.apply(snapshot());
			}
			finally {
				this.noting.unlock();
			}
		});
	}

	private boolean appendOnce(Snapshot snapshot, String write, long part, @Nullable String source,
			Collection<Reading> readings, Map<String, ZoneId> zones) {
		Engine engine = this.lake.engine();
		if (isWritten(engine, snapshot, write, part)) {
			return false;
		}
		Transaction transaction;
		try {
			transaction = snapshot.buildUpdateTableTransaction(ENGINE, Operation.WRITE)
				.withTransactionId(write, part)
				.build(engine);
		}
		catch (ConcurrentTransactionException ex) {
			return false;
		}
		noteZones(snapshot, transaction, zones);
		try {
			List<Row> actions = writeFiles(engine, transaction, parts(source, readings, zones::get));
			CrashPoint.at("lake.written");
			commit(engine, transaction, actions);
			CrashPoint.at("lake.committed");
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
			if (isWritten(engine, snapshot(), write, part)) {
				return true;
			}
			throw new IllegalStateException("The readings of %s could not be written to the lake.".formatted(write),
					ex);
		}
	}

	private static boolean isWritten(Engine engine, Snapshot snapshot, String write, long part) {
		return snapshot.getLatestTransactionVersion(engine, write).filter((latest) -> latest >= part).isPresent();
	}

	/** Notes the zones by which readings are filed under a month, where they are new. */
	private static void noteZones(Snapshot snapshot, Transaction transaction, Map<String, ZoneId> zones) {
		zonesWith(snapshot, zones).ifPresent((then) -> transaction.addDomainMetadata(FiledZones.DOMAIN, then.text()));
	}

	/** All zones with these, if any of these is new. */
	private static Optional<FiledZones> zonesWith(Snapshot snapshot, Map<String, ZoneId> zones) {
		FiledZones known = filedZones(snapshot);
		Map<String, String> now = new HashMap<>();
		zones.forEach((city, zone) -> now.put(city, zone.getId()));
		return Optional.of(known.and(now)).filter((then) -> !then.equals(known));
	}

	private Map<Part, List<ReadingColumns.Row>> parts(@Nullable String source, Collection<Reading> readings,
			Function<String, ZoneId> zones) {
		return parts(readings.stream().map((reading) -> {
			Part part = part(reading, zones);
			return new ReadingColumns.Row(reading, source, part.month(), part.bucket());
		}));
	}

	private Map<Part, List<ReadingColumns.Row>> parts(Stream<ReadingColumns.Row> rows) {
		Map<Part, List<ReadingColumns.Row>> parts = new TreeMap<>();
		rows.forEach((row) -> parts.computeIfAbsent(new Part(row.month(), row.bucket()), (ignored) -> new ArrayList<>())
			.add(row));
		parts.values().forEach((part) -> part.sort(ORDER));
		return parts;
	}

	private Part part(Reading reading, Function<String, ZoneId> zones) {
		LocalDate day = reading.observedAt().atZone(zones.apply(reading.city())).toLocalDate();
		return new Part(YearMonth.from(day).toString(), Math.floorMod(reading.city().hashCode(), this.lake.buckets()));
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
	 * @param zones the zone of a city, by name
	 * @return how many were new
	 * @throws WentBack if the table is not as far any more
	 */
	public int append(List<Streamed> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known,
			Function<String, ZoneId> zones) {
		Map<String, ZoneId> used = new HashMap<>();
		messages.forEach((message) -> used.computeIfAbsent(message.reading().city(), zones));
		StreamedAppend<Snapshot, Streamed> stream = new StreamedAppend<>(new Streaming(used), "messages");
		try {
			return withoutConflict(used, (snapshot) -> stream.append(snapshot, messages, positions, known));
		}
		catch (TableNotFoundException ex) {
			throw WentBack.toNothing(known.keySet());
		}
	}

	/** The table, for what came with the stream. */
	private final class Streaming implements StreamedAppend.Table<Snapshot, Streamed> {

		private final Map<String, ZoneId> zones;

		Streaming(Map<String, ZoneId> zones) {
			this.zones = zones;
		}

		@Override
		public Snapshot snapshot() {
			return ReadingStore.this.snapshot();
		}

		@Override
		public Map<StreamPart, Long> positions(Snapshot snapshot, Collection<StreamPart> parts) {
			return ReadingStore.positions(snapshot, parts);
		}

		@Override
		public void commit(Snapshot snapshot, List<Streamed> messages, Map<StreamPart, Long> positions)
				throws IOException {
			Engine engine = ReadingStore.this.lake.engine();
			Transaction transaction = snapshot.buildUpdateTableTransaction(ENGINE, Operation.WRITE).build(engine);
			positions
				.forEach((part, position) -> transaction.addDomainMetadata(part.domain(), Long.toString(position)));
			noteZones(snapshot, transaction, this.zones);
			List<Row> actions = writeFiles(engine, transaction, parts(messages.stream().map((message) -> {
				Part part = part(message.reading(), this.zones::get);
				return new ReadingColumns.Row(message.reading(), null, message, part.month(), part.bucket());
			})));
			CrashPoint.at("lake.written");
			ReadingStore.commit(engine, transaction, actions);
			CrashPoint.at("lake.committed");
		}

	}

	/** In which zones readings were filed. */
	public FiledZones filedZones() {
		return filedZones(snapshot());
	}

	private static FiledZones filedZones(Snapshot snapshot) {
		return snapshot.getDomainMetadata(FiledZones.DOMAIN).map(FiledZones::of).orElse(FiledZones.NONE);
	}

	/** Begins to replace what came from some sources by what they are read as now. */
	public Replacing replacing() {
		return new Replacing();
	}

	/** Sources that are replaced, all in one commit. */
	public final class Replacing {

		/** So many readings are gathered before they are written. */
		private static final int GATHERED = 100_000;

		private final Engine engine = ReadingStore.this.lake.engine();

		private final Snapshot snapshot = TableManager.loadSnapshot(path()).build(this.engine);

		private final Transaction transaction = this.snapshot.buildUpdateTableTransaction(ENGINE, Operation.WRITE)
			.build(this.engine);

		private final Map<Part, List<ReadingColumns.Row>> gathered = new TreeMap<>();

		private final List<Row> actions = new ArrayList<>();

		private final Map<String, ZoneId> zones = new HashMap<>();

		private final List<String> replaced = new ArrayList<>();

		private int count;

		private Replacing() {
		}

		/** The version of the table that it goes out from. */
		public long version() {
			return this.snapshot.getVersion();
		}

		/** From now on the readings of that source count no longer. */
		public void replace(String source) {
			this.replaced.add(source);
		}

		/**
		 * Adds readings of a new source.
		 * @param cities the zone of a city, by name
		 */
		public void add(String source, Collection<Reading> readings, Function<String, ZoneId> cities)
				throws IOException {
			readings.forEach((reading) -> this.zones.computeIfAbsent(reading.city(), (city) -> cities.apply(city)));
			parts(source, readings, cities)
				.forEach((part, rows) -> this.gathered.computeIfAbsent(part, (key) -> new ArrayList<>()).addAll(rows));
			this.count += readings.size();
			if (this.count >= GATHERED) {
				write();
			}
		}

		private void write() throws IOException {
			this.gathered.values().forEach((rows) -> rows.sort(ORDER));
			this.actions.addAll(writeFiles(this.engine, this.transaction, this.gathered));
			this.gathered.clear();
			this.count = 0;
		}

		/**
		 * Writes it; before that nothing has changed. Where there is nothing, neither.
		 */
		public void commit() throws IOException {
			if (this.replaced.isEmpty()) {
				return;
			}
			write();
			noteZones(this.snapshot, this.transaction, this.zones);
			ReplacedSources known = this.snapshot.getDomainMetadata(ReplacedSources.DOMAIN)
				.map(ReplacedSources::of)
				.orElse(ReplacedSources.NONE);
			this.transaction.addDomainMetadata(ReplacedSources.DOMAIN, known.and(this.replaced).text());
			ReadingStore.commit(this.engine, this.transaction, this.actions);
		}

	}

	private List<Row> writeFiles(Engine engine, Transaction transaction, Map<Part, List<ReadingColumns.Row>> parts)
			throws IOException {
		Row state = transaction.getTransactionState(engine);
		StructType schema = transaction.getSchema(engine);
		List<Row> actions = new ArrayList<>();
		for (Map.Entry<Part, List<ReadingColumns.Row>> entry : parts.entrySet()) {
			Map<String, Literal> partition = Map.of("month", Literal.ofString(entry.getKey().month()), "bucket",
					Literal.ofInt(entry.getKey().bucket()));
			FilteredColumnarBatch batch = new FilteredColumnarBatch(new DefaultColumnarBatch(entry.getValue().size(),
					schema, ReadingColumns.vectors(schema, entry.getValue())), Optional.empty());
			CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(engine, state,
					Utils.toCloseableIterator(List.of(batch).iterator()), partition);
			var context = Transaction.getWriteContext(engine, state, partition);
			CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
				.writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
			try (CloseableIterator<Row> written = Transaction.generateAppendActions(engine, state, files, context)) {
				while (written.hasNext()) {
					actions.add(written.next());
				}
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
				// The readings are in; a checkpoint or checksum only makes the next read
				// faster
				logger.warn("After version {} of the readings, {} failed: {}", result.getVersion(), hook.getType(),
						ex.getMessage());
			}
		}
	}

	private static int compareCities(String first, String second) {
		int length = Math.min(first.length(), second.length());
		for (int i = 0; i < length; i++) {
			char one = first.charAt(i);
			char other = second.charAt(i);
			if (one != other) {
				// A half of a pair is of a higher code point than any other character
				boolean samePlane = Character.isSurrogate(one) == Character.isSurrogate(other);
				return (samePlane) ? Character.compare(one, other) : (Character.isSurrogate(one) ? 1 : -1);
			}
		}
		return Integer.compare(first.length(), second.length());
	}

	private Snapshot snapshot() {
		return TableManager.loadSnapshot(path()).build(this.lake.engine());
	}

	private String path() {
		return this.lake.readings().toString();
	}

}
