package io.isobar.operations;

import jakarta.servlet.DispatcherType;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;

/**
 * Which path needs which role: the whole table, also for pages and calls that are still
 * to come. What exists and isn't listed is refused.
 */
final class AccessRules {

	/** The scripts have their version before them, not in their name. */
	private static final String[] STATIC = { "/css/**", "/js/**", "/*/js/**", "/img/**", "/data/**", "/webjars/**" };

	private final boolean publicDashboards;

	private final UnlistedPaths unlisted;

	AccessRules(boolean publicDashboards, UnlistedPaths unlisted) {
		this.publicDashboards = publicDashboards;
		this.unlisted = unlisted;
	}

	void apply(AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry to) {
		// They go on with a request that has been allowed, or has been refused
		to.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD).permitAll();

		reading(to, null, "/login", "/about");
		reading(to, null, STATIC);
		changing(to, null, HttpMethod.POST, "/login", "/logout");
		reading(to, null, "/actuator/health", "/actuator/health/**");

		reading(to, Role.OPERATOR, "/api/dead-letters/**", "/jobs/dead-letters/**", "/api/audit/**", "/jobs/audit/**");
		// As the stack traces on the pages
		reading(to, Role.OPERATOR, "/api/jobs/executions/*/applications/*/log");
		// Who may not act is told so before the form, not after it
		reading(to, Role.ADMIN, "/jobs/executions/*/delete");
		reading(to, Role.OPERATOR, "/jobs/*/launch", "/jobs/executions/*/restart", "/jobs/executions/*/stop",
				"/jobs/executions/*/abandon", "/jobs/generations/*/current", "/jobs/generations/*/release");
		reading(to, Role.VIEWER, "/api/reconciliation", "/api/orders/**", "/api/batch/generations/**", "/api/jobs/**",
				"/api/status/**", "/api/fetch/**", "/actuator/info", "/actuator/prometheus");
		reading(to, Role.VIEWER, "/orders/**", "/analyses/**", "/jobs/**");

		reading(to, Role.VIEWER, "/api/speed/sinks");

		// Weather
		Role weather = (this.publicDashboards) ? null : Role.VIEWER;
		reading(to, weather, "/api/cities", "/api/speed/**", "/api/batch/**", "/api/views/**", "/api/events",
				"/api/forecast", "/v3/api-docs", "/v3/api-docs/**", "/v3/api-docs.yaml", "/swagger-ui.html",
				"/swagger-ui/**");
		reading(to, weather, "/", "/overview/run", "/live", "/history", "/compare", "/unified", "/boundary",
				"/cities/**");

		changing(to, Role.VIEWER, HttpMethod.POST, "/api/run", "/analyses/**");
		changing(to, Role.VIEWER, HttpMethod.DELETE, "/api/status/**");

		// An admin deletes; a form can only POST
		changing(to, Role.ADMIN, HttpMethod.DELETE, "/api/jobs/**");
		changing(to, Role.ADMIN, HttpMethod.POST, "/jobs/executions/*/delete", "/jobs/retention/**");
		changing(to, Role.OPERATOR, HttpMethod.POST, "/api/orders", "/api/orders/export", "/api/jobs/**",
				"/api/backfills", "/api/dead-letters/**", "/orders/**", "/jobs/**");
		changing(to, Role.OPERATOR, HttpMethod.PUT, "/api/jobs/**", "/api/batch/generations/**", "/api/speed/sinks/**");

		to.anyRequest().access(this.unlisted);
	}

	private static void reading(
			AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry to,
			@Nullable Role role, String... patterns) {
		changing(to, role, HttpMethod.GET, patterns);
		changing(to, role, HttpMethod.HEAD, patterns);
	}

	private static void changing(
			AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry to,
			@Nullable Role role, HttpMethod method, String... patterns) {
		if (role == null) {
			to.requestMatchers(method, patterns).permitAll();
		}
		else {
			to.requestMatchers(method, patterns).hasRole(role.name());
		}
	}

}
