package io.isobar.serving;

import java.time.LocalDate;
import java.time.Period;
import java.time.Year;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.isobar.batch.BatchViews;
import io.isobar.batch.ClosedDays;
import io.isobar.views.LocalCalendar;
import io.isobar.views.State;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * What one generation says of days, also of those that it has nothing of. That never
 * changes, so the years that were asked for last stay in memory: an answer need not ask
 * PostgreSQL for more than which generation is current. Thread-safe.
 */
final class BatchDays {

	private final ClosedDays.@Nullable Current current;

	private final BatchViews views;

	private final Period settlesAfter;

	/** Least recently asked first. */
	private final LinkedHashMap<Key, Day[]> years = new LinkedHashMap<>(16, 0.75f, true);

	private final int mostYears;

	private record Key(String city, ZoneId zone, int year) {
	}

	/**
	 * @param current null: there is no generation
	 * @param settlesAfter how long an answer is waited for after a day's end
	 * @param mostYears so many years of cities stay in memory
	 */
	BatchDays(ClosedDays.@Nullable Current current, BatchViews views, Period settlesAfter, int mostYears) {
		this.current = current;
		this.views = views;
		this.settlesAfter = settlesAfter;
		this.mostYears = mostYears;
	}

	ClosedDays.@Nullable Current current() {
		return this.current;
	}

	/** The days of a city in their order, both ends included. */
	List<Day> of(CityDays city, ZoneId zone, LocalDate from, LocalDate to) {
		List<Integer> missing = new ArrayList<>();
		Map<Integer, Day[]> found = new HashMap<>();
		synchronized (this.years) {
			for (int year = from.getYear(); year <= to.getYear(); year++) {
				Day[] known = this.years.get(new Key(city.city(), zone, year));
				if (known != null) {
					found.put(year, known);
				}
				else {
					missing.add(year);
				}
			}
		}
		if (!missing.isEmpty()) {
			// Those between are not asked for twice a second
			read(city, zone, missing.get(0), missing.get(missing.size() - 1), found);
		}
		List<Day> days = new ArrayList<>();
		for (int year = from.getYear(); year <= to.getYear(); year++) {
			Day[] all = Objects.requireNonNull(found.get(year));
			int first = (year == from.getYear()) ? from.getDayOfYear() - 1 : 0;
			int last = (year == to.getYear()) ? to.getDayOfYear() : all.length;
			days.addAll(Arrays.asList(all).subList(first, last));
		}
		return days;
	}

	/** The days between which it has readings of a city, none after that day. */
	Optional<BatchViews.Known> known(String city, LocalDate until) {
		return (this.current != null) ? this.views.known(this.current.generation(), city, until) : Optional.empty();
	}

	private void read(CityDays city, ZoneId zone, int first, int last, Map<Integer, Day[]> found) {
		LocalDate from = LocalDate.of(first, 1, 1);
		LocalDate to = LocalDate.of(last, 12, 31);
		Map<LocalDate, List<BatchViews.Day>> states = new HashMap<>();
		if (this.current != null) {
			this.views.days(this.current.generation(), city.city(), from, to)
				.forEach((state) -> states.computeIfAbsent(state.date(), (date) -> new ArrayList<>(2)).add(state));
		}
		LocalCalendar calendar = new LocalCalendar(zone);
		for (int year = first; year <= last; year++) {
			Day[] days = new Day[Year.of(year).length()];
			for (int i = 0; i < days.length; i++) {
				LocalDate date = LocalDate.ofYearDay(year, i + 1);
				days[i] = day(city, zone, date, calendar.expectedSlots(date.toEpochDay()),
						states.getOrDefault(date, List.of()));
			}
			found.put(year, days);
			synchronized (this.years) {
				this.years.put(new Key(city.city(), zone, year), days);
				if (this.years.size() > this.mostYears) {
					this.years.remove(this.years.keySet().iterator().next());
				}
			}
		}
	}

	private Day day(CityDays city, ZoneId zone, LocalDate date, int expectedHours, List<BatchViews.Day> states) {
		State hours = merged(states, Resolution.HOUR);
		State wholeDay = merged(states, Resolution.DAY);
		Resolution shown = (hours != null) ? Resolution.HOUR : Resolution.DAY;
		boolean isFinal = city.isClosed(date) && ((states.isEmpty()) ? isSettled(zone, date) : states.stream()
			.anyMatch((state) -> state.resolution() == shown && state.isFinal() && state.readings() > 0));
		int expected = states.stream()
			.filter((state) -> state.resolution() == Resolution.HOUR)
			.mapToInt(BatchViews.Day::expectedReadings)
			.findFirst()
			.orElse(expectedHours);
		boolean simulated = states.stream()
			.anyMatch((state) -> state.resolution() == shown && state.simulated() && Day.isShown(state.state()));
		return Day.ofBatch(city.city(), date, isFinal, expected, hours, wholeDay, simulated);
	}

	/** Whether nobody is asked again about a day of which there is nothing. */
	private boolean isSettled(ZoneId zone, LocalDate date) {
		return this.current != null
				&& date.isBefore(LocalDate.ofInstant(this.current.publishedAt(), zone).minus(this.settlesAfter));
	}

	private static @Nullable State merged(List<BatchViews.Day> states, Resolution resolution) {
		State merged = null;
		for (BatchViews.Day each : states) {
			if (each.resolution() == resolution) {
				merged = (merged == null) ? each.state().copy() : merged.merge(each.state());
			}
		}
		return merged;
	}

}
