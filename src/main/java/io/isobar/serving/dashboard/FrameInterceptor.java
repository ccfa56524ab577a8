package io.isobar.serving.dashboard;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Gives every page its frame and its formats, and keeps the theme that was chosen. */
class FrameInterceptor implements HandlerInterceptor {

	static final String LANGUAGE = "lang";

	static final String THEME = "theme";

	private final MessageSource messages;

	FrameInterceptor(MessageSource messages) {
		this.messages = messages;
	}

	@Override
	public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable ModelAndView page) {
		if (page == null || (page.getViewName() != null && page.getViewName().startsWith("redirect:"))) {
			return;
		}
		Locale locale = RequestContextUtils.getLocale(request);
		response.setLocale(locale);
		page.addObject("frame", new Frame(locale, theme(request, response), path(request), parameters(request),
				request.getRemoteUser()));
		page.addObject("formats", new Formats(locale, this.messages));
	}

	private static Theme theme(HttpServletRequest request, HttpServletResponse response) {
		Optional<Theme> chosen = Theme.of(request.getParameter(THEME));
		if (chosen.isPresent()) {
			// A script changes it as well, without asking the server
			ResponseCookie cookie = ResponseCookie.from(THEME, chosen.get().value())
				.path(request.getContextPath() + "/")
				.maxAge(Duration.ofDays(365))
				.sameSite("Lax")
				.build();
			response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
			return chosen.get();
		}
		return Optional.ofNullable(request.getCookies())
			.flatMap((cookies) -> Arrays.stream(cookies)
				.filter((cookie) -> cookie.getName().equals(THEME))
				.map(Cookie::getValue)
				.findFirst())
			.flatMap(Theme::of)
			.orElse(Theme.SYSTEM);
	}

	/**
	 * The address that was asked for, also when its answer is an error page. It begins
	 * with one slash: with two, a link to it would lead to another host.
	 */
	private static String path(HttpServletRequest request) {
		Object asked = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
		if (asked == null) {
			asked = request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI);
		}
		String address = (asked != null) ? asked.toString() : request.getRequestURI();
		return address.substring(Math.min(address.length(), request.getContextPath().length()))
			.replaceFirst("^/{2,}", "/");
	}

	private static MultiValueMap<String, String> parameters(HttpServletRequest request) {
		MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
		if (request.getMethod().equals("GET")) {
			request.getParameterMap().forEach((name, values) -> parameters.put(name, List.of(values)));
		}
		parameters.remove(LANGUAGE);
		parameters.remove(THEME);
		return parameters;
	}

}
