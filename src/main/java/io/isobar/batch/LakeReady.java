package io.isobar.batch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.StreamArchive;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;

/** Waits until the lake takes writes, and holds what the stream was sent. */
@Component
class LakeReady {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Lake lake;

	private final StepProgress progress;

	private final ExecutionNotes notes;

	private final BatchSettings settings;

	LakeReady(Lake lake, StepProgress progress, ExecutionNotes notes, BatchSettings settings) {
		this.lake = lake;
		this.progress = progress;
		this.notes = notes;
		this.settings = settings;
	}

	void awaitWrites(StepExecution step) throws Exception {
		Instant giveUp = Instant.now().plus(PATIENCE);
		while (isInSafeMode()) {
			if (Instant.now().isAfter(giveUp)) {
				throw new IOException(
						"HDFS at %s is in safe mode and takes no writes, as data nodes are missing or somebody switched it on. Look at the name node's log; when enough data nodes have reported, or after `hdfs dfsadmin -safemode leave`, restart this execution."
							.formatted(this.lake.uri()));
			}
			this.progress.stopIfRequested(step);
			Thread.sleep(1000);
		}
	}

	/**
	 * Waits until the lake holds what the stream was sent before.
	 * @param otherwise what becomes of what is not in the lake in time
	 * @return whether everything is there
	 */
	boolean awaitStream(StreamArchive archive, StepExecution step, String otherwise) throws Exception {
		StreamArchive.Sent sent;
		try {
			sent = archive.sent();
		}
		catch (RuntimeException ex) {
			this.notes.note(step,
					"What the stream has been sent could not be waited for, as Kafka does not answer (%s): what the lake does not hold yet %s."
						.formatted(ex.getMessage(), otherwise));
			return false;
		}
		Instant giveUp = Instant.now().plus(this.settings.waitForStream());
		long missing = sent.missing();
		while (missing > 0) {
			if (Instant.now().isAfter(giveUp)) {
				this.notes.note(step,
						"%d messages of the stream were not in the lake after %s. What is missing %s. Look at the lake's sink: GET /api/speed/sinks."
							.formatted(missing, this.settings.waitForStream(), otherwise));
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
