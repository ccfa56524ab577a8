package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.isobar.jobs.CityNames;
import io.isobar.jobs.Fence;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.RawAnswers;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.Cities;
import io.isobar.provider.History;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.Providers;
import io.isobar.provider.Terms;
import io.isobar.weather.City;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.parameters.JobParameter;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Asks the provider for the days that are missing or may still change, newest first, and
 * puts what it answers into the master dataset. A city that fails does not hold back the
 * others; what is had is noted day by day, so a restart asks only for the rest.
 */
@Component
class Collect implements Tasklet {

	/** A month in one question: few enough rows to be answered within seconds. */
	private static final int MOST_DAYS = 31;

	private final Cities cities;

	private final Providers providers;

	private final CollectedDays ledger;

	private final RawAnswers raw;

	private final ReadingStore readings;

	private final PinnedReadings pinned;

	private final Fence fence;

	private final StepProgress progress;

	private final Clock clock;

	/** Days in a row that are to be asked of a city. */
	private record Question(City city, LocalDate from, LocalDate to) {
	}

	Collect(Cities cities, Providers providers, CollectedDays ledger, RawAnswers raw, ReadingStore readings,
			PinnedReadings pinned, Fence fence, StepProgress progress, Clock clock) {
		this.cities = cities;
		this.providers = providers;
		this.ledger = ledger;
		this.raw = raw;
		this.readings = readings;
		this.pinned = pinned;
		this.fence = fence;
		this.progress = progress;
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		RunContext run = RunContext.of(chunk);
		JobParameters parameters = contribution.getStepExecution().getJobParameters();
		if (!isWanted(parameters)) {
			run.collected("");
			this.pinned.pin(run);
			return RepeatStatus.FINISHED;
		}
		Map<String, String> failures = new TreeMap<>();
		double budget = budget(parameters);
		int waiting = ask(contribution, questions(parameters, budget), budget, failures);
		run.collected(sentences(failures, waiting));
		this.pinned.pin(run);
		if (!failures.isEmpty()) {
			throw new NotAllCollected(run.notCollected());
		}
		return RepeatStatus.FINISHED;
	}

	private static boolean isWanted(JobParameters parameters) {
		JobParameter<?> wanted = parameters.getParameter("collect");
		return wanted == null || Boolean.TRUE.equals(wanted.value());
	}

	/** Asks as far as the budget goes; returns how many days have to wait. */
	private int ask(StepContribution contribution, List<Question> questions, double budget,
			Map<String, String> failures) throws Exception {
		double left = budget;
		int waiting = 0;
		int done = 0;
		for (Question question : questions) {
			this.progress.stopIfRequested(contribution.getStepExecution());
			this.progress.at(contribution.getStepExecution(), done++, questions.size());
			double cost = this.providers.historian().costOfHistory(question.from(), question.to());
			if (failures.containsKey(question.city().name())) {
				continue;
			}
			if (cost > left) {
				waiting += Period.between(question.from(), question.to()).getDays() + 1;
				continue;
			}
			try {
				left -= keep(question, contribution);
			}
			catch (ProviderFailed failure) {
				failure.body()
					.ifPresent((body) -> this.raw.keepRefused(failure.origin(), question.city().name(), question.from(),
							question.to(), this.clock.instant(), body));
				failures.put(question.city().name(), String.valueOf(failure.getMessage()));
			}
		}
		return waiting;
	}

	private double keep(Question question, StepContribution contribution) {
		Instant collected = this.clock.instant();
		History history = this.providers.history(question.city(), question.from(), question.to(), collected);
		CrashPoint.at("collect.answered");
		Set<LocalDate> days = new TreeSet<>(history.days().keySet());
		String source = null;
		if (history.origin().isSimulated()) {
			// Always the same: what is simulated already stays
			days.removeAll(this.ledger.answered(history.origin(), question.city()));
		}
		else {
			source = this.raw.keep(history.origin(), question.city().name(), question.from(), question.to(), collected,
					history.raw());
		}
		List<Reading> readings = of(days, history);
		String write = "collect:%s:%s:%s:%s:%d".formatted(history.origin().name(), question.city().name(),
				question.from(), question.to(), collected.toEpochMilli());
		if (!readings.isEmpty()) {
			this.readings.append(write, 0, source, readings, (city) -> question.city().zone());
		}
		StepExecution step = contribution.getStepExecution();
		this.fence.writing(step, () -> this.ledger.note(history, days, settledBefore(history, collected)));
		CrashPoint.at("collect.noted");
		step.setReadCount(step.getReadCount() + history.counts().read());
		contribution.incrementWriteCount(readings.size());
		contribution.incrementFilterCount(history.counts().filtered());
		return history.cost();
	}

