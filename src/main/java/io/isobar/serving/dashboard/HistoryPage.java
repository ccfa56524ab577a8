package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.batch.BatchViews;
import io.isobar.batch.BatchViews.Amplitude;
import io.isobar.batch.BatchViews.Month;
import io.isobar.batch.BatchViews.Normal;
import io.isobar.batch.OneMoment;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** How the months of a city were, and how unusual. */
@Controller
class HistoryPage {

	/** Months that are shown where nobody says which. */
	private static final int MONTHS = 24;

	/** The most that are shown, one a row: 60 years. */
	private static final int MOST_MONTHS = 720;

	/** Of fewer years nothing is called usual. */
	private static final int YEARS_OF_A_NORMAL = 10;

	private final BatchViews views;

	private final Cities cities;

	private final MessageSource messages;

	private final Clock clock;

	private final OneMoment moment;

	HistoryPage(BatchViews views, Cities cities, MessageSource messages, Clock clock, OneMoment moment) {
		this.views = views;
		this.cities = cities;
		this.messages = messages;
		this.clock = clock;
		this.moment = moment;
	}

	/**
	 * A month, beside what is usual.
	 *
	 * @param normal mean of the usual means of its days, in °C; null where too few years
	 * are known
	 */
	record Row(Month month, @Nullable Double normal, @Nullable Amplitude amplitude) {

		public @Nullable Double anomaly() {
			Double mean = this.month.temperatureMean();
			return (mean != null && this.normal != null) ? Double.valueOf(mean - this.normal) : null;
		}

	}

	/** The page; where nobody says which months, the newest that the city has. */
	@GetMapping("/history")
	String history(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable String from, @RequestParam(required = false) @Nullable String to,
			Locale locale, HttpServletResponse response, Model model) {
		return this.moment.of(() -> history(city, from, to, new FieldErrors(this.messages, locale), response, model));
	}

	private String history(@Nullable String city, @Nullable String from, @Nullable String to, FieldErrors errors,
			HttpServletResponse response, Model model) {
		List<City> all = this.cities.all();
		City asked = (city != null) ? asked(city, all, errors) : null;
		// Of a city that is not known nothing is asked: PostgreSQL refuses some names
		boolean anyKnown = city == null || asked != null;
		List<Month> months = anyKnown ? this.views.months(city, null, null) : List.of();
		City chosen = (city != null) ? asked : first(all, months);
		YearMonth first = errors.month("from", from);
		YearMonth last = errors.month("to", to);
		model.addAttribute("cities", all.stream().map(City::name).toList());
		model.addAttribute("city", (chosen != null) ? chosen.name() : "");
		model.addAttribute("from", from);
		model.addAttribute("to", to);
		model.addAttribute("years", YEARS_OF_A_NORMAL);
		if (chosen != null && errors.isEmpty()) {
			String name = chosen.name();
			List<YearMonth> known = months.stream()
				.filter((month) -> month.city().equals(name))
				.map(Month::month)
				.toList();
			YearMonth now = YearMonth.from(LocalDate.ofInstant(this.clock.instant(), chosen.zone()));
			show(name, Period.of(first, last, newest(known, now)), known, errors, model);
		}
		model.addAttribute("errors", errors.tell(response));
		return "history";
	}

	private void show(String city, Period period, List<YearMonth> known, FieldErrors errors, Model model) {
		period.check(errors);
		List<Row> rows = errors.isEmpty() ? rows(city, period.from(), period.to()) : List.of();
		model.addAttribute("from", period.from());
		model.addAttribute("to", period.to());
		model.addAttribute("rows", rows);
		model.addAttribute("warmest", most(rows, Comparator.comparing((Row row) -> row.month().temperatureMean())));
		model.addAttribute("coldest",
				most(rows, Comparator.comparing((Row row) -> row.month().temperatureMean()).reversed()));
		if (!known.isEmpty()) {
			YearMonth last = known.get(known.size() - 1);
			model.addAttribute("known", new Period(known.get(0), last));
			model.addAttribute("newest", Period.of(null, null, last));
		}
	}

	/** The newest month that is known and has begun, else this one. */
	private static YearMonth newest(List<YearMonth> known, YearMonth now) {
		return known.stream()
			.filter((month) -> !month.isAfter(now))
			.max(Comparator.naturalOrder())
			.orElse(known.isEmpty() ? now : known.get(known.size() - 1));
	}

	/** Some months, both ends included. */
	record Period(YearMonth from, YearMonth to) {

		/** What is asked for; where an end is missing, as it lies best to the other. */
		static Period of(@Nullable YearMonth from, @Nullable YearMonth to, YearMonth newest) {
			YearMonth last = (to != null) ? to : (from != null && from.isAfter(newest)) ? from : newest;
			return new Period((from != null) ? from : last.minusMonths(MONTHS - 1L), last);
		}

		void check(FieldErrors errors) {
			if (this.from.isAfter(this.to)) {
				errors.add("from", "history.error.order");
			}
			else if (this.from.isBefore(this.to.minusMonths(MOST_MONTHS - 1L))) {
				errors.add("to", "history.error.long");
			}
		}

	}

	/** The city that is asked for; null where there is none of that name. */
	private static @Nullable City asked(String name, List<City> all, FieldErrors errors) {
		Optional<City> found = all.stream().filter((city) -> city.name().equals(name)).findFirst();
		if (found.isEmpty()) {
			errors.unknown("city", "field.error.city", name);
		}
		return found.orElse(null);
	}

	/** The first city of the configuration of which anything is known. */
	private @Nullable City first(List<City> all, List<Month> months) {
		Set<String> known = months.stream().map(Month::city).collect(Collectors.toSet());
		return this.cities.listed()
			.stream()
			.filter((city) -> known.contains(city.name()))
			.findFirst()
			.or(() -> all.stream().filter((city) -> known.contains(city.name())).findFirst())
			.or(() -> this.cities.listed().stream().findFirst())
			.or(() -> all.stream().findFirst())
			.orElse(null);
	}

	private List<Row> rows(String city, YearMonth from, YearMonth to) {
		List<Normal> normals = this.views.normals(city);
		List<Amplitude> amplitudes = this.views.amplitude(city, from, to);
		return this.views.months(city, from, to)
			.stream()
			.sorted(Comparator.comparing(Month::month).reversed())
			.map((month) -> new Row(month, normal(normals, month.month()),
					amplitudes.stream()
						.filter((amplitude) -> amplitude.month().equals(month.month()))
						.findFirst()
						.orElse(null)))
			.toList();
	}

	private static @Nullable Double normal(List<Normal> normals, YearMonth month) {
		OptionalDouble mean = normals.stream()
			.filter((normal) -> normal.day().getMonth() == month.getMonth() && normal.years() >= YEARS_OF_A_NORMAL)
			.mapToDouble(Normal::mean)
			.average();
		return mean.isPresent() ? mean.getAsDouble() : null;
	}

	private static @Nullable Row most(List<Row> rows, Comparator<Row> order) {
		return rows.stream().filter((row) -> row.month().temperatureMean() != null).max(order).orElse(null);
	}

}
