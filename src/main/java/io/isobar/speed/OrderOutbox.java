package io.isobar.speed;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.isobar.jobs.Duties;
import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes orders, and sends each to Kafka once: it is kept in PostgreSQL before it is
 * accepted. What was not confirmed, as Kafka was away or the process died, is looked for
 * in the topic before it is sent again.
 */
@Component
@ConditionalOnSpeed
public class OrderOutbox implements SmartLifecycle {

	/** A message carries the id of its row. */
	static final String ORDER = "isobar-order";

	private static final Logger logger = LoggerFactory.getLogger(OrderOutbox.class);

	private static final String LATER = "An order is not sent this time";

	private static final String DUTY = "orders-outbox";

	/** So long who places an order waits for Kafka; then it is sent later. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/** Clocks differ, but not by more. */
	private static final Duration CLOCKS = Duration.ofMinutes(10);

	/** A row without a key serves nobody any more when it is sent. */
	private static final Duration KEPT = Duration.ofDays(1);

	private static final int AT_ONCE = 500;

	private static final int THREADS = 8;

	/** What came of an order. */
	public enum Accepted {

		/** It is kept, and is or will be in the topic once. */
		YES,
		/** Another order was placed under this key. */
		KEY_USED_OTHERWISE

	}

	private record Row(UUID id, Order order, Instant acceptedAt, OffsetDateTime reservedAt) {
	}

	private static final String HELD_NO_LONGER = "reserved_at + clock_ahead < now() - make_interval(secs => :held)";

	private final JdbcClient jdbc;

	private final Topics topics;

	private final SentMessages sent;

	private final Duties duties;

	private final KafkaClock clock;

	private final LongSupplier nanoTime;

