package io.isobar.weather;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One value for each metric that was measured, in the metric's unit. A missing value is
 * missing, never zero.
 */
public final class Values {

	/** No value at all. */
	public static final Values NONE = new Values(missing());

	/** By ordinal of the metric; NaN: missing. */
	private final double[] values;

	private Values(double[] values) {
		this.values = values;
	}

	/**
	 * The values of an array indexed by the metric's ordinal, NaN where missing. The
	 * array is copied.
	 */
	public static Values of(double[] values) {
		if (values.length != Metric.COUNT) {
			throw new IllegalArgumentException(
					"%d values given, %d metrics exist.".formatted(values.length, Metric.COUNT));
		}
		return new Values(values.clone());
	}

	public static Values of(Map<Metric, Double> values) {
		double[] array = missing();
		values.forEach((metric, value) -> array[metric.ordinal()] = value);
		return new Values(array);
	}

	/**
	 * An array with every metric missing, to be filled and given to
	 * {@link #of(double[])}.
	 */
	public static double[] missing() {
		double[] array = new double[Metric.COUNT];
		Arrays.fill(array, Double.NaN);
		return array;
	}

	public OptionalDouble get(Metric metric) {
		double value = this.values[metric.ordinal()];
		return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
	}

	/** The value, or NaN where it is missing. */
	public double orNaN(Metric metric) {
		return this.values[metric.ordinal()];
	}

	public boolean has(Metric metric) {
		return !Double.isNaN(this.values[metric.ordinal()]);
	}

	public boolean isEmpty() {
		return present() == 0;
	}

	/** Which there are: bit i is set for the metric of ordinal i. */
	public int present() {
		int present = 0;
		for (int metric = 0; metric < this.values.length; metric++) {
			present |= (Double.isNaN(this.values[metric])) ? 0 : 1 << metric;
		}
		return present;
	}

	/** In the order of the metrics, NaN where missing. */
	public double[] toArray() {
		return this.values.clone();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Values that && Arrays.equals(this.values, that.values);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.values);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("{");
		for (Metric metric : Metric.ALL) {
			if (has(metric)) {
				text.append(text.length() > 1 ? ", " : "").append(metric.field()).append('=').append(orNaN(metric));
			}
		}
		return text.append('}').toString();
	}

}
