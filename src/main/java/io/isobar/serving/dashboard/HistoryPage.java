package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import io.isobar.batch.BatchViews;
import io.isobar.batch.BatchViews.Amplitude;
import io.isobar.batch.BatchViews.Month;
import io.isobar.batch.BatchViews.Normal;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

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

	private final Clock clock;

	HistoryPage(BatchViews views, Cities cities, Clock clock) {
		this.views = views;
		this.cities = cities;
		this.clock = clock;
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

	@GetMapping("/history")
	String history(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable YearMonth from,
			@RequestParam(required = false) @Nullable YearMonth to, Model model) {
		List<City> all = this.cities.all();
		City chosen = chosen(city, all);
		model.addAttribute("cities", all.stream().map(City::name).toList());
		model.addAttribute("city", (chosen != null) ? chosen.name() : "");
		if (chosen != null) {
			YearMonth last = (to != null) ? to
					: YearMonth.from(LocalDate.ofInstant(this.clock.instant(), chosen.zone()));
			YearMonth first = (from != null) ? from : last.minusMonths(MONTHS - 1L);
			Map<String, String> errors = errors(first, last);
			model.addAttribute("from", first);
			model.addAttribute("to", last);
			model.addAttribute("errors", errors);
			model.addAttribute("years", YEARS_OF_A_NORMAL);
			List<Row> rows = errors.isEmpty() ? rows(chosen.name(), first, last) : List.of();
			model.addAttribute("rows", rows);
			model.addAttribute("warmest", most(rows, Comparator.comparing((Row row) -> row.month().temperatureMean())));
			model.addAttribute("coldest",
					most(rows, Comparator.comparing((Row row) -> row.month().temperatureMean()).reversed()));
		}
		return "history";
	}

	private static Map<String, String> errors(YearMonth from, YearMonth to) {
		if (from.isAfter(to)) {
			return Map.of("from", "history.error.order");
		}
		return from.isBefore(to.minusMonths(MOST_MONTHS - 1L)) ? Map.of("to", "history.error.long") : Map.of();
	}

	/** The city that is asked for, else the first of the configuration. */
	private @Nullable City chosen(@Nullable String asked, List<City> all) {
		if (asked != null) {
			return all.stream()
				.filter((city) -> city.name().equals(asked))
				.findFirst()
				.orElseThrow(() -> Problems.notFound("There is no city %s.".formatted(Problems.echo(asked))));
		}
		return this.cities.listed().stream().findFirst().or(() -> all.stream().findFirst()).orElse(null);
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
