package io.isobar.batch;

import java.util.Map;
import java.util.Optional;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Keeps a broken result from being published: one with fewer orders than before although
 * the same orders count, one that has not reached the offsets of the generation before,
 * and one with a total that can't be kept.
 */
@Component
class OrdersValidate implements Tasklet {

	/** Of numeric(38, 2), before the decimal point. */
	private static final int MOST_DIGITS = 36;

	private final Generations generations;

	private final OrderGenerations orders;

	OrdersValidate(Generations generations, OrderGenerations orders) {
		this.generations = generations;
		this.orders = orders;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		OrdersRun run = OrdersRun.of(chunk);
		this.generations.requireCurrent(Dataset.ORDERS, run.base());
		if (run.digits() > MOST_DIGITS) {
			throw new Validate.RuleBroken(
					"The total of a customer has %d digits before its decimal point, and only %d can be kept. Nothing was published."
						.formatted(run.digits(), MOST_DIGITS));
		}
		Optional<Generation> base = Optional.ofNullable(run.base()).flatMap(this.generations::find);
		base.ifPresent((known) -> {
			Map<Integer, Long> offsets = run.offsets();
			this.orders.offsets(known.number()).forEach((partition, offset) -> {
				if (offsets.getOrDefault(partition, -1L) < offset) {
					throw new Validate.RuleBroken(
							"The table of orders ends before offset %d of partition %d, which generation %d counts: it is older than that generation, or another. Find out what has happened to it. Nothing was published."
								.formatted(offset, partition, known.number()));
				}
			});
			if (run.isAll() && run.orders() < known.readings()
					&& this.generations.made(known.number()).definition().equals(OrdersFold.definition(run))) {
				throw new Validate.RuleBroken(
						"The result counts %d orders, generation %d has %d, and orders are never deleted. Find out what is missing. Nothing was published."
							.formatted(run.orders(), known.number(), known.readings()));
			}
		});
		return RepeatStatus.FINISHED;
	}

}
