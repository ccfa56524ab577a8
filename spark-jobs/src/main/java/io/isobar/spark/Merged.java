package io.isobar.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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

	/** Days whose mean temperature is known. */
	long degreeDays;

	double heating;

	double cooling;

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
			this.maxs[i] = higher(this.maxs[i], other.maxs[i]);
		}
		this.amplitudes += other.amplitudes;
		this.amplitudeSum += other.amplitudeSum;
		this.amplitudeMax = higher(this.amplitudeMax, other.amplitudeMax);
		this.degreeDays += other.degreeDays;
		this.heating += other.heating;
		this.cooling += other.cooling;
		return this;
	}

	/** Counts the temperature of one more day. */
	void addTemperature(DayTemperature day) {
		if (day.hasAmplitude()) {
			this.amplitudes++;
			this.amplitudeSum += day.amplitude();
			this.amplitudeMax = higher(this.amplitudeMax, day.amplitude());
		}
		if (day.hasMean()) {
			this.degreeDays++;
			this.heating += day.heating();
			this.cooling += day.cooling();
		}
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

	static double lower(double first, double second) {
		if (Double.isNaN(first)) {
			return second;
		}
		return (second < first) ? second : first;
	}

	static double higher(double first, double second) {
		return -lower(-first, -second);
	}

	void write(DataOutputStream out) throws IOException {
		out.writeLong(this.readings);
		out.writeLong(this.days);
		for (int i = 0; i < Metric.COUNT; i++) {
			out.writeLong(this.counts[i]);
			out.writeDouble(this.sums[i]);
			out.writeDouble(this.squares[i]);
			out.writeDouble(this.mins[i]);
			out.writeDouble(this.maxs[i]);
		}
		out.writeLong(this.amplitudes);
		out.writeDouble(this.amplitudeSum);
		out.writeDouble(this.amplitudeMax);
		out.writeLong(this.degreeDays);
		out.writeDouble(this.heating);
		out.writeDouble(this.cooling);
	}

	static Merged read(DataInputStream in) throws IOException {
		Merged merged = new Merged();
		merged.readings = in.readLong();
		merged.days = in.readLong();
		for (int i = 0; i < Metric.COUNT; i++) {
			merged.counts[i] = in.readLong();
			merged.sums[i] = in.readDouble();
			merged.squares[i] = in.readDouble();
			merged.mins[i] = in.readDouble();
			merged.maxs[i] = in.readDouble();
		}
		merged.amplitudes = in.readLong();
		merged.amplitudeSum = in.readDouble();
		merged.amplitudeMax = in.readDouble();
		merged.degreeDays = in.readLong();
		merged.heating = in.readDouble();
		merged.cooling = in.readDouble();
		return merged;
	}

}
