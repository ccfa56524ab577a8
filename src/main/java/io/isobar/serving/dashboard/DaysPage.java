package io.isobar.serving.dashboard;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.isobar.batch.BatchViews.Known;
import io.isobar.provider.Cities;
import io.isobar.serving.CityDays;
import io.isobar.serving.Day;
import io.isobar.serving.UnifiedDays;
import io.isobar.speed.SpeedViews;
import io.isobar.weather.City;
import io.isobar.web.StoreUnavailable;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The days of a city as they are served: which layer answers, how complete each is, and
 * where there are holes.
 */
@Controller
class DaysPage {

	/** Days that are shown where nobody says which. */
	private static final int DAYS = 30;

	/** The most that are shown, one a row. */
	private static final int MOST_DAYS = 366;

	/** The most that the calendar has, side by side. */
	private static final int CALENDAR_DAYS = 31;

	private final UnifiedDays days;

	private final Cities cities;

	private final ObjectProvider<SpeedViews> speed;

	private final MessageSource messages;

	DaysPage(UnifiedDays days, Cities cities, ObjectProvider<SpeedViews> speed, MessageSource messages) {
		this.days = days;
		this.cities = cities;
		this.speed = speed;
		this.messages = messages;
	}

	/** The days of a city in the calendar, those before and after null. */
	record CalendarRow(String city, List<@Nullable Day> days) {
	}

	/** Some days, both ends included. */
	record Period(LocalDate from, LocalDate to) {

		/** What is asked for; where an end is missing, as it lies best to the other. */
		static Period of(@Nullable LocalDate from, @Nullable LocalDate to, LocalDate today) {
			LocalDate last = (to != null) ? to : (from != null && from.isAfter(today)) ? from : today;
			return new Period((from != null) ? from : last.minusDays(DAYS - 1L), last);
		}

		/** As many days as are shown where nobody says which, up to that one. */
		static Period upTo(LocalDate last) {
			return of(null, last, last);
		}

		void check(FieldErrors errors) {
			if (this.from.isAfter(this.to)) {
				errors.add("from", "days.error.order");
			}
			else if (this.from.isBefore(this.to.minusDays(MOST_DAYS - 1L))) {
				errors.add("to", "days.error.long");
			}
		}

	}

	/**
	 * What is shown of some days.
	 *
	 * @param away the store that does not answer; null: all do
	 * @param days of the chosen city
	 * @param calendar of the cities side by side, its days from that one
	 */
	private record Shown(Period period, @Nullable String away, List<Day> days, LocalDate first,
			List<CalendarRow> calendar) {

		boolean isEmpty() {
			return this.days.stream().allMatch(Day::isMissing);
		}

	}

	/** The page; where nobody says which days, the newest that the city has. */
	@GetMapping("/unified")
	String days(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable String from, @RequestParam(required = false) @Nullable String to,
			Locale locale, HttpServletResponse response, Model model) {
		FieldErrors errors = new FieldErrors(this.messages, locale);
		List<CityDays> all = this.days.all();
		CityDays chosen = chosen(city, all, errors);
		LocalDate first = errors.day("from", from);
		LocalDate last = errors.day("to", to);
		model.addAttribute("cities", all.stream().map(CityDays::city).toList());
		model.addAttribute("city", (chosen != null) ? chosen.city() : "");
		model.addAttribute("from", from);
		model.addAttribute("to", to);
		model.addAttribute("live", this.speed.getIfAvailable() != null);
		if (chosen != null && errors.isEmpty()) {
			Period period = Period.of(first, last, chosen.today());
			period.check(errors);
			model.addAttribute("from", period.from());
			model.addAttribute("to", period.to());
			model.addAttribute("served", chosen);
			if (errors.isEmpty()) {
				show(chosen, all, period, first != null || last != null, model);
			}
		}
		model.addAttribute("errors", errors.tell(response));
		return "days";
	}

	/** The city that is asked for, else the first of the configuration. */
	private @Nullable CityDays chosen(@Nullable String asked, List<CityDays> all, FieldErrors errors) {
		if (asked != null) {
			CityDays found = find(asked, all);
			if (found == null) {
				errors.unknown("city", "field.error.city", asked);
			}
			return found;
		}
		CityDays first = this.cities.listed().stream().findFirst().map((city) -> find(city.name(), all)).orElse(null);
		return (first != null || all.isEmpty()) ? first : all.get(0);
	}

