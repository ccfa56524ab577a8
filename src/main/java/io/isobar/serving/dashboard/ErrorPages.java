package io.isobar.serving.dashboard;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.ModelAndView;

import io.isobar.web.StoreUnavailable;

/**
 * The page for an error: what happened, what still works, what to do, and a reference
 * that the log has too.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ErrorPages implements ErrorViewResolver {

	/** Request attribute with the role that was needed, set where a role was missing. */
	private static final String NEEDED_ROLE = "isobar.neededRole";

	/** Those with words of their own; any other is told as 400 or 500. */
	private static final Set<Integer> KNOWN = Set.of(403, 404, 429, 503);

	private static final Logger logger = LoggerFactory.getLogger(ErrorPages.class);

	private final ObjectProvider<ErrorAttributes> attributes;

	private final SecureRandom random = new SecureRandom();

	ErrorPages(ObjectProvider<ErrorAttributes> attributes) {
		this.attributes = attributes;
	}

	@Override
	public ModelAndView resolveErrorView(HttpServletRequest request, HttpStatus answered, Map<String, Object> model) {
		Throwable cause = this.attributes.getObject().getError(new ServletWebRequest(request));
		StoreUnavailable store = StoreUnavailable.in(cause).orElse(null);
		HttpStatus status = (store != null) ? HttpStatus.SERVICE_UNAVAILABLE : answered;
		String reference = log(request, status, cause);
		Map<String, Object> page = new HashMap<>();
		page.put("status", status.value());
		page.put("kind", (KNOWN.contains(status.value())) ? status.value() : (status.is5xxServerError()) ? 500 : 400);
		page.put("reference", reference);
		if (store != null) {
			page.put("store", store.store());
			page.put("retryAfter", store.retryAfter().toSeconds());
			retryAfter(store);
		}
		Object role = request.getAttribute(NEEDED_ROLE);
		if (role != null) {
			page.put("neededRole", role);
		}
		return new ModelAndView("error", page, status);
	}

	private static void retryAfter(StoreUnavailable store) {
		RequestAttributes current = RequestContextHolder.getRequestAttributes();
		HttpServletResponse response = (current instanceof ServletRequestAttributes servlet) ? servlet.getResponse()
				: null;
		if (response != null) {
			response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(store.retryAfter().toSeconds()));
		}
	}

	private String log(HttpServletRequest request, HttpStatus status, @Nullable Throwable cause) {
		byte[] bytes = new byte[4];
		this.random.nextBytes(bytes);
		String reference = HexFormat.of().formatHex(bytes);
		Object asked = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
		if (status == HttpStatus.SERVICE_UNAVAILABLE) {
			logger.warn("{} {}: {} (reference {})", request.getMethod(), asked,
					(cause != null) ? cause.getMessage() : status, reference);
		}
		else if (status.is5xxServerError()) {
			logger.error("{} {} failed (reference {})", request.getMethod(), asked, reference, cause);
		}
		else {
			logger.info("{} {} was answered {} (reference {})", request.getMethod(), asked, status.value(), reference);
		}
		return reference;
	}

}
