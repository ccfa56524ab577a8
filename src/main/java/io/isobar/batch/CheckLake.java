package io.isobar.batch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Waits until the lake takes writes, makes its tables, and pins the version of the
 * readings.
 */
@Component
class CheckLake implements Tasklet {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Lake lake;

	private final ReadingStore readings;

	private final SparkEngine spark;

	private final StepProgress progress;

	CheckLake(Lake lake, ReadingStore readings, SparkEngine spark, StepProgress progress) {
		this.lake = lake;
		this.readings = readings;
		this.spark = spark;
		this.progress = progress;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		this.spark.warmUp();
		Instant giveUp = Instant.now().plus(PATIENCE);
		while (isInSafeMode()) {
			if (Instant.now().isAfter(giveUp)) {
				throw new IOException(
						"HDFS at %s is in safe mode and takes no writes, as data nodes are missing or somebody switched it on. Look at the name node's log; when enough data nodes have reported, or after `hdfs dfsadmin -safemode leave`, restart this execution."
							.formatted(this.lake.uri()));
			}
			this.progress.stopIfRequested(contribution.getStepExecution());
			Thread.sleep(1000);
		}
		this.readings.create();
		RunContext.of(chunk).pin(this.readings.version().orElseThrow());
		return RepeatStatus.FINISHED;
	}

	private boolean isInSafeMode() throws IOException {
		try {
			return this.lake.isInSafeMode();
		}
		catch (IOException ex) {
			throw new IOException("HDFS at %s does not answer (%s). Start it, then restart this execution."
				.formatted(this.lake.uri(), ex.getMessage()), ex);
		}
	}

}
