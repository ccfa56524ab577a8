package io.isobar.serving.api;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;

import io.isobar.batch.BatchViews;
import io.isobar.weather.Metric;
import io.isobar.web.Ranges;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** What the batch layer has published, of one generation. */
@RestController
@RequestMapping("/api/batch")
class BatchController {

	private final BatchViews views;

	private final Asked asked;

	private final BatchAnswers answers;

	BatchController(BatchViews views, Asked asked, BatchAnswers answers) {
		this.views = views;
		this.asked = asked;
		this.answers = answers;
	}

	record MonthAnswer(String city, YearMonth month, String resolution, long readings, double coverage,
			@Nullable Double temperatureMean, @Nullable Double temperatureMin, @Nullable Double temperatureMax,
			@Nullable Double humidityMean, @Nullable Double pressureMean, @Nullable Double windSpeedMean,
			@Nullable Double windSpeedMax, @Nullable Double precipitationSum) {
	}

	record ExtremeAnswer(String city, String metric, String kind, double value, Instant observedAt, String dataOrigin) {
	}

	record ComparedAnswer(String city, int rank, double mean, @Nullable Double min, @Nullable Double max,
			double standardDeviation) {
	}

	record CorrelationAnswer(String city, String first, String second, @Nullable Double coefficient, long pairs) {
	}

	record ProfileAnswer(@Nullable Double temperature, @Nullable Double humidity, @Nullable Double precipitation,
			@Nullable Double windSpeed) {
	}

	record ClusterAnswer(String city, int cluster, String label, ProfileAnswer profile) {
	}

	record AmplitudeAnswer(String city, YearMonth month, double meanDailyAmplitude, double maxDailyAmplitude) {
	}

	record DegreeDaysAnswer(String city, YearMonth month, double heating, double cooling, long days) {
	}

	/** The day is {@code MM-dd}. */
	record NormalAnswer(String city, String day, double mean, double low, double high, int years) {
	}

	@GetMapping("/monthly")
	@Nullable ResponseEntity<List<MonthAnswer>> monthly(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable YearMonth from,
			@RequestParam(required = false) @Nullable YearMonth to, WebRequest request) {
		Ranges.months(from, to);
		@Nullable String one = this.asked.cityOrAll(city);
		return this.answers.of(request,
				() -> this.views.months(one, from, to)
					.stream()
					.map((month) -> new MonthAnswer(month.city(), month.month(), month.resolution(), month.readings(),
							month.coverage(), month.temperatureMean(), month.temperatureMin(), month.temperatureMax(),
							month.humidityMean(), month.pressureMean(), month.windSpeedMean(), month.windSpeedMax(),
							month.precipitationSum()))
					.toList());
	}

	@GetMapping("/extremes")
	@Nullable ResponseEntity<List<ExtremeAnswer>> extremes(
			@RequestParam String metric, @RequestParam(defaultValue = "10") @Min(value = 1,
					message = "is below 1.") @Max(value = 1000, message = "is above 1000.") int limit,
			WebRequest request) {
		Metric asked = Asked.metric(metric);
		return this.answers.of(request,
				() -> this.views.extremes(asked, limit)
					.stream()
					.map((extreme) -> new ExtremeAnswer(extreme.city(), extreme.metric().field(), extreme.kind(),
							extreme.value(), extreme.observedAt(), extreme.origin().name()))
					.toList());
	}

	@GetMapping("/comparison")
	@Nullable ResponseEntity<List<ComparedAnswer>> comparison(@RequestParam String metric, @RequestParam LocalDate from,
			@RequestParam LocalDate to, WebRequest request) {
		Ranges.days(from, to);
		Metric asked = Asked.metric(metric);
		return this.answers.of(request,
				() -> this.views.comparison(asked, from, to)
					.stream()
					.map((city) -> new ComparedAnswer(city.city(), city.rank(), city.mean(), city.min(), city.max(),
							city.standardDeviation()))
					.toList());
	}

	@GetMapping("/correlations")
	@Nullable ResponseEntity<List<CorrelationAnswer>> correlations(@RequestParam(required = false) @Nullable String city,
			WebRequest request) {
		@Nullable String one = this.asked.cityOrAll(city);
		return this.answers.of(request,
				() -> this.views.correlations(one)
					.stream()
					.map((pair) -> new CorrelationAnswer(pair.city(), pair.first().field(), pair.second().field(),
							pair.coefficient(), pair.pairs()))
					.toList());
	}

	@GetMapping("/clusters")
	@Nullable ResponseEntity<List<ClusterAnswer>> clusters(WebRequest request) {
		return this.answers.of(request, () -> this.views.clusters()
			.stream()
			.map((city) -> new ClusterAnswer(city.city(), city.cluster(), city.label(),
					new ProfileAnswer(city.temperature(), city.humidity(), city.precipitation(), city.windSpeed())))
			.toList());
	}

	@GetMapping("/amplitude")
	@Nullable ResponseEntity<List<AmplitudeAnswer>> amplitude(@RequestParam String city, @RequestParam YearMonth from,
			@RequestParam YearMonth to, WebRequest request) {
		Ranges.months(from, to);
		String one = this.asked.city(city);
		return this.answers.of(request,
				() -> this.views.amplitude(one, from, to)
					.stream()
					.map((month) -> new AmplitudeAnswer(month.city(), month.month(), month.mean(), month.max()))
					.toList());
	}

	@GetMapping("/degree-days")
	@Nullable ResponseEntity<List<DegreeDaysAnswer>> degreeDays(@RequestParam String city, @RequestParam YearMonth from,
			@RequestParam YearMonth to, WebRequest request) {
		Ranges.months(from, to);
		String one = this.asked.city(city);
		return this.answers.of(request,
				() -> this.views.degreeDays(one, from, to)
					.stream()
					.map((month) -> new DegreeDaysAnswer(month.city(), month.month(), month.heating(), month.cooling(),
							month.days()))
					.toList());
	}

	@GetMapping("/normals")
	@Nullable ResponseEntity<List<NormalAnswer>> normals(@RequestParam String city, WebRequest request) {
		String one = this.asked.city(city);
		return this.answers.of(request,
				() -> this.views.normals(one)
					.stream()
					.map((normal) -> new NormalAnswer(normal.city(), normal.day().toString().substring(2),
							normal.mean(), normal.low(), normal.high(), normal.years()))
					.toList());
	}

}
