package io.isobar.spark;

/**
 * How warm a day was, where enough of it is known.
 *
 * @param mean of its hours; of a day without hours its mean, else half way between its
 * extremes; NaN where it is not known
 * @param low NaN where it is not known
 * @param high NaN where it is not known
 */
record DayTemperature(double mean, double low, double high) {

	/**
	 * A day with fewer hours says nothing about how warm it got; eight come from a
	 * station that reports every 3 h.
	 */
	private static final int HOURS = 8;

	/**
	 * Below this mean of a day houses are heated, above it they are cooled: degree days
	 * count how far, in °C.
	 */
	static final double BASE = 18;

	static final DayTemperature UNKNOWN = new DayTemperature(Double.NaN, Double.NaN, Double.NaN);

	/** A day of which hours are known. */
	static DayTemperature ofHours(long count, double sum, double low, double high) {
		return (count >= HOURS) ? new DayTemperature(sum / count, low, high) : UNKNOWN;
	}

	/** A day that is known as a whole. */
	static DayTemperature ofDay(long count, double sum, double low, double high) {
		return new DayTemperature((count > 0) ? sum / count : (low + high) / 2, low, high);
	}

	boolean hasMean() {
		return !Double.isNaN(this.mean);
	}

	boolean hasAmplitude() {
		return !Double.isNaN(amplitude());
	}

	/** Whether nothing is missing. */
	boolean isComplete() {
		return hasMean() && hasAmplitude();
	}

	double amplitude() {
		return this.high - this.low;
	}

	double heating() {
		return Math.max(0, BASE - this.mean);
	}

	double cooling() {
		return Math.max(0, this.mean - BASE);
	}

}
