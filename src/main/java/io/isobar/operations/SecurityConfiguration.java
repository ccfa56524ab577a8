package io.isobar.operations;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyAuthoritiesMapper;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AuthorizationManagerWebInvocationPrivilegeEvaluator.HttpServletRequestTransformer;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.web.servlet.HandlerMapping;

import io.isobar.web.NeededRoles;
import io.isobar.web.Problems;

/**
 * Who may do what. Programs send user and password with each request and have no session;
 * browsers have a session, and forms with a token. Both meet the same rules.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	/** Nothing from elsewhere, and no script or style that stands in a page itself. */
	static final String CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
			+ "frame-ancestors 'none'";

	private static final HeaderWriter POLICY = new ContentSecurityPolicyHeaderWriter(CONTENT_SECURITY_POLICY);

	/** Swagger UI writes styles into its elements. */
	private static final HeaderWriter POLICY_OF_SWAGGER_UI = new ContentSecurityPolicyHeaderWriter(
			CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"));

	@Bean
	Passwords passwords(PeopleSettings settings) {
		return new Passwords(settings);
	}

	@Bean
	PasswordAnnouncement passwordAnnouncement(Passwords passwords) {
		return new PasswordAnnouncement(passwords);
	}

	@Bean
	RoleHierarchy roleHierarchy() {
		return Role.hierarchy();
	}

	@Bean
	AuthenticationManager authenticationManager(Passwords passwords, RoleHierarchy roles, MeterRegistry meters) {
		VerifiedPasswords encoder = new VerifiedPasswords();
		List<UserDetails> users = new ArrayList<>();
		for (Role role : Role.values()) {
			users.add(User.withUsername(role.user())
				.password(encoder.encode(passwords.of(role)))
				.roles(role.name())
				.build());
		}
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(new InMemoryUserDetailsManager(users));
		provider.setPasswordEncoder(encoder);
		// So that an authority says it all, also to who doesn't know the hierarchy
		provider.setAuthoritiesMapper(new RoleHierarchyAuthoritiesMapper(roles));
		return new ProviderManager(new ThrottledLogin(provider, new WrongPasswords(System::nanoTime), meters));
	}

	@Bean
	AccessRules accessRules(SecuritySettings settings, ObjectProvider<HandlerMapping> mappings) {
		return new AccessRules(settings.publicDashboards(), new UnlistedPaths(mappings::orderedStream));
	}

	@Bean
	static HttpServletRequestTransformer imaginedRequests() {
		return LeastRoles.imaginedRequests();
	}

	@Bean
	NeededRoles neededRoles(ObjectProvider<WebInvocationPrivilegeEvaluator> filters, RoleHierarchy roles) {
		return new LeastRoles(filters::getObject, roles);
	}

	@Bean
	Refusals refusals(Problems problems) {
		return new Refusals(problems);
	}

	@Bean
	@Order(1)
	SecurityFilterChain programs(HttpSecurity http, AuthenticationManager people, AccessRules rules,
			Refusals refusals) {
		return http.securityMatcher((request) -> request.getHeader(HttpHeaders.AUTHORIZATION) != null)
			.authenticationManager(people)
			.authorizeHttpRequests(rules::apply)
			.httpBasic((basic) -> basic.authenticationEntryPoint(refusals))
			.exceptionHandling((refused) -> refused.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.csrf(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.requestCache((cache) -> cache.disable())
			.addFilterBefore(new SameSite(refusals), BasicAuthenticationFilter.class)
			.headers(SecurityConfiguration::headers)
			.build();
	}

	@Bean
	@Order(2)
	SecurityFilterChain browsers(HttpSecurity http, AuthenticationManager people, AccessRules rules,
			Refusals refusals) {
		return http.authenticationManager(people)
			.authorizeHttpRequests(rules::apply)
			.formLogin((form) -> form.loginPage("/login").failureHandler(refusals))
			.logout((logout) -> logout.logoutSuccessUrl("/login?logout").deleteCookies("JSESSIONID"))
			.httpBasic(AbstractHttpConfigurer::disable)
			.csrf((csrf) -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::needsToken))
			.exceptionHandling((refused) -> refused.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
			.requestCache((cache) -> cache.requestCache(pagesToComeBackTo()))
			.headers(SecurityConfiguration::headers)
			.build();
	}

	/**
	 * Where there is no session, nobody is logged in who could be abused, and none is
	 * begun for a token; but nobody is to be logged in as somebody else either.
	 */
	private static boolean needsToken(HttpServletRequest request) {
		return CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
				&& (request.getSession(false) != null || request.getServletPath().equals("/login"));
	}

	/** After a login a person comes back to the page that needed it, never to a part. */
	@SuppressWarnings("NullAway") // null means no parameter, which the setter only
									// documents
	private static RequestCache pagesToComeBackTo() {
		HttpSessionRequestCache cache = new HttpSessionRequestCache();
		cache.setRequestMatcher((request) -> HttpMethod.GET.matches(request.getMethod())
				&& !Problems.isForProgram(request) && request.getHeader("HX-Request") == null && isPage(request));
		cache.setMatchingRequestParameterName(null);
		return cache;
	}

	private static boolean isPage(HttpServletRequest request) {
		String accept = request.getHeader(HttpHeaders.ACCEPT);
		return accept != null && accept.contains("text/html");
	}

	private static void headers(HeadersConfigurer<HttpSecurity> headers) {
		headers
			.addHeaderWriter((request,
					response) -> (request.getServletPath().startsWith("/swagger-ui/") ? POLICY_OF_SWAGGER_UI : POLICY)
						.writeHeaders(request, response))
			.referrerPolicy((referrer) -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
			.permissionsPolicyHeader((permissions) -> permissions.policy("camera=(), geolocation=(), microphone=()"));
	}

}
