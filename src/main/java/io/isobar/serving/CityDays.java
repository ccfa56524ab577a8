package io.isobar.serving;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.isobar.batch.BatchViews;
import io.isobar.batch.DayRanges;
import io.isobar.speed.SpeedViews;
import io.isobar.views.LocalCalendar;
import io.isobar.views.State;
import io.isobar.views.Summary;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * The days of one city as of one generation and one moment. A closed day is answered by
 * the batch layer; an open one by the fuller of the two. Used by one thread.
 */
public final class CityDays {

	private final String city;

	private final ZoneId zone;

	private final LocalDate today;

	private final @Nullable Integer generation;

	private final DayRanges closed;

	private final BatchDays batch;

	private final @Nullable SpeedViews speed;

	/**
	 * @param closed which days the generation answers for
	 * @param batch what it says of them, and of others
	 * @param speed null where there is no speed layer
	 */
	CityDays(String city, ZoneId zone, Instant now, @Nullable Integer generation, DayRanges closed, BatchDays batch,
			@Nullable SpeedViews speed) {
		this.city = city;
		this.zone = zone;
		this.today = LocalDate.ofInstant(now, zone);
		this.generation = generation;
		this.closed = closed;
		this.batch = batch;
		this.speed = speed;
	}

	public String city() {
		return this.city;
	}

	/** Today in the city: there are no later days. */
	public LocalDate today() {
		return this.today;
	}

	/** The generation that answers for what is closed; null while there is none. */
	public @Nullable Integer generation() {
		return this.generation;
	}

	/**
	 * The first day that is open after the last closed one, never after today; null while
	 * no day is closed.
	 */
	public @Nullable LocalDate boundary() {
		return Boundaries.boundary(this.closed, this.today);
	}

	/** Whether all these days are closed, so that their answer is the generation's. */
	public boolean isClosed(LocalDate from, LocalDate to) {
		return to.isBefore(this.today) && this.closed.containsAll(from, to);
	}

	/**
	 * Whether the batch layer alone answers for that day. It does not before the day has
	 * ended, whatever the clock has said of whoever closed it.
	 */
	public boolean isClosed(LocalDate day) {
		return day.isBefore(this.today) && this.closed.contains(day);
	}

	/**
	 * The days in their order, both ends included, without those after today.
	 * @throws io.isobar.web.StoreUnavailable if a day is open and its store does not
	 * answer
	 */
	public List<Day> days(LocalDate from, LocalDate to) {
		List<Day> days = batchDays(from, to);
		Map<LocalDate, Day> streamed = streamed(days);
		if (streamed.isEmpty()) {
			return days;
		}
		return days.stream()
			.map((day) -> isClosed(day.date()) ? day : Day.fuller(day, streamed.get(day.date())))
			.toList();
	}

	/** As {@link #days}, without what the speed layer says. */
	public List<Day> batchDays(LocalDate from, LocalDate to) {
		LocalDate last = to.isAfter(this.today) ? this.today : to;
		return from.isAfter(last) ? List.of() : this.batch.of(this, this.zone, from, last);
	}

	/**
	 * The first and the last day that has a reading in either layer, none after today;
	 * empty where there is no reading.
	 * @throws io.isobar.web.StoreUnavailable if the speed layer's store does not answer
	 */
	public Optional<BatchViews.Known> known() {
		Optional<BatchViews.Known> batch = batchKnown();
		SpeedViews layer = this.speed;
		if (layer == null) {
			return batch;
		}
		List<LocalDate> known = Stream
			.concat(batch.stream().flatMap((each) -> Stream.of(each.first(), each.last())),
					layer.cityDays(this.city, layer.oldestDay(this.zone), this.today)
						.stream()
						.map(SpeedViews.DayState::day))
			.sorted()
			.toList();
		return known.isEmpty() ? Optional.empty()
				: Optional.of(new BatchViews.Known(known.get(0), known.get(known.size() - 1)));
	}

	/** As {@link #known}, without what the speed layer has. */
	public Optional<BatchViews.Known> batchKnown() {
		return this.batch.known(this.city, this.today);
	}

	/** What the speed layer has of the days that are open. */
	private Map<LocalDate, Day> streamed(List<Day> days) {
		SpeedViews layer = this.speed;
		if (layer == null) {
			return Map.of();
		}
		LocalDate oldest = layer.oldestDay(this.zone);
		List<LocalDate> open = days.stream()
			.map(Day::date)
			.filter((day) -> !day.isBefore(oldest) && !isClosed(day))
			.toList();
		if (open.isEmpty()) {
			return Map.of();
		}
		Map<LocalDate, State> states = new HashMap<>();
		Set<LocalDate> simulated = new HashSet<>();
		layer.cityDays(this.city, open.get(0), open.get(open.size() - 1)).forEach((day) -> {
			State part = WeatherViews.SUMMARY.part(day.state());
			if (day.simulated() && Day.isShown(part)) {
				simulated.add(day.day());
			}
			states.merge(day.day(), part, State::merge);
		});
		LocalCalendar calendar = new LocalCalendar(this.zone);
		Map<LocalDate, Day> streamed = new HashMap<>();
		states.forEach((day, state) -> streamed.put(day,
				Day.ofSpeed(this.city, day, calendar.expectedSlots(day.toEpochDay()), state, simulated.contains(day))));
		return streamed;
	}

	/**
	 * The months in their order, both ends included, without those after this month. Each
	 * is merged from its days.
	 * @throws io.isobar.web.StoreUnavailable as {@link #days}
	 */
	public List<Month> months(YearMonth from, YearMonth to) {
		Map<YearMonth, List<Day>> months = days(from.atDay(1), to.atEndOfMonth()).stream()
			.collect(Collectors.groupingBy((day) -> YearMonth.from(day.date())));
		List<Month> merged = new ArrayList<>();
		for (YearMonth month = from; !month.isAfter(to) && months.containsKey(month); month = month.plusMonths(1)) {
			merged.add(month(month, months.getOrDefault(month, List.of())));
		}
		return merged;
	}

	private Month month(YearMonth month, List<Day> days) {
		Resolution resolution = (measured(days, Resolution.DAY) > measured(days, Resolution.HOUR)) ? Resolution.DAY
				: Resolution.HOUR;
		State state = WeatherViews.SUMMARY.zero();
		int batchDays = 0;
		int speedDays = 0;
		for (Day day : days) {
			State part = day.state(resolution);
			if (part != null) {
				state.merge(part);
			}
			if (day.readings(resolution) > 0) {
				batchDays += (day.layer() == Day.Layer.BATCH) ? 1 : 0;
				speedDays += (day.layer() == Day.Layer.SPEED) ? 1 : 0;
			}
		}
		return new Month(this.city, month, resolution, expected(month, resolution), batchDays, speedDays,
				Summary.of(state));
	}

	private static long measured(List<Day> days, Resolution resolution) {
		return days.stream().filter((day) -> day.readings(resolution) > 0).count();
	}

	private int expected(YearMonth month, Resolution resolution) {
		if (resolution == Resolution.DAY) {
			return month.lengthOfMonth();
		}
		LocalCalendar calendar = new LocalCalendar(this.zone);
		int expected = 0;
		for (int day = 1; day <= month.lengthOfMonth(); day++) {
			expected += calendar.expectedSlots(month.atDay(day).toEpochDay());
		}
		return expected;
	}

}
