package io.isobar.web.openapi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.isobar.operations.Http;
import io.isobar.speed.StoresTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** The OpenAPI document says all that there is, and nothing else. */
@StoresTest
class OpenApiIT {

	private static final String SCHEMAS = "#/components/schemas/";

	private static final JsonMapper JSON = new JsonMapper();

	private final ApiTexts texts = ApiTexts.read();

	@LocalServerPort
	private int port;

	@Autowired
	@Qualifier("requestMappingHandlerMapping")
	private RequestMappingHandlerMapping mappings;

	private JsonNode api;

	@BeforeEach
	void ask() throws IOException {
		Http.Answer answer = Http.program(this.port).ask("GET", "/v3/api-docs");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		Files.writeString(Path.of("target", "openapi.json"), answer.body());
		this.api = JSON.readTree(answer.body());
	}

	@Test
	void everyCallIsThereWithItsParametersAndNothingElse() {
		Map<String, Set<String>> described = new TreeMap<>();
		forEachOperation((call, operation) -> {
			Set<String> parameters = new TreeSet<>();
			operation.path("parameters").forEach((parameter) -> {
				if (parameter.path("in").asString().equals("query")) {
					parameters.add(parameter.path("name").asString());
				}
			});
			described.put(call, parameters);
		});

		Map<String, Set<String>> mapped = new TreeMap<>();
		this.mappings.getHandlerMethods().forEach((mapping, method) -> {
			for (String path : mapping.getPatternValues()) {
				if (path.startsWith("/api/")) {
					Set<String> parameters = new TreeSet<>();
					Arrays.stream(method.getMethodParameters()).forEach((parameter) -> {
						RequestParam asked = parameter.getParameterAnnotation(RequestParam.class);
						if (asked != null) {
							parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
							parameters.add(asked.name().isEmpty() ? String.valueOf(parameter.getParameterName())
									: asked.name());
						}
					});
					for (RequestMethod verb : mapping.getMethodsCondition().getMethods()) {
						mapped.put(verb + " " + path.replaceAll("\\{(\\w+):(?:[^{}]|\\{[^}]*})*}", "{$1}"), parameters);
					}
				}
			}
		});

		assertThat(described).isEqualTo(mapped);
	}

	@Test
	void everythingHasItsText() {
		List<String> silent = new ArrayList<>();
		forEachOperation((call, operation) -> {
			require(operation, call, silent, "summary", "description", "operationId");
			operation.path("parameters")
				.forEach((parameter) -> require(parameter, call + " " + parameter.path("name").asString(), silent,
						"description", "example", "schema"));
			JsonNode body = operation.path("requestBody");
			if (!body.isMissingNode()) {
				require(body, call + " body", silent, "description");
				body.path("content").forEach((type) -> require(type, call + " body", silent, "example", "schema"));
			}
			operation.path("responses").properties().forEach((response) -> {
				require(response.getValue(), call + " " + response.getKey(), silent, "description");
				response.getValue()
					.path("content")
					.forEach((type) -> require(type, call + " " + response.getKey(), silent, "example", "schema"));
			});
			assertThat(operation.path("tags").size()).as(call).isEqualTo(1);
		});
		this.api.path("components").path("schemas").properties().forEach((schema) -> {
			require(schema.getValue(), schema.getKey(), silent, "description");
			schema.getValue()
				.path("properties")
				.properties()
				.forEach((field) -> require(field.getValue(), schema.getKey() + "." + field.getKey(), silent,
						"description"));
		});

		assertThat(silent).as("what has no text in openapi.yaml").isEmpty();
	}

	private static void require(JsonNode node, String where, List<String> silent, String... names) {
		for (String name : names) {
			if (node.path(name).isMissingNode() || node.path(name).isString() && node.path(name).asString().isBlank()) {
				silent.add(where + ": " + name);
			}
		}
	}

