package io.isobar.web.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ClassPathResource;

/**
 * What the OpenAPI document says beyond the shapes of calls and answers.
 *
 * @param title of the document
 * @param description of the document
 * @param tags what calls are about, in the order in which they are shown
 * @param errors what may go wrong with any call, by status
 * @param schemas bodies that are read by hand, and problem details, as JSON schemas
 * @param types what each schema is, by its name
 * @param fields what each field is, by its name, or where one name means several things
 * by {@code Schema.field}
 * @param parameters those that are the same with several calls
 * @param operations each call, as {@code GET /api/cities}
 */
record ApiTexts(String title, String description, Map<String, String> tags, Map<Integer, Failure> errors,
		Map<String, Map<String, Object>> schemas, Map<String, String> types, Map<String, String> fields,
		Map<String, Parameter> parameters, Map<String, Operation> operations) {

	/**
	 * A status that is no success.
	 *
	 * @param when it comes
	 * @param title as in the problem detail
	 * @param detail an example
	 */
	record Failure(String when, String title, String detail) {
	}

	/**
	 * A parameter.
	 *
	 * @param schema what the controller's method doesn't tell, as {@code minimum}
	 */
	record Parameter(String description, Object example, @Nullable Map<String, Object> schema) {
	}

	/**
	 * The body of a request.
	 *
	 * @param schema one of {@link ApiTexts#schemas}, if it is read by hand
	 */
	record Body(@Nullable String schema, boolean required, String description, Object example) {
	}

	/**
	 * The answer to a call that has succeeded.
	 *
	 * @param status if the controller's method doesn't tell
	 * @param headers that it has beside the usual ones
	 * @param csv an example, where it may be asked for as CSV too
	 */
	record Answer(@Nullable Integer status, String description, @Nullable Object example,
			@Nullable Map<String, String> headers, @Nullable String csv) {
	}

	/**
	 * A call.
	 *
	 * @param parameters those that are special here
	 * @param tagged whether the answer has an entity tag
	 * @param errors by status, when they come
	 * @param needs the stores without which it can't answer
	 */
	record Operation(String tag, String summary, @Nullable String description,
			@Nullable Map<String, Parameter> parameters, @Nullable Body body, Answer answer, @Nullable Boolean tagged,
			@Nullable Map<Integer, String> errors, @Nullable List<String> needs) {

		@Nullable Parameter parameter(String name) {
			return (this.parameters != null) ? this.parameters.get(name) : null;
		}

		Map<Integer, String> ownErrors() {
			return (this.errors != null) ? this.errors : Map.of();
		}

		boolean isTagged() {
			return Boolean.TRUE.equals(this.tagged);
		}

	}

	/** Those in {@code openapi.yaml}. */
	static ApiTexts read() {
		// Jackson alone would not follow what is said once and referred to
		Load yaml = new Load(LoadSettings.builder().setLabel("openapi.yaml").build());
		JsonMapper json = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
		try (InputStream texts = new ClassPathResource("openapi.yaml").getInputStream()) {
			return json.convertValue(yaml.loadFromInputStream(texts), ApiTexts.class);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The parameter as it is with that call. */
	@Nullable Parameter parameter(Operation operation, String name) {
		Parameter special = operation.parameter(name);
		return (special != null) ? special : this.parameters.get(name);
	}

	/** What that field of that schema is. */
	@Nullable String field(String schema, String name) {
		String special = this.fields.get(schema + "." + name);
		return (special != null) ? special : this.fields.get(name);
	}

}
