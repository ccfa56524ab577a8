package io.isobar.batch;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.NotWorthRetrying;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Resolution;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Global rules that keep a broken result from being published; then the layers are
 * compared, as long as the speed layer has what it said. A person may accept that a rule
 * is broken, by the parameter {@code accept}. What is as in the generation that the run
 * started from is not read: its counts are carried forward. (Rules about a single day are
 * {@link DayRules}.)
 * <ul>
 * <li>{@code duplicates}: no day of a city stands twice in the result;</li>
 * <li>{@code lost-days}: a closed day that had readings has some;</li>
 * <li>{@code shrinking}: the result counts at least 99 % of the readings, and of each
 * city at least 90 %.</li>
 * </ul>
 */
@Component
class Validate implements Tasklet {

	static final String DUPLICATES = "duplicates";

	static final String LOST_DAYS = "lost-days";

	static final String SHRINKING = "shrinking";

	/** Names of the rules, for the parameter {@code accept}. */
	static final List<String> RULES = List.of(DUPLICATES, LOST_DAYS, SHRINKING);

	/** A smaller loss is explained by answers that providers have withdrawn. */
	private static final double LEAST_SHARE = 0.99;

	private static final double LEAST_SHARE_OF_A_CITY = 0.9;

	/** Days that a sentence names; the others are counted. */
	private static final int NAMED = 3;

	private final CityDayRows days;

	private final Generations generations;

	private final ExecutionNotes notes;

	private final Reconciliation reconciliation;

	Validate(CityDayRows days, Generations generations, ExecutionNotes notes, Reconciliation reconciliation) {
		this.days = days;
		this.generations = generations;
		this.notes = notes;
		this.reconciliation = reconciliation;
	}

	/** So what is known of thousands of cities is small. */
	private record CityYear(String city, int year) {
	}

	/** What the lake has of the days that were computed anew. */
	private static final class Found {

		private final Map<String, Long> readings = new TreeMap<>();

		/** Four keys a day: the resolutions, real and simulated. */
		private final Map<CityYear, BitSet> keys = new HashMap<>();

		private final Map<CityYear, BitSet> withReadings = new HashMap<>();

		private final List<String> twice = new ArrayList<>();

		private void add(String city, LocalDate day, String resolution, boolean simulated, long count) {
			CityYear year = new CityYear(city, day.getYear());
			int key = 4 * day.getDayOfYear() + (resolution.equals(Resolution.DAY.column()) ? 2 : 0)
					+ (simulated ? 1 : 0);
			BitSet known = this.keys.computeIfAbsent(year, (any) -> new BitSet());
			if (known.get(key)) {
				this.twice.add(city + " " + day);
			}
			known.set(key);
			this.readings.merge(city, count, Long::sum);
			if (count > 0) {
				this.withReadings.computeIfAbsent(year, (any) -> new BitSet()).set(day.getDayOfYear());
			}
		}

