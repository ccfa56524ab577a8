package io.isobar.provider;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/** How the answers of one provider look when they lie in files. */
public interface AnswerFormat {

	/** Whether this is such an answer, by what stands at its root. */
	boolean recognises(JsonNode root);

	/** What stands at the root of such an answer, in words. */
	String mark();

	/**
	 * The readings of such an answer.
	 * @throws AnswerRefused if it cannot be read, or its city is not known
	 */
	JsonFile read(JsonNode root, FileHints mapping, CityLookup cities, Instant collected);

}
