package io.isobar.serving.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.LatestReading;
import io.isobar.speed.SpeedViews;
import io.isobar.weather.Metric;
import io.isobar.web.Problems;
import io.isobar.web.Ranges;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What the speed layer has taken in. */
@RestController
@ConditionalOnSpeed
@RequestMapping("/api/speed")
class SpeedController {

	private final SpeedViews views;

	private final EventStreams streams;

	private final LongPolls polls;

	private final Asked asked;

	SpeedController(SpeedViews views, EventStreams streams, LongPolls polls, Asked asked) {
		this.views = views;
		this.streams = streams;
		this.polls = polls;
		this.asked = asked;
	}

	record PointAnswer(Instant at, double value) {
	}

	record SeriesAnswer(String city, String metric, String unit, List<PointAnswer> points) {
	}

	@GetMapping("/latest")
	@ApiResponse(responseCode = "200",
			content = @Content(array = @ArraySchema(schema = @Schema(implementation = LatestAnswer.class))))
	@Nullable List<LatestAnswer> latest(@RequestParam(required = false) @Nullable String city,
			@RequestParam(required = false) @Nullable Instant after,
			@RequestParam(required = false) @Nullable Duration wait, HttpServletRequest request,
			HttpServletResponse response) {
		if (wait == null || wait.isZero() || LongPolls.isOver(request)) {
			return this.views.latest(this.asked.cityOrAll(city))
				.stream()
				.filter((latest) -> after == null || latest.isAfter(after))
				.map(LatestAnswer::of)
				.toList();
		}
		if (city == null || after == null) {
			throw Problems.badParameter("wait",
					"is for the next reading of one city: add city, and after with the observedAt of the one that is known. All cities are followed at /api/speed/events.");
		}
		if (wait.isNegative() || wait.compareTo(LongPolls.LONGEST) > 0) {
			throw Problems.badParameter("wait",
					"%s is not between PT0S and %s. Ask again when an answer has come, also where it is empty."
						.formatted(wait, LongPolls.LONGEST));
		}
		LatestReading newer = this.polls.open(this.asked.city(city), after, wait, request, response);
		return (newer != null) ? List.of(LatestAnswer.of(newer)) : null;
	}

	@GetMapping("/series")
	SeriesAnswer series(@RequestParam String city, @RequestParam String metric, @RequestParam Instant from,
			@RequestParam Instant to) {
		Metric asked = Asked.metric(metric);
		Ranges.instants(from, to);
		List<PointAnswer> points = this.views.series(this.asked.city(city), asked, from, to)
			.stream()
			.map((point) -> new PointAnswer(point.at(), point.value()))
			.toList();
		return new SeriesAnswer(city, asked.field(), asked.unit(), points);
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	@ApiResponse(responseCode = "200",
			content = @Content(schema = @Schema(anyOf = { LatestAnswer.class, EventStreams.BoundaryEvent.class })))
	@Nullable SseEmitter events(HttpServletRequest request, HttpServletResponse response) {
		if (request.getMethod().equals(HttpMethod.HEAD.name())) {
			// It would be written to for ever: nothing is sent that could fail
			response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
			return null;
		}
		return this.streams.open(request);
	}

}
