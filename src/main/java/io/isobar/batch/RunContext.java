package io.isobar.batch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.spark.WeatherAnalysis;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What the steps of a run hand to each other, kept with the execution, so that a restart
 * goes on with the same versions.
 */
final class RunContext {

	private static final String READINGS_VERSION = "readingsVersion";

	private static final String STATE_VERSION = "stateVersion.";

	private static final List<String> STATES = List.of(WeatherAnalysis.CITY_DAY, WeatherAnalysis.CITY_MONTH_PAIRS,
			WeatherAnalysis.HISTORIES);

	private static final String RESULTS = "results";

	private static final String READINGS = "readings";

	private static final String CITIES = "cities";

	private static final String GENERATION = "generation";

	private static final String NOT_COLLECTED = "notCollected";

	private static final String COLLECTED_IN = "collectedIn";

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

	void pin(long readingsVersion) {
		this.context.putLong(READINGS_VERSION, readingsVersion);
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
		written.states().forEach((table, version) -> this.context.putLong(STATE_VERSION + table, version));
		this.context.putString(RESULTS, written.results());
	}

	long readings() {
		return this.context.getLong(READINGS);
	}

	int cities() {
		return this.context.getInt(CITIES);
	}

	void counted(long readings, int cities) {
		this.context.putLong(READINGS, readings);
		this.context.putInt(CITIES, cities);
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
		return this.context.getLong(COLLECTED_IN, -1) == this.execution.getId();
	}

}
