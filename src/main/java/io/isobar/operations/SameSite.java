package io.isobar.operations;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Programs need no token, so a browser that knows a password must not send it for a page
 * of another site. Browsers say so in {@code Sec-Fetch-Site}; programs don't send it.
 */
final class SameSite extends OncePerRequestFilter {

	private final Refusals refusals;

	SameSite(Refusals refusals) {
		this.refusals = refusals;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String site = request.getHeader("Sec-Fetch-Site");
		boolean reading = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
		if (!reading && site != null && !site.equals("same-origin") && !site.equals("none")) {
			this.refusals.handle(request, response, new CrossSiteRequest());
		}
		else {
			chain.doFilter(request, response);
		}
	}

}
