package io.isobar.provider;

import java.time.Period;

/**
 * What a provider grants and promises.
 *
 * @param dailyBudget how much may be asked in a day (UTC), in that unit
 * @param unit what is counted: records, calls
 * @param settlesAfter how long after a day's end its values may still change
 */
public record Terms(int dailyBudget, String unit, Period settlesAfter) {

	/** No limit, and nothing ever changes. */
	public static final Terms UNLIMITED = new Terms(Integer.MAX_VALUE, "calls", Period.ZERO);

}
