package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.isobar.jobs.CityNames;
import io.isobar.provider.Cities;
import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.provider.Use;
import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.parameters.JobParameters;
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

	private final Cities cities;

	private final Providers providers;

	private final Quotas quotas;

	private final CollectedDays ledger;

	private final FirstRunSettings firstRun;

	Questions(Cities cities, Providers providers, Quotas quotas, CollectedDays ledger, FirstRunSettings firstRun) {
		this.cities = cities;
		this.providers = providers;
		this.quotas = quotas;
		this.ledger = ledger;
		this.firstRun = firstRun;
	}

	/**
	 * What a run asks, the newest days first. From the first day on that was ever to be
	 * collected of a city, unless the run says otherwise; a new city goes back as far as
	 * a first run. Until yesterday at most.
	 */
	List<Question> of(JobParameters parameters, Use use, Instant now) {
		LocalDate from = parameters.getLocalDate("from");
		LocalDate to = parameters.getLocalDate("to");
		List<City> asked = cities(parameters);
		int mostDays = mostDays(asked.size(), amount(use));
		List<Question> questions = new ArrayList<>();
		for (City city : asked) {
			LocalDate first = (from != null) ? from : first(city, now);
			this.ledger.wanted(city, first);
			LocalDate yesterday = yesterday(city, now);
			LocalDate last = (to != null && to.isBefore(yesterday)) ? to : yesterday;
			questions.addAll(about(city, first, last, null, mostDays));
		}
		questions.sort(Comparator.comparing(Question::to).reversed());
		return questions;
	}

	/** How much a run may spend now. */
	double amount(Use use) {
		return this.quotas.left(this.providers.historian(), use).amount();
	}

	/** What all questions of a nightly run at that instant will cost. */
	double cost(Instant now) {
		return this.cities.listed()
			.stream()
			.mapToDouble((city) -> cost(about(city, first(city, now), yesterday(city, now), null, MOST_DAYS)))
			.sum();
	}

	/**
	 * What the questions about the newest days cost that were not answered since then:
	 * yesterday and the days that have not settled.
	 */
	double costOfNewest(Instant now, Instant since) {
		return this.cities.listed().stream().mapToDouble((city) -> {
			LocalDate yesterday = yesterday(city, now);
			LocalDate newest = yesterday.minus(this.providers.historian().terms().settlesAfter());
			LocalDate first = first(city, now);
			return cost(about(city, newest.isBefore(first) ? first : newest, yesterday, since, MOST_DAYS));
		}).sum();
	}

	private List<Question> about(City city, LocalDate from, LocalDate to, @Nullable Instant since, int mostDays) {
		return Question.about(city, this.ledger.toAsk(this.providers.historian().origin(), city, from, to, since),
				mostDays);
	}

	private double cost(List<Question> questions) {
		Provider provider = this.providers.historian();
		return questions.stream()
			.mapToDouble((question) -> provider.costOfHistory(question.from(), question.to()))
			.sum();
	}

	private List<City> cities(JobParameters parameters) {
		List<City> listed = this.cities.listed();
		String named = parameters.getString("cities");
		if (named == null) {
			return listed;
		}
		List<String> names = CityNames.split(named, listed.stream().map(City::name).toList());
		return listed.stream().filter((city) -> names.contains(city.name())).toList();
	}

	private LocalDate first(City city, Instant now) {
		return this.ledger.first(city).orElseGet(() -> {
			LocalDate today = LocalDate.ofInstant(now, city.zone());
			LocalDate first = today.minus(this.firstRun.history());
			return first.isBefore(today) ? first : today.minusDays(1);
		});
	}

	private static LocalDate yesterday(City city, Instant now) {
		return LocalDate.ofInstant(now, city.zone()).minusDays(1);
	}

	/** So many that every city gets its share. */
	private int mostDays(int cities, double amount) {
		double costOfADay = this.providers.historian().costOfHistory(LocalDate.EPOCH, LocalDate.EPOCH);
		if (costOfADay <= 0 || cities == 0) {
			return MOST_DAYS;
		}
		return (int) Math.max(1, Math.min(MOST_DAYS, amount / cities / costOfADay));
	}

}
