package io.isobar.provider;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

import io.isobar.provider.ProviderFailed.Reason;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads providers' answers that lie in files: decides by their root whose they are. */
public final class JsonFiles {

	private static final JsonMapper JSON = new JsonMapper();

	private final List<AnswerFormat> formats;

	public JsonFiles(List<AnswerFormat> formats) {
		this.formats = formats.stream().sorted(Comparator.comparing(AnswerFormat::mark)).toList();
	}

	/**
	 * The readings of a file. Its city is the mapping's, else a listed one nearby, else
	 * what the answer calls it.
	 * @param file its name, for the sentences
	 * @param collected when it is imported; later hours are no readings
	 * @throws AnswerRefused if it is no such answer, its units are not known, or its city
	 * is not known; the sentence begins with the file's name
	 */
	public JsonFile read(String file, byte[] content, FileHints mapping, CityLookup cities, Instant collected) {
		try {
			JsonNode root = parse(content);
			return this.formats.stream()
				.filter((format) -> format.recognises(root))
				.findFirst()
				.orElseThrow(() -> new AnswerRefused(Reason.BAD_ANSWER,
						"it has neither %s at its root, so it is no provider's answer. Remove it, or give it a mapping."
							.formatted(this.formats.stream()
								.map(AnswerFormat::mark)
								.collect(Collectors.joining(" nor ")))))
				.read(root, mapping, cities, collected);
		}
		catch (AnswerRefused refusal) {
			throw new AnswerRefused(refusal.reason(), file + ": " + refusal.sentence());
		}
	}

	/**
	 * The tree of an answer.
	 * @throws AnswerRefused if it is no complete JSON object
	 */
	public static JsonNode parse(byte[] content) {
		JsonNode root;
		try {
			root = JSON.readTree(content);
		}
		catch (JacksonException failure) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it is no complete JSON (%s). It was cut off or is something else; fetch it again."
						.formatted(where(failure)));
		}
		if (root == null || !root.isObject()) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it is no JSON object, as an answer of one place is. Fetch each place on its own.");
		}
		return root;
	}

	private static String where(JacksonException failure) {
		var location = failure.getLocation();
		return (location != null) ? "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr())
				: "unreadable";
	}

}
