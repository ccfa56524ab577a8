package io.isobar.batch;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;

import io.isobar.engine.SparkEngine;
import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.spark.CompactReadings;
import io.isobar.spark.Compaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;

/** Decides which version of the readings a run is about. */
@Component
class PinnedReadings {

	private static final Logger logger = LoggerFactory.getLogger(PinnedReadings.class);

	private final Lake lake;

	private final ReadingStore readings;

	private final SparkEngine spark;

	private final Clock clock;

	PinnedReadings(Lake lake, ReadingStore readings, SparkEngine spark, Clock clock) {
		this.lake = lake;
		this.readings = readings;
		this.spark = spark;
		this.clock = clock;
	}

	/** Makes few sorted files of many small ones, then pins what there is. */
	void pin(RunContext run, StepExecution step) throws JobInterruptedException {
		if (this.readings.mostFilesOfAMonth() >= Compaction.MANY_FILES) {
			compact(step);
		}
		// Before the version is looked at: what is collected from now on may not be in it
		Instant now = this.clock.instant();
		run.pin(this.readings.version().orElseThrow(), now);
	}

	/** The newest version that there is. */
	long newest() {
		return this.readings.version().orElseThrow();
	}

	private void compact(StepExecution step) throws JobInterruptedException {
		try {
			CompactReadings.Compacted compacted = this.spark.run(step, new CompactReadings(),
					new CompactReadings.Request(this.lake.readings().toString(), Compaction.MANY_FILES));
			logger.debug("{} small files of readings were put together.", compacted.files());
		}
		catch (IOException | RuntimeException ex) {
			// Another writer was faster, or there is no cluster; the readings are the
			// same, only in more files
			logger.info("The files of readings were not put together, or replaced ones not deleted, this time: {}",
					ex.getMessage());
		}
	}

}
