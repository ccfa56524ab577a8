package io.isobar.batch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.isobar.spark.WeatherAnalysis;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What the steps of a run hand to each other, kept with the execution, so that a restart
 * goes on with the same versions.
 */
final class RunContext {

	private static final String READINGS_VERSION = "readingsVersion";

	private static final String PINNED_AT = "pinnedAt";

	private static final String STATE_VERSION = "stateVersion.";

	private static final List<String> STATES = List.of(WeatherAnalysis.CITY_DAY, WeatherAnalysis.CITY_MONTH_PAIRS,
			WeatherAnalysis.HISTORIES);

	private static final String RESULTS = "results";

	private static final String BASE = "base";

	private static final String CHANGED = "changed";

	private static final String CITY_READINGS = "cityReadings";

	private static final String GENERATION = "generation";

	private static final String NOT_COLLECTED = "notCollected";

	private static final String COLLECTED_IN = "collectedIn";

	private static final String ANALYSED_IN = "analysedIn";

	private static final String ANALYSED = "analysed";

	private static final String DONE = "done.";

	private static final String COMPLETE = "complete";

	private static final long NEVER = -1;

	private final JobExecution execution;

	private final ExecutionContext context;

	RunContext(JobExecution execution) {
		this.execution = execution;
		this.context = execution.getExecutionContext();
	}

	static RunContext of(ChunkContext chunk) {
		return new RunContext(chunk.getStepContext().getStepExecution().getJobExecution());
	}

	/** The version of the readings that all steps and attempts see. */
	long readingsVersion() {
		return this.context.getLong(READINGS_VERSION);
	}

	/**
	 * Pins it.
	 * @param now what comes in later is not among these readings
	 */
	void pin(long readingsVersion, Instant now) {
		this.context.putLong(READINGS_VERSION, readingsVersion);
		// Times of answers are finer
		this.context.putLong(PINNED_AT, now.toEpochMilli() + 1);
	}

	/** When it was pinned; null if nobody has noted that. */
	@Nullable Instant pinnedAt() {
		return this.context.containsKey(PINNED_AT) ? Instant.ofEpochMilli(this.context.getLong(PINNED_AT)) : null;
	}

	/**
	 * All that the stream had been sent at that time is among the readings; null if
	 * nobody knows.
	 */
	@Nullable Instant complete() {
		return this.context.containsKey(COMPLETE) ? Instant.ofEpochMilli(this.context.getLong(COMPLETE)) : null;
	}

	/** Notes that all that the stream had been sent at that time is in the lake. */
	void completeUntil(Instant sent) {
		this.context.putLong(COMPLETE, sent.toEpochMilli());
	}

	/** What the analysis wrote: the version of each table of states, by name. */
	Map<String, Long> stateVersions() {
		Map<String, Long> versions = new TreeMap<>();
		for (String table : STATES) {
			versions.put(table, stateVersion(table));
		}
		return versions;
	}

	long stateVersion(String table) {
		return this.context.getLong(STATE_VERSION + table);
	}

	/** The folder in which the analysis wrote its results. */
	String results() {
		return this.context.getString(RESULTS);
	}

	void analysed(WeatherAnalysis.Written written) {
		this.context.putLong(ANALYSED, this.context.getLong(COLLECTED_IN, NEVER));
		this.context.putLong(ANALYSED_IN, this.execution.getId());
		written.states().forEach((table, version) -> this.context.putLong(STATE_VERSION + table, version));
		this.context.putString(RESULTS, written.results());
		if (written.changed() != null) {
			this.context.putString(CHANGED, String.join("\n", written.changed()));
		}
		else {
			this.context.remove(CHANGED);
		}
	}

	/**
	 * The generation that was current when the analysis began; null if there was none.
	 */
	@Nullable Integer base() {
		return this.context.containsKey(BASE) ? Integer.valueOf(this.context.getInt(BASE)) : null;
	}

	/** Notes which generation the analysis goes out from. */
	void startFrom(@Nullable Integer base) {
		if (base != null) {
			this.context.putInt(BASE, base);
		}
		else {
			this.context.remove(BASE);
		}
	}

	/** What the analysis has computed anew. */
	Scope scope() {
		return this.context.containsKey(CHANGED) ? Scope.of(this.context.getString(CHANGED).lines().toList())
				: Scope.ALL;
	}

	/**
	 * Notes which months were computed anew.
	 * @param lines as {@link Scope#of} reads them
	 */
	void changed(List<String> lines) {
		this.context.putString(CHANGED, String.join("\n", lines));
	}

	/** How many readings the result counts of each city. */
	@SuppressWarnings("unchecked")
	Map<String, Long> cityReadings() {
		return (Map<String, Long>) Objects.requireNonNull(this.context.get(CITY_READINGS));
	}

	void counted(Map<String, Long> cityReadings) {
		this.context.put(CITY_READINGS, new TreeMap<>(cityReadings));
	}

	int generation() {
		return this.context.getInt(GENERATION);
	}

	void exported(int generation) {
		this.context.putInt(GENERATION, generation);
	}

	/** What could not be collected, in sentences; empty if nothing is missing. */
	String notCollected() {
		return this.context.getString(NOT_COLLECTED, "");
	}

	/**
	 * Notes that this attempt has collected, so the steps after it have to be done
	 * (again).
	 */
	void collected(String notCollected) {
		this.context.putString(NOT_COLLECTED, notCollected);
		this.context.putLong(COLLECTED_IN, this.execution.getId());
	}

	/** Whether collecting was done in this very attempt. */
	boolean hasCollected() {
		return this.context.getLong(COLLECTED_IN, NEVER) == this.execution.getId();
	}

	/** Whether some attempt has collected since some attempt has analysed. */
	boolean isAnalysisOutdated() {
		return this.context.getLong(ANALYSED, NEVER) != this.context.getLong(COLLECTED_IN, NEVER);
	}

	/** Notes that a step has done its work with what was analysed last. */
	void done(String step) {
		this.context.putLong(DONE + step, this.context.getLong(ANALYSED_IN, NEVER));
	}

	/** Whether some attempt has analysed since some attempt has done that step. */
	boolean isOutdated(String step) {
		return this.context.getLong(DONE + step, NEVER) != this.context.getLong(ANALYSED_IN, NEVER);
	}

}
