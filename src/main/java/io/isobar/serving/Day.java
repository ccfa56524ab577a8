package io.isobar.serving;

import java.time.LocalDate;
import java.util.Locale;
import java.util.function.Function;

import io.isobar.views.State;
import io.isobar.views.Summary;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * A local day of a city as it is served: by one layer alone. A day without any reading is
 * one too.
 */
public final class Day {

	/** Who answers. */
	public enum Layer {

		BATCH, SPEED;

		/** As in JSON: {@code batch}. */
		public String word() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	private final String city;

	private final LocalDate date;

	private final Layer layer;

	private final boolean isFinal;

	private final boolean simulated;

	private final Resolution resolution;

	private final int expectedReadings;

	private final @Nullable State hours;

	private final @Nullable State wholeDay;

	private final Summary summary;

	/** What was written of it; for days that are kept it is so every time. */
	private volatile byte @Nullable [] written;

	private Day(String city, LocalDate date, Layer layer, boolean isFinal, int expectedReadings, @Nullable State hours,
			@Nullable State wholeDay, boolean simulated) {
		this.city = city;
		this.date = date;
		this.layer = layer;
		this.hours = hours;
		this.wholeDay = wholeDay;
		this.resolution = (hours == null && wholeDay != null) ? Resolution.DAY : Resolution.HOUR;
		this.expectedReadings = (this.resolution == Resolution.DAY) ? 1 : expectedReadings;
		State shown = (hours != null) ? hours : wholeDay;
		this.summary = (shown != null) ? Summary.of(shown) : Summary.NOTHING;
		this.simulated = simulated || this.summary.simulatedReadings() > 0;
		// What is simulated is replaced as soon as a real provider answers
		this.isFinal = isFinal && !this.simulated;
	}

	/**
	 * A day as the batch layer has it. What came as a whole day is shown where there are
	 * no hours.
	 * @param isFinal whether it is closed, and expected to stay as it is
	 * @param expectedHours how many slots it has
	 * @param hours its hours; null where there are none
	 * @param wholeDay what came as a whole day; null where there is nothing
	 * @param simulated whether anything of what is shown is simulated, also beside
	 * readings that were measured
	 */
	static Day ofBatch(String city, LocalDate date, boolean isFinal, int expectedHours, @Nullable State hours,
			@Nullable State wholeDay, boolean simulated) {
		return new Day(city, date, Layer.BATCH, isFinal, expectedHours, hours, wholeDay, simulated);
	}

	/** A day as the speed layer has it; it may still change. */
	static Day ofSpeed(String city, LocalDate date, int expectedHours, State hours, boolean simulated) {
		return new Day(city, date, Layer.SPEED, false, expectedHours, hours, null, simulated);
	}

	/**
	 * Whether a state of what was simulated has anything to show. Beside real readings it
	 * has no readings of its own, only the values that those lack; they may be of metrics
	 * that no day shows.
	 */
	static boolean isShown(State simulated) {
		return !Summary.of(simulated).equals(Summary.NOTHING);
	}

	/**
	 * Which of two layers answers for a day that is open: the one with more hours that
	 * were measured, then with more hours, then the batch layer.
	 */
	static Day fuller(Day batch, @Nullable Day speed) {
		if (speed == null) {
			return batch;
		}
		int order = Long.compare(speed.summary.realReadings(), batch.summary.realReadings());
		if (order == 0) {
			order = Long.compare(speed.summary.readings(), batch.summary.readings());
		}
		return (order > 0) ? speed : batch;
	}

	public String city() {
		return this.city;
	}

	public LocalDate date() {
		return this.date;
	}

	public Layer layer() {
		return this.layer;
	}

	/** Whether it is expected to stay as it is. */
	public boolean isFinal() {
		return this.isFinal;
	}

	/** As in JSON: {@code provisional} or {@code final}. */
	public String status() {
		return this.isFinal ? "final" : "provisional";
	}

	/** The slots of the whole local day; 1 where it came as a whole. */
	public int expectedReadings() {
		return this.expectedReadings;
	}

	public long readings() {
		return this.summary.readings();
	}

	/** Whether it is made of what was simulated, be it in part. */
	public boolean isSimulated() {
		return this.simulated;
	}

	public boolean isMissing() {
		return readings() == 0;
	}

	/** Whether readings are missing that could be there. */
	public boolean isPartial() {
		return readings() > 0 && readings() < this.expectedReadings;
	}

	public Summary summary() {
		return this.summary;
	}

	/** Its state in that resolution, for months; null where there is none. */
	@Nullable State state(Resolution resolution) {
		return (resolution == Resolution.DAY) ? this.wholeDay : this.hours;
	}

	/** How many readings it has in that resolution. */
	long readings(Resolution resolution) {
		State state = state(resolution);
		return (state != null) ? state.count(WeatherViews.SUMMARY.indexOf(WeatherViews.READINGS)) : 0;
	}

	/** It as it is written, once. */
	public byte[] written(Function<Day, byte[]> writer) {
		byte[] known = this.written;
		if (known == null) {
			known = writer.apply(this);
			this.written = known;
		}
		return known;
	}

}
