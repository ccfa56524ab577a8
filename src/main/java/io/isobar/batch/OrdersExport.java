package io.isobar.batch;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.isobar.jobs.Fence;
import io.isobar.lake.Lake;
import io.isobar.spark.FoldOrders;
import io.isobar.views.CustomerTotals;

import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.info.BuildProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Brings the folded totals into PostgreSQL, as a generation that nobody sees yet. Where
 * only what is new was folded, the totals of the generation it goes out from are added.
 */
@Component
class OrdersExport implements Tasklet {

	static final VersionedRows.Table TOTALS = new VersionedRows.Table(CustomerTotals.NAME, List.of("customer"),
			FoldOrders.COLUMNS, VersionedRows.Cut.NONE);

	private final Lake lake;

	private final Generations generations;

	private final OrderGenerations orders;

	private final Fence fence;

	private final JdbcTemplate jdbc;

	private final VersionedRows rows;

	private final BuildProperties build;

	OrdersExport(Lake lake, Generations generations, OrderGenerations orders, Fence fence, JdbcTemplate jdbc,
			BuildProperties build) {
		this.lake = lake;
		this.generations = generations;
		this.orders = orders;
		this.fence = fence;
		this.jdbc = jdbc;
		this.rows = new VersionedRows(jdbc);
		this.build = build;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		OrdersRun run = OrdersRun.of(chunk);
		StepExecution step = contribution.getStepExecution();
		// A transaction for all of it: there is one table
		int generation = this.fence.writing(step, () -> {
			this.generations.requireCurrent(Dataset.ORDERS, run.base());
			for (int left : this.generations.unpublished(Dataset.ORDERS)) {
				this.rows.takeBack(TOTALS, left);
				this.generations.forget(left);
			}
			String staged = stage(run);
			int begun = begin(step, run, staged);
			this.rows.replace(TOTALS, staged, null, begun);
			return begun;
		});
		contribution.incrementWriteCount(this.generations.find(generation).orElseThrow().cities());
		run.exported(generation);
		return RepeatStatus.FINISHED;
	}

	/** The totals of all customers, as a temporary table. */
	private String stage(OrdersRun run) {
		String staged = this.rows.stage(TOTALS);
		String copy = "COPY %s (%s) FROM STDIN";
		if (run.isAll()) {
			Export.copy(this.jdbc, copy.formatted(staged, VersionedRows.list(TOTALS.columns(), "")), rows(run));
			return staged;
		}
		this.jdbc.execute("CREATE TEMP TABLE folded (LIKE %s) ON COMMIT DROP".formatted(staged));
		Export.copy(this.jdbc, copy.formatted("folded", VersionedRows.list(TOTALS.columns(), "")), rows(run));
		this.jdbc.update("""
				INSERT INTO %s (customer, amount, orders) SELECT customer, sum(amount), sum(orders) FROM (
				  SELECT customer, amount, orders FROM folded
				  UNION ALL SELECT customer, amount, orders FROM customer_total
				  WHERE valid_from <= %d AND %2$d < valid_to) summed GROUP BY customer""".formatted(staged, base(run)));
		return staged;
	}

	private static int base(OrdersRun run) {
		Integer base = run.base();
		if (base == null) {
			throw new IllegalStateException("What is new is folded only on top of a generation.");
		}
		return base;
	}

	private int begin(StepExecution step, OrdersRun run, String staged) {
		@Nullable Integer base = run.base();
		int generation = this.generations.begin(Dataset.ORDERS, step.getJobExecutionId(),
				new Generations.Made(run.version(), Map.of(), OrdersFold.definition(run),
						String.valueOf(this.build.getVersion()), base, run.isAll() ? Analyse.FULL : Analyse.INCREMENTAL,
						Map.of()),
				count("coalesce(sum(orders), 0)", staged), Math.toIntExact(count("count(*)", staged)));
		this.orders.keep(generation, run.offsets(), new BigDecimal(run.minimumAmount()));
		return generation;
	}

	private long count(String what, String staged) {
		Long count = this.jdbc.queryForObject("SELECT %s::bigint FROM %s".formatted(what, staged), Long.class);
		return (count != null) ? count : 0;
	}

	private Export.Rows rows(OrdersRun run) {
		return (pieces) -> {
			try (InputStream file = this.lake.files().open(new Path(run.result()))) {
				byte[] buffer = new byte[1 << 16];
				for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
					pieces.piece(Arrays.copyOf(buffer, count));
				}
			}
			catch (IOException ex) {
				throw new IOException("The folded orders at %s can't be read; restart with a new launch: %s"
					.formatted(run.result(), ex.getMessage()), ex);
			}
		};
	}

}
