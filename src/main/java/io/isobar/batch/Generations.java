package io.isobar.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The generations: which were published, and which one is current. Whoever changes the
 * latter holds its row until the end of the transaction.
 */
@Component
public class Generations {

	private static final Logger logger = LoggerFactory.getLogger(Generations.class);

	private static final String SELECT = """
			SELECT g.*, c.generation IS NOT NULL AS current, b.boundary FROM generation g
			LEFT JOIN current_generation c ON c.dataset = g.dataset AND c.generation = g.generation
			LEFT JOIN LATERAL (
			  SELECT coalesce(min(upper(d.days)) FILTER (WHERE y.listed), min(upper(d.days))) AS boundary
			  FROM closed_days d LEFT JOIN city y ON y.name = d.city
			  WHERE g.dataset = 'weather' AND NOT isempty(d.days)
			    AND d.valid_from <= g.generation AND g.generation < d.valid_to) b ON true
			""";

	/**
	 * What a generation was made from.
	 *
	 * @param base the generation that was current then; null if there was none
	 * @param recompute incremental or full
	 * @param cityReadings how many readings are counted of each city
	 */
	record Made(long readingsVersion, Map<String, Long> stateVersions, String definition, String codeVersion,
			@Nullable Integer base, String recompute, Map<String, Long> cityReadings) {

		long readings() {
			return this.cityReadings.values().stream().mapToLong(Long::longValue).sum();
		}

		int cities() {
			return this.cityReadings.size();
		}

	}

	/**
	 * Scheduled runs publish nothing, since somebody has gone back.
	 *
	 * @param by who has gone back
	 * @param from the generation that was current before
	 * @param to the one that was made current
	 */
	public record Hold(Dataset dataset, Instant since, String by, int from, int to) {
	}

	private final JdbcClient jdbc;

	private final ObjectMapper json;

	private final BatchSettings settings;

	private final Clock clock;

	private final ObjectProvider<GenerationCheck> checks;

	Generations(JdbcClient jdbc, ObjectMapper json, BatchSettings settings, Clock clock,
			ObjectProvider<GenerationCheck> checks) {
		this.jdbc = jdbc;
		this.json = json;
		this.settings = settings;
		this.clock = clock;
		this.checks = checks;
	}

	/** The published generations that are kept, newest first. */
	public List<Generation> kept() {
		return this.jdbc
			.sql(SELECT + "WHERE published_at IS NOT NULL AND retired_at IS NULL ORDER BY g.generation DESC")
			.query(this::generation)
			.list();
	}

	/** The numbers of those that an execution has published, kept or not. */
	public List<Integer> publishedBy(long jobExecutionId) {
		return this.jdbc.sql("""
				SELECT generation FROM generation WHERE job_execution_id = ? AND published_at IS NOT NULL
				ORDER BY generation""").param(jobExecutionId).query(Integer.class).list();
	}

	/** The one that readers see. */
	public Optional<Generation> current(Dataset dataset) {
		return this.jdbc.sql(SELECT + "WHERE c.dataset = ?").param(dataset.column()).query(this::generation).optional();
	}

	/** What a generation was made from. */
	Made made(int generation) {
		return this.jdbc.sql("SELECT * FROM generation WHERE generation = ?")
			.param(generation)
			.query((row, number) -> new Made(row.getLong("readings_version"), counts(row.getString("state_versions")),
					row.getString("definition"), row.getString("code_version"), row.getObject("base", Integer.class),
					row.getString("recompute"), counts(row.getString("city_readings"))))
			.single();
	}

	/** How many readings a generation counts of each city. */
	Map<String, Long> cityReadings(int generation) {
		return this.jdbc.sql("SELECT city_readings FROM generation WHERE generation = ?")
			.param(generation)
			.query((row, number) -> counts(row.getString(1)))
			.single();
	}

	/** Those whose rows are still needed: kept ones, and such as were so at that time. */
	List<Integer> needed(Dataset dataset, Instant retiredAfter) {
		return this.jdbc.sql("""
				SELECT generation FROM generation
				WHERE dataset = ? AND published_at IS NOT NULL AND (retired_at IS NULL OR retired_at > ?)""")
			.params(dataset.column(), Timestamp.from(retiredAfter))
			.query(Integer.class)
			.list();
	}

	/**
	 * Makes sure that the generation that a run went out from is still current.
	 * @throws Overtaken if it is not
	 */
	void requireCurrent(Dataset dataset, @Nullable Integer base) {
		Integer current = current(dataset).map(Generation::number).orElse(null);
		if (!Objects.equals(base, current)) {
			throw new Overtaken(base, current);
		}
	}

	/** A new number for an attempt to export; it is nobody's until it is published. */
	int begin(Dataset dataset, long jobExecutionId, Made made) {
		return begin(dataset, jobExecutionId, made, made.readings(), made.cities());
	}

