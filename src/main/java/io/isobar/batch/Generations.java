package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The generations: which were published, and which one is current. Whoever changes the
 * latter holds its row until the end of the transaction.
 */
@Component
public class Generations {

	private static final Logger logger = LoggerFactory.getLogger(Generations.class);

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

	private final GenerationTable table;

	private final BatchSettings settings;

	private final Clock clock;

	private final ObjectProvider<GenerationCheck> checks;

	Generations(GenerationTable table, BatchSettings settings, Clock clock, ObjectProvider<GenerationCheck> checks) {
		this.table = table;
		this.settings = settings;
		this.clock = clock;
		this.checks = checks;
	}

	/** The published generations that are kept, newest first. */
	public List<Generation> kept() {
		return this.table.kept();
	}

	/** The numbers of those that an execution has published, kept or not. */
	public List<Integer> publishedBy(long jobExecutionId) {
		return this.table.publishedBy(jobExecutionId);
	}

	/** The one that readers see. */
	public Optional<Generation> current(Dataset dataset) {
		return this.table.current(dataset);
	}

	/** What a generation was made from. */
	Made made(int generation) {
		return this.table.made(generation);
	}

	/** How many readings a generation counts of each city. */
	Map<String, Long> cityReadings(int generation) {
		return this.table.made(generation).cityReadings();
	}

	/** Those whose rows are still needed: kept ones, and such as were so at that time. */
	List<Integer> needed(Dataset dataset, Instant retiredAfter) {
		return this.table.published(dataset)
			.stream()
			.filter((each) -> each.wasKeptAfter(retiredAfter))
			.map(GenerationTable.Published::number)
			.toList();
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

	/**
	 * Makes sure that the current generation counts no more readings than a run is about:
	 * one that failed may be gone on with when another has published.
	 * @param pinned the version of the readings that the run is about
	 * @param newest the version that there is; it is older than what was counted where
	 * the lake was restored from an older copy, and then that copy counts
	 * @throws Overtaken if it does
	 */
	void requireNoNewer(long pinned, long newest) {
		Integer current = current(Dataset.WEATHER).map(Generation::number).orElse(null);
		if (current != null) {
			long counted = made(current).readingsVersion();
			if (pinned < counted && counted <= newest) {
				throw new Overtaken(current, counted, pinned);
			}
		}
	}

	/**
	 * Nobody else changes which generation is current, until the end of the transaction.
	 */
	void lock(Dataset dataset) {
		this.table.lock(dataset);
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
		return this.table.add(dataset, jobExecutionId, made, readings, cities);
	}

	/** The attempts that were begun and never published. */
	List<Integer> unpublished(Dataset dataset) {
		return this.table.unpublished(dataset);
	}

	void forget(int generation) {
		this.table.remove(generation);
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
		this.table.lock(dataset);
		Optional<Hold> hold = scheduled ? hold(dataset) : Optional.empty();
		if (hold.isPresent()) {
			return hold;
		}
		if (this.table.publish(dataset, generation, this.clock.instant(), durations)) {
			this.table.show(dataset, generation);
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
		find(generation).ifPresent((known) -> this.table.lock(known.dataset()));
		// Whatever it was before the lock was waited for
		Generation wanted = find(generation).filter((known) -> known.publishedAt() != null && known.kept())
			.orElseThrow(() -> refusal(generation));
		Generation before = current(wanted.dataset()).orElseThrow();
		if (before.number() == generation) {
			return wanted;
		}
		this.checks.orderedStream().forEach((check) -> check.check(before, wanted));
		this.table.show(wanted.dataset(), generation);
		if (generation < before.number()) {
			this.table.hold(new Hold(wanted.dataset(), this.clock.instant(), by, before.number(), generation));
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
		return this.table.holds();
	}

	/**
	 * Lets scheduled runs publish again; where nothing is held, nothing changes.
	 * @param by who wants it
	 */
	@Transactional
	public void release(Dataset dataset, String by) {
		this.table.lock(dataset);
		if (this.table.release(dataset)) {
			logger.info("{} releases publishing: the next run of {} publishes again.", by, dataset.column());
		}
	}

	/** Only the newest are kept, and the current one whichever it is. */
	private void retire(Dataset dataset) {
		List<GenerationTable.Published> published = this.table.published(dataset);
		Set<Integer> stay = new HashSet<>();
		published.stream()
			.map(GenerationTable.Published::number)
			.sorted(Comparator.reverseOrder())
			.limit(this.settings.generations())
			.forEach(stay::add);
		this.table.current(dataset).map(Generation::number).ifPresent(stay::add);
		this.table.retire(published.stream()
			.filter((each) -> each.isKept() && !stay.contains(each.number()))
			.map(GenerationTable.Published::number)
			.toList(), this.clock.instant());
	}

	/** The one of that number, whatever has become of it. */
	Optional<Generation> find(int generation) {
		return this.table.find(generation);
	}

}
