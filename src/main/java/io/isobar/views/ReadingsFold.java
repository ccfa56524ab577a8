package io.isobar.views;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;

/**
 * Folds readings into the states of {@link WeatherViews} as they pass by: ordered by
 * city, then by instant. The batch layer, the speed layer and serving run this same code.
 * Not thread-safe.
 */
public final class ReadingsFold {

	/** Where finished states go. They are reused by the fold: copy what is kept. */
	public interface Output {

		/**
		 * A day is complete.
		 * @param day local day, in days since 1970
		 */
		void cityDay(String city, long day, Resolution resolution, boolean simulated, State state);

		/**
		 * A month is complete.
		 * @param month year · 12 + month - 1
		 */
		void cityMonthPairs(String city, long month, boolean simulated, State state);

	}

	/** Where the states of days go, for whoever wants no months. */
	@FunctionalInterface
	public interface DayOutput extends Output {

		@Override
		default void cityMonthPairs(String city, long month, boolean simulated, State state) {
			// Not asked for
		}

	}

	/** Where the slots go that count in a day's hours. */
	@FunctionalInterface
	public interface Slots {

		/**
		 * A slot has been decided.
		 * @param start when it began, in seconds since 1970
		 * @param values what counts of each metric, NaN where missing; reused by the fold
		 */
		void slot(String city, long start, boolean simulated, double[] values);

	}

	private final Function<String, ZoneId> zones;

	private final Output output;

	private final @Nullable Slots slots;

	private final boolean foldsDays;

	private final boolean foldsPairs;

	private final SlotRule rule = new SlotRule();

	private final Slot slot = new Slot();

	/** By resolution and whether simulated. */
	private final State[][] days = new State[2][2];

	/** By whether simulated. */
	private final State[] pairs = new State[2];

	private final boolean[] pairsUsed = new boolean[2];

	private @Nullable String city;

	private LocalCalendar calendar = new LocalCalendar(ZoneId.of("UTC"));

	/** From this instant on, no reading belongs to the days that are held. */
	private long heldUntil;

	private long lastSecond = Long.MIN_VALUE;

	private long month = Long.MIN_VALUE;

	/**
	 * A fold that gives its results to the output.
	 * @param zones the zone of a city, by name
	 */
	public ReadingsFold(Function<String, ZoneId> zones, Output output) {
		this(zones, output, Set.of(WeatherViews.CITY_DAY, WeatherViews.CITY_MONTH_PAIRS));
	}

	/**
	 * A fold of some views only.
	 * @param zones the zone of a city, by name
	 * @param views the states of others are not given out
	 */
	public ReadingsFold(Function<String, ZoneId> zones, Output output, Set<View> views) {
		this(zones, output, views, null);
	}

	private ReadingsFold(Function<String, ZoneId> zones, Output output, Set<View> views, @Nullable Slots slots) {
		this.zones = zones;
		this.output = output;
		this.slots = slots;
		this.foldsDays = views.contains(WeatherViews.CITY_DAY);
		this.foldsPairs = views.contains(WeatherViews.CITY_MONTH_PAIRS);
		for (int simulated = 0; simulated < 2; simulated++) {
			this.pairs[simulated] = WeatherViews.CITY_MONTH_PAIRS.zero();
			for (int resolution = 0; resolution < 2; resolution++) {
				this.days[resolution][simulated] = WeatherViews.CITY_DAY.zero();
			}
		}
	}

	/**
	 * A fold that only tells what counts in each hour: of a local day first of the real
	 * readings, then of the simulated ones.
	 * @param zones the zone of a city, by name
	 */
	public static ReadingsFold ofSlots(Function<String, ZoneId> zones, Slots slots) {
		return new ReadingsFold(zones, (DayOutput) (city, day, resolution, simulated, state) -> {
		}, Set.of(), slots);
	}

	/** Folds readings that are in order, to the end. */
	public static void fold(List<Reading> ordered, Function<String, ZoneId> zones, Output output) {
		new ReadingsFold(zones, output).foldAll(ordered);
	}

	/** As {@link #fold}, for whoever wants no months. */
	public static void foldDays(List<Reading> ordered, Function<String, ZoneId> zones, DayOutput output) {
		new ReadingsFold(zones, output, Set.of(WeatherViews.CITY_DAY)).foldAll(ordered);
	}

	/** Tells what counts in each hour, of readings that are in order. */
	public static void slots(List<Reading> ordered, Function<String, ZoneId> zones, Slots slots) {
		ofSlots(zones, slots).foldAll(ordered);
	}

	private void foldAll(List<Reading> ordered) {
		for (Reading reading : ordered) {
			int row = add(reading.city(), reading.observedAt().getEpochSecond(), reading.collected().toEpochMilli(),
					reading.channel(), reading.origin(), reading.resolution());
			this.rule.fill(row, reading);
		}
		finish();
	}

