package io.isobar.provider;

import java.util.List;

/**
 * What became of the rows of an answer or a file: {@code read} = readings + filtered +
 * rejected.
 *
 * @param read rows that were there
 * @param filtered rows that are no readings: forecasts, statistics, rows without any
 * value, days that were not asked
 * @param rejected rows that could not be read
 * @param flagged values kept out of their reading because they are physically impossible
 * @param rejections why rows were rejected, one sentence each; the first
 * {@value #SENTENCES} of them
 */
public record Counts(int read, int filtered, int rejected, int flagged, List<String> rejections) {

	/** How many sentences are kept. */
	public static final int SENTENCES = 20;

	/** Nothing was there. */
	public static final Counts NONE = new Counts(0, 0, 0, 0, List.of());

	public Counts {
		rejections = List.copyOf(rejections);
	}

}
