package io.isobar.batch;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import io.isobar.lake.OrderStore;
import io.isobar.views.CustomerTotals;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What the steps of {@code orders_batch} decide: what is folded, whether the result may
 * be published, and which generation it becomes.
 */
@Component
class OrdersSteps {

	/** Of numeric(38, 2), before the decimal point. */
	private static final int MOST_DIGITS = 36;

	private final Generations generations;

	private final OrderResults results;

	private final OrderStore orders;

	OrdersSteps(Generations generations, OrderResults results, OrderStore orders) {
		this.generations = generations;
		this.results = results;
		this.orders = orders;
	}

	/** What decides the numbers beside the orders that come. */
	static String definition(OrdersRun run) {
		return Definition.hash(CustomerTotals.definition(new BigDecimal(run.minimumAmount())) + " " + run.sources());
	}

	/**
	 * Has a run go out from the generation that is current.
	 * @param full whether all is to be folded, whatever that one has
	 * @param notes told why all is folded although that was not asked for
	 * @return the version up to which that one has counted all; null where all is folded
	 */
	@Nullable Long start(OrdersRun run, boolean full, Consumer<String> notes) {
		requirePinned(run);
		Optional<Generation> current = this.generations.current(Dataset.ORDERS);
		run.startFrom(current.map(Generation::number).orElse(null));
		if (full) {
			return null;
		}
		if (current.isEmpty()) {
			notes.accept("no generation is current");
			return null;
		}
		Generations.Made made = this.generations.made(current.get().number());
		if (!made.definition().equals(definition(run))) {
			notes.accept("the formula, the minimum amount or which files count is not that of generation %d"
				.formatted(current.get().number()));
			return null;
		}
		String doubt = doubt(current.get().number(), made.readingsVersion(), run);
		if (doubt != null) {
			notes.accept(doubt);
			return null;
		}
		return made.readingsVersion();
	}

	/**
	 * Why what came since a version is not what came since a generation counted it: a
	 * lake that was restored from an older copy grows, and has that version once more.
	 */
	private @Nullable String doubt(int generation, long version, OrdersRun run) {
		OrderStore.Described counted = (version <= run.version()) ? this.orders.known(version).orElse(null) : null;
		if (counted == null) {
			return "the log of the orders does not tell what generation %d has counted".formatted(generation);
		}
		// With these sources it was made, as its definition is that of this run
		boolean same = OrdersRun.offsets(counted).equals(this.results.offsets(generation))
				&& counted.sources().equals(Set.copyOf(run.sources()));
		return same ? null
				: "version %d of the orders is not the one that generation %d has counted: the lake was restored from an older copy, or is another one"
					.formatted(version, generation);
	}

	/**
	 * Makes sure that the version that a run is pinned to is still what it was.
	 */
	private void requirePinned(OrdersRun run) {
		if (!this.orders.known(run.version()).map(OrdersRun::offsets).equals(Optional.of(run.offsets()))) {
			throw new Validate.RuleBroken(
					"Version %d of the orders is no longer what it was when this run began: the lake was restored from another copy. Nothing was published; launch the job anew."
						.formatted(run.version()));
		}
	}

	/**
	 * Keeps a broken result from being published: one with fewer orders than before
	 * although the same orders count, one that has not reached the offsets of the
	 * generation before, and one with a total that can't be kept.
	 */
	void check(OrdersRun run) {
		this.generations.requireCurrent(Dataset.ORDERS, run.base());
		// As it was while they were folded
		requirePinned(run);
		if (run.digits() > MOST_DIGITS) {
			throw new Validate.RuleBroken(
					"The total of a customer has %d digits before its decimal point, and only %d can be kept. Nothing was published."
						.formatted(run.digits(), MOST_DIGITS));
		}
		Optional.ofNullable(run.base()).flatMap(this.generations::find).ifPresent((base) -> check(run, base));
	}

	private void check(OrdersRun run, Generation base) {
		Map<Integer, Long> offsets = run.offsets();
		this.results.offsets(base.number()).forEach((partition, offset) -> {
			if (offsets.getOrDefault(partition, -1L) < offset) {
				throw new Validate.RuleBroken(
						"The table of orders ends before offset %d of partition %d, which generation %d counts: it is older than that generation, or another. Find out what has happened to it. Nothing was published."
							.formatted(offset, partition, base.number()));
			}
		});
		if (run.isAll() && run.orders() < base.readings()
				&& this.generations.made(base.number()).definition().equals(definition(run))) {
			throw new Validate.RuleBroken(
					"The result counts %d orders, generation %d has %d, and orders are never deleted. Find out what is missing. Nothing was published."
						.formatted(run.orders(), base.number(), base.readings()));
		}
	}

	/**
	 * Makes what a run has folded a generation that nobody sees yet, in the transaction
	 * of its caller. Where only what is new was folded, the totals of the generation it
	 * goes out from are added.
	 * @return its number
	 */
	int export(OrdersRun run, long jobExecutionId, String codeVersion) {
		this.generations.requireCurrent(Dataset.ORDERS, run.base());
		for (int left : this.generations.unpublished(Dataset.ORDERS)) {
			this.results.takeBack(left);
			this.generations.forget(left);
		}
		@Nullable Integer base = run.base();
		if (base == null && !run.isAll()) {
			throw new IllegalStateException("What is new is folded only on top of a generation.");
		}
		OrderResults.Staged staged = this.results.stage(run.result(), run.isAll() ? null : base);
		int generation = this.generations.begin(Dataset.ORDERS, jobExecutionId,
				new Generations.Made(run.version(), Map.of(), definition(run), codeVersion, base,
						run.isAll() ? Analyse.FULL : Analyse.INCREMENTAL, Map.of()),
				staged.orders(), staged.customers());
		this.results.keep(generation, run.offsets(), new BigDecimal(run.minimumAmount()));
		this.results.replace(generation);
		return generation;
	}

}
