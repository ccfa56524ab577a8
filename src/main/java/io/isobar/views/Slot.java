package io.isobar.views;

import java.util.Arrays;

import io.isobar.weather.Metric;

/**
 * The values that count in one slot, NaN where missing, each with the {@link Stamp} of
 * its reading. Reused by the fold.
 */
final class Slot {

	/** Known origins and one for all others. */
	static final int ORIGIN_CODES = 5;

	final double[] values = new double[Metric.COUNT];

	final double[] lows = new double[Metric.COUNT];

	final double[] highs = new double[Metric.COUNT];

	final long[] valueStamps = new long[Metric.COUNT];

	final long[] lowStamps = new long[Metric.COUNT];

	final long[] highStamps = new long[Metric.COUNT];

	/** Of the best reading in the slot. */
	int originCode;

	void clear() {
		Arrays.fill(this.values, Double.NaN);
		Arrays.fill(this.lows, Double.NaN);
		Arrays.fill(this.highs, Double.NaN);
	}

}
