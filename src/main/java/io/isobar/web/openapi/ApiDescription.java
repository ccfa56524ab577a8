package io.isobar.web.openapi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.type.TypeReference;
import io.isobar.web.NeededRoles;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;

/**
 * Adds to what follows from the controllers the texts, the errors, and who may. What has
 * no text stays as it is; a test sees that nothing has none.
 */
class ApiDescription implements OpenApiCustomizer {

	static final String PROBLEM = "Problem";

	private static final String JSON = org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

	private static final String PROBLEM_JSON = org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE;

	private static final String PASSWORD = "password";

	private final ApiTexts texts;

	private final ObjectProvider<NeededRoles> roles;

	/**
	 * @param roles asked when the document is: the filters exist later
	 */
	ApiDescription(ApiTexts texts, ObjectProvider<NeededRoles> roles) {
		this.texts = texts;
		this.roles = roles;
	}

	@Override
	public void customise(OpenAPI api) {
		api.setTags(this.texts.tags()
			.entrySet()
			.stream()
			.map((tag) -> new Tag().name(tag.getKey()).description(tag.getValue()))
			.collect(Collectors.toCollection(ArrayList::new)));
		Components components = (api.getComponents() != null) ? api.getComponents() : new Components();
		api.setComponents(components);
		components.addSecuritySchemes(PASSWORD,
				new SecurityScheme().type(SecurityScheme.Type.HTTP)
					.scheme("basic")
					.description(String.valueOf(this.texts.types().get(PASSWORD))));
		this.texts.schemas().forEach((name, schema) -> components.addSchemas(name, schema(schema)));
		Set<String> sent = sent(api);
		components.getSchemas().forEach((name, schema) -> describe(name, schema, sent));
		api.getPaths()
			.forEach((path, item) -> item.readOperationsMap()
				.forEach((method, operation) -> describe(method, path, operation)));
		api.setPaths(inOrder(api.getPaths()));
	}

	/** References to the schemas of bodies. */
	private static Set<String> sent(OpenAPI api) {
		return api.getPaths()
			.values()
			.stream()
			.flatMap((path) -> path.readOperations().stream())
			.map(Operation::getRequestBody)
			.filter((body) -> body != null && body.getContent() != null)
			.flatMap((body) -> body.getContent().values().stream())
			.filter((type) -> type.getSchema() != null && type.getSchema().get$ref() != null)
			.map((type) -> type.getSchema().get$ref())
			.collect(Collectors.toSet());
	}

	/** As in the texts. */
	private Paths inOrder(Paths paths) {
		Paths ordered = new Paths();
		this.texts.operations().keySet().forEach((call) -> {
			String path = call.substring(call.indexOf(' ') + 1);
			if (paths.containsKey(path)) {
				ordered.put(path, paths.get(path));
			}
		});
		paths.forEach(ordered::putIfAbsent);
		return ordered;
	}

	private static Schema<?> schema(Map<String, Object> written) {
		return Json31.mapper().convertValue(written, Schema.class);
	}

	/**
	 * Answers have all their fields, always; what is sent may leave out what may be null.
	 */
	private void describe(String name, Schema<?> schema, Set<String> sent) {
		if (schema.getDescription() == null) {
			schema.setDescription(this.texts.types().get(name));
		}
		if (schema.getProperties() == null) {
			return;
		}
		schema.getProperties().forEach((field, type) -> type.setDescription(this.texts.field(name, field)));
		if (!this.texts.schemas().containsKey(name)) {
			List<String> required = new ArrayList<>();
			schema.getProperties().forEach((field, type) -> {
				if (!sent.contains(Components.COMPONENTS_SCHEMAS_REF + name) || !JsonTypes.isNullable(type)) {
					required.add(field);
				}
			});
			schema.setRequired((required.isEmpty()) ? null : required);
		}
	}

	private void describe(HttpMethod method, String path, Operation operation) {
		operation.setOperationId(name(method, path));
		ApiTexts.Operation text = this.texts.operations().get(method + " " + path);
		if (text == null) {
			return;
		}
		Optional<String> role = Optional.ofNullable(this.roles.getIfAvailable())
			.flatMap((roles) -> roles.of(method.name(), path.replaceAll("\\{[^}]*}", "1")));
		operation.setTags(new ArrayList<>(List.of(text.tag())));
		operation.setSummary(text.summary());
		operation.setDescription(((text.description() != null) ? text.description().strip() + "\n\n" : "")
				+ role.map((it) -> "Needs role " + it + ".").orElse("Anybody may."));
		operation
			.setSecurity(role.map((it) -> List.of(new SecurityRequirement().addList(PASSWORD, it))).orElse(List.of()));
		if (operation.getParameters() != null) {
			operation.getParameters().forEach((parameter) -> describe(parameter, text));
		}
		if (text.body() != null) {
			operation.setRequestBody(body(operation.getRequestBody(), text.body()));
		}
		answers(operation, text, path, role);
	}

