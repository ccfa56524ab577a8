package io.isobar.speed;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.isobar.jobs.Duties;
import io.isobar.orders.CountedOrders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes from Cassandra the orders that every generation counts which somebody may still
 * read. One instance does it at a time; what a kill has interrupted is gone on with.
 */
@Component
@ConditionalOnSpeed
class OrderRemoval implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(OrderRemoval.class);

	private static final String DUTY = "orders-removal";

	private final ObjectProvider<CountedOrders> counted;

	private final OrderTables tables;

	private final Duties duties;

	private final JdbcClient jdbc;

	private @Nullable ScheduledExecutorService thread;

	OrderRemoval(ObjectProvider<CountedOrders> counted, OrderTables tables, Duties duties, JdbcClient jdbc) {
		this.counted = counted;
		this.tables = tables;
		this.duties = duties;
		this.jdbc = jdbc;
	}

	/** Up to which offset orders were removed, or are being so, of each partition. */
	Map<Integer, Long> removed() {
		Map<Integer, Long> removed = new HashMap<>();
		this.jdbc.sql("SELECT kafka_partition, noted FROM orders_removed").query((row) -> {
			removed.put(row.getInt(1), row.getLong(2));
		});
		return removed;
	}

	/** Removes what may be removed by now. */
	void remove() {
		CountedOrders generations = this.counted.getIfAvailable();
		if (generations == null) {
			return;
		}
		try {
			Map<Integer, Long> wanted = generations.byAll();
			Map<Integer, Long> done = new HashMap<>();
			this.jdbc.sql("SELECT kafka_partition, done FROM orders_removed").query((row) -> {
				done.put(row.getInt(1), row.getLong(2));
			});
			if (wanted.entrySet().stream().allMatch((each) -> done.getOrDefault(each.getKey(), -1L) >= each.getValue())
					|| !this.duties.isMine(DUTY)) {
				return;
			}
			try {
				wanted.forEach((partition, upTo) -> remove(partition, done.getOrDefault(partition, -1L) + 1, upTo));
			}
			finally {
				this.duties.giveUp(DUTY);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Orders are not removed this time", ex);
		}
	}

	private void remove(int partition, long from, long upTo) {
		if (from <= upTo) {
			note(partition, upTo);
			this.tables.remove(partition, from, upTo, (end) -> done(partition, end));
		}
	}

	private void note(int partition, long upTo) {
		this.jdbc.sql("""
				INSERT INTO orders_removed (kafka_partition, noted) VALUES (?, ?)
				ON CONFLICT (kafka_partition) DO UPDATE SET noted = greatest(orders_removed.noted, excluded.noted)""")
			.params(partition, upTo)
			.update();
	}

	private void done(int partition, long upTo) {
		this.jdbc.sql("UPDATE orders_removed SET done = ? WHERE kafka_partition = ?").params(upTo, partition).update();
	}

	@Override
	public synchronized void start() {
		if (this.thread == null) {
			ScheduledExecutorService made = Executors.newSingleThreadScheduledExecutor((run) -> {
				Thread removal = new Thread(run, "orders-removal");
				removal.setDaemon(true);
				return removal;
			});
			made.scheduleWithFixedDelay(this::remove, 1, 1, TimeUnit.MINUTES);
			this.thread = made;
		}
	}

	@Override
	public synchronized void stop() {
		ScheduledExecutorService made = this.thread;
		this.thread = null;
		if (made != null) {
			made.shutdownNow();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
