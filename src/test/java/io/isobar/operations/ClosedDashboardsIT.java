package io.isobar.operations;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

import io.isobar.operations.Http.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/** In a context of its own, as the wrong passwords of one test would refuse the next. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.viewer.password=reads", "isobar.operator.password=acts", "isobar.admin.password=deletes",
				"isobar.security.public-dashboards=false" })
@DirtiesContext
class ClosedDashboardsIT {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "/api/cities", "/api/speed/latest", "/api/batch/monthly", "/api/views/daily",
			"/api/events", "/api/forecast", "/v3/api-docs" })
	void weatherNeedsALoginToo(String path) {
		Http program = Http.program(this.port);

		assertThat(program.ask("GET", path).status()).isEqualTo(401);
		assertThat(program.ask("GET", path, "Authorization", Http.basic("viewer", "reads")).status()).isNotIn(401, 403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/live", "/history" })
	void soDoItsPages(String path) {
		assertThat(Http.program(this.port).ask("GET", path, "Accept", "text/html").header("Location"))
			.isEqualTo("/login");
	}

	@Test
	void tenWrongPasswordsWithinAMinuteRefuseRightOnesToo() {
		Http program = Http.program(this.port);
		for (int i = 0; i < WrongPasswords.MOST; i++) {
			assertThat(program.ask("GET", "/api/jobs", "Authorization", Http.basic("admin", "guess" + i)).status())
				.isEqualTo(401);
		}

		Answer right = program.ask("GET", "/api/jobs", "Authorization", Http.basic("viewer", "reads"));

		assertThat(right.status()).isEqualTo(429);
		assertThat(right.header("Content-Type")).startsWith("application/problem+json");
		assertThat(Integer.parseInt(right.header("Retry-After"))).isBetween(1, 60);
		assertThat(right.body()).contains("10 wrong passwords came from this address within a minute");
		Answer form = SecurityIT.submitLogin(Http.browser(this.port), "viewer", "reads");
		assertThat(form.status()).isEqualTo(429);
		assertThat(Integer.parseInt(form.header("Retry-After"))).isBetween(1, 60);
		assertThat(form.body()).contains("Too many wrong passwords came from your address", "value=\"viewer\"")
			.doesNotContain("reads");
		assertThat(program.ask("GET", "/about").status()).as("without a password all goes on").isEqualTo(200);
	}

}
