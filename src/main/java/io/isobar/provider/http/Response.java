package io.isobar.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What came back.
 *
 * @param status of HTTP
 * @param contentType in lower case; empty where none was sent
 * @param body unpacked
 */
public record Response(int status, String contentType, byte[] body) {

	/** How much of a body stands in a sentence. */
	private static final int EXCERPT = 200;

	public Response {
		contentType = contentType.toLowerCase(Locale.ROOT);
	}

	/** Whether the body calls itself JSON, or nothing at all. */
	public boolean isJson() {
		return this.contentType.isEmpty() || this.contentType.contains("json");
	}

	/** The body as text. */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/** The beginning of the body in one line, to be quoted. */
	public String excerpt() {
		String line = text().replaceAll("\\s+", " ").strip();
		if (line.isEmpty()) {
			return "nothing";
		}
		return (line.length() <= EXCERPT) ? line : line.substring(0, EXCERPT) + "…";
	}

}
