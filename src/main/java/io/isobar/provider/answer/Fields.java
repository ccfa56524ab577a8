package io.isobar.provider.answer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Takes values out of a JSON object; absent and null are the same: missing. */
public final class Fields {

	private Fields() {
	}

	/**
	 * A number, written as an int or not; null where missing.
	 * @throws RowRejected if something else stands there
	 */
	public static @Nullable Double number(JsonNode row, String field) throws RowRejected {
		JsonNode value = row.path(field);
		if (value.isMissingNode() || value.isNull()) {
			return null;
		}
		if (!value.isNumber()) {
			throw new RowRejected("%s is no number: %s".formatted(field, excerpt(value)));
		}
		return value.doubleValue();
	}

	/** A number; null where missing or something else. */
	public static @Nullable Double numberOrNull(JsonNode row, String field) {
		JsonNode value = row.path(field);
		return value.isNumber() ? (Double) value.doubleValue() : null;
	}

	/** A text; null where missing or something else. */
	public static @Nullable String text(JsonNode row, String field) {
		JsonNode value = row.path(field);
		return value.isString() ? value.stringValue() : null;
	}

	/** The texts of an array, or a single text; empty where missing. */
	public static List<String> texts(JsonNode row, String field) {
		JsonNode value = row.path(field);
		List<String> texts = new ArrayList<>();
		if (value.isString()) {
			texts.add(value.stringValue());
		}
		for (JsonNode element : value) {
			if (element.isString()) {
				texts.add(element.stringValue());
			}
		}
		return texts;
	}

	/** An instant written as seconds since 1970; null where missing or something else. */
	public static @Nullable Instant epoch(JsonNode row, String field) {
		JsonNode value = row.path(field);
		// Beyond the year 9999 it is no time of weather, and instants would overflow
		return (value.isNumber() && Math.abs(value.doubleValue()) < 253_402_300_800d)
				? Instant.ofEpochSecond((long) Math.floor(value.doubleValue())) : null;
	}

	private static String excerpt(JsonNode value) {
		String text = value.toString();
		return (text.length() <= 40) ? text : text.substring(0, 40) + "…";
	}

}