	private static List<Reading> of(Set<LocalDate> days, History history) {
		City city = history.asked().city();
		return history.readings()
			.stream()
			.filter((reading) -> days.contains(LocalDate.ofInstant(reading.observedAt(), city.zone())))
			.toList();
	}

	private LocalDate settledBefore(History history, Instant collected) {
		Terms terms = this.providers.find(history.origin()).map(Provider::terms).orElse(Terms.UNLIMITED);
		return LocalDate.ofInstant(collected, history.asked().city().zone()).minus(terms.settlesAfter());
	}

	/** What is to be asked, the newest days first. */
	private List<Question> questions(JobParameters parameters, double budget) {
		List<Question> questions = new ArrayList<>();
		Provider provider = this.providers.historian();
		List<City> asked = cities(parameters);
		int mostDays = mostDays(provider, asked.size(), budget);
		for (City city : asked) {
			LocalDate yesterday = LocalDate.ofInstant(this.clock.instant(), city.zone()).minusDays(1);
			LocalDate from = day(parameters, "from");
			LocalDate to = day(parameters, "to");
			LocalDate first = (from != null) ? from : this.ledger.first().orElse(yesterday);
			LocalDate last = (to != null && to.isBefore(yesterday)) ? to : yesterday;
			Set<LocalDate> settled = this.ledger.settled(provider.origin(), city);
			LocalDate end = null;
			for (LocalDate day = last; !day.isBefore(first); day = day.minusDays(1)) {
				if (settled.contains(day)) {
					end = ask(questions, city, day.plusDays(1), end);
				}
				else if (end == null) {
					end = day;
				}
				else if (!day.isAfter(end.minusDays(mostDays))) {
					ask(questions, city, day.plusDays(1), end);
					end = day;
				}
			}
			ask(questions, city, first, end);
		}
		questions.sort(Comparator.comparing(Question::to).reversed());
		return questions;
	}

	/** So many that every city gets its share of the budget. */
	private static int mostDays(Provider provider, int cities, double budget) {
		LocalDate any = LocalDate.EPOCH;
		double costOfADay = provider.costOfHistory(any, any);
		if (costOfADay <= 0 || cities == 0) {
			return MOST_DAYS;
		}
		return (int) Math.max(1, Math.min(MOST_DAYS, budget / cities / costOfADay));
	}

	private static @Nullable LocalDate ask(List<Question> questions, City city, LocalDate from,
			@Nullable LocalDate to) {
		if (to != null) {
			questions.add(new Question(city, from, to));
		}
		return null;
	}

	private List<City> cities(JobParameters parameters) {
		String named = parameters.getString("cities");
		if (named == null) {
			return this.cities.listed();
		}
		List<City> listed = this.cities.listed();
		List<String> names = CityNames.split(named, listed.stream().map(City::name).toList());
		return listed.stream().filter((city) -> names.contains(city.name())).toList();
	}

	/**
	 * How much may be spent by this run: all of a day's budget, at the first run half of
	 * it.
	 */
	private double budget(JobParameters parameters) {
		double daily = this.providers.historian().terms().dailyBudget();
		return FirstRun.isFirstRun(parameters) ? daily / 2 : daily;
	}

	private static @Nullable LocalDate day(JobParameters parameters, String name) {
		return parameters.getLocalDate(name);
	}

	private static String sentences(Map<String, String> failures, int waiting) {
		String text = failures.entrySet()
			.stream()
			.map((failure) -> "%s: %s".formatted(failure.getKey(), failure.getValue()))
			.collect(Collectors.joining(" "));
		return (waiting > 0) ? String
			.format(Locale.ROOT, "%s %d days wait for tomorrow, as they would exceed the provider's daily budget.",
					text, waiting)
			.strip() : text;
	}

}
