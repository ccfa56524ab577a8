package io.isobar.provider;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.weather.Origin;

/** Quotas in memory, for tests without a database: remembers each booking. */
public final class PlainQuotas implements Quotas {

	private final Clock clock;

	/** What is booked for each call, in the order of the calls. */
	private final List<Double> booked = new ArrayList<>();

	public PlainQuotas(Clock clock) {
		this.clock = clock;
	}

	public synchronized List<Double> booked() {
		return List.copyOf(this.booked);
	}

	private synchronized double spent() {
		return this.booked.stream().mapToDouble(Double::doubleValue).sum();
	}

	@Override
	public Quota of(Origin origin, String name, Terms terms) {
		return (use, most) -> book(origin, terms, most);
	}

	private synchronized Quota.Booking book(Origin origin, Terms terms, double most) {
		if (spent() + most > terms.dailyBudget()) {
			throw new ProviderFailed(origin, Reason.QUOTA_USED_UP, "The budget is used up.", midnight(), null);
		}
		int index = this.booked.size();
		this.booked.add(most);
		return (cost) -> {
			synchronized (this) {
				this.booked.set(index, cost);
			}
		};
	}

	@Override
	public Allowance left(Provider provider, Use use) {
		return new Allowance(provider.terms().dailyBudget() - spent(), this.clock.instant(), midnight());
	}

	private Instant midnight() {
		return this.clock.instant().truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
	}

}
