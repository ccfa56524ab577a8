package io.isobar.speed;

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

	private final RemovedOrders removed;

	private final MarkedOrders marks;

	private @Nullable ScheduledExecutorService thread;

	OrderRemoval(ObjectProvider<CountedOrders> counted, OrderTables tables, RemovedOrders removed, MarkedOrders marks,
			Duties duties) {
		this.counted = counted;
		this.tables = tables;
		this.duties = duties;
		this.removed = removed;
		this.marks = marks;
	}

	/** Removes what may be removed by now. */
	void remove() {
		CountedOrders generations = this.counted.getIfAvailable();
		if (generations == null) {
			return;
		}
		try {
			this.marks.noteMark(this.tables);
			Map<Integer, Long> wanted = generations.byAll();
			Map<Integer, Long> done = this.removed.done();
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
		catch (Error ex) {
			// Or the executor never calls again
			logger.error("Orders that are counted are not removed this time ({}).", ex.toString(), ex);
		}
	}

	private void remove(int partition, long from, long upTo) {
		if (from <= upTo) {
			this.removed.note(partition, upTo);
			this.tables.remove(partition, from, upTo, (end) -> this.removed.done(partition, end));
		}
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
