package io.isobar.batch;

import io.isobar.jobs.NotWorthRetrying;

/**
 * Some cities could not be collected. The others are analysed and published all the same;
 * a restart asks for the rest.
 */
class NotAllCollected extends RuntimeException implements NotWorthRetrying {

	private static final long serialVersionUID = 1L;

	NotAllCollected(String sentences) {
		super(sentences);
	}

}
