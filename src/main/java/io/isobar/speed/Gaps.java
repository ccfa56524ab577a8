package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import io.isobar.lake.StreamPart;

/**
 * Messages that a sink had not read yet when Kafka no longer had them. A person decides
 * that it goes on without them; not where Kafka has lost the end of a partition, as its
 * next messages would be taken for those that were read.
 */
@Component
@ConditionalOnSpeed
class Gaps {

	/** So long the database is waited for where it is known what it said before. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/** After that it is asked once more what there is to be known. */
	private static final Duration OLDEST = Duration.ofSeconds(30);

	private static final Logger logger = LoggerFactory.getLogger(Gaps.class);

	private final JdbcClient jdbc;

	private final Map<Asked, List<LostEnd>> known = new ConcurrentHashMap<>();

	/** Of each sink that waits for a person whether that is over, while it is asked. */
	private final Map<Asked, CompletableFuture<Boolean>> settling = new ConcurrentHashMap<>();

	/** How many lost ends this instance has noted. */
	private final AtomicInteger notes = new AtomicInteger();

	private CompletableFuture<?> remembering = CompletableFuture.completedFuture(null);

	private long remembered;

	private final LongSupplier nanoTime;

	private final ExecutorService asker = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "gaps");
		thread.setDaemon(true);
		return thread;
	});

	@Autowired
	Gaps(JdbcClient jdbc) {
		this(jdbc, System::nanoTime);
	}

	/**
	 * @param nanoTime by which it is told how old is what is known
	 */
	Gaps(JdbcClient jdbc, LongSupplier nanoTime) {
		this.jdbc = jdbc;
		this.nanoTime = nanoTime;
		this.remembered = nanoTime.getAsLong();
	}

	private record Asked(String sink, String topic, int incarnation) {
	}

	/**
	 * Notes a gap. One that is known stays as it is, unless a sink went on across it and
	 * more is missing now.
	 */
	void note(String sink, StreamPart part, long expected, long available) {
		insert(sink, part, expected, available);
		if (available < expected) {
			LostEnd lost = new LostEnd(new TopicPartition(part.topic(), part.partition()), expected, available);
			// What is being asked for may have been answered before that
			this.notes.incrementAndGet();
			this.known.merge(new Asked(sink, part.topic(), part.incarnation()), List.of(lost),
					(before, added) -> Stream.concat(before.stream(), added.stream()).distinct().toList());
		}
	}

	void insert(String sink, StreamPart part, long expected, long available) {
		this.jdbc.sql("""
				insert into stream_gap (sink, topic, incarnation, kafka_partition, expected, available)
				values (:sink, :topic, :incarnation, :partition, :expected, :available)
				on conflict (sink, topic, incarnation, kafka_partition, expected) do update set
				available = excluded.available, seen_at = now(), accepted_at = null, accepted_by = null, used_at = null
				where stream_gap.used_at is not null and stream_gap.available < excluded.available
				""")
			.param("sink", sink)
			.param("topic", part.topic())
			.param("incarnation", part.incarnation())
			.param("partition", part.partition())
			.param("expected", expected)
			.param("available", available)
			.update();
	}

	/**
	 * Whether a sink may go on across a gap, as a person has accepted it: with whatever
	 * was missing when it first did so, and no more.
	 */
	boolean isAccepted(String sink, StreamPart part, long expected, long available) {
		return this.jdbc.sql("""
				update stream_gap set used_at = coalesce(used_at, now()), available = greatest(available, :available)
				where sink = :sink and topic = :topic and incarnation = :incarnation and kafka_partition = :partition
				and expected = :expected and available > expected and accepted_at is not null
				and (used_at is null or available >= :available)
				""")
			.param("sink", sink)
			.param("topic", part.topic())
			.param("incarnation", part.incarnation())
			.param("partition", part.partition())
			.param("expected", expected)
			.param("available", available)
			.update() > 0;
	}

	/**
	 * Whether it is known that a sink waits for no person any more. It is asked behind
	 * the back of who looks: false until the answer is there.
	 */
	boolean isSettled(String sink, Incarnation incarnation) {
		Asked asked = new Asked(sink, incarnation.topic(), incarnation.number());
		CompletableFuture<Boolean> settled = this.settling.computeIfAbsent(asked,
				(key) -> CompletableFuture.supplyAsync(() -> !isOpen(sink, incarnation), this.asker));
		if (!settled.isDone()) {
			return false;
		}
		this.settling.remove(asked);
		try {
			return settled.join();
		}
		catch (CompletionException ex) {
			logger.debug("It can't be asked whether {} may go on.", sink, ex);
			return false;
		}
	}

	/** Whether a sink waits for a person; for none where the topic was made again. */
	boolean isOpen(String sink, Incarnation incarnation) {
		return this.jdbc.sql("""
				select count(*) from stream_gap where sink = :sink and topic = :topic and incarnation = :incarnation
				and accepted_at is null
				""")
			.param("sink", sink)
			.param("topic", incarnation.topic())
			.param("incarnation", incarnation.number())
			.query(Integer.class)
			.single() > 0;
	}

	/**
	 * Where Kafka has lost what a sink had read. What came since may have reached the
	 * sink's offset: then it does not show any more. While the database is away it is
	 * what was known before, as a sink waits for its own store only.
	 */
	List<LostEnd> lostEnds(String sink, Incarnation incarnation) {
		Asked asked = new Asked(sink, incarnation.topic(), incarnation.number());
		List<LostEnd> before = this.known.get(asked);
		try {
			CompletableFuture<List<LostEnd>> answer = ask(asked);
			return (before != null) ? answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) : answer.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while looking for gaps.", ex);
		}
		catch (ExecutionException | TimeoutException ex) {
			if (before == null) {
				throw new IllegalStateException("The table of gaps can't be read.", ex);
			}
			logger.debug("{} goes on by the gaps that were known before.", sink, ex);
			return before;
		}
	}

	/**
	 * Looks once more at what was asked for, so that not much is missed while it is away.
	 */
	synchronized CompletableFuture<?> remember() {
		long now = this.nanoTime.getAsLong();
		if (this.remembering.isDone() && now - this.remembered > OLDEST.toNanos()) {
			this.remembered = now;
			this.remembering = CompletableFuture
				.allOf(this.known.keySet().stream().map(this::ask).toArray(CompletableFuture<?>[]::new));
		}
		return this.remembering;
	}

	private CompletableFuture<List<LostEnd>> ask(Asked asked) {
		return CompletableFuture.supplyAsync(() -> {
			int notesBefore = this.notes.get();
			List<LostEnd> lost = read(asked.sink(), asked.topic(), asked.incarnation());
			return this.known.compute(asked,
					(key, before) -> (before == null || this.notes.get() == notesBefore) ? lost : before);
		}, this.asker);
	}

	List<LostEnd> read(String sink, String topic, int incarnation) {
		return this.jdbc.sql("""
				select kafka_partition, expected, available from stream_gap
				where sink = :sink and topic = :topic and incarnation = :incarnation and available < expected
				order by id
				""")
			.param("sink", sink)
			.param("topic", topic)
			.param("incarnation", incarnation)
			.query((row, number) -> new LostEnd(new TopicPartition(topic, row.getInt("kafka_partition")),
					row.getLong("expected"), row.getLong("available")))
			.list();
	}

	/** The sink is elsewhere: somebody has set it back, or let it pass. */
	void forgetLostEnds(String sink, StreamPart part) {
		this.jdbc.sql("""
				delete from stream_gap where sink = :sink and topic = :topic and incarnation = :incarnation
				and kafka_partition = :partition and available < expected
				""")
			.param("sink", sink)
			.param("topic", part.topic())
			.param("incarnation", part.incarnation())
			.param("partition", part.partition())
			.update();
	}

	/**
	 * The sink goes on without what is missing.
	 * @return how many gaps there were
	 */
	int accept(String sink, String topic, String by) {
		return this.jdbc.sql("""
				update stream_gap set accepted_at = now(), accepted_by = :by
				where sink = :sink and topic = :topic and accepted_at is null and available > expected
				""").param("sink", sink).param("topic", topic).param("by", by).update();
	}

	/**
	 * Kafka has lost messages that a sink had read already.
	 *
	 * @param expected the offset that it wanted next
	 * @param available where the partition ended
	 */
	record LostEnd(TopicPartition partition, long expected, long available) {

		/** Whether messages before this offset are lost, or others have their offsets. */
		boolean isBefore(long position) {
			return this.available < position && position <= this.expected;
		}

		String sentence() {
			return "offset %d of %s is wanted next, but what there is ended at %d: Kafka has lost messages that were read already. What comes now gets their offsets, and would be taken for them. Keep what has come since, delete the topic, which is made again and read from its beginning, and send that once more."
				.formatted(this.expected, this.partition, this.available);
		}

	}

}
