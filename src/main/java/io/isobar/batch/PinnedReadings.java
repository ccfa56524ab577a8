package io.isobar.batch;

import io.isobar.lake.Lake;
import io.isobar.lake.ReadingStore;
import io.isobar.spark.Compaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/** Decides which version of the readings a run is about. */
@Component
class PinnedReadings {

	private static final Logger logger = LoggerFactory.getLogger(PinnedReadings.class);

	private final Lake lake;

	private final ReadingStore readings;

	private final SparkEngine spark;

	PinnedReadings(Lake lake, ReadingStore readings, SparkEngine spark) {
		this.lake = lake;
		this.readings = readings;
		this.spark = spark;
	}

	/** Makes few sorted files of many small ones, then pins what there is. */
	void pin(RunContext run) {
		try {
			int files = Compaction.compact(this.spark.session(), this.lake.readings().toString(),
					Compaction.MANY_FILES);
			if (files > 0) {
				logger.debug("{} small files of readings were put together.", files);
			}
		}
		catch (RuntimeException ex) {
			// Another writer was faster; the readings are the same, only in more files
			logger.info("The files of readings were not put together this time: {}", ex.getMessage());
		}
		run.pin(this.readings.version().orElseThrow());
	}

}
