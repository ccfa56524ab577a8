package io.isobar.serving.api;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;

import io.isobar.batch.BatchViews;
import io.isobar.web.Ranges;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the batch layer has published. */
@RestController
@RequestMapping("/api/batch")
class BatchController {

	private final BatchViews views;

	private final Asked asked;

	BatchController(BatchViews views, Asked asked) {
		this.views = views;
		this.asked = asked;
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
	List<MonthAnswer> monthly(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable YearMonth from,
			@RequestParam(required = false) @Nullable YearMonth to) {
		Ranges.months(from, to);
		return this.views.months(this.asked.cityOrAll(city), from, to)
			.stream()
			.map((month) -> new MonthAnswer(month.city(), month.month(), month.resolution(), month.readings(),
					month.coverage(), month.temperatureMean(), month.temperatureMin(), month.temperatureMax(),
					month.humidityMean(), month.pressureMean(), month.windSpeedMean(), month.windSpeedMax(),
					month.precipitationSum()))
			.toList();
	}

	@GetMapping("/extremes")
	List<ExtremeAnswer> extremes(@RequestParam String metric, @RequestParam(defaultValue = "10") @Min(value = 1,
			message = "is below 1.") @Max(value = 1000, message = "is above 1000.") int limit) {
		return this.views.extremes(Asked.metric(metric), limit)
			.stream()
			.map((extreme) -> new ExtremeAnswer(extreme.city(), extreme.metric().field(), extreme.kind(),
					extreme.value(), extreme.observedAt(), extreme.origin().name()))
			.toList();
	}

	@GetMapping("/comparison")
	List<ComparedAnswer> comparison(@RequestParam String metric, @RequestParam LocalDate from,
			@RequestParam LocalDate to) {
		Ranges.days(from, to);
		return this.views.comparison(Asked.metric(metric), from, to)
			.stream()
			.map((city) -> new ComparedAnswer(city.city(), city.rank(), city.mean(), city.min(), city.max(),
					city.standardDeviation()))
			.toList();
	}

	@GetMapping("/correlations")
	List<CorrelationAnswer> correlations(@RequestParam(required = false) @Nullable String city) {
		return this.views.correlations(this.asked.cityOrAll(city))
			.stream()
			.map((pair) -> new CorrelationAnswer(pair.city(), pair.first().field(), pair.second().field(),
					pair.coefficient(), pair.pairs()))
			.toList();
	}

	@GetMapping("/clusters")
	List<ClusterAnswer> clusters() {
		return this.views.clusters()
			.stream()
			.map((city) -> new ClusterAnswer(city.city(), city.cluster(), city.label(),
					new ProfileAnswer(city.temperature(), city.humidity(), city.precipitation(), city.windSpeed())))
			.toList();
	}

	@GetMapping("/amplitude")
	List<AmplitudeAnswer> amplitude(@RequestParam String city, @RequestParam YearMonth from,
			@RequestParam YearMonth to) {
		Ranges.months(from, to);
		return this.views.amplitude(this.asked.city(city), from, to)
			.stream()
			.map((month) -> new AmplitudeAnswer(month.city(), month.month(), month.mean(), month.max()))
			.toList();
	}

	@GetMapping("/degree-days")
	List<DegreeDaysAnswer> degreeDays(@RequestParam String city, @RequestParam YearMonth from,
			@RequestParam YearMonth to) {
		Ranges.months(from, to);
		return this.views.degreeDays(this.asked.city(city), from, to)
			.stream()
			.map((month) -> new DegreeDaysAnswer(month.city(), month.month(), month.heating(), month.cooling(),
					month.days()))
			.toList();
	}

	@GetMapping("/normals")
	List<NormalAnswer> normals(@RequestParam String city) {
		return this.views.normals(this.asked.city(city))
			.stream()
			.map((normal) -> new NormalAnswer(normal.city(), normal.day().toString().substring(2), normal.mean(),
					normal.low(), normal.high(), normal.years()))
			.toList();
	}

}
