package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import io.isobar.jobs.FakeDuties;
import io.isobar.lake.FakeOrderStore;
import io.isobar.lake.StreamedOrder;
import io.isobar.orders.CountedOrders;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The speed layer's part in orders, of one process of the application: the classes
 * themselves, over stores in memory, moved step by step.
 */
public final class SimulatedSpeed {

	/** A flush of several polls. */
	private static final DataSize MANY = DataSize.ofMegabytes(64);

	/** A flush of a few messages. */
	private static final DataSize FEW = DataSize.ofBytes(4 * LakeSink.OVERHEAD);

	private static final MeterRegistry METERS = new CompositeMeterRegistry();

	private static final ListenerSettings LISTENERS = new ListenerSettings((short) 1, 1, 8000, Duration.ofSeconds(1));

	private final Fate fate;

	private final Fate.Process process;

	private final FakeLog log;

	private final FakeOrderStore lake;

	private final FakeOrderTables tables;

	private final FakeRemovedOrders removed;

	private final FakeMarkedOrders marks;

	private final FakeTopics topics;

	private final OrdersSink sink;

	private final LakeSink archive;

	/** What it writes without waiting. */
	private final List<Later> aside = new ArrayList<>();

	private final List<Runner> runners;

	private final OrdersTail tail;

	public SimulatedSpeed(Fate fate, Fate.Process process, FakeLog log, FakeOrderStore lake, FakeOrderTables tables,
			FakeRemovedOrders removed) {
		this.fate = fate;
		this.process = process;
		this.log = log;
		this.lake = lake;
		this.tables = tables;
		this.removed = removed;
		this.marks = new FakeMarkedOrders(fate, removed.marked);
		this.topics = new FakeTopics(log);
		this.sink = new OrdersSink(this.topics, tables, this.marks, LISTENERS) {

			@Override
			long nanoTime() {
				return fate.millis() * 1_000_000;
			}

		};
		this.archive = new LakeSink(this.topics, new OrdersArchive(this.topics, lake), new ToldOf(fate),
				new LakeSinkSettings(Duration.ofSeconds(2), (fate.onceIn(2)) ? FEW : MANY)) {

			@Override
			long nanoTime() {
				return fate.millis() * 1_000_000;
			}

			@Override
			Future<?> aside(Runnable write) {
				Later later = new Later(write);
				SimulatedSpeed.this.aside.add(later);
				return later;
			}

		};
		this.runners = List.of(new Runner(this.sink), new Runner(this.archive));
		this.tail = new OrdersTail(tables, removed, this.marks);
	}

	/** No message that is refused is passed over before it is told of. */
	private static final class ToldOf extends DeadLetterSender {

		private final Fate fate;

		@SuppressWarnings("NullAway")
		ToldOf(Fate fate) {
			super(null, null);
			this.fate = fate;
		}

		@Override
		Future<?> send(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation, String cause) {
			try {
				this.fate.run("send a dead letter", () -> {
				});
				return java.util.concurrent.CompletableFuture.completedFuture(true);
			}
			catch (RuntimeException ex) {
				return java.util.concurrent.CompletableFuture.failedFuture(ex);
			}
		}

	}

	/** Everything is as Kafka has it; a gap would be a loss. */
	private static final class NoGaps extends Gaps {

		@SuppressWarnings("NullAway")
		NoGaps() {
			super(null);
		}

		@Override
		List<LostEnd> lostEnds(String sink, Incarnation incarnation) {
			return List.of();
		}

		@Override
		boolean isAccepted(String sink, io.isobar.lake.StreamPart part, long expected, long available) {
			return false;
		}

		@Override
		void note(String sink, io.isobar.lake.StreamPart part, long expected, long available) {
			throw new AssertionError(
					"%s wants offset %d of %s, and Kafka has only %d".formatted(sink, expected, part, available));
		}

	}

	/** Does for one sink what its runner and its container do. */
	private final class Runner {

		private final Sink sink;

		private final SinkStatus status;

		private final FakeLog.Group group;

		private @Nullable SinkListener listener;

		private @Nullable FakeConsumer consumer;

		private boolean busy;

		Runner(Sink sink) {
			this.sink = sink;
			this.status = new SinkStatus(sink.name(), METERS);
			this.group = SimulatedSpeed.this.log.group(sink.name());
		}

		private void exclusively(Runnable work) {
			if (!this.busy) {
				this.busy = true;
				try {
					work.run();
				}
				finally {
					this.busy = false;
				}
			}
		}

		void watch() {
			SinkListener current = this.listener;
			Incarnation now = SimulatedSpeed.this.topics.incarnation(this.sink.topic()).orElse(null);
			if (now == null) {
				return;
			}
			if (current != null && (current.hasEnded() || !current.incarnation().equals(now))) {
				stop();
				current = null;
			}
			if (current == null) {
				FakeConsumer consumer = new FakeConsumer(SimulatedSpeed.this.log, this.sink.name());
				this.consumer = consumer;
				this.listener = new SinkListener(this.sink, this.status, SimulatedSpeed.this.topics, new NoGaps(), now,
						SimulatedSpeed.this.fate::millis);
				this.group.members.add(consumer);
			}
		}

		private void stop() {
			FakeConsumer left = this.consumer;
			if (this.listener != null) {
				this.listener.stop();
			}
			this.group.members.remove(left);
			this.group.owners.values().removeIf((each) -> each == left);
			this.listener = null;
			this.consumer = null;
			this.status.standsStill();
		}