		private boolean hasReadings(String city, LocalDate day) {
			BitSet known = this.withReadings.get(new CityYear(city, day.getYear()));
			return known != null && known.get(day.getDayOfYear());
		}

	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) {
		RunContext run = RunContext.of(chunk);
		StepExecution step = contribution.getStepExecution();
		this.generations.requireCurrent(Dataset.WEATHER, run.base());
		Set<String> accepted = accepted(step.getJobParameters().getString("accept", ""));
		Found found = new Found();
		this.days.read(run, List.of("city", "local_day", "resolution", "simulated", WeatherViews.READINGS),
				(row) -> found.add(String.valueOf(row[0]), (LocalDate) Objects.requireNonNull(row[1]),
						String.valueOf(row[2]), Boolean.TRUE.equals(row[3]), (row[4] instanceof Long n) ? n : 0));
		Optional<Generation> base = Optional.ofNullable(run.base()).flatMap(this.generations::find);
		Map<String, Long> before = base.map((known) -> this.generations.cityReadings(known.number())).orElse(Map.of());
		Map<String, Long> readings = new TreeMap<>(run.scope().isAll() ? Map.of() : before);
		List<String> lost = new ArrayList<>();
		base.ifPresent((known) -> this.days.published(known.number(), run.scope(), (day) -> {
			readings.computeIfPresent(day.city(), (city, count) -> count - day.readings());
			if (day.closed() && day.readings() > 0 && !found.hasReadings(day.city(), day.day())) {
				lost.add(day.city() + " " + day.day());
			}
		}));
		found.readings.forEach((city, count) -> readings.merge(city, count, Long::sum));
		readings.values().removeIf((count) -> count <= 0);
		if (readings.isEmpty()) {
			throw new RuleBroken(run.notCollected().isEmpty()
					? "There are no readings, so there is nothing to publish. Collect some (launch the job with from and to), or import files."
					: "There are no readings, so there is nothing to publish. " + run.notCollected());
		}
		Map<String, String> broken = new TreeMap<>();
		if (!found.twice.isEmpty()) {
			broken.put(DUPLICATES, "%s more than once in the result. Launch the job with recompute=full"
				.formatted(stand(found.twice)));
		}
		if (!lost.isEmpty()) {
			broken.put(LOST_DAYS,
					"%s closed, with readings, in generation %d, and now without any. Find out what is missing"
						.formatted(were(lost), run.base()));
		}
		base.flatMap((known) -> shrunk(known, before, readings))
			.ifPresent((sentence) -> broken.put(SHRINKING,
					sentence + ", and readings are never deleted. Find out what is missing"));
		broken.forEach((rule, sentence) -> {
			if (!accepted.contains(rule)) {
				throw new RuleBroken(
						"Rule %s: %s; if it is right so, launch the job with accept=%s. Nothing was published."
							.formatted(rule, sentence, String.join(",", broken.keySet())));
			}
			this.notes.note(step, "Rule %s is broken, which was accepted: %s.".formatted(rule, sentence));
		});
		run.counted(readings);
		this.reconciliation.compare(step, run);
		return RepeatStatus.FINISHED;
	}

	private static Optional<String> shrunk(Generation base, Map<String, Long> before, Map<String, Long> readings) {
		long count = readings.values().stream().mapToLong(Long::longValue).sum();
		if (count < LEAST_SHARE * base.readings()) {
			return Optional.of(counts("the result counts", count, base));
		}
		for (Map.Entry<String, Long> city : before.entrySet()) {
			long now = readings.getOrDefault(city.getKey(), 0L);
			if (now < LEAST_SHARE_OF_A_CITY * city.getValue()) {
				return Optional.of("%s counts %d readings, in generation %d it had %d".formatted(city.getKey(), now,
						base.number(), city.getValue()));
			}
		}
		return Optional.empty();
	}

	private static String counts(String subject, long count, Generation base) {
		return String.format(Locale.ROOT, "%s %d readings, generation %d has %d", subject, count, base.number(),
				base.readings());
	}

	private static String stand(List<String> days) {
		return named(days) + ((days.size() == 1) ? " stands" : " stand");
	}

	private static String were(List<String> days) {
		return named(days) + ((days.size() == 1) ? " was" : " were");
	}

	private static String named(List<String> days) {
		String first = String.join(", ", days.subList(0, Math.min(NAMED, days.size())));
		return (days.size() > NAMED) ? "%s and %d more days".formatted(first, days.size() - NAMED) : first;
	}

	static Set<String> accepted(String names) {
		// Not Set.of: somebody may name one twice
		return new HashSet<>(List.of(names.strip().split("\\s*,\\s*", -1)));
	}

	/** Nothing is published until a person has looked. */
	static class RuleBroken extends RuntimeException implements NotWorthRetrying {

		private static final long serialVersionUID = 1L;

		RuleBroken(String message) {
			super(message);
		}

	}

}
