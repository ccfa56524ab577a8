package io.isobar.provider;

/** What a provider's budget is spent on. */
public enum Use {

	/** History: all that is left of the day's budget. */
	HISTORY,

	/** History of the very first run: at most half of the day's budget. */
	FIRST_HISTORY,

	/** Current conditions: what the next run of the batch layer does not need. */
	CURRENT

}
