package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.lake.OrderStore;
import io.isobar.orders.Order;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Writes the orders into Cassandra once more: those that the lake has kept, if that is
 * asked for, then those of the topic. Who has folded them looks at all of them anew.
 */
@Component
@ConditionalOnSpeed
class ReplayOrders implements Tasklet {

	private static final int BATCH = 2000;

	private static final String FROM_LAKE = "fromLake";

	private final Lake lake;

	private final LakeTable table;

	private final OrderStore orders;

	private final OrderTables tables;

	private final RemovedOrders removed;

	private final MarkedOrders marks;

	private final ReplayTopic topic;

	private final StepProgress progress;

	private final Clock clock;

	ReplayOrders(Lake lake, LakeTable table, OrderStore orders, OrderTables tables, RemovedOrders removed,
			MarkedOrders marks, OrdersSink sink, Topics topics, KafkaClients kafka, StepProgress progress,
			Clock clock) {
		this.lake = lake;
		this.table = table;
		this.orders = orders;
		this.tables = tables;
		this.removed = removed;
		this.marks = marks;
		this.topic = new ReplayTopic(topics.orders(), kafka, () -> {
			Incarnation incarnation = incarnation(topics);
			Map<Integer, Long> below = removed.noted();
			return Replayed.inAnyOrder((raws) -> sink.replay(raws, incarnation, below));
		}, progress);
		this.progress = progress;
		this.clock = clock;
	}

	private static Incarnation incarnation(Topics topics) {
		// As it is now, and not when it was last looked at
		topics.watch();
		return topics.incarnation(topics.orders()).orElseThrow();
	}

	@Override
	public @Nullable RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		ExecutionContext context = step.getExecutionContext();
		if (!context.containsKey(FROM_LAKE) && isLakeWanted(step)) {
			fromLake(contribution);
			context.putString(FROM_LAKE, "done");
		}
		RepeatStatus status = this.topic.execute(contribution, chunk);
		if (status == RepeatStatus.FINISHED) {
			this.tables.rebuilt(this.clock.instant());
		}
		return status;
	}

	/** What Cassandra has lost may be older than what Kafka has. */
	private boolean isLakeWanted(StepExecution step) {
		return RebuildSpeedViewsJob.LAKE.equals(step.getJobParameters().getString(RebuildSpeedViewsJob.SOURCE))
				|| this.marks.hasLost(this.tables.written());
	}

	private void fromLake(StepContribution contribution) throws Exception {
		Optional<Long> version = this.orders.version();
		if (version.isEmpty()) {
			return;
		}
		StepExecution step = contribution.getStepExecution();
		// What is written now may be lost before the sink writes its first order
		this.marks.beforeWriting(this.tables);
		Map<Integer, Long> removed = this.removed.noted();
		List<OrderTables.Placed> gathered = new ArrayList<>();
		long[] counts = new long[2];
		this.table.read(this.lake.orders(), version.get(),
				List.of("kafka_partition", "kafka_offset", "customer", "amount", "collected"), (partition) -> true,
				(row) -> {
					if (row[0] instanceof Integer partition && row[1] instanceof Long offset) {
						counts[0]++;
						if (offset > removed.getOrDefault(partition, -1L)) {
							gathered.add(new OrderTables.Placed(partition, offset,
									new Order((String) value(row[2]), (BigDecimal) value(row[3])),
									(Instant) value(row[4])));
						}
					}
					if (gathered.size() >= BATCH) {
						counts[1] += gathered.size();
						this.tables.write(gathered, Map.of());
						gathered.clear();
					}
				});
		counts[1] += gathered.size();
		// In no order: that all are there is said when they are
		this.tables.write(gathered, new HashMap<>(this.orders.describe(version.get()).positions()));
		this.progress.stopIfRequested(step);
		step.setReadCount(step.getReadCount() + counts[0]);
		contribution.incrementWriteCount(counts[1]);
	}

	private static Object value(@Nullable Object value) {
		return Objects.requireNonNull(value);
	}

}
