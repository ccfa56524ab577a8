package io.isobar.views;

import java.util.Arrays;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;

/**
 * Which readings count: the one place that knows. Holds the readings of one city while
 * they pass by in the order of time, and tells for each slot of a day which value of each
 * metric counts.
 * <p>
 * Within a slot it is the first that is not missing, in this order: real origins over
 * others over simulated; history and files over the stream; the newest measured; the
 * newest collected; at last the larger values, so that the order is total. A provider's
 * newest answer about a local day speaks for that whole day: its older history of the day
 * no longer competes. A reading without any value, or one that was observed after it was
 * collected, counts for nothing.
 * <p>
 * Columns of primitives that are reused: no allocation per reading.
 */
final class SlotRule {

	/**
	 * Changes whenever the rule changes, so that results made with another one are
	 * computed anew.
	 */
	static final String VERSION = "1";

	private static final int STREAM = Channel.STREAM.ordinal();

	private static final int HISTORY = Channel.HISTORY.ordinal();

	private int size;

	private long[] seconds = new long[64];

	private long[] collected = new long[64];

	private byte[] channels = new byte[64];

	private byte[] resolutions = new byte[64];

	private Origin[] origins = new Origin[64];

	private long[] days = new long[64];

	private boolean[] competes = new boolean[64];

	private double[][] values = new double[64][];

	private double[][] lows = new double[64][];

	private double[][] highs = new double[64][];

	/** When the newest history of the day was collected, of whatever origin. */
	private long newestHistory;

	/** Indexes of the readings that compete for a slot, best first. */
	private int[] candidates = new int[16];

	private int candidateCount;

	/**
	 * Adds a reading. Its values are to be written into {@link #values}, for a day also
	 * {@link #lows} and {@link #highs}; all are missing at first.
	 * @param collected in milliseconds
	 * @return its index
	 */
	int add(long second, long day, long collected, Channel channel, Origin origin, Resolution resolution) {
		if (this.size == this.seconds.length) {
			grow();
		}
		int row = this.size++;
		this.seconds[row] = second;
		this.days[row] = day;
		this.collected[row] = collected;
		this.channels[row] = (byte) channel.ordinal();
		this.resolutions[row] = (byte) resolution.ordinal();
		this.origins[row] = origin;
		if (this.values[row] == null) {
			this.values[row] = new double[Metric.COUNT];
			this.lows[row] = new double[Metric.COUNT];
			this.highs[row] = new double[Metric.COUNT];
		}
		Arrays.fill(this.values[row], Double.NaN);
		if (resolution == Resolution.DAY) {
			Arrays.fill(this.lows[row], Double.NaN);
			Arrays.fill(this.highs[row], Double.NaN);
		}
		return row;
	}

	double[] values(int row) {
		return this.values[row];
	}

	double[] lows(int row) {
		return this.lows[row];
	}

	double[] highs(int row) {
		return this.highs[row];
	}

	int size() {
		return this.size;
	}

	long second(int row) {
		return this.seconds[row];
	}

	long day(int row) {
		return this.days[row];
	}

	boolean isDay(int row) {
		return this.resolutions[row] == Resolution.DAY.ordinal();
	}

	void clear() {
		this.size = 0;
	}

	/** Finds out which readings of that local day compete at all. */
	void openDay(long day) {
		this.newestHistory = Long.MIN_VALUE;
		for (int row = 0; row < this.size; row++) {
			if (this.days[row] == day && this.channels[row] == HISTORY) {
				this.newestHistory = Math.max(this.newestHistory, this.collected[row]);
			}
		}
		for (int row = 0; row < this.size; row++) {
			this.competes[row] = this.days[row] == day && isReading(row) && !isReplaced(row, day);
		}
	}

	/**
	 * Takes one reading into the contest for a slot, if it competes and is of that kind.
	 */
	void compete(int row, boolean simulated) {
		if (!this.competes[row] || this.origins[row].isSimulated() != simulated) {
			return;
		}
		if (this.candidateCount == this.candidates.length) {
			this.candidates = Arrays.copyOf(this.candidates, 2 * this.candidateCount);
		}
		int place = this.candidateCount++;
		while (place > 0 && compare(row, this.candidates[place - 1]) < 0) {
			this.candidates[place] = this.candidates[place - 1];
			place--;
		}
		this.candidates[place] = row;
	}

