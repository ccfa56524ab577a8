package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import io.isobar.jobs.Fence;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.RawAnswers;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.History;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.Providers;
import io.isobar.provider.Terms;
import io.isobar.provider.Use;
import io.isobar.weather.City;
import io.isobar.weather.Reading;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;

/**
 * Asks the provider and keeps what it answers: as it came, as readings, and in the ledger
 * at last. Killed in between, the days are asked again, and the newer answer speaks for
 * them. Safe to use by several threads.
 */
@Component
class Answers {

	private final Providers providers;

	private final CollectedDays ledger;

	private final RawAnswers raw;

	private final ReadingStore readings;

	private final Fence fence;

	private final MeterRegistry meters;

	private final Clock clock;

	/**
	 * What became of a question.
	 *
	 * @param unanswered days that the answer does not speak of
	 */
	record Kept(int read, int written, int filtered, List<LocalDate> unanswered) {
	}

	Answers(Providers providers, CollectedDays ledger, RawAnswers raw, ReadingStore readings, Fence fence,
			MeterRegistry meters, Clock clock) {
		this.providers = providers;
		this.ledger = ledger;
		this.raw = raw;
		this.readings = readings;
		this.fence = fence;
		this.meters = meters;
		this.clock = clock;
	}

	/**
	 * Asks and keeps.
	 * @throws ProviderFailed if there is no answer that can be trusted; what came instead
	 * is kept aside
	 */
	Kept ask(StepExecution step, Question question, Use use) {
		Instant collected = this.clock.instant();
		History history;
		try {
			history = this.providers.history(question.city(), question.from(), question.to(), collected, use);
		}
		catch (ProviderFailed failure) {
			this.meters
				.counter("isobar.batch.collect.failures", "provider", failure.origin().name(), "reason",
						failure.reason().name().toLowerCase(Locale.ROOT))
				.increment();
			failure.body()
				.ifPresent((body) -> this.raw.keepRefused(failure.origin(), question.city().name(), question.from(),
						question.to(), collected, body));
			throw failure;
		}
		CrashPoint.at("collect.answered");
		return keep(step, question, history);
	}

	private Kept keep(StepExecution step, Question question, History history) {
		Instant collected = history.asked().collected();
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
		this.fence.writing(step, () -> this.ledger.note(history, days, settledBefore(history, collected)));
		CrashPoint.at("collect.noted");
		days.forEach((day) -> this.meters
			.counter("isobar.batch.collect.days", "provider", history.origin().name(), "outcome",
					String.valueOf(history.days().get(day)).toLowerCase(Locale.ROOT))
			.increment());
		return new Kept(history.counts().read(), readings.size(), history.counts().filtered(), history.unanswered());
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

}
