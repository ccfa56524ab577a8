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

	final long[] valueStamps = new long[Metric.COUNT];

	/** Of an hour the same arrays as the values: what it measured is its extreme too. */
	double[] lows = this.values;

	double[] highs = this.values;

	long[] lowStamps = this.valueStamps;

	long[] highStamps = this.valueStamps;

	private final double[] dayLows = new double[Metric.COUNT];

	private final double[] dayHighs = new double[Metric.COUNT];

	private final long[] dayLowStamps = new long[Metric.COUNT];

	private final long[] dayHighStamps = new long[Metric.COUNT];

	/** Of the best reading in the slot. */
	int originCode;

	void openHour() {
		Arrays.fill(this.values, Double.NaN);
		this.lows = this.values;
		this.highs = this.values;
		this.lowStamps = this.valueStamps;
		this.highStamps = this.valueStamps;
	}

	/** A day's mean is neither its lowest nor its highest value. */
	void openDay() {
		Arrays.fill(this.values, Double.NaN);
		Arrays.fill(this.dayLows, Double.NaN);
		Arrays.fill(this.dayHighs, Double.NaN);
		this.lows = this.dayLows;
		this.highs = this.dayHighs;
		this.lowStamps = this.dayLowStamps;
		this.highStamps = this.dayHighStamps;
	}

}
