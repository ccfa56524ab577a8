package io.isobar.serving.adhoc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import io.isobar.jobs.Fence;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.spark.AnalyseAdHoc;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Brings the result into PostgreSQL, and says that it is there: both or neither.
 */
@Component
class AdHocStore implements Tasklet {

	private static final Logger logger = LoggerFactory.getLogger(AdHocStore.class);

	private static final int BUFFER = 1 << 16;

	private final AdHocTasks tasks;

	private final Lake lake;

	private final Fence fence;

	private final StepProgress progress;

	private final JdbcTemplate jdbc;

	AdHocStore(AdHocTasks tasks, Lake lake, Fence fence, StepProgress progress, JdbcTemplate jdbc) {
		this.tasks = tasks;
		this.lake = lake;
		this.fence = fence;
		this.progress = progress;
		this.jdbc = jdbc;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		UUID id = AdHocAnalyse.task(step);
		Path folder = new Path(AdHocAnalyse.results(this.lake), id.toString());
		List<FileStatus> parts = parts(folder);
		try {
			long rows = this.fence.writing(step, () -> {
				this.jdbc.update("DELETE FROM ad_hoc_result WHERE task = ?", id);
				long copied = copy(step, parts);
				if (!this.tasks.complete(id, step.getJobExecutionId(), copied)) {
					throw new Cancelled();
				}
				return copied;
			});
			contribution.incrementWriteCount(rows);
		}
		catch (Cancelled ex) {
			throw new JobInterruptedException("Task " + id + " was cancelled, or its execution was asked to stop.");
		}
		delete(folder);
		return RepeatStatus.FINISHED;
	}

	private List<FileStatus> parts(Path folder) throws IOException {
		FileSystem files = this.lake.files();
		List<FileStatus> parts = new ArrayList<>();
		// Not there where there are no readings at all
		if (files.exists(folder)) {
			for (FileStatus file : files.listStatus(folder)) {
				if (file.getPath().getName().startsWith("part-")) {
					parts.add(file);
				}
			}
		}
		parts.sort(Comparator.comparing((part) -> part.getPath().getName()));
		return parts;
	}

	private long copy(StepExecution step, List<FileStatus> parts) {
		String sql = "COPY ad_hoc_result (" + String.join(", ", AnalyseAdHoc.COLUMNS) + ") FROM STDIN";
		long all = parts.stream().mapToLong(FileStatus::getLen).sum();
		Long rows = this.jdbc.execute((ConnectionCallback<Long>) (connection) -> {
			long copied = 0;
			long done = 0;
			for (FileStatus part : parts) {
				// Between two files, as the connection can be asked nothing while it
				// copies
				if (this.progress.stopRequested(step)) {
					throw new Cancelled();
				}
				try (InputStream lines = new Watched(this.lake.files().open(part.getPath()), step, done, all)) {
					copied += connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, lines, BUFFER);
				}
				catch (IOException ex) {
					throw new SQLException(
							"The result at %s can't be stored: %s".formatted(part.getPath(), ex.getMessage()), ex);
				}
				done += part.getLen();
			}
			return copied;
		});
		return (rows != null) ? rows : 0;
	}

	/** What is left is removed later. */
	private void delete(Path folder) {
		try {
			this.lake.files().delete(folder, true);
		}
		catch (IOException ex) {
			logger.debug("{} is left", folder, ex);
		}
	}

	/**
	 * Tells how far it is read, in a transaction of its own: that of the rows is busy.
	 */
	private final class Watched extends FilterInputStream {

		private final StepExecution step;

		private final long all;

		private long done;

		Watched(InputStream lines, StepExecution step, long done, long all) {
			super(lines);
			this.step = step;
			this.done = done;
			this.all = all;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int count = super.read(bytes, offset, length);
			this.done += Math.max(0, count);
			AdHocStore.this.progress.at(this.step, this.done, this.all);
			return count;
		}

	}

	/** Nothing of the transaction is to stay. */
	private static final class Cancelled extends RuntimeException {

		Cancelled() {
			super(null, null, false, false);
		}

	}

}
