package io.isobar.operations;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;

import io.isobar.web.Problems;

/**
 * What is answered to those who may not: a problem detail to programs and to scripts of a
 * page, the login page or an error page to people.
 */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler, AuthenticationFailureHandler {

	/**
	 * Request attribute with the name of the role that was needed, for the error page.
	 */
	static final String NEEDED_ROLE = "isobar.neededRole";

	private static final String SAVED_REQUEST = "SPRING_SECURITY_SAVED_REQUEST";

	private static final String ROLE_PREFIX = "ROLE_";

	private final Problems problems;

	Refusals(Problems problems) {
		this.problems = problems;
	}

	/** Nobody is logged in, or a program's password was wrong. */
	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
			throws IOException {
		if (exception instanceof TooManyWrongPasswords tooMany) {
			throttled(request, response, tooMany);
		}
		else if (request.getHeader("HX-Request") != null && !Problems.isForProgram(request)) {
			// A redirect would put the login page into a part of the page
			response.setHeader("HX-Redirect", login(request));
			response.setStatus(HttpStatus.UNAUTHORIZED.value());
		}
		else if (Problems.isForProgram(request) || request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
			HttpHeaders headers = new HttpHeaders();
			if (!isBrowser(request)) {
				headers.set(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"isobar\", charset=\"UTF-8\"");
			}
			this.problems.write(request, response, Problems
				.of(HttpStatus.UNAUTHORIZED, (exception instanceof BadCredentialsException)
						? "User or password is wrong. The users are viewer, operator and admin; generated passwords were shown "
								+ "at the first start, and stand in the file that is named at every start."
						: request.getMethod() + " needs " + role(neededRole(exception))
								+ ", and nobody is logged in. Send user and password with HTTP Basic, or log in at /login."),
					headers);
		}
		else {
			if (!request.getMethod().equals("GET")) {
				comeBackToForm(request);
			}
			response.sendRedirect(login(request));
		}
	}

	/**
	 * A browser would open a window of its own at {@code WWW-Authenticate}; a script of
	 * our pages shows the login page instead.
	 */
	private static boolean isBrowser(HttpServletRequest request) {
		String agent = request.getHeader(HttpHeaders.USER_AGENT);
		return request.getHeader("Sec-Fetch-Mode") != null || request.getHeader("HX-Request") != null
				|| (agent != null && agent.startsWith("Mozilla/"));
	}

	private static String login(HttpServletRequest request) {
		boolean hadSession = request.getRequestedSessionId() != null && !request.isRequestedSessionIdValid();
		return request.getContextPath() + ((hadSession) ? "/login?expired" : "/login");
	}

	/** The form's password was wrong, or wasn't looked at. */
	@Override
	public void onAuthenticationFailure(HttpServletRequest request, HttpServletResponse response,
			AuthenticationException exception) throws IOException, ServletException {
		response.setStatus(HttpStatus.UNAUTHORIZED.value());
		if (exception instanceof TooManyWrongPasswords tooMany) {
			response.setStatus(HttpStatus.TOO_MANY_REQUESTS.value());
			response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(tooMany.retryAfter()));
			request.setAttribute(LoginPage.RETRY_AFTER, tooMany.retryAfter());
		}
		request.getRequestDispatcher(LoginPage.REFUSED).forward(request, response);
	}

	private void throttled(HttpServletRequest request, HttpServletResponse response, TooManyWrongPasswords tooMany)
			throws IOException {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, Long.toString(tooMany.retryAfter()));
		this.problems.write(request, response, Problems.of(HttpStatus.TOO_MANY_REQUESTS,
				WrongPasswords.MOST + " wrong passwords came from this address within a minute, "
						+ "so not even a right one is looked at. Try again in " + tooMany.retryAfter() + " seconds."),
				headers);
	}

	/** Somebody is logged in and may not, or a form came without its token. */
	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException exception)
			throws IOException {
		Authentication somebody = SecurityContextHolder.getContext().getAuthentication();
		boolean nobody = somebody == null || somebody instanceof AnonymousAuthenticationToken;
		if (exception instanceof CsrfException && nobody) {
			commence(request, response, new InsufficientAuthenticationException("no session", exception));
			return;
		}
		String detail = detail(request, exception, (somebody != null) ? somebody.getName() : "");
		if (Problems.isForProgram(request) || request.getHeader("HX-Request") != null
				|| request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
			this.problems.write(request, response, Problems.of(HttpStatus.FORBIDDEN, detail));
		}
		else {
			neededRole(exception).ifPresent((role) -> request.setAttribute(NEEDED_ROLE, role.user()));
			response.sendError(HttpStatus.FORBIDDEN.value(), detail);
		}
	}

	private static String detail(HttpServletRequest request, AccessDeniedException exception, String user) {
		if (exception instanceof CsrfException) {
			return "The form's token is missing or out of date, so it may not have been sent from a page of isobar. "
					+ "Load the page again and repeat. Programs send user and password with HTTP Basic and need no token.";
		}
		if (exception instanceof CrossSiteRequest) {
			return "A page of another site sent this with a password that the browser knew. Open isobar itself instead.";
		}
		Optional<Role> needed = neededRole(exception);
		return (needed.isPresent()) ? request.getMethod() + " needs " + role(needed) + ", which " + user
				+ " does not have. " + "Log in as " + needed.get().user() + "."
				: request.getMethod() + " is not possible here for anybody.";
	}

	/** After the login, the page with the form that was sent is shown again. */
	private static void comeBackToForm(HttpServletRequest request) {
		String referrer = request.getHeader(HttpHeaders.REFERER);
		String here = request.getRequestURL().toString();
		String root = here.substring(0, here.length() - request.getRequestURI().length());
		if (referrer != null && referrer.startsWith(root + "/") && !request.getRequestURI().endsWith("/login")
				&& !Problems.isForProgram(request)) {
			URI form = URI.create(referrer);
			String query = (form.getRawQuery() != null) ? "?" + form.getRawQuery() : "";
			request.getSession().setAttribute(SAVED_REQUEST, new SimpleSavedRequest(form.getRawPath() + query));
		}
	}

	private static String role(Optional<Role> role) {
		return role.map((it) -> "role " + it.name().toLowerCase(Locale.ROOT)).orElse("a login");
	}

	private static Optional<Role> neededRole(@Nullable Throwable refusal) {
		for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
			if (cause instanceof AuthorizationDeniedException denied
					&& denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision) {
				return decision.getAuthorities()
					.stream()
					.flatMap((authority) -> Arrays.stream(Role.values())
						.filter((role) -> (ROLE_PREFIX + role).equals(authority.getAuthority())))
					.min(Role::compareTo);
			}
		}
		return Optional.empty();
	}

}
