package io.isobar.serving.dashboard;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.isobar.provider.Cities;
import io.isobar.serving.Boundaries;
import io.isobar.serving.Boundaries.Boundary;
import io.isobar.serving.CityDays;
import io.isobar.serving.Day;
import io.isobar.serving.UnifiedDays;
import io.isobar.weather.City;
import io.isobar.web.Problems;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;

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

	private final Boundaries boundaries;

	private final Cities cities;

	DaysPage(UnifiedDays days, Boundaries boundaries, Cities cities) {
		this.days = days;
		this.boundaries = boundaries;
		this.cities = cities;
	}

	/** The days of a city in the calendar, those before and after null. */
	record CalendarRow(String city, List<@Nullable Day> days) {
	}

	/** Which days are asked for, and what is wrong with that. */
	private record Period(LocalDate from, LocalDate to, Map<String, String> errors) {

		static Period of(@Nullable LocalDate from, @Nullable LocalDate to, LocalDate today) {
			LocalDate last = (to != null) ? to : (from != null && from.isAfter(today)) ? from : today;
			LocalDate first = (from != null) ? from : last.minusDays(DAYS - 1L);
			if (first.isAfter(last)) {
				return new Period(first, last, Map.of("from", "days.error.order"));
			}
			if (first.isBefore(last.minusDays(MOST_DAYS - 1L))) {
				return new Period(first, last, Map.of("to", "days.error.long"));
			}
			return new Period(first, last, Map.of());
		}

	}

	@GetMapping("/unified")
	String days(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable LocalDate from,
			@RequestParam(required = false) @Nullable LocalDate to, Model model) {
		List<CityDays> all = this.days.all();
		CityDays chosen = chosen(city, all);
		model.addAttribute("cities", all.stream().map(CityDays::city).toList());
		model.addAttribute("city", (chosen != null) ? chosen.city() : "");
		if (chosen != null) {
			Period period = Period.of(from, to, chosen.today());
			model.addAttribute("from", period.from());
			model.addAttribute("to", period.to());
			model.addAttribute("errors", period.errors());
			show(chosen, all, period, model);
		}
		return "days";
	}

	/** The city that is asked for, else the first of the configuration. */
	private @Nullable CityDays chosen(@Nullable String asked, List<CityDays> all) {
		if (asked != null) {
			return find(asked, all);
		}
		return this.cities.listed()
			.stream()
			.findFirst()
			.map((city) -> find(city.name(), all))
			.or(() -> all.stream().findFirst())
			.orElse(null);
	}

	private static CityDays find(String asked, List<CityDays> all) {
		return all.stream()
			.filter((city) -> city.city().equals(asked))
			.findFirst()
			.orElseThrow(() -> Problems.notFound("There is no city %s.".formatted(Problems.echo(asked))));
	}

	private void show(CityDays chosen, List<CityDays> all, Period period, Model model) {
		boolean wrong = !period.errors().isEmpty();
		LocalDate to = period.to().isAfter(chosen.today()) ? chosen.today() : period.to();
		String away = null;
		List<Day> days;
		List<CalendarRow> calendar;
		LocalDate first = later(period.from(), to.minusDays(CALENDAR_DAYS - 1L));
		try {
			days = wrong ? List.of() : chosen.days(period.from(), period.to());
			calendar = wrong ? List.of() : calendar(chosen, all, first, to, (city) -> city.days(first, to));
		}
		catch (StoreUnavailable ex) {
			// What is closed needs the batch layer alone
			away = ex.store();
			days = chosen.batchDays(period.from(), period.to());
			calendar = calendar(chosen, all, first, to, (city) -> city.batchDays(first, to));
		}
		model.addAttribute("away", away);
		model.addAttribute("days", days.stream().sorted(Comparator.comparing(Day::date).reversed()).toList());
		model.addAttribute("holes", days.stream().filter(Day::isMissing).count());
		model.addAttribute("partial", days.stream().filter(Day::isPartial).count());
		model.addAttribute("calendar", calendar);
		List<LocalDate> heads = (calendar.isEmpty() || first.isAfter(to)) ? List.of()
				: first.datesUntil(to.plusDays(1)).toList();
		model.addAttribute("heads", heads);
		Map<YearMonth, Long> months = new TreeMap<>();
		heads.forEach((day) -> months.merge(YearMonth.from(day), 1L, Long::sum));
		model.addAttribute("months", months);
		model.addAttribute("boundary", boundary(chosen.city()));
	}

	private @Nullable Boundary boundary(String city) {
		return this.boundaries.weather()
			.stream()
			.filter((boundary) -> boundary.city().equals(city))
			.findFirst()
			.orElse(null);
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

	private static LocalDate later(LocalDate one, LocalDate other) {
		return one.isAfter(other) ? one : other;
	}

}
