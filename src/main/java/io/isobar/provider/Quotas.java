package io.isobar.provider;

import java.time.Duration;
import java.time.Instant;

import io.isobar.weather.Origin;

/**
 * What may be asked of providers in a day (UTC), and what was: one truth for all
 * instances and threads.
 */
public interface Quotas {

	/** The quota of one provider, for its client. */
	Quota of(Origin origin, String name, Terms terms);

	/**
	 * How much may be spent on that now. For {@link Use#CURRENT} this is the budget less
	 * what was spent and what the next run of the batch layer needs, if it comes before
	 * the budget is granted anew.
	 */
	Allowance left(Provider provider, Use use);

	/**
	 * What may be spent.
	 *
	 * @param amount in the unit of the provider's {@link Terms}
	 * @param until when the budget is granted anew
	 */
	record Allowance(double amount, Instant now, Instant until) {

		/**
		 * How long to wait from one round of calls to the next, so that it lasts: never
		 * longer than until the budget is granted anew.
		 * @param costOfARound what all calls of a round cost
		 */
		public Duration interval(double costOfARound) {
			Duration whole = Duration.between(this.now, this.until);
			if (costOfARound <= 0) {
				return Duration.ZERO;
			}
			double rounds = Math.floor(this.amount / costOfARound);
			return (rounds < 1) ? whole : Duration.ofMillis((long) Math.ceil(whole.toMillis() / rounds));
		}

	}

}
