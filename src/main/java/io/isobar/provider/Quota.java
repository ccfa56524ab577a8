package io.isobar.provider;

/** The budget of one provider, from which each call is paid. */
public interface Quota {

	/**
	 * Books the most that a call may cost, before it is made.
	 * @throws ProviderFailed if it would exceed the budget, or cannot be booked: then the
	 * call is not made
	 */
	Booking book(Use use, double most);

	/**
	 * What is booked for a call. It stands as it is until the cost is known, also after
	 * the death of who has booked it.
	 */
	interface Booking {

		/** Replaces what was booked by what the call has cost. At most once. */
		void cost(double cost);

	}

}
