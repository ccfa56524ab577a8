package io.isobar.speed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.isobar.provider.Provider;
import io.isobar.provider.Quotas;
import io.isobar.provider.Quotas.Allowance;
import io.isobar.provider.Use;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.Origin;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * How fast rounds through the cities follow each other. A provider that charges is asked
 * as fast as what is left of its budget allows, also while it fails and another one
 * answers in its place. Nothing here asks what time it is: a clock that is set while a
 * round waits would have another one answer, or nobody.
 */
final class Pace {

	/** With a provider that charges nothing. */
	private static final Duration FREE = Duration.ofSeconds(10);

	/** Of readings that are told apart by the second. */
	private static final Duration FASTEST = Duration.ofSeconds(1);

	/** So long nobody is asked who has nothing left: the batch layer may need less. */
	private static final Duration USED_UP = Duration.ofMinutes(15);

	private final ProducerSettings settings;

	private final Quotas quotas;

	/** When each provider was asked last. */
	private final Map<Origin, Asked> asked = new HashMap<>();

	private record Asked(long began, Duration interval) {

		boolean isPast(long nanoTime) {
			return nanoTime - this.began >= this.interval.toNanos();
		}

	}

	Pace(ProducerSettings settings, Quotas quotas) {
		this.settings = settings;
		this.quotas = quotas;
	}

	/**
	 * Whether a provider may be asked in a round.
	 * @param began when the round began, of a clock that never goes back
	 */
	boolean isDue(Provider provider, long began) {
		Asked last = this.asked.get(provider.origin());
		return provider.costOfCurrent() <= 0 || last == null || last.isPast(began);
	}

	/**
	 * A provider was asked in a round.
	 * @param began when the round began, of a clock that never goes back
	 * @param cities how many there are
	 * @param rounds how many rounds are still to come; ignored in mode continuous
	 * @return how long after its beginning the next round may begin
	 */
	Duration asked(Provider provider, long began, int cities, int rounds) {
		Duration interval;
		try {
			interval = interval(provider, cities, rounds);
		}
		catch (DataAccessException | TransactionException ex) {
			// What is left of its budget is not known now, and it was asked all the same
			interval = last(provider, began).interval();
		}
		this.asked.put(provider.origin(), new Asked(began, interval));
		return interval;
	}

	/**
	 * How long it is until a provider may be asked again.
	 * @param began when the last round began
	 */
	Duration untilDue(Provider provider, long began) {
		Asked last = last(provider, began);
		Duration left = last.interval().minusNanos(System.nanoTime() - last.began());
		return left.isNegative() ? Duration.ZERO : left;
	}

	private Asked last(Provider provider, long began) {
		return this.asked.getOrDefault(provider.origin(), new Asked(began, wanted(provider)));
	}

	private Duration interval(Provider provider, int cities, int rounds) {
		Duration wanted = wanted(provider);
		double cost = provider.costOfCurrent() * cities;
		if (cost <= 0) {
			return wanted;
		}
		Allowance left = this.quotas.left(provider, Use.CURRENT);
		if (this.settings.mode() == Mode.ONCE && left.amount() >= cost * rounds) {
			return wanted;
		}
		Duration allowed = left.interval(cost);
		if (left.amount() < cost && allowed.compareTo(USED_UP) > 0) {
			allowed = USED_UP;
		}
		return (allowed.compareTo(wanted) > 0) ? allowed : wanted;
	}

	private Duration wanted(Provider provider) {
		Duration set = this.settings.interval();
		if (set != null) {
			return set;
		}
		return (this.settings.mode() == Mode.CONTINUOUS && provider.costOfCurrent() <= 0) ? FREE : FASTEST;
	}

}
