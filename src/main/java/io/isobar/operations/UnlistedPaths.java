package io.isobar.operations;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Refuses whatever exists without a rule. What does not exist may be asked for, so that
 * the answer to a mistyped address is that there is nothing, not that a role is missing.
 */
final class UnlistedPaths implements AuthorizationManager<RequestAuthorizationContext> {

	private final Supplier<Stream<HandlerMapping>> mappings;

	/**
	 * @param mappings asked at each request: they exist later than the filters
	 */
	UnlistedPaths(Supplier<Stream<HandlerMapping>> mappings) {
		this.mappings = mappings;
	}

	@Override
	public AuthorizationDecision authorize(Supplier<? extends @Nullable Authentication> authentication,
			RequestAuthorizationContext context) {
		HttpServletRequest asked = new Glance(context.getRequest());
		ServletRequestPathUtils.parseAndCache(asked);
		return new AuthorizationDecision(this.mappings.get().noneMatch((mapping) -> answers(mapping, asked)));
	}

	private static boolean answers(HandlerMapping mapping, HttpServletRequest request) {
		try {
			HandlerExecutionChain chain = mapping.getHandler(request);
			return chain != null && !(chain.getHandler() instanceof ResourceHttpRequestHandler);
		}
		catch (Exception ex) {
			// No method or type of it fits, so nothing of it will run
			return false;
		}
	}

	/** The request, without the traces that looking for a handler leaves in it. */
	private static final class Glance extends HttpServletRequestWrapper {

		private final Map<String, @Nullable Object> attributes = new HashMap<>();

		private Glance(HttpServletRequest request) {
			super(request);
		}

		@Override
		public @Nullable Object getAttribute(String name) {
			return (this.attributes.containsKey(name)) ? this.attributes.get(name) : super.getAttribute(name);
		}

		@Override
		public void setAttribute(String name, @Nullable Object value) {
			this.attributes.put(name, value);
		}

		@Override
		public void removeAttribute(String name) {
			this.attributes.put(name, null);
		}

	}

}
