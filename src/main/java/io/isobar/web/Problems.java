package io.isobar.web;

import java.io.IOException;
import java.net.URI;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Failures as problem details (RFC 9457). Controllers throw what the static methods make;
 * filters, which no controller advice serves, use {@link #write}.
 */
@Component
public class Problems {

	private static final URI NO_TYPE = URI.create("about:blank");

	private static final int LONGEST_ECHO = 60;

	private final JsonMapper json;

	Problems(JsonMapper json) {
		this.json = json;
	}

	/**
	 * A problem detail.
	 * @param detail what is wrong, why, and what to do
	 */
	public static ProblemDetail of(HttpStatusCode status, String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
		problem.setType(NO_TYPE);
		return problem;
	}

	/** 404, for something that has an address but does not exist. */
	public static ErrorResponseException notFound(String detail) {
		return failure(HttpStatus.NOT_FOUND, detail);
	}

	/**
	 * 400, because of one parameter of the address.
	 * @param sentence what is wrong with it; the name is put before it
	 */
	public static ErrorResponseException badParameter(String name, String sentence) {
		ProblemDetail problem = of(HttpStatus.BAD_REQUEST, name + ": " + sentence);
		problem.setProperty("parameter", name);
		return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
	}

	/** Any other failure, as an exception for controllers to throw. */
	public static ErrorResponseException failure(HttpStatus status, String detail) {
		return new ErrorResponseException(status, of(status, detail), null);
	}

	/** What somebody sent, short enough to be said back. */
	public static String echo(String value) {
		return (value.length() > LONGEST_ECHO) ? value.substring(0, LONGEST_ECHO) + "…" : value;
	}

	/**
	 * Whether a program asked, which is answered with a problem detail and never with a
	 * page or a redirect. Knows the request that failed also while an error is
	 * dispatched.
	 */
	public static boolean isForProgram(HttpServletRequest request) {
		String path = path(request).substring(request.getContextPath().length());
		return path.equals("/api") || path.startsWith("/api/") || path.startsWith("/v3/")
				|| path.startsWith("/actuator/") || path.equals("/actuator");
	}

	/** Answers a request with a problem, from anywhere. */
	public void write(HttpServletRequest request, HttpServletResponse response, ProblemDetail problem)
			throws IOException {
		write(request, response, problem, HttpHeaders.EMPTY);
	}

	/**
	 * Answers a request with a problem, from anywhere.
	 * @param headers such as {@code Retry-After}, {@code WWW-Authenticate}, {@code Allow}
	 */
	public void write(HttpServletRequest request, HttpServletResponse response, ProblemDetail problem,
			HttpHeaders headers) throws IOException {
		if (response.isCommitted()) {
			return;
		}
		response.resetBuffer();
		response.setStatus(problem.getStatus());
		headers.forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
		if (problem.getInstance() == null) {
			problem.setInstance(instance(request));
		}
		byte[] body = this.json.writeValueAsBytes(problem);
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
		response.flushBuffer();
	}

	static @Nullable URI instance(HttpServletRequest request) {
		try {
			return URI.create(path(request));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	static String path(HttpServletRequest request) {
		Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
		return (failed != null) ? failed.toString() : request.getRequestURI();
	}

}