	/**
	 * Adds a reading whose values are missing at first: write them into {@link #values},
	 * for a day also into {@link #lows} and {@link #highs}, before the next one is added.
	 * @param second when it was observed, in seconds since 1970
	 * @param collected in milliseconds since 1970
	 * @return the row of the reading in those arrays
	 */
	public int add(String city, long second, long collected, Channel channel, Origin origin, Resolution resolution) {
		if (!city.equals(this.city)) {
			finish();
			this.city = city;
			this.calendar = new LocalCalendar(this.zones.apply(city));
		}
		else if (second < this.lastSecond) {
			throw new IllegalArgumentException("Readings of %s are not in the order of time: %d after %d."
				.formatted(city, second, this.lastSecond));
		}
		else if (second >= this.heldUntil) {
			foldHeldDays();
		}
		long day = this.calendar.dayOf(second);
		this.lastSecond = second;
		if (this.rule.size() == 0 || day != this.rule.day(this.rule.size() - 1)) {
			this.heldUntil = Math.max(this.heldUntil, this.calendar.dayEnd(day));
		}
		return this.rule.add(second, day, collected, channel, origin, resolution);
	}

	/** By metric, NaN where missing. */
	public double[] values(int row) {
		return this.rule.values(row);
	}

	/** The lowest of a day, by metric, NaN where missing. */
	public double[] lows(int row) {
		return this.rule.lows(row);
	}

	/** The highest of a day, by metric, NaN where missing. */
	public double[] highs(int row) {
		return this.rule.highs(row);
	}

	/** Gives out what is still held. */
	public void finish() {
		foldHeldDays();
		giveOutPairs();
		this.month = Long.MIN_VALUE;
		this.lastSecond = Long.MIN_VALUE;
		this.heldUntil = Long.MIN_VALUE;
		this.city = null;
	}

	private void foldHeldDays() {
		// Nearly always one day; two where clocks went back over midnight
		long done = Long.MIN_VALUE;
		while (true) {
			long day = Long.MAX_VALUE;
			for (int row = 0; row < this.rule.size(); row++) {
				if (this.rule.day(row) > done) {
					day = Math.min(day, this.rule.day(row));
				}
			}
			if (day == Long.MAX_VALUE) {
				break;
			}
			foldDay(day);
			done = day;
		}
		this.rule.clear();
	}

	private void foldDay(long day) {
		String name = Objects.requireNonNull(this.city);
		LocalDate date = LocalDate.ofEpochDay(day);
		long monthOfDay = date.getYear() * 12L + date.getMonthValue() - 1;
		if (monthOfDay != this.month) {
			giveOutPairs();
			this.month = monthOfDay;
		}
		this.rule.openDay(day);
		boolean realHours = foldHours(day, 0);
		boolean simulatedHours = foldHours(day, 1);
		if (!this.foldsDays) {
			return;
		}
		giveOut(name, day, Resolution.HOUR, realHours, simulatedHours);
		boolean realDay = foldWholeDay(0);
		boolean simulatedDay = foldWholeDay(1);
		giveOut(name, day, Resolution.DAY, realDay, simulatedDay);
	}

	private boolean foldHours(long day, int simulated) {
		State state = this.days[Resolution.HOUR.ordinal()][simulated];
		boolean any = false;
		long slotStart = Long.MIN_VALUE;
		long slotEnd = Long.MIN_VALUE;
		for (int row = 0; row < this.rule.size(); row++) {
			if (this.rule.day(row) != day || this.rule.isDay(row)) {
				continue;
			}
			if (this.rule.second(row) >= slotEnd) {
				any |= foldSlot(state, simulated, slotStart);
				slotStart = this.calendar.slotStart(this.rule.second(row));
				slotEnd = this.calendar.slotEnd(slotStart);
			}
			this.rule.compete(row, simulated == 1);
		}
		return foldSlot(state, simulated, slotStart) || any;
	}

	private boolean foldSlot(State state, int simulated, long slotStart) {
		if (!this.rule.decide(this.slot)) {
			return false;
		}
		if (this.slots != null) {
			this.slots.slot(Objects.requireNonNull(this.city), slotStart, simulated == 1, this.slot.values);
		}
		if (this.foldsDays) {
			WeatherViews.CITY_DAY.add(state, this.slot);
		}
		if (this.foldsPairs) {
			WeatherViews.CITY_MONTH_PAIRS.add(this.pairs[simulated], this.slot);
			this.pairsUsed[simulated] = true;
		}
		return true;
	}

	private boolean foldWholeDay(int simulated) {
		for (int row = 0; row < this.rule.size(); row++) {
			if (this.rule.isDay(row)) {
				this.rule.compete(row, simulated == 1);
			}
		}
		if (!this.rule.decide(this.slot)) {
			return false;
		}
		WeatherViews.CITY_DAY.add(this.days[Resolution.DAY.ordinal()][simulated], this.slot);
		return true;
	}

	private void giveOut(String name, long day, Resolution resolution, boolean anyReal, boolean anySimulated) {
		State real = this.days[resolution.ordinal()][0];
		State simulated = this.days[resolution.ordinal()][1];
		if (anySimulated && (!anyReal || WeatherViews.CITY_DAY.keepWhatIsMissingIn(real, simulated))) {
			this.output.cityDay(name, day, resolution, true, simulated);
		}
		if (anyReal) {
			this.output.cityDay(name, day, resolution, false, real);
		}
		real.clear();
		simulated.clear();
	}

	private void giveOutPairs() {
		for (int simulated = 0; simulated < 2; simulated++) {
			if (this.pairsUsed[simulated]) {
				this.output.cityMonthPairs(Objects.requireNonNull(this.city), this.month, simulated == 1,
						this.pairs[simulated]);
				this.pairs[simulated].clear();
				this.pairsUsed[simulated] = false;
			}
		}
	}

}
