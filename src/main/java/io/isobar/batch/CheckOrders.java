package io.isobar.batch;

import io.isobar.engine.SparkEngine;
import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamArchive;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Waits until the lake takes writes and holds the orders that the stream was sent, and
 * makes their table.
 */
@Component
class CheckOrders implements Tasklet {

	private final LakeReady lake;

	private final OrderStore orders;

	private final SparkEngine spark;

	private final ObjectProvider<StreamArchive> stream;

	CheckOrders(LakeReady lake, OrderStore orders, SparkEngine spark,
			@Qualifier(StreamArchive.ORDERS) ObjectProvider<StreamArchive> stream) {
		this.lake = lake;
		this.orders = orders;
		this.spark = spark;
		this.stream = stream;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		this.spark.warmUp();
		this.lake.awaitWrites(step);
		this.orders.create();
		@Nullable StreamArchive archive = this.stream.getIfAvailable();
		if (archive != null) {
			this.lake.awaitStream(archive, step, "comes with the next run");
		}
		return RepeatStatus.FINISHED;
	}

}