	// Kafka's client blocks while no broker answers
	private final ThreadPoolExecutor senders = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), (run) -> {
				Thread thread = new Thread(run, "orders-sender");
				thread.setDaemon(true);
				return thread;
			});

	private @Nullable ScheduledExecutorService sweeper;

	private volatile boolean troubled;

	@Autowired
	OrderOutbox(JdbcClient jdbc, Topics topics, SentMessages sent, Duties duties, KafkaClock clock) {
		this(jdbc, topics, sent, duties, clock, System::nanoTime);
	}

	OrderOutbox(JdbcClient jdbc, Topics topics, SentMessages sent, Duties duties, KafkaClock clock,
			LongSupplier nanoTime) {
		this.jdbc = jdbc;
		this.topics = topics;
		this.sent = sent;
		this.duties = duties;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.senders.allowCoreThreadTimeOut(true);
	}

	/**
	 * Takes an order. When this returns it is kept, and most often in the topic.
	 * @param key what the client calls it, so that it may ask again; null: it never will
	 * @param by who places it
	 */
	public Accepted accept(Order order, @Nullable String key, String by) {
		UUID id = UUID.randomUUID();
		Reservation reservation = Reservation.begin(this.nanoTime);
		Duration ahead = this.clock.ahead();
		Optional<OffsetDateTime> reservedAt = this.jdbc.sql("""
				INSERT INTO orders_outbox (id, idempotency_key, customer, amount, accepted_by, clock_ahead)
				VALUES (:id, :key, :customer, :amount, :by, make_interval(secs => :ahead))
				ON CONFLICT (idempotency_key) DO NOTHING RETURNING reserved_at""")
			.param("id", id)
			.param("key", key, java.sql.Types.VARCHAR)
			.param("customer", order.customer())
			.param("amount", order.amount())
			.param("by", by)
			.param("ahead", seconds(ahead))
			.query((row, number) -> row.getObject(1, OffsetDateTime.class))
			.optional();
		if (reservedAt.isEmpty()) {
			Optional<Order> before = this.jdbc
				.sql("SELECT customer, amount FROM orders_outbox WHERE idempotency_key = :key")
				.param("key", key, java.sql.Types.VARCHAR)
				.query((row, number) -> new Order(row.getString(1), row.getBigDecimal(2)))
				.optional();
			return before.filter(order::equals).isPresent() ? Accepted.YES : Accepted.KEY_USED_OTHERWISE;
		}
		SentMessages.Row row = new SentMessages.Row(reservation, reservedAt.get().toInstant(), ahead);
		CompletableFuture<?> sending = CompletableFuture.runAsync(() -> send(id, order, row), this.senders)
			.whenComplete((nothing, failure) -> {
				if (failure != null) {
					logger.debug(LATER, failure);
				}
			});
		try {
			sending.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			tellOnce(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return Accepted.YES;
	}

	private void tellOnce(Throwable failure) {
		if (!this.troubled) {
			this.troubled = true;
			logger.warn("Orders do not get into Kafka ({}). They are kept, and sent when it takes them in time.",
					failure.toString());
		}
	}

	/** Sends it, and notes that Kafka has it. */
	private void send(UUID id, Order order, SentMessages.Row reserved) {
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topics.orders(),
				order.customer().getBytes(StandardCharsets.UTF_8), OrderMessages.write(order));
		record.headers().add(ORDER, id.toString().getBytes(StandardCharsets.UTF_8));
		try {
			this.sent.send(record, reserved, this.topics.id(this.topics.orders()));
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("It is not known whether the order was sent.", ex);
		}
		if (this.troubled) {
			this.troubled = false;
			logger.info("Orders get into Kafka again.");
		}
		isSent(id);
	}

	private static double seconds(Duration time) {
		return time.toMillis() / 1000.0;
	}

	private void isSent(UUID id) {
		this.jdbc.sql("UPDATE orders_outbox SET sent_at = now() WHERE id = ?").param(id).update();
	}

	/** How many orders wait for Kafka. */
	public long waiting() {
		return this.jdbc.sql("SELECT count(*) FROM orders_outbox WHERE sent_at IS NULL").query(Long.class).single();
	}

	/** Sends what nobody is sending any more. */
	void sweep() {
		try {
			if (this.topics.incarnation(this.topics.orders()).isPresent() && isAnyLeft() && this.duties.isMine(DUTY)) {
				try {
					while (sendSome()) {
						continue;
					}
				}
				finally {
					this.duties.giveUp(DUTY);
				}
			}
			this.jdbc.sql("""
					DELETE FROM orders_outbox WHERE idempotency_key IS NULL
					AND sent_at < now() - make_interval(secs => ?)""").param(KEPT.toSeconds()).update();
		}
		catch (DataAccessException | TransactionException ex) {
			// PostgreSQL is missed elsewhere, with a sentence
			logger.debug("Orders are not sent this time", ex);
		}
		catch (RuntimeException | Error ex) {
			// Or the executor never calls again
			if (!Thread.currentThread().isInterrupted()) {
				tellOnce(ex);
			}
			logger.debug("Orders are not sent this time", ex);
		}
	}

	private boolean isAnyLeft() {
		return this.jdbc
			.sql("SELECT EXISTS (SELECT FROM orders_outbox WHERE sent_at IS NULL AND " + HELD_NO_LONGER + ")")
			.param("held", held())
			.query(Boolean.class)
			.single();
	}

	private long held() {
		return Reservation.held(this.topics.isReplicated(this.topics.orders())).toSeconds();
	}

	private boolean sendSome() {
		List<Row> rows = this.jdbc.sql("""
				UPDATE orders_outbox SET reserved_at = now(), clock_ahead = '0' WHERE id IN (
				  SELECT id FROM orders_outbox WHERE sent_at IS NULL
				  AND %s ORDER BY accepted_at LIMIT :most
				  FOR UPDATE SKIP LOCKED)
				RETURNING id, customer, amount, accepted_at, reserved_at""".formatted(HELD_NO_LONGER))
			.param("held", held())
			.param("most", AT_ONCE)
			.query((row, number) -> new Row(row.getObject("id", UUID.class),
					new Order(row.getString("customer"), amount(row.getBigDecimal("amount"))),
					row.getTimestamp("accepted_at").toInstant(), row.getObject("reserved_at", OffsetDateTime.class)))
			.list();
		if (rows.isEmpty()) {
			return false;
		}
		Set<String> wanted = new HashSet<>();
		rows.forEach((row) -> wanted.add(row.id().toString()));
		Instant since = rows.stream().map(Row::acceptedAt).min(Instant::compareTo).orElseThrow().minus(CLOCKS);
		Set<String> found = this.sent.find(this.topics.orders(), this.topics.id(this.topics.orders()), ORDER, wanted,
				since);
		for (Row row : rows) {
			if (found.contains(row.id().toString())) {
				isSent(row.id());
			}
			else {
				// Looking for it may have taken longer than it is held
				reserveAgain(row).ifPresent((reserved) -> sendOne(row, reserved));
			}
		}
		return rows.size() == AT_ONCE;
	}

	/** While Kafka takes others, they do not wait for one that it takes too late. */
	private void sendOne(Row row, SentMessages.Row reserved) {
		try {
			send(row.id(), row.order(), reserved);
		}
		catch (SentMessages.NotInTime ex) {
			tellOnce(ex);
			logger.debug(LATER, ex);
		}
	}

	/** Unless somebody else has reserved it meanwhile. */
	private Optional<SentMessages.Row> reserveAgain(Row row) {
		Reservation reservation = Reservation.begin(this.nanoTime);
		Duration ahead = this.clock.ahead();
		return this.jdbc.sql("""
				UPDATE orders_outbox SET reserved_at = now(), clock_ahead = make_interval(secs => ?)
				WHERE id = ? AND sent_at IS NULL AND reserved_at = ? RETURNING reserved_at""")
			.params(seconds(ahead), row.id(), row.reservedAt())
			.query((result, number) -> new SentMessages.Row(reservation,
					result.getObject(1, OffsetDateTime.class).toInstant(), ahead))
			.optional();
	}

	private static BigDecimal amount(BigDecimal amount) {
		return amount.setScale(Order.DECIMALS);
	}

	@Override
	public synchronized void start() {
		if (this.sweeper == null) {
			ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor((run) -> {
				Thread made = new Thread(run, "orders-outbox");
				made.setDaemon(true);
				return made;
			});
			thread.scheduleWithFixedDelay(this::sweep, 1, 5, TimeUnit.SECONDS);
			this.sweeper = thread;
		}
	}

	@Override
	public synchronized void stop() {
		ScheduledExecutorService thread = this.sweeper;
		this.sweeper = null;
		if (thread != null) {
			thread.shutdownNow();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.sweeper != null;
	}

}
