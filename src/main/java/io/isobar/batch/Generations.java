package io.isobar.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The generations: which were published, and which one is current. */
@Component
public class Generations {

	/** What a generation was made from. */
	record Made(long readingsVersion, Map<String, Long> stateVersions, String definition, String codeVersion,
			long readings, int cities) {
	}

	private final JdbcClient jdbc;

	private final ObjectMapper json;

	private final Clock clock;

	Generations(JdbcClient jdbc, ObjectMapper json, Clock clock) {
		this.jdbc = jdbc;
		this.json = json;
		this.clock = clock;
	}

	/** Every published generation, newest first. */
	public List<Generation> published() {
		return this.jdbc.sql("""
				SELECT g.*, c.generation IS NOT NULL AS current FROM generation g
				LEFT JOIN current_generation c ON c.dataset = g.dataset AND c.generation = g.generation
				WHERE published_at IS NOT NULL ORDER BY g.generation DESC""").query(this::generation).list();
	}

	/** The one that readers see. */
	public Optional<Generation> current(Dataset dataset) {
		return this.jdbc.sql("""
				SELECT g.*, true AS current FROM generation g
				JOIN current_generation c ON c.dataset = g.dataset AND c.generation = g.generation
				WHERE g.dataset = ?""").param(dataset.column()).query(this::generation).optional();
	}

	/** A new number for an attempt to export; it is nobody's until it is published. */
	int begin(Dataset dataset, long jobExecutionId, Made made) {
		return this.jdbc.sql("""
				INSERT INTO generation (dataset, job_execution_id, readings_version, state_versions, definition,
				  code_version, readings, cities)
				VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?) RETURNING generation""")
			.params(dataset.column(), jobExecutionId, made.readingsVersion(),
					this.json.writeValueAsString(made.stateVersions()), made.definition(), made.codeVersion(),
					made.readings(), made.cities())
			.query(Integer.class)
			.single();
	}

	/** The attempts that were begun and never published. */
	List<Integer> unpublished(Dataset dataset) {
		return this.jdbc
			.sql("SELECT generation FROM generation WHERE dataset = ? AND published_at IS NULL ORDER BY generation")
			.param(dataset.column())
			.query(Integer.class)
			.list();
	}

	void forget(int generation) {
		this.jdbc.sql("DELETE FROM generation WHERE generation = ? AND published_at IS NULL")
			.param(generation)
			.update();
	}

	/**
	 * Makes a generation current, in one transaction: readers see the one before it, or
	 * it, whole.
	 */
	@Transactional
	public void publish(Dataset dataset, int generation, Map<String, Long> durations) {
		int updated = this.jdbc.sql("""
				UPDATE generation SET published_at = coalesce(published_at, ?), durations = ?::jsonb
				WHERE generation = ? AND dataset = ?""")
			.params(Timestamp.from(this.clock.instant()), this.json.writeValueAsString(durations), generation,
					dataset.column())
			.update();
		if (updated == 0) {
			throw new IllegalStateException("Generation %d does not exist; run the job again.".formatted(generation));
		}
		this.jdbc.sql("""
				INSERT INTO current_generation (dataset, generation) VALUES (?, ?)
				ON CONFLICT (dataset) DO UPDATE SET generation = excluded.generation""")
			.params(dataset.column(), generation)
			.update();
	}

	private Generation generation(ResultSet row, int number) throws SQLException {
		Timestamp publishedAt = row.getTimestamp("published_at");
		Map<String, Long> durations = this.json.readValue(row.getString("durations"),
				new TypeReference<LinkedHashMap<String, Long>>() {
				});
		return new Generation(row.getInt("generation"),
				Dataset.valueOf(row.getString("dataset").toUpperCase(Locale.ROOT)), row.getLong("job_execution_id"),
				(publishedAt != null) ? publishedAt.toInstant() : null, row.getBoolean("current"),
				row.getLong("readings"), row.getInt("cities"), row.getString("code_version"), durations);
	}

}
