package io.isobar.operations;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

import io.isobar.web.NeededRoles;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;

import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.access.AuthorizationManagerWebInvocationPrivilegeEvaluator.HttpServletRequestTransformer;
import org.springframework.security.web.access.PathPatternRequestTransformer;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;

/** Asks the filters themselves who may, so that what is told is what is done. */
final class LeastRoles implements NeededRoles {

	private static final Authentication ANYBODY = new AnonymousAuthenticationToken("anybody", "anybody",
			AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

	private final Supplier<WebInvocationPrivilegeEvaluator> filters;

	private final RoleHierarchy roles;

	/**
	 * @param filters asked at each call: they exist later
	 */
	LeastRoles(Supplier<WebInvocationPrivilegeEvaluator> filters, RoleHierarchy roles) {
		this.filters = filters;
		this.roles = roles;
	}

	/**
	 * Requests that nobody has sent, as the filters are asked about them: Spring's own do
	 * not know of which kind they are, which is the first that the rules look at.
	 */
	static HttpServletRequestTransformer imaginedRequests() {
		HttpServletRequestTransformer paths = new PathPatternRequestTransformer();
		return (request) -> paths.transform(new HttpServletRequestWrapper(request) {

			@Override
			public DispatcherType getDispatcherType() {
				return DispatcherType.REQUEST;
			}

		});
	}

	@Override
	public Optional<String> of(String method, String path) {
		if (may(method, path, ANYBODY)) {
			return Optional.empty();
		}
		return Optional.of(Arrays.stream(Role.values())
			.filter((role) -> may(method, path, somebody(role)))
			.map(Role::user)
			.findFirst()
			.orElse("nobody"));
	}

	private boolean may(String method, String path, Authentication who) {
		return this.filters.get().isAllowed("", path, method, who);
	}

	private Authentication somebody(Role role) {
		return UsernamePasswordAuthenticationToken.authenticated(role.user(), null,
				this.roles.getReachableGrantedAuthorities(AuthorityUtils.createAuthorityList(role.authority())));
	}

}
