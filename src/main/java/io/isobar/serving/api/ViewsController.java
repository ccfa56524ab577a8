package io.isobar.serving.api;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.isobar.serving.Boundaries;
import io.isobar.serving.CityDays;
import io.isobar.serving.Day;
import io.isobar.serving.Month;
import io.isobar.serving.OrdersBoundary;
import io.isobar.serving.UnifiedDays;
import io.isobar.web.Ranges;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** Both layers as one view. */
@RestController
@RequestMapping(path = "/api/views", produces = MediaType.APPLICATION_JSON_VALUE)
class ViewsController {

	private final UnifiedDays days;

	private final Boundaries boundaries;

	private final Asked asked;

	private final BatchAnswers answers;

	private final JsonMapper json;

	ViewsController(UnifiedDays days, Boundaries boundaries, Asked asked, BatchAnswers answers, JsonMapper json) {
		this.days = days;
		this.boundaries = boundaries;
		this.asked = asked;
		this.answers = answers;
		this.json = json;
	}

	record DailyAnswer(String city, LocalDate date, String layer, String status, long readings, int expectedReadings,
			Map<String, Long> origins, @Nullable Double temperatureMean, @Nullable Double temperatureMin,
			@Nullable Double temperatureMax, @Nullable Double humidityMean, @Nullable Double pressureMean,
			@Nullable Double windSpeedMax, @Nullable Double precipitationSum) {

		static DailyAnswer of(Day day) {
			return new DailyAnswer(day.city(), day.date(), day.layer().word(), day.status(), day.readings(),
					day.expectedReadings(), day.summary().origins(), day.summary().temperatureMean(),
					day.summary().temperatureMin(), day.summary().temperatureMax(), day.summary().humidityMean(),
					day.summary().pressureMean(), day.summary().windSpeedMax(), day.summary().precipitationSum());
		}

	}

	/**
	 * A month as it is served.
	 *
	 * @param layers how many of its days each layer answers for
	 */
	record MonthlyAnswer(String city, YearMonth month, String resolution, Map<String, Integer> layers, long readings,
			int expectedReadings, double coverage, Map<String, Long> origins, @Nullable Double temperatureMean,
			@Nullable Double temperatureMin, @Nullable Double temperatureMax, @Nullable Double humidityMean,
			@Nullable Double pressureMean, @Nullable Double windSpeedMean, @Nullable Double windSpeedMax,
			@Nullable Double precipitationSum) {

		static MonthlyAnswer of(Month month) {
			return new MonthlyAnswer(month.city(), month.month(), month.resolution().column(),
					Map.of("batch", month.batchDays(), "speed", month.speedDays()), month.summary().readings(),
					month.expectedReadings(), month.coverage(), month.summary().origins(),
					month.summary().temperatureMean(), month.summary().temperatureMin(),
					month.summary().temperatureMax(), month.summary().humidityMean(), month.summary().pressureMean(),
					month.summary().windSpeedMean(), month.summary().windSpeedMax(),
					month.summary().precipitationSum());
		}

	}

	record CoverageAnswer(String city, LocalDate date, String layer, long readings, int expectedReadings, String status,
			boolean simulated) {

		static CoverageAnswer of(Day day) {
			return new CoverageAnswer(day.city(), day.date(), day.layer().word(), day.readings(),
					day.expectedReadings(), day.status(), day.isSimulated());
		}

	}

	record CityBoundary(String city, @Nullable LocalDate boundary, @Nullable Integer generation,
			@Nullable Instant publishedAt) {
	}

	record BoundaryAnswer(List<CityBoundary> weather, OrdersBoundary orders) {
	}

	@GetMapping("/daily")
	@ApiResponse(responseCode = "200",
			content = @Content(array = @ArraySchema(schema = @Schema(implementation = DailyAnswer.class))))
	@Nullable ResponseEntity<byte[]> daily(@RequestParam String city, @RequestParam LocalDate from, @RequestParam LocalDate to,
			WebRequest request) {
		Ranges.days(from, to);
		CityDays days = of(city);
		return answer(List.of(days), from, to, request, (each) -> each.days(from, to),
				(day) -> day.written((any) -> this.json.writeValueAsBytes(DailyAnswer.of(any))));
	}

	@GetMapping("/monthly")
	@ApiResponse(responseCode = "200",
			content = @Content(array = @ArraySchema(schema = @Schema(implementation = MonthlyAnswer.class))))
	@Nullable ResponseEntity<byte[]> monthly(@RequestParam String city, @RequestParam YearMonth from, @RequestParam YearMonth to,
			WebRequest request) {
		Ranges.months(from, to);
		CityDays days = of(city);
		return answer(List.of(days), from.atDay(1), to.atEndOfMonth(), request, (each) -> each.months(from, to),
				(month) -> this.json.writeValueAsBytes(MonthlyAnswer.of(month)));
	}

	@GetMapping("/coverage")
	@ApiResponse(responseCode = "200",
			content = @Content(array = @ArraySchema(schema = @Schema(implementation = CoverageAnswer.class))))
	@Nullable ResponseEntity<byte[]> coverage(@RequestParam(required = false) @Nullable String city, @RequestParam LocalDate from,
			@RequestParam LocalDate to, WebRequest request) {
		Ranges.days(from, to);
		List<CityDays> cities = (city != null) ? List.of(of(city)) : this.days.all();
		return answer(cities, from, to, request, (each) -> each.days(from, to),
				(day) -> this.json.writeValueAsBytes(CoverageAnswer.of(day)));
	}

	@GetMapping("/boundary")
	BoundaryAnswer boundary() {
		return new BoundaryAnswer(this.boundaries.weather()
			.stream()
			.map((boundary) -> new CityBoundary(boundary.city(), boundary.boundary(), boundary.generation(),
					boundary.publishedAt()))
			.toList(), this.boundaries.orders());
	}

	private CityDays of(String city) {
		return this.days.of(city).orElseThrow(() -> this.asked.unknown(city));
	}

	/**
	 * Rows of cities as a list. Where all days are closed, nothing but a generation
	 * speaks, and the answer says which.
	 */
	private <T> @Nullable ResponseEntity<byte[]> answer(List<CityDays> cities, LocalDate from, LocalDate to,
			WebRequest request, Function<CityDays, List<T>> rows, Function<T, byte[]> written) {
		boolean closed = cities.stream().allMatch((city) -> city.isClosed(from, to));
		if (closed && !cities.isEmpty() && this.answers.isKnown(request, cities.get(0).generation())) {
			return null;
		}
		List<byte[]> pieces = new ArrayList<>();
		cities.forEach((city) -> rows.apply(city).forEach((row) -> pieces.add(written.apply(row))));
		ByteArrayOutputStream list = new ByteArrayOutputStream(
				pieces.stream().mapToInt((piece) -> piece.length + 1).sum() + 2);
		list.write('[');
		for (int i = 0; i < pieces.size(); i++) {
			if (i > 0) {
				list.write(',');
			}
			list.writeBytes(pieces.get(i));
		}
		list.write(']');
		ResponseEntity.BodyBuilder answer = (closed) ? this.answers.tagged() : ResponseEntity.ok();
		return answer.contentType(MediaType.APPLICATION_JSON).body(list.toByteArray());
	}

}