	/**
	 * Ends the contest: fills the slot with what counts.
	 * @return false if nobody competed
	 */
	boolean decide(Slot slot) {
		if (this.candidateCount == 0) {
			return false;
		}
		// A slot is of hours or of whole days, never of both
		boolean day = isDay(this.candidates[0]);
		if (day) {
			slot.openDay();
		}
		else {
			slot.openHour();
		}
		slot.originCode = this.origins[this.candidates[0]].code();
		for (int i = 0; i < this.candidateCount; i++) {
			int row = this.candidates[i];
			long stamp = Stamp.of(this.seconds[row], this.origins[row].code());
			take(this.values[row], stamp, slot.values, slot.valueStamps);
			if (day) {
				take(this.lows[row], stamp, slot.lows, slot.lowStamps);
				take(this.highs[row], stamp, slot.highs, slot.highStamps);
			}
		}
		this.candidateCount = 0;
		return true;
	}

	private static void take(double[] from, long stamp, double[] to, long[] stamps) {
		for (int metric = 0; metric < Metric.COUNT; metric++) {
			if (Double.isNaN(to[metric]) && !Double.isNaN(from[metric])) {
				to[metric] = from[metric];
				stamps[metric] = stamp;
			}
		}
	}

	private boolean isReading(int row) {
		return this.seconds[row] * 1000 <= this.collected[row]
				&& (hasAny(this.values[row]) || (isDay(row) && (hasAny(this.lows[row]) || hasAny(this.highs[row]))));
	}

	private boolean isReplaced(int row, long day) {
		if (this.channels[row] != HISTORY || this.collected[row] == this.newestHistory) {
			return false;
		}
		for (int other = 0; other < this.size; other++) {
			if (this.days[other] == day && this.channels[other] == HISTORY
					&& this.collected[other] > this.collected[row] && this.origins[other].equals(this.origins[row])) {
				return true;
			}
		}
		return false;
	}

	/** Negative: the first comes first. */
	private int compare(int first, int second) {
		int order = Integer.compare(this.origins[second].rank(), this.origins[first].rank());
		if (order == 0) {
			order = Boolean.compare(this.channels[first] == STREAM, this.channels[second] == STREAM);
		}
		if (order == 0) {
			order = Long.compare(this.seconds[second], this.seconds[first]);
		}
		if (order == 0) {
			order = Long.compare(this.collected[second], this.collected[first]);
		}
		if (order == 0) {
			order = compare(this.values[second], this.values[first]);
		}
		if (order == 0 && isDay(first)) {
			order = compare(this.lows[second], this.lows[first]);
		}
		if (order == 0 && isDay(first)) {
			order = compare(this.highs[second], this.highs[first]);
		}
		return (order != 0) ? order : this.origins[first].name().compareTo(this.origins[second].name());
	}

	private static int compare(double[] first, double[] second) {
		for (int metric = 0; metric < Metric.COUNT; metric++) {
			int order = Double.compare(orLowest(first[metric]), orLowest(second[metric]));
			if (order != 0) {
				return order;
			}
		}
		return 0;
	}

	private static double orLowest(double value) {
		return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
	}

	private static boolean hasAny(double[] values) {
		for (double value : values) {
			if (!Double.isNaN(value)) {
				return true;
			}
		}
		return false;
	}

	private void grow() {
		int capacity = 2 * this.size;
		this.seconds = Arrays.copyOf(this.seconds, capacity);
		this.days = Arrays.copyOf(this.days, capacity);
		this.collected = Arrays.copyOf(this.collected, capacity);
		this.channels = Arrays.copyOf(this.channels, capacity);
		this.resolutions = Arrays.copyOf(this.resolutions, capacity);
		this.origins = Arrays.copyOf(this.origins, capacity);
		this.competes = Arrays.copyOf(this.competes, capacity);
		this.values = Arrays.copyOf(this.values, capacity);
		this.lows = Arrays.copyOf(this.lows, capacity);
		this.highs = Arrays.copyOf(this.highs, capacity);
	}

	/** Copies the values of a reading into a row made by {@link #add}. */
	void fill(int row, Reading reading) {
		for (Metric metric : Metric.ALL) {
			this.values[row][metric.ordinal()] = reading.values().orNaN(metric);
			if (reading.resolution() == Resolution.DAY) {
				this.lows[row][metric.ordinal()] = reading.lows().orNaN(metric);
				this.highs[row][metric.ordinal()] = reading.highs().orNaN(metric);
			}
		}
	}

}