	/** Such as {@code getJobsExecutionsById}. */
	private static String name(HttpMethod method, String path) {
		return method.name().toLowerCase(Locale.ROOT)
				+ Arrays.stream(path.replaceFirst("^/api/", "").replace("{", "by-").split("[^A-Za-z0-9]+"))
					.filter((word) -> !word.isEmpty())
					.map((word) -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
					.collect(Collectors.joining());
	}

	private void describe(Parameter parameter, ApiTexts.Operation operation) {
		ApiTexts.Parameter text = this.texts.parameter(operation, parameter.getName());
		if (text == null) {
			return;
		}
		parameter.setDescription(text.description());
		parameter.setExample(text.example());
		if (text.schema() != null && parameter.getSchema() != null) {
			// Of its own: springdoc gives all parameters of a type the same one
			Map<String, Object> schema = Json31.mapper()
				.convertValue(parameter.getSchema(), new TypeReference<LinkedHashMap<String, Object>>() {
				});
			schema.putAll(text.schema());
			parameter.setSchema(schema(schema));
		}
	}

	private static RequestBody body(@Nullable RequestBody derived, ApiTexts.Body text) {
		RequestBody body = (derived != null) ? derived : new RequestBody();
		body.setDescription(text.description());
		body.setRequired(text.required());
		if (text.schema() != null || body.getContent() == null) {
			Schema<?> reference = new JsonSchema();
			reference.set$ref(text.schema());
			body.setContent(new Content().addMediaType(JSON, new MediaType().schema(reference)));
		}
		body.getContent().values().forEach((type) -> type.setExample(text.example()));
		return body;
	}

	private void answers(Operation operation, ApiTexts.Operation text, String path, Optional<String> role) {
		ApiResponses derived = operation.getResponses();
		Map.Entry<String, ApiResponse> success = derived.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith("2"))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(path + " never succeeds"));
		ApiTexts.Answer answer = text.answer();
		ApiResponse good = success.getValue();
		good.setDescription(answer.description());
		if (good.getContent() != null && answer.example() != null) {
			good.getContent().forEach((type, media) -> {
				if (answer.csv() != null && type.startsWith("text/csv")) {
					media.setSchema(JsonTypes.text());
					media.setExample(answer.csv());
				}
				else {
					media.setExample(answer.example());
				}
			});
		}
		if (answer.headers() != null) {
			answer.headers().forEach((name, what) -> good.addHeaderObject(name, header(what)));
		}
		ApiResponses all = new ApiResponses();
		all.addApiResponse((answer.status() != null) ? String.valueOf(answer.status()) : success.getKey(), good);
		if (text.isTagged()) {
			good.addHeaderObject("ETag",
					header("The generation that the answer is of. Send it back as If-None-Match."));
			all.addApiResponse("304", new ApiResponse()
				.description("The generation that If-None-Match names is still the current one; nothing is sent."));
		}
		errors(text, role)
			.forEach((status, when) -> all.addApiResponse(String.valueOf(status), problem(path, status, when)));
		operation.setResponses(all);
	}

	private Map<Integer, String> errors(ApiTexts.Operation text, Optional<String> role) {
		Map<Integer, String> errors = new TreeMap<>();
		List.of(400, 401, 429, 500).forEach((status) -> errors.put(status, when(status)));
		if (role.isPresent()) {
			errors.put(401, "Nobody is logged in, or the user or the password is wrong.");
			if (!role.get().equals("viewer")) {
				errors.put(403, when(403));
			}
		}
		errors.putAll(text.ownErrors());
		if (text.needs() != null) {
			errors.merge(503, String.join(" or ", text.needs()) + " does not answer.",
					(one, other) -> one + " " + other);
		}
		return errors;
	}

	private String when(int status) {
		ApiTexts.Failure failure = this.texts.errors().get(status);
		return (failure != null) ? failure.when() : String.valueOf(HttpStatus.valueOf(status).getReasonPhrase());
	}

	private static Header header(String description) {
		return new Header().description(description).schema(JsonTypes.text());
	}

	private ApiResponse problem(String path, int status, String when) {
		Schema<?> reference = new JsonSchema();
		reference.set$ref(PROBLEM);
		ApiResponse response = new ApiResponse().description(when);
		MediaType media = new MediaType().schema(reference);
		ApiTexts.Failure failure = this.texts.errors().get(status);
		if (failure != null) {
			Map<String, Object> example = new LinkedHashMap<>();
			example.put("type", "about:blank");
			example.put("title", failure.title());
			example.put("status", status);
			example.put("detail", failure.detail());
			example.put("instance", path.replaceAll("\\{[^}]*}", "7"));
			media.setExample(example);
		}
		if (status == HttpStatus.TOO_MANY_REQUESTS.value() || status == HttpStatus.SERVICE_UNAVAILABLE.value()) {
			response.addHeaderObject("Retry-After", header("In how many seconds to ask again."));
		}
		return response.content(new Content().addMediaType(PROBLEM_JSON, media));
	}

}
