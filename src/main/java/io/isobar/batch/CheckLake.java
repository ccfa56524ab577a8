package io.isobar.batch;

import java.io.IOException;
import java.time.Duration;
import java.time.Clock;
import java.time.Instant;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
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

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Lake lake;

	private final ReadingStore readings;

	private final SparkEngine spark;

	private final StepProgress progress;

	private final ObjectProvider<StreamArchive> stream;

	private final ExecutionNotes notes;

	private final BatchSettings settings;

	private final Clock clock;

	CheckLake(Lake lake, ReadingStore readings, SparkEngine spark, StepProgress progress,
			ObjectProvider<StreamArchive> stream, ExecutionNotes notes, BatchSettings settings, Clock clock) {
		this.lake = lake;
		this.readings = readings;
		this.spark = spark;
		this.progress = progress;
		this.stream = stream;
		this.notes = notes;
		this.settings = settings;
		this.clock = clock;
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
		RunContext run = RunContext.of(chunk);
		StreamArchive archive = this.stream.getIfAvailable();
		Instant now = this.clock.instant();
		if (archive == null || awaitStream(archive, contribution.getStepExecution())) {
			run.completeUntil(now);
		}
		run.pin(this.readings.version().orElseThrow());
		return RepeatStatus.FINISHED;
	}

	/**
	 * What is not in the lake in time comes with the next run, which closes the days too.
	 * @return whether everything is there
	 */
	private boolean awaitStream(StreamArchive archive, StepExecution step) throws Exception {
		StreamArchive.Sent sent;
		try {
			sent = archive.sent();
		}
		catch (RuntimeException ex) {
			this.notes.note(step,
					"What the stream has been sent could not be waited for, as Kafka does not answer (%s): what the lake does not hold yet comes with the next run, and no more days are closed by this one."
						.formatted(ex.getMessage()));
			return false;
		}
		Instant giveUp = Instant.now().plus(this.settings.waitForStream());
		long missing = sent.missing();
		while (missing > 0) {
			if (Instant.now().isAfter(giveUp)) {
				this.notes.note(step,
						"%d messages of the stream were not in the lake after %s: they come with the next run, and no more days are closed by this one. Look at the lake's sink: GET /api/speed/sinks."
							.formatted(missing, this.settings.waitForStream()));
				return false;
			}
			this.progress.stopIfRequested(step);
			Thread.sleep(200);
			missing = sent.missing();
		}
		return true;
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