	@Test
	void everyTextIsOfSomething() {
		Set<String> calls = new HashSet<>();
		Set<String> parameters = new HashSet<>();
		Set<String> statuses = new HashSet<>();
		Set<String> tags = new HashSet<>();
		List<String> ofNothing = new ArrayList<>();
		forEachOperation((call, operation) -> {
			calls.add(call);
			tags.add(operation.path("tags").path(0).asString());
			operation.path("responses").propertyNames().forEach(statuses::add);
			Set<String> own = new HashSet<>();
			operation.path("parameters").forEach((parameter) -> own.add(parameter.path("name").asString()));
			ApiTexts.Operation text = this.texts.operations().get(call);
			if (text != null && text.parameters() != null) {
				text.parameters()
					.keySet()
					.stream()
					.filter((name) -> !own.contains(name))
					.forEach((name) -> ofNothing.add(call + " " + name));
				own.removeAll(text.parameters().keySet());
			}
			parameters.addAll(own);
		});
		Set<String> types = new HashSet<>(Set.of("password"));
		Set<String> fields = new HashSet<>();
		this.api.path("components").path("schemas").properties().forEach((schema) -> {
			types.add(schema.getKey());
			schema.getValue().path("properties").propertyNames().forEach((field) -> {
				String special = schema.getKey() + "." + field;
				fields.add(this.texts.fields().containsKey(special) ? special : field);
			});
		});
		Set<String> named = new HashSet<>(this.api.findValuesAsString("$ref"));

		unused("operations", this.texts.operations().keySet(), calls, ofNothing);
		unused("parameters", this.texts.parameters().keySet(), parameters, ofNothing);
		unused("errors", this.texts.errors().keySet().stream().map(String::valueOf).toList(), statuses, ofNothing);
		unused("tags", this.texts.tags().keySet(), tags, ofNothing);
		unused("types", this.texts.types().keySet(), types, ofNothing);
		unused("fields", this.texts.fields().keySet(), fields, ofNothing);
		unused("schemas", this.texts.schemas().keySet().stream().map((name) -> SCHEMAS + name).toList(), named,
				ofNothing);
		assertThat(ofNothing).as("texts in openapi.yaml of what is not there").isEmpty();
	}

	private static void unused(String kind, Iterable<String> texts, Set<String> there, List<String> unused) {
		texts.forEach((text) -> {
			if (!there.contains(text)) {
				unused.add(kind + ": " + text);
			}
		});
	}

	@Test
	void itIsOpenApi31WhoseReferencesLeadSomewhereAndWhoseOperationsHaveNamesOfTheirOwn() {
		assertThat(this.api.path("openapi").asString()).startsWith("3.1.");
		assertThat(this.api.path("info").path("title").asString()).isEqualTo("isobar");
		assertThat(this.api.path("servers").path(0).path("url").asString()).isEqualTo("/");
		assertThat(this.api.findValuesAsString("$ref")).isNotEmpty()
			.allSatisfy((reference) -> assertThat(resolve(reference).isObject()).as(reference).isTrue());
		List<String> names = new ArrayList<>();
		forEachOperation((call, operation) -> {
			names.add(operation.path("operationId").asString());
			Set<String> variables = new TreeSet<>();
			Pattern.compile("\\{(\\w+)}")
				.matcher(call)
				.results()
				.forEach((variable) -> variables.add(variable.group(1)));
			operation.path("parameters").forEach((parameter) -> {
				if (parameter.path("in").asString().equals("path")) {
					assertThat(variables.remove(parameter.path("name").asString())).as(call).isTrue();
				}
			});
			assertThat(variables).as(call).isEmpty();
		});
		assertThat(names).doesNotHaveDuplicates();
		assertThat(names).allMatch((name) -> name.matches("[a-z][A-Za-z0-9]+"));
	}

	@Test
	void examplesAreWhatTheirSchemasSay() {
		List<String> wrong = new ArrayList<>();
		forEachOperation((call, operation) -> {
			operation.path("parameters")
				.forEach((parameter) -> compare(parameter.path("schema"), parameter.path("example"),
						call + " " + parameter.path("name").asString(), wrong));
			operation.path("requestBody")
				.path("content")
				.forEach((type) -> compare(type.path("schema"), type.path("example"), call + " body", wrong));
			operation.path("responses")
				.properties()
				.forEach((response) -> response.getValue().path("content").properties().forEach((type) -> {
					JsonNode example = type.getValue().path("example");
					if (type.getKey().equals("text/event-stream")) {
						example.asString()
							.lines()
							.filter((line) -> line.startsWith("data:"))
							.forEach((line) -> compare(type.getValue().path("schema"),
									JSON.readTree(line.substring("data:".length())), call, wrong));
					}
					else {
						compare(type.getValue().path("schema"), example, call + " " + response.getKey(), wrong);
					}
				}));
		});
		assertThat(wrong).isEmpty();
	}

