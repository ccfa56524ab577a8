package io.isobar.console;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What all pages of the console know: who looks at them, and when it is. */
@ControllerAdvice(assignableTypes = { JobsPage.class, ExecutionsPage.class, ActionPage.class, LaunchPage.class,
		GenerationsPage.class })
class Surroundings {

	private final Clock clock;

	Surroundings(Clock clock) {
		this.clock = clock;
	}

	@ModelAttribute("operator")
	boolean operator(HttpServletRequest request) {
		return request.isUserInRole("OPERATOR");
	}

	@ModelAttribute("admin")
	boolean admin(HttpServletRequest request) {
		return request.isUserInRole("ADMIN");
	}

	@ModelAttribute("now")
	Instant now() {
		return this.clock.instant();
	}

	/** Executions belong to no city: their times are the application's. */
	@ModelAttribute("zone")
	ZoneId zone() {
		return ZoneId.systemDefault();
	}

}
