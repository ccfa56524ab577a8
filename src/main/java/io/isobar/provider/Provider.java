package io.isobar.provider;

import java.time.Instant;
import java.time.LocalDate;

import io.isobar.weather.City;
import io.isobar.weather.Origin;

/**
 * Where readings come from. Every call answers within bounded time or throws
 * {@link ProviderFailed}; a network that cannot be reached is found out once and then
 * fails at once.
 */
public interface Provider {

	/** What its readings are labelled with. */
	Origin origin();

	/** Its name, for people. */
	String name();

	/** What may be asked of it in a day, and when its answers are final. */
	Terms terms();

	/** Whether it has what it needs to be asked, such as a key. */
	default boolean isSetUp() {
		return true;
	}

	/** The most that {@link #history} will cost, in the unit of {@link #terms()}. */
	double costOfHistory(LocalDate from, LocalDate to);

	/** The most that {@link #current} will cost, in the unit of {@link #terms()}. */
	double costOfCurrent();

	/**
	 * The hours of local days that have ended.
	 * @param from the first local day
	 * @param to the last one, included; it has ended at {@code collected}
	 * @param collected now, by the clock of the run
	 * @param use what it is paid from
	 * @throws ProviderFailed if there is no answer that can be trusted, or it would
	 * exceed the budget
	 * @throws IllegalArgumentException if a day has not ended, or there is none
	 */
	History history(City city, LocalDate from, LocalDate to, Instant collected, Use use);

	/** The hours of local days that have ended, paid from what is left of the day. */
	default History history(City city, LocalDate from, LocalDate to, Instant collected) {
		return history(city, from, to, collected, Use.HISTORY);
	}

	/**
	 * What {@link #history} gave when these bytes came, without asking again. The
	 * simulator needs no bytes.
	 * @param raw the {@linkplain History#raw() raw answer} as it was stored
	 * @throws ProviderFailed if the answer cannot be trusted
	 */
	History reread(City city, LocalDate from, LocalDate to, Instant collected, byte[] raw);

	/**
	 * The weather now.
	 * @throws ProviderFailed if there is no answer that can be trusted, or it would
	 * exceed what the next run of the batch layer leaves of the budget
	 */
	CurrentConditions current(City city, Instant collected);

}
