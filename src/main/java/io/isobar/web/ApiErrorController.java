package io.isobar.web;

import java.util.List;
import java.util.Map;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.webmvc.autoconfigure.error.BasicErrorController;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.ModelAndView;

/**
 * Boot's error pages, but a problem detail where a program asked, or somebody who wants
 * no page: for what failed before any controller, in a filter or in the server itself.
 */
@Controller
class ApiErrorController extends BasicErrorController {

	private final ErrorAttributes attributes;

	private final Problems problems;

	ApiErrorController(ErrorAttributes attributes, WebProperties settings, List<ErrorViewResolver> views,
			Problems problems) {
		super(attributes, settings.getError(), views);
		this.attributes = attributes;
		this.problems = problems;
	}

	@Override
	public ModelAndView errorHtml(HttpServletRequest request, HttpServletResponse response) {
		if (!Problems.isForProgram(request)) {
			return super.errorHtml(request, response);
		}
		ProblemDetail problem = problem(request);
		return new ModelAndView((model, ofError, answer) -> this.problems.write(ofError, answer, problem));
	}

	@Override
	public ResponseEntity<Map<String, Object>> error(HttpServletRequest request) {
		ProblemDetail problem = problem(request);
		return ResponseEntity.status(problem.getStatus())
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.body(Map.of("type", "about:blank", "title", String.valueOf(problem.getTitle()), "status",
					problem.getStatus(), "detail", String.valueOf(problem.getDetail()), "instance",
					Problems.path(request)));
	}

	private ProblemDetail problem(HttpServletRequest request) {
		HttpStatus status = getStatus(request);
		if (status == HttpStatus.NOT_FOUND) {
			return ApiFailures.nothingHere(request);
		}
		if (status.is5xxServerError()) {
			Throwable error = this.attributes.getError(new ServletWebRequest(request));
			return ApiFailures.unexpected(request, error);
		}
		Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
		return Problems.of(status, (message != null && !message.toString().isBlank()) ? message.toString()
				: "This request can't be answered: " + status.getReasonPhrase() + ". See docs/http-api.md.");
	}

}
