package io.isobar.web;

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Answers that another thread writes, begun when all filters have left the response. Some
 * of them add headers at the end: a response is not made for two threads, and one that
 * was written meanwhile could break off in the middle of its headers.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class LateAnswers implements Filter {

	private static final String BEGINNING = LateAnswers.class.getName();

	/** To be run when all filters have left the response, also where one has failed. */
	public static void begin(ServletRequest request, Runnable beginning) {
		request.setAttribute(BEGINNING, beginning);
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		try {
			chain.doFilter(request, response);
		}
		finally {
			if (request.getAttribute(BEGINNING) instanceof Runnable beginning) {
				request.removeAttribute(BEGINNING);
				beginning.run();
			}
		}
	}

}
