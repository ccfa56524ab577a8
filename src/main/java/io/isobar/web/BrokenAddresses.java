package io.isobar.web;

import java.io.IOException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;

/**
 * Answers a program whose address the web server itself can't read, before any filter
 * sees it, with a problem detail as well.
 */
@Component
class BrokenAddresses implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private static final Logger logger = LoggerFactory.getLogger(BrokenAddresses.class);

	private final Problems problems;

	BrokenAddresses(Problems problems) {
		this.problems = problems;
	}

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addContextCustomizers((context) -> context.getParent().getPipeline().addValve(new Report()));
	}

	private final class Report extends ErrorReportValve {

		Report() {
			setShowServerInfo(false);
			setShowReport(false);
		}

		@Override
		protected void report(Request request, Response response, Throwable thrown) {
			String address = request.getRequestURI();
			if (address == null || !address.startsWith("/api/") || response.getStatus() < 400
					|| response.getContentWritten() > 0 || !response.setErrorReported()) {
				super.report(request, response, thrown);
				return;
			}
			HttpStatusCode status = HttpStatusCode.valueOf(response.getStatus());
			try {
				BrokenAddresses.this.problems.write(request, response.getResponse(), Problems
					.of(status, (status.isSameCodeAs(HttpStatus.BAD_REQUEST))
							? "The address can't be read: its path may have no encoded slash, backslash or control character, and no .. that leads out of it. See docs/http-api.md for what there is."
							: "This request can't be answered. See docs/http-api.md for what there is."));
			}
			catch (IOException ex) {
				logger.debug("The client did not wait for the answer", ex);
			}
		}

	}

}