		/** The group gives and takes what this consumer is to have. */
		private void rebalance(SinkListener listener, FakeConsumer consumer) {
			Set<TopicPartition> mine = new HashSet<>();
			this.group.owners.forEach((partition, owner) -> {
				if (owner == consumer) {
					mine.add(new TopicPartition(FakeLog.TOPIC, partition));
				}
			});
			Set<TopicPartition> lost = new HashSet<>(consumer.assignment());
			lost.removeAll(mine);
			if (!lost.isEmpty()) {
				listener.onPartitionsLost(consumer, lost);
				consumer.revoke(lost);
			}
			for (int i = 0; i < SimulatedSpeed.this.log.partitions(); i++) {
				if (!this.group.owners.containsKey(i)) {
					this.group.owners.put(i, consumer);
					mine.add(new TopicPartition(FakeLog.TOPIC, i));
				}
			}
			mine.removeAll(consumer.assignment());
			if (!mine.isEmpty()) {
				consumer.assign(mine);
				listener.onPartitionsAssigned(consumer, mine);
			}
		}

		/** Also what a session has begun that is over by now. */
		private void goOnAside() {
			if (this.sink == SimulatedSpeed.this.archive && SimulatedSpeed.this.fate.onceIn(3)) {
				List<Later> writes = List.copyOf(SimulatedSpeed.this.aside);
				SimulatedSpeed.this.aside.clear();
				writes.forEach(Later::go);
			}
		}

		void poll() {
			goOnAside();
			SinkListener listener = this.listener;
			FakeConsumer consumer = this.consumer;
			if (listener == null || consumer == null) {
				return;
			}
			rebalance(listener, consumer);
			List<ConsumerRecord<byte[], byte[]>> records;
			try {
				SimulatedSpeed.this.fate.run("poll", () -> {
				});
				// Who gets no answer has not moved on
				records = consumer.next(1 + SimulatedSpeed.this.fate.below(8));
			}
			catch (Fate.TimedOut ex) {
				return;
			}
			catch (FakeConsumer.OutOfRange ex) {
				listener.end();
				return;
			}
			if (records.isEmpty()) {
				listener.idle(consumer);
			}
			else {
				listener.onMessage(records, null, consumer);
			}
		}

		void idle() {
			if (this.listener != null && this.consumer != null) {
				this.listener.idle(this.consumer);
			}
		}

	}

	/** It is alive at the moment. */
	private boolean isAlive() {
		return !this.process.isDead();
	}

	/** Looks whether everything is as it should be. */
	public void watch() {
		try {
			this.topics.watch();
		}
		catch (Fate.TimedOut ex) {
			return;
		}
		this.runners.forEach((runner) -> runner.exclusively(runner::watch));
	}

	/** One of the sinks takes what came. */
	public void poll() {
		Runner runner = this.fate.oneOf(this.runners);
		runner.exclusively(runner::poll);
	}

	/** One of the sinks finds that nothing has come for a while. */
	public void idle() {
		Runner runner = this.fate.oneOf(this.runners);
		runner.exclusively(runner::idle);
	}

	/** All there is goes into the stores. */
	public void settle() {
		int messages = 0;
		for (int partition = 0; partition < this.log.partitions(); partition++) {
			messages += (int) (this.log.end(partition) - this.log.beginning());
		}
		// A poll may bring one only, and first there may be something to get over
		for (int i = 0; i < 40 + messages; i++) {
			this.fate.pass(Duration.ofSeconds(3));
			watch();
			this.runners.forEach((runner) -> {
				runner.exclusively(runner::poll);
				runner.exclusively(runner::idle);
			});
		}
	}

	/** Its consumers lose what they have to whoever asks next; they hear of it later. */
	public void loseParts() {
		Runner runner = this.fate.oneOf(this.runners);
		int partition = this.fate.below(this.log.partitions());
		runner.group.owners.remove(partition);
	}

	/** The process has died: its groups find out. */
	public void leave() {
		this.runners.forEach(Runner::stop);
	}

	/** Asks for what there is to be written to the lake. */
	public long askArchive() {
		return this.archive.sent().missing();
	}

	public OrdersTail tail() {
		return this.tail;
	}

	/** Removes what the batch layer counts. */
	public void remove(CountedOrders counted) {
		new OrderRemoval(new Provided<>(counted), this.tables, this.removed, this.marks, new FakeDuties()).remove();
	}

	/** Writes everything into Cassandra once more. */
	public void rebuild(boolean fromLake) {
		if (fromLake || this.marks.hasLost(this.tables.written())) {
			long version = this.lake.version().orElseThrow();
			this.marks.beforeWriting(this.tables);
			Map<Integer, Long> below = this.removed.noted();
			List<OrderTables.Placed> orders = new ArrayList<>();
			for (StreamedOrder each : this.lake.orders(null, version)) {
				if (each.offset() > below.getOrDefault(each.part().number(), -1L)) {
					orders.add(
							new OrderTables.Placed(each.part().number(), each.offset(), each.order(), each.appended()));
				}
			}
			this.tables.write(orders, this.lake.describe(version).positions());
		}
		this.topics.watch();
		Incarnation incarnation = this.topics.incarnation(FakeLog.TOPIC).orElseThrow();
		Map<Integer, Long> below = this.removed.noted();
		for (int partition = 0; partition < this.log.partitions(); partition++) {
			for (long offset = this.log.beginning(); offset < this.log.end(partition);) {
				// Whatever the topic is by now
				int most = 1 + this.fate.below(5);
				this.fate.run("poll", () -> {
				});
				List<StreamedMessages.Raw> raws = new ArrayList<>();
				while (raws.size() < most && offset < this.log.end(partition)) {
					raws.add(StreamedMessages.Raw.of(this.log.at(partition, offset++)));
				}
				if (!raws.isEmpty()) {
					this.sink.replay(raws, incarnation, below);
				}
			}
		}
		this.tables.rebuilt(this.fate.clock().instant());
	}

}