	private static @Nullable CityDays find(String asked, List<CityDays> all) {
		return all.stream().filter((city) -> city.city().equals(asked)).findFirst().orElse(null);
	}

	private void show(CityDays chosen, List<CityDays> all, Period period, boolean asked, Model model) {
		Shown shown = shown(chosen, all, period);
		if (shown.isEmpty()) {
			Known known = known(chosen);
			if (known != null && !asked) {
				shown = shown(chosen, all, Period.upTo(known.last()));
				model.addAttribute("from", shown.period().from());
				model.addAttribute("to", shown.period().to());
			}
			if (shown.isEmpty()) {
				model.addAttribute("known", known);
				model.addAttribute("newest", (known != null) ? Period.upTo(known.last()) : null);
			}
		}
		List<Day> days = shown.days();
		model.addAttribute("away", shown.away());
		model.addAttribute("days", days.stream().sorted(Comparator.comparing(Day::date).reversed()).toList());
		model.addAttribute("empty", shown.isEmpty());
		model.addAttribute("holes", days.stream().filter(Day::isMissing).count());
		model.addAttribute("partial", days.stream().filter(Day::isPartial).count());
		model.addAttribute("calendar", shown.calendar());
		LocalDate to = earlier(shown.period().to(), chosen.today());
		List<LocalDate> heads = (shown.calendar().isEmpty() || shown.first().isAfter(to)) ? List.of()
				: shown.first().datesUntil(to.plusDays(1)).toList();
		model.addAttribute("heads", heads);
		Map<YearMonth, Long> months = new TreeMap<>();
		heads.forEach((day) -> months.merge(YearMonth.from(day), 1L, Long::sum));
		model.addAttribute("months", months);
	}

	private Shown shown(CityDays chosen, List<CityDays> all, Period period) {
		LocalDate to = earlier(period.to(), chosen.today());
		LocalDate first = later(period.from(), to.minusDays(CALENDAR_DAYS - 1L));
		try {
			return new Shown(period, null, chosen.days(period.from(), period.to()), first,
					calendar(chosen, all, first, to, (city) -> city.days(first, to)));
		}
		catch (StoreUnavailable ex) {
			// What is closed needs the batch layer alone
			return new Shown(period, ex.store(), chosen.batchDays(period.from(), period.to()), first,
					calendar(chosen, all, first, to, (city) -> city.batchDays(first, to)));
		}
	}

	/** From when to when the city has readings, as far as that can be asked now. */
	private static @Nullable Known known(CityDays city) {
		try {
			return city.known().orElse(null);
		}
		catch (StoreUnavailable ex) {
			return city.batchKnown().orElse(null);
		}
	}

	/** The listed cities, and the chosen one where it is none of them. */
	private List<CalendarRow> calendar(CityDays chosen, List<CityDays> all, LocalDate from, LocalDate to,
			Function<CityDays, List<Day>> days) {
		List<String> names = new ArrayList<>(this.cities.listed().stream().map(City::name).toList());
		if (!names.contains(chosen.city())) {
			names.add(0, chosen.city());
		}
		return names.stream()
			.map((name) -> all.stream().filter((city) -> city.city().equals(name)).findFirst().orElse(null))
			.filter(Objects::nonNull)
			.map((city) -> row(city.city(), days.apply(city), from, to))
			.toList();
	}

	private static CalendarRow row(String city, List<Day> days, LocalDate from, LocalDate to) {
		List<@Nullable Day> cells = new ArrayList<>(days);
		// In a zone where it is not yet that day
		for (LocalDate day = from.plusDays(days.size()); !day.isAfter(to); day = day.plusDays(1)) {
			cells.add(null);
		}
		return new CalendarRow(city, cells);
	}

	private static LocalDate earlier(LocalDate one, LocalDate other) {
		return one.isBefore(other) ? one : other;
	}

	private static LocalDate later(LocalDate one, LocalDate other) {
		return one.isAfter(other) ? one : other;
	}

}
