package io.isobar.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The generations in PostgreSQL. */
@Component
class JdbcGenerationTable implements GenerationTable {

	private static final String SELECT = """
			SELECT g.*, c.generation IS NOT NULL AS current, b.boundary FROM generation g
			LEFT JOIN current_generation c ON c.dataset = g.dataset AND c.generation = g.generation
			LEFT JOIN LATERAL (
			  SELECT coalesce(min(upper(d.days)) FILTER (WHERE y.listed), min(upper(d.days))) AS boundary
			  FROM closed_days d LEFT JOIN city y ON y.name = d.city
			  WHERE g.dataset = 'weather' AND NOT isempty(d.days)
			    AND d.valid_from <= g.generation AND g.generation < d.valid_to) b ON true
			""";

	private final JdbcClient jdbc;

	private final ObjectMapper json;

	JdbcGenerationTable(JdbcClient jdbc, ObjectMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	@Override
	public List<Generation> kept() {
		return this.jdbc
			.sql(SELECT + "WHERE published_at IS NOT NULL AND retired_at IS NULL ORDER BY g.generation DESC")
			.query(this::generation)
			.list();
	}

	@Override
	public List<Integer> publishedBy(long jobExecutionId) {
		return this.jdbc.sql("""
				SELECT generation FROM generation WHERE job_execution_id = ? AND published_at IS NOT NULL
				ORDER BY generation""").param(jobExecutionId).query(Integer.class).list();
	}

	@Override
	public Optional<Generation> current(Dataset dataset) {
		return this.jdbc.sql(SELECT + "WHERE c.dataset = ?").param(dataset.column()).query(this::generation).optional();
	}

	@Override
	public Optional<Generation> find(int generation) {
		return this.jdbc.sql(SELECT + "WHERE g.generation = ?").param(generation).query(this::generation).optional();
	}

	@Override
	public Generations.Made made(int generation) {
		return this.jdbc.sql("SELECT * FROM generation WHERE generation = ?")
			.param(generation)
			.query((row, number) -> new Generations.Made(row.getLong("readings_version"),
					counts(row.getString("state_versions")), row.getString("definition"), row.getString("code_version"),
					row.getObject("base", Integer.class), row.getString("recompute"),
					counts(row.getString("city_readings"))))
			.single();
	}

	@Override
	public List<Published> published(Dataset dataset) {
		return this.jdbc.sql("""
				SELECT generation, published_at, retired_at FROM generation
				WHERE dataset = ? AND published_at IS NOT NULL ORDER BY generation""")
			.param(dataset.column())
			.query((row, number) -> {
				Timestamp retired = row.getTimestamp("retired_at");
				return new Published(row.getInt("generation"), row.getTimestamp("published_at").toInstant(),
						(retired != null) ? retired.toInstant() : null);
			})
			.list();
	}

	@Override
	public List<Integer> unpublished(Dataset dataset) {
		return this.jdbc
			.sql("SELECT generation FROM generation WHERE dataset = ? AND published_at IS NULL ORDER BY generation")
			.param(dataset.column())
			.query(Integer.class)
			.list();
	}

	@Override
	public int add(Dataset dataset, long jobExecutionId, Generations.Made made, long readings, int cities) {
		return this.jdbc.sql("""
				INSERT INTO generation (dataset, job_execution_id, readings_version, state_versions, definition,
				  code_version, base, recompute, readings, cities, city_readings)
				VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?::jsonb) RETURNING generation""")
			.params(Arrays.asList(dataset.column(), jobExecutionId, made.readingsVersion(),
					this.json.writeValueAsString(made.stateVersions()), made.definition(), made.codeVersion(),
					made.base(), made.recompute(), readings, cities, this.json.writeValueAsString(made.cityReadings())))
			.query(Integer.class)
			.single();
	}

	@Override
	public void remove(int generation) {
		this.jdbc.sql("DELETE FROM generation WHERE generation = ? AND published_at IS NULL")
			.param(generation)
			.update();
	}

	@Override
	public boolean publish(Dataset dataset, int generation, Instant at, Map<String, Long> durations) {
		return this.jdbc.sql("""
				UPDATE generation SET published_at = ?, durations = ?::jsonb
				WHERE generation = ? AND dataset = ? AND published_at IS NULL""")
			.params(Timestamp.from(at), this.json.writeValueAsString(durations), generation, dataset.column())
			.update() > 0;
	}

	@Override
	public void retire(List<Integer> generations, Instant at) {
		this.jdbc.sql("UPDATE generation SET retired_at = ? WHERE generation = ANY (?) AND retired_at IS NULL")
			.params(Timestamp.from(at), generations.toArray(Integer[]::new))
			.update();
	}

	@Override
	public void show(Dataset dataset, int generation) {
		this.jdbc.sql("""
				INSERT INTO current_generation (dataset, generation) VALUES (?, ?)
				ON CONFLICT (dataset) DO UPDATE SET generation = excluded.generation""")
			.params(dataset.column(), generation)
			.update();
	}

	@Override
	public void lock(Dataset dataset) {
		this.jdbc.sql("SELECT generation FROM current_generation WHERE dataset = ? FOR UPDATE")
			.param(dataset.column())
			.query(Integer.class)
			.optional();
	}

	@Override
	public List<Generations.Hold> holds() {
		return this.jdbc.sql("SELECT * FROM publishing_hold ORDER BY dataset")
			.query((row, number) -> new Generations.Hold(dataset(row), row.getTimestamp("since").toInstant(),
					row.getString("held_by"), row.getInt("went_from"), row.getInt("went_to")))
			.list();
	}

	@Override
	public void hold(Generations.Hold hold) {
		this.jdbc.sql("""
				INSERT INTO publishing_hold (dataset, since, held_by, went_from, went_to) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (dataset) DO UPDATE SET since = excluded.since, held_by = excluded.held_by,
				  went_from = excluded.went_from, went_to = excluded.went_to""")
			.params(hold.dataset().column(), Timestamp.from(hold.since()), hold.by(), hold.from(), hold.to())
			.update();
	}

	@Override
	public boolean release(Dataset dataset) {
		return this.jdbc.sql("DELETE FROM publishing_hold WHERE dataset = ?").param(dataset.column()).update() > 0;
	}

	private Generation generation(ResultSet row, int number) throws SQLException {
		Timestamp publishedAt = row.getTimestamp("published_at");
		return new Generation(row.getInt("generation"), dataset(row), row.getLong("job_execution_id"),
				(publishedAt != null) ? publishedAt.toInstant() : null, row.getBoolean("current"),
				row.getTimestamp("retired_at") == null, row.getLong("readings"), row.getInt("cities"),
				row.getObject("boundary", LocalDate.class), row.getString("code_version"), row.getString("recompute"),
				counts(row.getString("durations")));
	}

	private static Dataset dataset(ResultSet row) throws SQLException {
		return Dataset.valueOf(row.getString("dataset").toUpperCase(Locale.ROOT));
	}

	private Map<String, Long> counts(String text) {
		return this.json.readValue(text, new TypeReference<LinkedHashMap<String, Long>>() {
		});
	}

}