	/**
	 * As {@link #begin(Dataset, long, Made)}.
	 * @param readings how many facts are counted in it
	 * @param cities how many cities or customers they are about
	 */
	int begin(Dataset dataset, long jobExecutionId, Made made, long readings, int cities) {
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
	 * Publishes a generation, in one transaction: readers see the one before it, or it,
	 * whole. What is published already stays as it is: somebody may have gone back
	 * meanwhile.
	 * @param scheduled whether nobody has asked for it, so that it may be held
	 * @return what holds it, so that it was not published; else empty
	 */
	@Transactional
	public Optional<Hold> publish(Dataset dataset, int generation, Map<String, Long> durations, boolean scheduled) {
		lock(dataset);
		Optional<Hold> hold = scheduled ? hold(dataset) : Optional.empty();
		if (hold.isPresent()) {
			return hold;
		}
		int published = this.jdbc.sql("""
				UPDATE generation SET published_at = ?, durations = ?::jsonb
				WHERE generation = ? AND dataset = ? AND published_at IS NULL""")
			.params(Timestamp.from(this.clock.instant()), this.json.writeValueAsString(durations), generation,
					dataset.column())
			.update();
		if (published > 0) {
			show(dataset, generation);
			retire(dataset);
		}
		else if (find(generation).filter((known) -> known.dataset() == dataset).isEmpty()) {
			throw new IllegalStateException("Generation %d does not exist; run the job again.".formatted(generation));
		}
		return Optional.empty();
	}

	/**
	 * Goes back or forward to a generation that is kept, in one transaction. Going back
	 * holds the publishing of scheduled runs until somebody releases it.
	 * @param by who wants it
	 * @throws GenerationRefusal where it is none of those that are kept, or days would be
	 * open again that the speed layer can't answer for
	 */
	@Transactional
	public Generation makeCurrent(int generation, String by) {
		find(generation).ifPresent((known) -> lock(known.dataset()));
		// Whatever it was before the lock was waited for
		Generation wanted = find(generation).filter((known) -> known.publishedAt() != null && known.kept())
			.orElseThrow(() -> refusal(generation));
		Generation before = current(wanted.dataset()).orElseThrow();
		if (before.number() == generation) {
			return wanted;
		}
		this.checks.orderedStream().forEach((check) -> check.check(before, wanted));
		show(wanted.dataset(), generation);
		if (generation < before.number()) {
			this.jdbc.sql("""
					INSERT INTO publishing_hold (dataset, since, held_by, went_from, went_to) VALUES (?, ?, ?, ?, ?)
					ON CONFLICT (dataset) DO UPDATE SET since = excluded.since, held_by = excluded.held_by,
					  went_from = excluded.went_from, went_to = excluded.went_to""")
				.params(wanted.dataset().column(), Timestamp.from(this.clock.instant()), by, before.number(),
						generation)
				.update();
			logger.info("{} goes back from generation {} to {} of {}; scheduled runs publish nothing until released.",
					by, before.number(), generation, wanted.dataset().column());
		}
		else {
			logger.info("{} goes forward from generation {} to {} of {}.", by, before.number(), generation,
					wanted.dataset().column());
		}
		return find(generation).orElseThrow();
	}

	/** Why a generation that is none of the kept ones can't be made current. */
	public GenerationRefusal refusal(int generation) {
		Generation known = find(generation).orElse(null);
		if (known == null) {
			return new GenerationRefusal.Unknown(generation);
		}
		return (known.publishedAt() != null)
				? new GenerationRefusal.NoLongerKept(generation, this.settings.generations())
				: new GenerationRefusal.NeverPublished(generation);
	}

	/** What holds the publishing of scheduled runs, if anything does. */
	public Optional<Hold> hold(Dataset dataset) {
		return holds().stream().filter((hold) -> hold.dataset() == dataset).findFirst();
	}

	/** All that is held. */
	public List<Hold> holds() {
		return this.jdbc.sql("SELECT * FROM publishing_hold ORDER BY dataset")
			.query((row, number) -> new Hold(dataset(row), row.getTimestamp("since").toInstant(),
					row.getString("held_by"), row.getInt("went_from"), row.getInt("went_to")))
			.list();
	}

	/**
	 * Lets scheduled runs publish again; where nothing is held, nothing changes.
	 * @param by who wants it
	 */
	@Transactional
	public void release(Dataset dataset, String by) {
		lock(dataset);
		if (this.jdbc.sql("DELETE FROM publishing_hold WHERE dataset = ?").param(dataset.column()).update() > 0) {
			logger.info("{} releases publishing: the next run of {} publishes again.", by, dataset.column());
		}
	}

	/** Who changes what is current or held waits for who does so already. */
	private void lock(Dataset dataset) {
		this.jdbc.sql("SELECT generation FROM current_generation WHERE dataset = ? FOR UPDATE")
			.param(dataset.column())
			.query(Integer.class)
			.optional();
	}

	private void show(Dataset dataset, int generation) {
		this.jdbc.sql("""
				INSERT INTO current_generation (dataset, generation) VALUES (?, ?)
				ON CONFLICT (dataset) DO UPDATE SET generation = excluded.generation""")
			.params(dataset.column(), generation)
			.update();
	}

	/** Only the newest are kept, and the current one whichever it is. */
	private void retire(Dataset dataset) {
		this.jdbc.sql("""
				UPDATE generation SET retired_at = :now
				WHERE dataset = :dataset AND published_at IS NOT NULL AND retired_at IS NULL
				  AND generation NOT IN (SELECT generation FROM current_generation)
				  AND generation NOT IN (SELECT generation FROM generation WHERE dataset = :dataset
				    AND published_at IS NOT NULL ORDER BY generation DESC LIMIT :kept)""")
			.param("now", Timestamp.from(this.clock.instant()))
			.param("dataset", dataset.column())
			.param("kept", this.settings.generations())
			.update();
	}

	/** The one of that number, whatever has become of it. */
	Optional<Generation> find(int generation) {
		return this.jdbc.sql(SELECT + "WHERE g.generation = ?").param(generation).query(this::generation).optional();
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
