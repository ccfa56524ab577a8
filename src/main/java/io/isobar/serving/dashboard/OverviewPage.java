package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.isobar.batch.BatchViews;
import io.isobar.batch.BatchViews.Clustered;
import io.isobar.batch.BatchViews.Correlation;
import io.isobar.batch.BatchViews.Extreme;
import io.isobar.batch.BatchViews.Month;
import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.batch.Generations;
import io.isobar.batch.OneMoment;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.StepRun;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * What is known: the cities, the state of the last run, and what the current generation
 * says.
 */
@Controller
class OverviewPage {

	private static final String JOB = "weather_batch_processing";

	private static final int EXTREMES = 5;

	private static final int CORRELATIONS = 10;

	private final Cities cities;

	private final BatchViews views;

	private final Generations generations;

	private final Executions executions;

	private final MessageSource messages;

	private final Clock clock;

	private final OneMoment moment;

	OverviewPage(Cities cities, BatchViews views, Generations generations, Executions executions,
			MessageSource messages, Clock clock, OneMoment moment) {
		this.cities = cities;
		this.views = views;
		this.generations = generations;
		this.executions = executions;
		this.messages = messages;
		this.clock = clock;
		this.moment = moment;
	}

	/**
	 * A city with what the last whole generation knows of it; null where it knows
	 * nothing.
	 */
	record CityRow(City city, @Nullable Month lastMonth, @Nullable Clustered cluster, boolean simulated) {
	}

	@GetMapping("/")
	String overview(@RequestParam(required = false) @Nullable String city,
			@RequestParam(defaultValue = "temperature") String metric, Locale locale, HttpServletResponse response,
			Model model) {
		return this.moment.of(() -> overview(city, metric, new FieldErrors(this.messages, locale), response, model));
	}

	private String overview(@Nullable String city, String metric, FieldErrors errors, HttpServletResponse response,
			Model model) {
		Metric shown = Metric.ofField(metric).orElse(Metric.TEMPERATURE);
		if (!shown.field().equals(metric)) {
			errors.unknown("metric", "field.error.metric", metric);
		}
		List<Month> months = this.views.months(null, null, null);
		List<City> known = this.cities.all();
		String chosen = chosen(city, known, months, errors);
		model.addAttribute("cities", rows(known, months));
		model.addAttribute("city", chosen);
		model.addAttribute("metric", shown);
		model.addAttribute("metrics", Metric.ALL);
		model.addAttribute("months",
				months.stream()
					.filter((month) -> month.city().equals(chosen))
					.sorted(Comparator.comparing(Month::month).reversed())
					.toList());
		List<Extreme> extremes = this.views.extremes(shown, EXTREMES);
		model.addAttribute("highest", extremes.stream().filter((extreme) -> extreme.kind().equals("max")).toList());
		model.addAttribute("lowest", extremes.stream().filter((extreme) -> extreme.kind().equals("min")).toList());
		model.addAttribute("correlations", strongest(chosen));
		model.addAttribute("zones", new Zones(known));
		model.addAttribute("errors", errors.tell(response));
		addRun(model);
		return "overview";
	}

	/**
	 * The strip with the state of the last run alone; once it has ended, the whole page
	 * is asked for anew.
	 */
	@GetMapping("/overview/run")
	String run(@RequestParam int generation, Model model, HttpServletResponse response) {
		addRun(model);
		Generation current = (Generation) model.getAttribute("generation");
		if (current != null && current.number() != generation) {
			response.setHeader("HX-Refresh", "true");
		}
		return "overview :: run";
	}

	private void addRun(Model model) {
		Optional<Execution> last = Optional.ofNullable(this.executions.newest().get(JOB));
		model.addAttribute("generation", this.generations.current(Dataset.WEATHER).orElse(null));
		model.addAttribute("run", last.orElse(null));
		model.addAttribute("step", last.flatMap(this::lastStep).orElse(null));
		model.addAttribute("simulated", this.views.simulatedCities());
		model.addAttribute("now", this.clock.instant());
		model.addAttribute("zone", ZoneId.systemDefault());
	}

	private Optional<StepRun> lastStep(Execution execution) {
		List<StepRun> steps = this.executions.steps(execution.executionId());
		return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
	}

	private List<CityRow> rows(List<City> known, List<Month> months) {
		List<Clustered> clusters = this.views.clusters();
		List<String> simulated = this.views.simulatedCities();
		return known.stream()
			.map((city) -> new CityRow(city,
					months.stream()
						.filter((month) -> month.city().equals(city.name()))
						.max(Comparator.comparing(Month::month))
						.orElse(null),
					clusters.stream().filter((cluster) -> cluster.city().equals(city.name())).findFirst().orElse(null),
					simulated.contains(city.name())))
			.sorted(Comparator.comparing((CityRow row) -> !row.city().listed()))
			.toList();
	}

	private List<Correlation> strongest(String city) {
		return this.views.correlations(city)
			.stream()
			.filter((pair) -> pair.coefficient() != null)
			.sorted(Comparator.comparingDouble((Correlation pair) -> -Math.abs(coefficient(pair))))
			.limit(CORRELATIONS)
			.toList();
	}

	private static double coefficient(Correlation pair) {
		Double coefficient = pair.coefficient();
		return (coefficient != null) ? coefficient : 0;
	}

	/**
	 * The city that is asked for, else the first listed one that has anything to show.
	 */
	private String chosen(@Nullable String asked, List<City> known, List<Month> months, FieldErrors errors) {
		if (asked != null) {
			if (known.stream().map(City::name).anyMatch(asked::equals)) {
				return asked;
			}
			errors.unknown("city", "field.error.city", asked);
		}
		return this.cities.listed()
			.stream()
			.map(City::name)
			.filter((name) -> months.stream().anyMatch((month) -> month.city().equals(name)))
			.findFirst()
			.or(() -> months.stream().map(Month::city).findFirst())
			.or(() -> known.stream().map(City::name).findFirst())
			.orElse("");
	}

	/** The zone of a city, for its times. */
	record Zones(List<City> cities) {

		public ZoneId of(String name) {
			return this.cities.stream()
				.filter((city) -> city.name().equals(name))
				.findFirst()
				.map(City::zone)
				.orElse(ZoneId.of("UTC"));
		}

	}

}
