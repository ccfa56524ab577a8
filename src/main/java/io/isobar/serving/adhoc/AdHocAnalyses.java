package io.isobar.serving.adhoc;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import io.isobar.jobs.Executions;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import io.isobar.jobs.StepRun;
import io.isobar.web.Csv;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * What people may do with ad hoc analyses. A task is its owner's alone; who sees
 * everybody's says so by asking without an owner.
 */
@Component
public class AdHocAnalyses {

	/** So many of a person's may wait or be computed at a time. */
	public static final int MOST_OPEN = 100;

	private static final Logger logger = LoggerFactory.getLogger(AdHocAnalyses.class);

	/** How much of the way it is until the result is stored. */
	private static final double ANALYSED = 0.9;

	/** Of means and sums; nobody measures more exactly. */
	private static final int CSV_DECIMALS = 6;

	private final AdHocTasks tasks;

	private final AdHocResults results;

	private final AdHocQueue queue;

	private final Executions executions;

	private final Launches launches;

	AdHocAnalyses(AdHocTasks tasks, AdHocResults results, AdHocQueue queue, Executions executions, Launches launches) {
		this.tasks = tasks;
		this.results = results;
		this.queue = queue;
		this.executions = executions;
		this.launches = launches;
	}

	/**
	 * Puts a question into the queue.
	 * @return the task; empty if its owner has {@link #MOST_OPEN} already
	 */
	public Optional<AdHocTask> ask(Question question, String owner) {
		if (this.tasks.open(owner) >= MOST_OPEN) {
			return Optional.empty();
		}
		UUID id = this.tasks.add(question, owner);
		this.queue.lookSoon();
		return this.tasks.find(id);
	}

	/**
	 * A task, with how far it is.
	 * @param owner whose it has to be; null: anybody's
	 */
	public Optional<AdHocTask> find(String id, @Nullable String owner) {
		return uuid(id).flatMap(this.tasks::find)
			.filter((task) -> owner == null || task.owner().equals(owner))
			.map(this::withProgress);
	}

	/**
	 * A page of tasks, the newest first.
	 * @param owner whose; null: everybody's
	 */
	public List<AdHocTask> page(@Nullable String owner, int page, int size) {
		return this.tasks.page(owner, page, size).stream().map(this::withProgress).toList();
	}

	/** How many tasks there are in all pages. */
	public long count(@Nullable String owner) {
		return this.tasks.count(owner);
	}

	private AdHocTask withProgress(AdHocTask task) {
		Long executionId = task.executionId();
		if (executionId == null || task.isComplete()) {
			return task;
		}
		double analysed = 0;
		double stored = 0;
		for (StepRun step : this.executions.steps(executionId)) {
			double done = Objects.requireNonNullElse(step.progress(), 0.0);
			if (step.name().equals(AdHocJob.STORE)) {
				// A restart may go on here: what comes before is done
				analysed = 1;
				stored = done;
			}
			else {
				analysed = done;
			}
		}
		return task.at(ANALYSED * analysed + (1 - ANALYSED) * stored);
	}

	/**
	 * Cancels a task, also in the middle of its computation.
	 * @return false if it had ended already
	 */
	public boolean cancel(AdHocTask task, String by) {
		if (!this.tasks.cancel(task.id())) {
			return false;
		}
		logger.info("{} cancels ad hoc analysis {}", by, task.id());
		// Its execution may be known only since
		Long executionId = this.tasks.find(task.id()).map(AdHocTask::executionId).orElse(null);
		if (executionId != null) {
			try {
				this.launches.stop(executionId, by);
			}
			catch (JobRefusal ex) {
				logger.debug("Execution {} ends by itself", executionId);
			}
		}
		this.queue.lookSoon();
		return true;
	}

	/** Whether its result is no longer kept. */
	public boolean isExpired(AdHocTask task) {
		return this.queue.isExpired(task);
	}

	/** Until when its result is kept; null before there is one. */
	public @Nullable Instant expiry(AdHocTask task) {
		return this.queue.expiry(task);
	}

	/** The columns of a result by which it can be sorted. */
	public static List<String> columns() {
		return AdHocResults.COLUMNS;
	}

	/**
	 * A page of a result.
	 * @param column what it is sorted by; null: city, period and metric
	 */
	public List<ResultRow> rows(AdHocTask task, int page, int size, @Nullable String column, boolean descending) {
		return this.results.page(task.id(), page, size, column, descending);
	}

	/** Writes all rows of a result as CSV, by city, period and metric. */
	public void writeCsv(AdHocTask task, OutputStream out) throws IOException {
		// Not closed where it fails: what is there then would look like all of it
		Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
		writer.write(Csv.line(AdHocResults.COLUMNS.toArray()));
		try {
			this.results.forEach(task.id(), (row) -> write(row, writer));
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
		writer.flush();
	}

	private static void write(ResultRow row, Writer writer) {
		try {
			writer.write(Csv.line(row.city(), row.period(), row.metric(), plain(row.mean()), row.min(), row.max(),
					plain(row.sum()), row.readings()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Without the noise that adding floating point numbers leaves behind. */
	private static @Nullable Double plain(@Nullable Double value) {
		return (value != null && Double.isFinite(value))
				? (Double) BigDecimal.valueOf(value).setScale(CSV_DECIMALS, RoundingMode.HALF_UP).doubleValue() : null;
	}

	/** What is no id is nobody's. */
	private static Optional<UUID> uuid(String text) {
		return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") ? Optional.of(UUID.fromString(text))
				: Optional.empty();
	}

}
