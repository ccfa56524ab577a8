package io.isobar.web.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.operations.Http;
import io.isobar.speed.StoresTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every parameter of every call is given what it is not made for: it is refused with a
 * problem that names it, or it is a text that nothing is found by; never an error of
 * isobar's own.
 */
@StoresTest
class BadInputIT {

	private static final JsonMapper JSON = new JsonMapper();

	private static final List<String> BAD = List.of("", " ", "x", "-1", "0", "1.5", "NaN", "1e400",
			"99999999999999999999", "2024-02-30", "-999999999-01-01", "+999999999-12", "2024-W01",
			"2024-01-01T00:00:00", "true;", "null", "'; DROP TABLE city; --", "\" OR \"\"=\"",
			"<script>alert(1)</script>", "../../etc/passwd", "..%2f..%2fetc", "${jndi:ldap://127.0.0.1/x}", "%",
			"\u0000", "\u0007", "\ud83d\ude00", "é".repeat(300), "x".repeat(3000));

	/** What nobody may be refused for, as it is only looked for. */
	private static final Set<Integer> FOUND_NOTHING = Set.of(200, 204, 304, 404);

	@LocalServerPort
	private int port;

	@Value("${isobar.data-dir}")
	private Path data;

	private Http http;

	private String admin;

	private JsonNode api;

	private final List<String> wrong = new ArrayList<>();

	@BeforeEach
	void logIn() throws IOException {
		this.http = Http.program(this.port);
		Properties passwords = new Properties();
		try (InputStream file = Files.newInputStream(this.data.resolve("passwords.properties"))) {
			passwords.load(file);
		}
		this.admin = Http.basic("admin", passwords.getProperty("isobar.admin.password"));
		// Cassandra may still be starting
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> this.http.ask("GET", "/api/orders/totals", "Authorization", this.admin).status() == 200);
		this.api = JSON.readTree(this.http.ask("GET", "/v3/api-docs").body());
	}

	@Test
	void whatAParameterIsNotMadeForIsRefusedByItsName() {
		forEachCall((call) -> {
			for (Parameter parameter : call.parameters()) {
				for (String bad : BAD) {
					Map<String, String> values = call.examples();
					values.put(parameter.name(), bad);
					check(call, parameter.name(), bad, call.ask(values));
				}
			}
		});

		assertThat(this.wrong).isEmpty();
	}

	@Test
	void whatIsMissingIsNamed() {
		forEachCall((call) -> {
			for (Parameter parameter : call.parameters()) {
				if (parameter.required() && parameter.in().equals("query")) {
					Map<String, String> values = call.examples();
					values.remove(parameter.name());
					refused(call, parameter.name(), "(missing)", call.ask(values));
				}
			}
		});

		assertThat(this.wrong).isEmpty();
	}

	@Test
	void whatIsUnknownIsNamed() {
		forEachCall((call) -> {
			Map<String, String> values = call.examples();
			values.put("colour", "blue");
			refused(call, "colour", "(unknown)", call.ask(values));
		});

		assertThat(this.wrong).isEmpty();
	}

	@Test
	void aRangeThatEndsBeforeItBeginsIsRefused() {
		forEachCall((call) -> {
			Map<String, String> values = call.examples();
			if (values.containsKey("from") && values.containsKey("to")) {
				String from = values.get("from");
				values.put("from", values.get("to"));
				values.put("to", from);
				refused(call, "from", "(reversed)", call.ask(values));
			}
		});

		assertThat(this.wrong).isEmpty();
	}

	private record Parameter(String name, String in, boolean required, String example) {
	}

	/** A call of the document. */
	private record Call(String method, String path, List<Parameter> parameters, boolean hasBody, Http http,
			String login) {

		/** What is sent where nothing is wrong, but for things that are not there. */
		Map<String, String> examples() {
			Map<String, String> values = new LinkedHashMap<>();
			this.parameters.forEach((parameter) -> values.put(parameter.name(), parameter.example()));
			if (this.path.equals("/api/jobs/executions/{id}")) {
				// One of them at a time
				values.keySet().removeAll(Set.of("restart", "abandon"));
			}
			return values;
		}

		Http.Answer ask(Map<String, String> values) {
			String address = this.path;
			List<String> query = new ArrayList<>();
			List<String> headers = new ArrayList<>(
					List.of("Authorization", this.login, "Content-Type", "application/json", "Accept", "*/*"));
			for (Map.Entry<String, String> value : values.entrySet()) {
				String encoded = URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8).replace("+", "%20");
				String place = "{" + value.getKey() + "}";
				if (address.contains(place)) {
					address = address.replace(place, encoded);
				}
				else {
					query.add(value.getKey() + "=" + encoded);
				}
			}
			return this.http.send(this.method, address + ((query.isEmpty()) ? "" : "?" + String.join("&", query)),
					(this.hasBody) ? "{" : "", headers.toArray(String[]::new));
		}

	}

	private interface Asked {

		void ask(Call call);

	}

	/** Without headers, which no address can name. */
	private void forEachCall(Asked asked) {
		this.api.path("paths").properties().forEach((path) -> path.getValue().properties().forEach((operation) -> {
			List<Parameter> parameters = new ArrayList<>();
			operation.getValue().path("parameters").forEach((parameter) -> {
				if (!parameter.path("in").asString().equals("header")) {
					parameters.add(new Parameter(parameter.path("name").asString(), parameter.path("in").asString(),
							parameter.path("required").asBoolean(), parameter.path("example").asString()));
				}
			});
			asked.ask(new Call(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), parameters,
					operation.getValue().has("requestBody"), this.http, this.admin));
		}));
	}

	private void check(Call call, String parameter, String value, Http.Answer answer) {
		if (!FOUND_NOTHING.contains(answer.status())) {
			refused(call, parameter, value, answer);
		}
		else if (answer.status() == 404) {
			problem(call, parameter, value, answer);
		}
	}

	private void refused(Call call, String parameter, String value, Http.Answer answer) {
		JsonNode problem = problem(call, parameter, value, answer);
		if (answer.status() != 400 && answer.status() != 404) {
			note(call, parameter, value, answer);
		}
		else if (!call.hasBody() && !call.path().contains("{" + parameter + "}")
				&& !problem.path("parameter").asString("").equals(parameter)
				&& !problem.path("detail").asString("").contains(parameter)) {
			note(call, parameter, value, answer);
		}
	}

	private JsonNode problem(Call call, String parameter, String value, Http.Answer answer) {
		if (!answer.header("Content-Type").startsWith("application/problem+json")) {
			note(call, parameter, value, answer);
			return JSON.createObjectNode();
		}
		return JSON.readTree(answer.body());
	}

	private void note(Call call, String parameter, String value, Http.Answer answer) {
		String shown = value.codePoints()
			.limit(40)
			.mapToObj((each) -> (each < ' ') ? "\\u%04x".formatted(each) : Character.toString(each))
			.collect(Collectors.joining());
		this.wrong
			.add("%s %s with %s=%s: %d %s %s".formatted(call.method(), call.path(), parameter, shown, answer.status(),
					answer.header("Content-Type"), answer.body().substring(0, Math.min(200, answer.body().length()))));
	}

}
