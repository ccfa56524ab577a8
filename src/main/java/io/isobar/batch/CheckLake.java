package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;

import io.isobar.engine.SparkEngine;
import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamArchive;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Waits until the lake takes writes and holds what the stream was sent, makes its tables,
 * and pins the version of the readings.
 */
@Component
class CheckLake implements Tasklet {

	private final LakeReady lake;

	private final ReadingStore readings;

	private final SparkEngine spark;

	private final ObjectProvider<StreamArchive> stream;

	private final Clock clock;

	CheckLake(LakeReady lake, ReadingStore readings, SparkEngine spark, ObjectProvider<StreamArchive> stream,
			Clock clock) {
		this.lake = lake;
		this.readings = readings;
		this.spark = spark;
		this.stream = stream;
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		this.spark.warmUp();
		this.lake.awaitWrites(step);
		this.readings.create();
		RunContext run = RunContext.of(chunk);
		StreamArchive archive = this.stream.getIfAvailable();
		Instant now = this.clock.instant();
		if (archive == null || this.lake.awaitStream(archive, step,
				"comes with the next run, and no more days are closed by this one")) {
			run.completeUntil(now);
		}
		run.pin(this.readings.version().orElseThrow(), now);
		return RepeatStatus.FINISHED;
	}

}
