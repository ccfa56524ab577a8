package io.isobar.spark;

import java.util.Arrays;

import io.isobar.weather.Metric;

/**
 * What is known of some days together: merged from their states, without the instants of
 * extremes. Arrays are indexed by the metric's ordinal; an extreme that is missing is
 * NaN.
 */
final class Merged {

	long readings;

	/** Days that have any reading. */
	long days;

	final long[] counts = new long[Metric.COUNT];

	final double[] sums = new double[Metric.COUNT];

	final double[] squares = new double[Metric.COUNT];

	final double[] mins = new double[Metric.COUNT];

	final double[] maxs = new double[Metric.COUNT];

	/** Days whose amplitude is known. */
	long amplitudes;

	double amplitudeSum;

	double amplitudeMax = Double.NaN;

	Merged() {
		Arrays.fill(this.mins, Double.NaN);
		Arrays.fill(this.maxs, Double.NaN);
	}

	Merged add(Merged other) {
		this.readings += other.readings;
		this.days += other.days;
		for (int i = 0; i < Metric.COUNT; i++) {
			this.counts[i] += other.counts[i];
			this.sums[i] += other.sums[i];
			this.squares[i] += other.squares[i];
			this.mins[i] = lower(this.mins[i], other.mins[i]);
			this.maxs[i] = -lower(-this.maxs[i], -other.maxs[i]);
		}
		this.amplitudes += other.amplitudes;
		this.amplitudeSum += other.amplitudeSum;
		this.amplitudeMax = -lower(-this.amplitudeMax, -other.amplitudeMax);
		return this;
	}

	boolean has(Metric metric) {
		return this.counts[metric.ordinal()] > 0;
	}

	/** NaN where there is no value. */
	double mean(Metric metric) {
		return has(metric) ? this.sums[metric.ordinal()] / this.counts[metric.ordinal()] : Double.NaN;
	}

	/** Of the population; 0 where rounding would make it negative. */
	double standardDeviation(Metric metric) {
		double mean = mean(metric);
		double variance = this.squares[metric.ordinal()] / this.counts[metric.ordinal()] - mean * mean;
		return Math.sqrt(Math.max(0, variance));
	}

	private static double lower(double first, double second) {
		if (Double.isNaN(first)) {
			return second;
		}
		return (second < first) ? second : first;
	}

}
