package io.isobar.batch;

/** Says whether a generation can be made current at this moment. */
interface GenerationCheck {

	/**
	 * Refuses where it can't.
	 * @param from the generation that is current
	 * @param to the one that is to be, of the same dataset
	 * @throws GenerationRefusal with the reason
	 */
	void check(Generation from, Generation to);

}
