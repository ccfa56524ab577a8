package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.isobar.provider.Provider;
import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What the provider is to be asked. A day is had once a real provider has answered it
 * when its values did not change any more; with no values only its own answer counts, as
 * another provider may know more. All others are asked: those that are missing, may still
 * change, or are simulated.
 */
@Component
class Questions {

	/** A month in one question: few enough rows to be answered within seconds. */
	private static final int MOST_DAYS = 31;

	private final CollectedDays ledger;

	private final FirstRunSettings firstRun;

	Questions(CollectedDays ledger, FirstRunSettings firstRun) {
		this.ledger = ledger;
		this.firstRun = firstRun;
	}

	/**
	 * What is to be asked, the newest days first.
	 * @param from null: the first day that was ever to be collected of a city; of a new
	 * one, as far back as a first run goes
	 * @param to null: yesterday
	 * @param amount what may be spent, so that every city gets its share of it
	 */
	List<Question> of(Provider provider, List<City> cities, @Nullable LocalDate from, @Nullable LocalDate to,
			Instant now, double amount) {
		List<Question> questions = new ArrayList<>();
		int mostDays = mostDays(provider, cities.size(), amount);
		for (City city : cities) {
			LocalDate last = last(city, to, now);
			List<LocalDate> days = this.ledger.toAsk(provider.origin(), city, first(city, from, now), last, null);
			questions.addAll(Question.about(city, days, mostDays));
		}
		questions.sort(Comparator.comparing(Question::to).reversed());
		return questions;
	}

	/** The first day of that city which is to be collected. */
	LocalDate first(City city, @Nullable LocalDate from, Instant now) {
		if (from != null) {
			return from;
		}
		return this.ledger.first(city).orElseGet(() -> {
			LocalDate today = LocalDate.ofInstant(now, city.zone());
			LocalDate first = today.minus(this.firstRun.history());
			return first.isBefore(today) ? first : today.minusDays(1);
		});
	}

	/**
	 * What all questions of a run at that instant will cost.
	 */
	double cost(Provider provider, List<City> cities, Instant now) {
		return of(provider, cities, null, null, now, Double.MAX_VALUE).stream()
			.mapToDouble((question) -> provider.costOfHistory(question.from(), question.to()))
			.sum();
	}

	/**
	 * What the questions about the newest days cost that were not answered since then:
	 * yesterday and the days that have not settled.
	 */
	double costOfNewest(Provider provider, List<City> cities, Instant now, Instant since) {
		double cost = 0;
		for (City city : cities) {
			LocalDate yesterday = last(city, null, now);
			LocalDate first = yesterday.minus(provider.terms().settlesAfter());
			for (Question question : Question.about(city,
					this.ledger.toAsk(provider.origin(), city, first, yesterday, since), MOST_DAYS)) {
				cost += provider.costOfHistory(question.from(), question.to());
			}
		}
		return cost;
	}

	private static LocalDate last(City city, @Nullable LocalDate to, Instant now) {
		LocalDate yesterday = LocalDate.ofInstant(now, city.zone()).minusDays(1);
		return (to != null && to.isBefore(yesterday)) ? to : yesterday;
	}

	/** So many that every city gets its share. */
	private static int mostDays(Provider provider, int cities, double amount) {
		double costOfADay = provider.costOfHistory(LocalDate.EPOCH, LocalDate.EPOCH);
		if (costOfADay <= 0 || cities == 0) {
			return MOST_DAYS;
		}
		return (int) Math.max(1, Math.min(MOST_DAYS, amount / cities / costOfADay));
	}

}
