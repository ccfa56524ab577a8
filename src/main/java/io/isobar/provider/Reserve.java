package io.isobar.provider;

import java.time.Instant;

/** What has to be put aside before anything is spent on current conditions. */
public interface Reserve {

	/**
	 * How much the batch layer will still need of that provider.
	 * @param until when the budget is granted anew: what is needed later is paid from
	 * that one
	 */
	double needed(Provider provider, Instant now, Instant until);

}
