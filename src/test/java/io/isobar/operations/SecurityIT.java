package io.isobar.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.isobar.operations.Http.Answer;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.viewer.password=reads", "isobar.operator.password=acts",
				"isobar.admin.password=deletes" })
@Import(SecurityIT.Forgotten.class)
class SecurityIT {

	private static final String VIEWER = Http.basic("viewer", "reads");

	private static final String OPERATOR = Http.basic("operator", "acts");

	private static final String ADMIN = Http.basic("admin", "deletes");

	@LocalServerPort
	private int port;

	private Http program;

	@BeforeEach
	void program() {
		this.program = Http.program(this.port);
	}

	/** Least role that may; what isn't there yet is 404 for who may ask. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			GET    | /api/cities                                        | anyone
			HEAD   | /api/cities                                        | anyone
			GET    | /api/speed/latest                                  | anyone
			GET    | /api/speed/series?city=Paris&metric=temperature    | anyone
			GET    | /api/speed/events                                  | anyone
			GET    | /api/batch/monthly                                 | anyone
			GET    | /api/batch/extremes?metric=temperature&limit=1     | anyone
			GET    | /api/batch/comparison?metric=temperature           | anyone
			GET    | /api/batch/correlations                            | anyone
			GET    | /api/batch/clusters                                | anyone
			GET    | /api/batch/amplitude                               | anyone
			GET    | /api/batch/degree-days                             | anyone
			GET    | /api/batch/normals                                 | anyone
			GET    | /api/views/daily                                   | anyone
			GET    | /api/views/boundary                                | anyone
			GET    | /api/views/coverage                                | anyone
			GET    | /api/events                                        | anyone
			GET    | /api/forecast                                      | anyone
			GET    | /v3/api-docs                                       | anyone
			GET    | /v3/api-docs.yaml                                  | anyone
			GET    | /v3/api-docs/swagger-config                        | anyone
			GET    | /swagger-ui.html                                   | anyone
			GET    | /swagger-ui/index.html                             | anyone
			GET    | /api/reconciliation                                | viewer
			GET    | /api/orders/totals                                 | viewer
			GET    | /api/orders/events                                 | viewer
			POST   | /api/run                                           | viewer
			GET    | /api/status/7                                      | viewer
			GET    | /api/fetch/7                                       | viewer
			DELETE | /api/status/7                                      | viewer
			POST   | /api/orders                                        | operator
			POST   | /api/orders/export                                 | operator
			GET    | /api/jobs                                          | viewer
			GET    | /api/jobs/executions                               | viewer
			GET    | /api/jobs/executions/999999                        | viewer
			GET    | /api/jobs/executions/999999/steps/1                | viewer
			GET    | /api/jobs/executions/999999/applications/1/log     | operator
			GET    | /api/jobs/events                                   | viewer
			POST   | /api/jobs/no_such_job/executions                   | operator
			PUT    | /api/jobs/executions/999999?stop=true              | operator
			DELETE | /api/jobs/executions/999999                        | admin
			POST   | /api/backfills                                     | operator
			GET    | /api/batch/generations                             | viewer
			PUT    | /api/batch/generations/999999?current=true         | operator
			GET    | /api/batch/generations/holds                       | viewer
			PUT    | /api/batch/generations/holds/weather?release=true  | operator
			GET    | /api/dead-letters                                  | operator
			POST   | /api/dead-letters/999999/replay                    | operator
			GET    | /api/audit                                         | operator
			GET    | /api/no-such-thing                                 | anyone
			GET    | /actuator/health                                   | anyone
			GET    | /actuator/health/readiness                         | anyone
			GET    | /actuator/health/liveness                          | anyone
			GET    | /actuator/prometheus                               | viewer
			GET    | /actuator/info                                     | viewer
			GET    | /actuator/env                                      | anyone
			GET    | /api/forgotten                                     | nobody
			""")
	void eachCallNeedsItsRole(String method, String path, String least) {
		List<String> allowed = new ArrayList<>();
		List<String> refused = new ArrayList<>();
		ask(method, path, "anyone", allowed, refused);
		ask(method, path, "viewer", allowed, refused, "Authorization", VIEWER);
		ask(method, path, "operator", allowed, refused, "Authorization", OPERATOR);
		ask(method, path, "admin", allowed, refused, "Authorization", ADMIN);

		List<String> all = List.of("anyone", "viewer", "operator", "admin", "nobody");
		assertThat(allowed).isEqualTo(all.subList(all.indexOf(least), all.indexOf("nobody")));
		assertThat(refused).isEqualTo(all.subList(0, all.indexOf(least))
			.stream()
			.map((who) -> who + ((who.equals("anyone")) ? " 401" : " 403"))
			.toList());
	}

	private void ask(String method, String path, String who, List<String> allowed, List<String> refused,
			String... headers) {
		Answer answer = this.program.ask(method, path, headers);
		if (answer.status() == 401 || answer.status() == 403) {
			refused.add(who + " " + answer.status());
			assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
			assertThat(answer.body()).contains("\"type\"", "\"title\"", "\"status\"", "\"detail\"", "\"instance\"");
		}
		else {
			allowed.add(who);
			if (!path.startsWith("/swagger-ui")) {
				assertThat(answer.status() / 100).as(path + " never redirects").isNotEqualTo(3);
			}
			assertThat(answer.status()).as(path).isNotEqualTo(500);
		}
		assertThat(answer.cookie("JSESSIONID")).as("programs get no session").isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/about,anyone", "/login,anyone", "/live,anyone", "/overview/run,anyone", "/orders,viewer",
			"/analyses,viewer", "/jobs,viewer", "/jobs/executions/1,viewer", "/jobs/generations,viewer",
			"/jobs/no_such_job/launch,operator", "/jobs/executions/1/stop,operator", "/jobs/executions/1/delete,admin",
			"/jobs/dead-letters,operator", "/jobs/audit,operator", "/no-such-page,anyone", "/forgotten,nobody" })
	void eachPageNeedsItsRole(String path, String least) {
		List<String> allowed = new ArrayList<>();
		for (String who : List.of("anyone", "viewer", "operator", "admin")) {
			Http browser = Http.browser(this.port);
			if (!who.equals("anyone")) {
				login(browser, who, passwordOf(who));
			}
			Answer answer = browser.ask("GET", path, "Accept", "text/html");
			if (answer.status() == 302) {
				assertThat(answer.header("Location")).isEqualTo("/login");
			}
			else if (answer.status() != 403) {
				allowed.add(who);
			}
		}

		List<String> all = List.of("anyone", "viewer", "operator", "admin", "nobody");
		assertThat(allowed).isEqualTo(all.subList(all.indexOf(least), all.indexOf("nobody")));
	}

	private static String passwordOf(String who) {
		return switch (who) {
			case "viewer" -> "reads";
			case "operator" -> "acts";
			default -> "deletes";
		};
	}

	@Test
	void aWrongPasswordIsRefusedEvenWhereNoneIsNeeded() {
		Answer answer = this.program.ask("GET", "/api/cities", "Authorization", Http.basic("viewer", "guessed"));

		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
		assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"isobar\", charset=\"UTF-8\"");
		assertThat(answer.body()).contains("User or password is wrong").doesNotContain("guessed");
	}

	@Test
	void aRefusalSaysWhichRoleIsNeeded() {
		assertThat(this.program.ask("DELETE", "/api/jobs/executions/1", "Authorization", OPERATOR).body())
			.contains("DELETE needs role admin, which operator does not have. Log in as admin.");
		assertThat(this.program.ask("GET", "/api/jobs").body())
			.contains("GET needs role viewer, and nobody is logged in.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/jobs", "/actuator/prometheus" })
	void aBrowserIsNotAskedByAWindowOfItsOwn(String path) {
		Answer answer = this.program.ask("GET", path, "Sec-Fetch-Mode", "cors");

		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("WWW-Authenticate")).isEmpty();
		assertThat(this.program.ask("GET", path).header("WWW-Authenticate")).startsWith("Basic");
	}

	@Test
	void anotherSiteCannotUseAPasswordThatTheBrowserKnows() {
		Answer answer = this.program.ask("POST", "/api/orders/export", "Authorization", OPERATOR, "Sec-Fetch-Site",
				"cross-site");

		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.body()).contains("another site");
	}

	@Test
	void aFormNeedsTheTokenOfItsSession() {
		Http browser = Http.browser(this.port);
		login(browser, "operator", "acts");

		Answer without = browser.ask("POST", "/api/no-such-thing");
		Answer with = browser.ask("POST", "/api/no-such-thing", "X-CSRF-TOKEN",
				token(browser.ask("GET", "/login").body()));

		assertThat(without.status()).isEqualTo(403);
		assertThat(without.body()).contains("token is missing");
		assertThat(with.status()).isEqualTo(404);
	}

	@Test
	void afterTheLoginAPersonIsWhereTheyWantedToBe() {
		Http browser = Http.browser(this.port);

		Answer wanted = browser.ask("GET", "/jobs?name=a", "Accept", "text/html");
		Answer loggedIn = login(browser, "viewer", "reads");

		assertThat(wanted.status()).isEqualTo(302);
		assertThat(wanted.header("Location")).isEqualTo("/login");
		assertThat(loggedIn.header("Location")).endsWith("/jobs?name=a");
	}

	@Test
	void aFormWhoseSessionEndedIsShownAgainAfterTheLogin() {
		Http browser = Http.browser(this.port);

		Answer sent = browser.send("POST", "/jobs/weather_import/launch", "path=a", "Content-Type",
				"application/x-www-form-urlencoded", "Referer",
				"http://localhost:" + this.port + "/jobs/weather_import/launch?again=3");
		Answer loggedIn = login(browser, "operator", "acts");

		assertThat(sent.header("Location")).isEqualTo("/login");
		assertThat(loggedIn.header("Location")).endsWith("/jobs/weather_import/launch?again=3");
	}

	@Test
	void aPartOfAPageIsToldToGoToTheLogin() {
		Answer answer = this.program.ask("GET", "/jobs", "HX-Request", "true", "Cookie", "JSESSIONID=gone");

		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("HX-Redirect")).isEqualTo("/login?expired");
	}

	@Test
	void aWrongPasswordInTheFormIsRefusedWithThePageItself() {
		Answer answer = submitLogin(Http.browser(this.port), "viewer", "guessed");

		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.body()).contains("User or password is wrong.").doesNotContain("guessed");
	}

	@Test
	void whereARefusedLoginEndsNobodyMayGoDirectly() {
		assertThat(this.program.ask("POST", "/login/refused", "Authorization", ADMIN).status()).isEqualTo(403);
	}

	@Test
	void logoutEndsTheSession() {
		Http browser = Http.browser(this.port);
		login(browser, "viewer", "reads");
		String token = token(browser.ask("GET", "/login").body());

		Answer out = browser.ask("POST", "/logout", "X-CSRF-TOKEN", token);

		assertThat(out.header("Location")).isEqualTo("/login?logout");
		assertThat(browser.ask("GET", "/jobs", "Accept", "text/html").header("Location")).isEqualTo("/login");
	}

	@Test
	void allAnswersCarryThePolicy() {
		for (String path : List.of("/login", "/api/cities", "/no-such-page", "/actuator/health")) {
			Answer answer = this.program.ask("GET", path);

			assertThat(answer.header("Content-Security-Policy"))
				.isEqualTo("default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
						+ "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
						+ "frame-ancestors 'none'");
			assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
			assertThat(answer.header("Referrer-Policy")).isEqualTo("same-origin");
		}
	}

	@Test
	void healthShowsDetailToOperatorsAlone() {
		assertThat(this.program.ask("GET", "/actuator/health").body()).doesNotContain("components");
		assertThat(this.program.ask("GET", "/actuator/health", "Authorization", VIEWER).body())
			.doesNotContain("components");
		assertThat(this.program.ask("GET", "/actuator/health", "Authorization", OPERATOR).body()).contains("components",
				"\"db\"", "PostgreSQL", "\"hdfs\"");
	}

	@Test
	void readinessKnowsNoStores() {
		Answer answer = this.program.ask("GET", "/actuator/health/readiness", "Authorization", OPERATOR);

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).contains("readinessState").doesNotContain("\"db\"").doesNotContain("hdfs");
	}

	@Test
	void prometheusReadsTheMeters() {
		Answer answer = this.program.ask("GET", "/actuator/prometheus", "Authorization", VIEWER);

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).contains("isobar_operations_logins_total{outcome=\"right\"}")
			.contains("http_server_requests_seconds_count")
			.doesNotContain("spring_security");
	}

	private static Answer login(Http browser, String user, String password) {
		Answer answer = submitLogin(browser, user, password);
		assertThat(answer.status()).isEqualTo(302);
		return answer;
	}

	/** As a person does in the login page. */
	static Answer submitLogin(Http browser, String user, String password) {
		String token = token(browser.ask("GET", "/login").body());
		return browser.send("POST", "/login", "username=" + user + "&password=" + password + "&_csrf=" + token,
				"Content-Type", "application/x-www-form-urlencoded");
	}

	private static String token(String page) {
		Matcher matcher = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(page);
		assertThat(matcher.find()).as("token in the page").isTrue();
		return matcher.group(1);
	}

	/** Somebody adds a call and forgets to say who may. */
	@RestController
	static class Forgotten {

		@GetMapping({ "/api/forgotten", "/forgotten" })
		String forgotten() {
			return "secret";
		}

	}

}
