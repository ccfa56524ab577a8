package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.isobar.lake.FakeOrderStore;
import io.isobar.orders.CountedOrders;
import io.isobar.orders.NewestOrders;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.isobar.views.CustomerTotals;

import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * The batch layer's part in orders, of one process of the application: the classes
 * themselves, over stores in memory, moved step by step.
 */
public final class SimulatedBatch {

	/** What all processes share. */
	public static final class Shared {

		private final FakeBatchDatabase database;

		public Shared(Fate fate) {
			this.database = new FakeBatchDatabase(fate);
		}

	}

	private static final int STEPS = 5;

	private final Fate fate;

	private final FakeBatchDatabase database;

	private final FakeOrderStore lake;

	private final BigDecimal minimum;

	private final Generations generations;

	private final OrderGenerations counted;

	private final OrdersSteps steps;

	private final OrderTotals totals;

	/** The lease that this process has, or believes to have. */
	private int lease;

	private boolean busy;

	public SimulatedBatch(Fate fate, Shared shared, FakeOrderStore lake, NewestOrders newest, int kept,
			BigDecimal minimum) {
		this.fate = fate;
		this.database = shared.database;
		this.lake = lake;
		this.minimum = minimum;
		Clock clock = fate.clock();
		this.counted = new OrderGenerations(this.database.table(), this.database.results(), new Provided<>(newest),
				clock);
		this.generations = new Generations(this.database.table(),
				new BatchSettings("0 0 2 * * *", null, kept, 5, Duration.ZERO), clock,
				new Provided<GenerationCheck>(this.counted));
		this.steps = new OrdersSteps(this.generations, this.database.results(), lake);
		this.totals = new OrderTotals(this.database.results(), new OrderSettings("none", minimum));
	}

	public OrderTotals totals() {
		return this.totals;
	}

	public CountedOrders counted() {
		return this.counted;
	}

	/** What has failed is tried again, or given up for a new launch. */
	public void step() {
		if (this.busy) {
			return;
		}
		this.busy = true;
		try {
			if (this.lease == 0) {
				this.lease = (this.fate.isCalm() || this.fate.onceIn(4)) ? this.database.takeLease() : 0;
				return;
			}
			FakeBatchDatabase.Execution execution = this.database.execution();
			if (execution == null || (execution.failed() && this.fate.onceIn(2))) {
				FakeBatchDatabase.Execution begun = this.database.begin(this.fate.onceIn(3), this.fate.onceIn(5));
				this.database.fenced(this.lease, () -> {
					this.database.save(begun);
					return true;
				});
				return;
			}
			step(execution);
		}
		catch (Fate.TimedOut ex) {
			this.fate.note("batch: " + ex.getMessage());
		}
		catch (IllegalStateException ex) {
			this.fate.note("batch: " + ex.getMessage());
			this.lease = 0;
		}
		finally {
			this.busy = false;
		}
	}

	private void step(FakeBatchDatabase.Execution execution) {
		ExecutionContext context = new ExecutionContext(new HashMap<>(execution.context()));
		boolean failed = false;
		try {
			work(execution, OrdersRun.of(context));
		}
		catch (RuntimeException ex) {
			this.fate.note("batch: " + ex.getMessage());
			failed = true;
		}
		int next = failed ? execution.step() : execution.step() + 1;
		FakeBatchDatabase.Execution after = (next == STEPS) ? null : new FakeBatchDatabase.Execution(execution.id(),
				next, execution.scheduled(), execution.full(), failed, context.toMap());
		this.database.fenced(this.lease, () -> {
			this.database.save(after);
			return true;
		});
	}

	private void work(FakeBatchDatabase.Execution execution, OrdersRun run) {
		this.fate.note(() -> "batch: step " + execution.step() + " of execution " + execution.id());
		switch (execution.step()) {
			case 0 -> {
				long version = this.lake.version().orElseThrow();
				run.pin(version, this.lake.describe(version), this.minimum.toPlainString());
			}
			case 1 -> {
				Long counted = this.steps.start(run, execution.full(),
						(reason) -> this.fate.note(() -> "batch: all is folded, as " + reason));
				// As the log tells what has come since, if anything has
				Long since = (counted == null || counted > run.version()) ? null : counted;
				CustomerTotals folded = this.lake.fold(since, run.version(), new BigDecimal(run.minimumAmount()));
				// Whoever takes over writes elsewhere
				String path = execution.id() + "-" + this.lease;
				this.database.keepFile(path, folded.byCustomer());
				run.folded(path, since == null,
						folded.byCustomer().values().stream().mapToLong(CustomerTotals.Total::orders).sum(),
						folded.byCustomer().size(), 30);
			}
			case 2 -> this.steps.check(run);
			case 3 ->
				run.exported(this.database.fenced(this.lease, () -> this.steps.export(run, execution.id(), "1.0")));
			default -> {
				this.database.fenced(this.lease, () -> this.generations.publish(Dataset.ORDERS, run.generation(),
						Map.of(), execution.scheduled()));
				prune();
			}
		}
	}

	private void prune() {
		this.database.transaction(() -> this.database.results()
			.prune(this.generations.needed(Dataset.ORDERS, this.fate.clock().instant().minus(Pruning.GRACE))));
	}

	/**
	 * Somebody goes back, or forward.
	 * @return what the generation counts that cannot be completed, as it is said
	 */
	public Optional<Map<Integer, Long>> makeAnyCurrent() {
		List<Integer> all = this.database.table()
			.published(Dataset.ORDERS)
			.stream()
			.map((each) -> each.number())
			.toList();
		if (all.isEmpty()) {
			return Optional.empty();
		}
		int wanted = this.fate.oneOf(all.subList(Math.max(0, all.size() - 5), all.size()));
		try {
			return this.database.transaction(() -> {
				try {
					this.generations.makeCurrent(wanted, "anna");
					this.fate.note("generation " + wanted + " is current");
					return Optional.empty();
				}
				catch (GenerationRefusal.NotCompletable ex) {
					// Under the lock, so that it is still kept
					this.fate.note("refused: " + ex.getMessage());
					return Optional.of(this.database.results().offsets(wanted));
				}
			});
		}
		catch (GenerationRefusal | IllegalStateException ex) {
			this.fate.note("refused: " + ex.getMessage());
			return Optional.empty();
		}
	}

	/** Somebody lets scheduled runs publish again. */
	public void release() {
		this.database.transaction(() -> {
			this.generations.release(Dataset.ORDERS, "anna");
			return true;
		});
	}

	/** Nobody renews its lease any more, as it stands still; it does not know. */
	public void loseLease() {
		this.database.takeLease();
	}

	/** Runs until a generation is published. */
	public int finish() {
		int before = this.database.table().published(Dataset.ORDERS).size();
		release();
		for (int i = 0; i < 60 && this.database.table().published(Dataset.ORDERS).size() == before; i++) {
			step();
		}
		return this.database.table().published(Dataset.ORDERS).size() - before;
	}

}