	/** As far as the schemas of isobar go. */
	private void compare(JsonNode schema, JsonNode value, String where, List<String> wrong) {
		if (schema.has("$ref")) {
			compare(resolve(schema.path("$ref").asString()), value, where, wrong);
			return;
		}
		if (schema.has("anyOf")) {
			boolean fits = schema.path("anyOf").valueStream().anyMatch((each) -> {
				List<String> problems = new ArrayList<>();
				compare(each, value, where, problems);
				return problems.isEmpty();
			});
			if (!fits) {
				wrong.add(where + " is none of what it may be: " + value);
			}
			return;
		}
		Set<String> types = new HashSet<>();
		JsonNode type = schema.path("type");
		(type.isArray() ? type.valueStream() : Stream.of(type)).forEach((each) -> types.add(each.asString("")));
		String is = value.isNull() ? "null" : value.isArray() ? "array"
				: value.isObject() ? "object" : value.isBoolean() ? "boolean" : value.isString() ? "string" : "number";
		boolean whole = value.isIntegralNumber() && types.contains("integer");
		if (!types.contains(is) && !whole) {
			wrong.add(where + " is " + value + ", not " + types);
			return;
		}
		if (value.isObject()) {
			JsonNode properties = schema.path("properties");
			value.properties().forEach((field) -> {
				JsonNode of = properties.has(field.getKey()) ? properties.path(field.getKey())
						: schema.path("additionalProperties");
				if (of.isObject()) {
					compare(of, field.getValue(), where + "." + field.getKey(), wrong);
				}
				else {
					wrong.add(where + " has " + field.getKey() + ", which is no field");
				}
			});
			schema.path("required").forEach((name) -> {
				if (!value.has(name.asString())) {
					wrong.add(where + " has no " + name.asString());
				}
			});
		}
		else if (value.isArray()) {
			value.forEach((each) -> compare(schema.path("items"), each, where + "[]", wrong));
		}
		else if (value.isString()) {
			text(schema, value.asString(), where, wrong);
		}
		if (schema.has("enum") && schema.path("enum").valueStream().noneMatch(value::equals)) {
			wrong.add(where + " is " + value + ", none of " + schema.path("enum"));
		}
	}

	private static void text(JsonNode schema, String value, String where, List<String> wrong) {
		try {
			switch (schema.path("format").asString("")) {
				case "date-time" -> Instant.parse(value);
				case "date" -> LocalDate.parse(value);
				case "duration" -> Duration.parse(value);
				default -> {
					if (schema.has("pattern") && !value.matches(schema.path("pattern").asString())) {
						wrong.add(where + " is " + value + ", not " + schema.path("pattern").asString());
					}
				}
			}
		}
		catch (DateTimeException ex) {
			wrong.add(where + ": " + ex.getMessage());
		}
	}

	@ParameterizedTest
	@CsvSource({ "/api/cities,get,", "/api/jobs,get,viewer", "/api/orders,post,operator",
			"/api/jobs/executions/{id},delete,admin", "/api/dead-letters/{id}/replay,post,operator",
			"/api/jobs/executions/{id}/applications/{application}/log,get,operator" })
	void eachCallTellsWhichRoleItNeeds(String path, String method, String role) {
		JsonNode operation = this.api.path("paths").path(path).path(method);

		assertThat(operation.path("security").path(0).path("password").path(0).asString(""))
			.isEqualTo((role != null) ? role : "");
		assertThat(operation.path("responses").has("403")).isEqualTo(role != null && !role.equals("viewer"));
		assertThat(operation.path("description").asString())
			.endsWith((role != null) ? "Needs role " + role + "." : "Anybody may.");
	}

	@Test
	void whatMayBeNullIsSaidAndEveryFieldIsThere() {
		JsonNode latest = resolve(SCHEMAS + "LatestAnswer");
		assertThat(latest.path("properties").path("temperature").path("type").toString())
			.isEqualTo("[\"number\",\"null\"]");
		assertThat(latest.path("properties").path("observedAt").path("type").toString()).isEqualTo("\"string\"");
		assertThat(latest.path("required").size()).isEqualTo(latest.path("properties").size());
		assertThat(resolve(SCHEMAS + "JobAnswer").path("properties").path("lastExecution").path("anyOf").toString())
			.contains(SCHEMAS + "ExecutionAnswer", "\"null\"");
		assertThat(resolve(SCHEMAS + "Correction").path("required").size()).as("what is sent may leave it out")
			.isZero();
		assertThat(latest.path("properties").path("windSpeed").path("description").asString()).contains("km/h");
	}

	private void forEachOperation(BiConsumer<String, JsonNode> to) {
		this.api.path("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.properties()
				.forEach((operation) -> to.accept(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
						operation.getValue())));
	}

	private JsonNode resolve(String reference) {
		return this.api.at(reference.substring(1));
	}

}
