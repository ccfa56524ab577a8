package io.isobar.web;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers whatever fails under {@code /api} with a problem detail, also where no
 * controller was found. A controller's own {@code @ExceptionHandler}s come before it.
 */
class ApiFailures implements HandlerExceptionResolver {

	private static final Logger logger = LoggerFactory.getLogger(ApiFailures.class);

	private final Problems problems;

	ApiFailures(Problems problems) {
		this.problems = problems;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		// The security filters answer theirs
		if (ex instanceof AccessDeniedException || ex instanceof AuthenticationException) {
			return null;
		}
		if (hasClientGone(ex)) {
			return new ModelAndView();
		}
		if (!Problems.isForProgram(request)) {
			return page(response, ex);
		}
		try {
			HttpHeaders headers = new HttpHeaders();
			ProblemDetail problem = translate(request, ex, headers);
			this.problems.write(request, response, problem, headers);
		}
		catch (IOException writing) {
			logger.debug("The client did not wait for the answer", writing);
		}
		return new ModelAndView();
	}

	/** Spring's own helper takes it for that too when a store resets a connection. */
	private static boolean hasClientGone(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof ClientAbortException || cause instanceof AsyncRequestNotUsableException) {
				return true;
			}
		}
		return false;
	}

	/** Left to Spring, unless that would send an empty page. */
	private static @Nullable ModelAndView page(HttpServletResponse response, Exception ex) {
		if (!DisconnectedClientHelper.isClientDisconnectedException(ex)) {
			return null;
		}
		try {
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
		}
		catch (IOException | IllegalStateException sending) {
			logger.debug("The page of an error can't be sent", sending);
		}
		return new ModelAndView();
	}

	private ProblemDetail translate(HttpServletRequest request, Exception ex, HttpHeaders headers) {
		Optional<StoreUnavailable> store = StoreUnavailable.in(ex);
		if (store.isPresent()) {
			return unavailable(store.get(), headers);
		}
		if (ex instanceof MissingServletRequestParameterException missing) {
			String name = missing.getParameterName();
			return Problems
				.badParameter(name, "is missing. Add it to the address, as in ?" + name + "=" + example(missing) + ".")
				.getBody();
		}
		if (ex instanceof MethodArgumentTypeMismatchException mismatch) {
			return Problems
				.badParameter(mismatch.getName(),
						Problems.echo(String.valueOf(mismatch.getValue())) + " " + noSuch(mismatch.getRequiredType()))
				.getBody();
		}
		if (ex instanceof HandlerMethodValidationException invalid) {
			return invalid(invalid);
		}
		if (ex instanceof MethodArgumentNotValidException invalid) {
			return Problems.of(HttpStatus.BAD_REQUEST,
					invalid.getFieldErrors()
						.stream()
						.map((error) -> error.getField() + ": " + error.getDefaultMessage())
						.sorted()
						.collect(Collectors.joining(" ")));
		}
		if (ex instanceof HttpMessageNotReadableException) {
			return Problems.of(HttpStatus.BAD_REQUEST, "The body is missing, is no well-formed JSON, "
					+ "or has a value of another type than is asked for here. See docs/http-api.md for its shape.");
		}
		if (ex instanceof HttpRequestMethodNotSupportedException method) {
			headers.putAll(method.getHeaders());
			return Problems.of(HttpStatus.METHOD_NOT_ALLOWED, method.getMethod() + " is not possible here. Possible: "
					+ String.join(", ", sorted(method.getSupportedMethods())) + ".");
		}
		if (ex instanceof HttpMediaTypeNotSupportedException type) {
			headers.putAll(type.getHeaders());
			return Problems.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE,
					((type.getContentType() != null) ? type.getContentType() + " can't be read here."
							: "The type of the body is not said.") + " Send " + names(type.getSupportedMediaTypes())
							+ ", and say so in Content-Type.");
		}
		if (ex instanceof HttpMediaTypeNotAcceptableException type) {
			headers.putAll(type.getHeaders());
			return Problems.of(HttpStatus.NOT_ACCEPTABLE, "None of the types that Accept asks for can be written here. "
					+ "Ask for " + names(type.getSupportedMediaTypes()) + ".");
		}
		if (ex instanceof NoResourceFoundException || ex instanceof NoHandlerFoundException) {
			return nothingHere(request);
		}
		if (ex instanceof ErrorResponse told) {
			headers.putAll(told.getHeaders());
			return told.getBody();
		}
		return unexpected(request, ex);
	}

	static ProblemDetail nothingHere(HttpServletRequest request) {
		return Problems.of(HttpStatus.NOT_FOUND, "There is nothing at " + Problems.echo(Problems.path(request))
				+ ". docs/http-api.md lists what there is.");
	}

	/** A failure that nobody foresaw: its whole story is in the log alone. */
	static ProblemDetail unexpected(HttpServletRequest request, @Nullable Throwable ex) {
		String reference = UUID.randomUUID().toString().substring(0, 8);
		logger.error("{} {} failed (reference {})", request.getMethod(), Problems.path(request), reference, ex);
		ProblemDetail problem = Problems.of(HttpStatus.INTERNAL_SERVER_ERROR,
				"isobar could not answer because of an error of its own. Try again; if it stays, "
						+ "tell whoever runs it the reference " + reference + ", under which the log has the cause.");
		problem.setProperty("reference", reference);
		return problem;
	}

	private static ProblemDetail unavailable(StoreUnavailable unavailable, HttpHeaders headers) {
		headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, unavailable.retryAfter().toSeconds())));
		ProblemDetail problem = Problems.of(HttpStatus.SERVICE_UNAVAILABLE, unavailable.sentence());
		problem.setProperty("store", unavailable.store());
		return problem;
	}

	private static ProblemDetail invalid(HandlerMethodValidationException invalid) {
		for (ParameterValidationResult result : invalid.getParameterValidationResults()) {
			String sentence = result.getResolvableErrors().get(0).getDefaultMessage();
			if (result instanceof ParameterErrors errors && errors.hasFieldErrors()) {
				String field = errors.getFieldErrors().get(0).getField();
				return Problems.badParameter(field, String.valueOf(errors.getFieldErrors().get(0).getDefaultMessage()))
					.getBody();
			}
			return Problems
				.badParameter(name(result.getMethodParameter()),
						Problems.echo(String.valueOf(result.getArgument())) + " is not possible: " + sentence)
				.getBody();
		}
		return Problems.of(HttpStatus.BAD_REQUEST, "The parameters don't go together. See docs/http-api.md.");
	}

	private static String name(MethodParameter parameter) {
		RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
		if (annotation != null && !annotation.name().isEmpty()) {
			return annotation.name();
		}
		return String.valueOf(parameter.getParameterName());
	}

	private static String example(MissingServletRequestParameterException missing) {
		return switch (missing.getParameterType()) {
			case "LocalDate" -> "2024-01-31";
			case "YearMonth" -> "2024-01";
			case "Instant" -> "2024-01-31T12:00:00Z";
			default -> "…";
		};
	}

	private static String noSuch(@Nullable Class<?> type) {
		if (type == null) {
			return "can't be read.";
		}
		if (type.isEnum()) {
			return "is none of "
					+ Arrays.stream(type.getEnumConstants()).map(String::valueOf).collect(Collectors.joining(", "))
					+ ".";
		}
		return Map.of(LocalDate.class, "is no day. Write it as 2024-01-31.", YearMonth.class,
				"is no month. Write it as 2024-01.", Instant.class, "is no instant. Write it as 2024-01-31T12:00:00Z.",
				Duration.class, "is no duration. Write it as PT30S.", Boolean.class, "is neither true nor false.",
				boolean.class, "is neither true nor false.")
			.getOrDefault(type, "is no whole number, or too large.");
	}

	private static String names(List<MediaType> types) {
		return types.stream().map(MediaType::toString).collect(Collectors.joining(" or "));
	}

	private static List<String> sorted(String @Nullable [] methods) {
		return (methods != null) ? Arrays.stream(methods).sorted().toList() : List.of();
	}

}
