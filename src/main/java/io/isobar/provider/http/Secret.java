package io.isobar.provider.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A key that no text may show. */
public final class Secret {

	private static final String MASK = "***";

	/** Keys in URLs, whoever's they are. */
	private static final Pattern PARAMETER = Pattern.compile("(?i)\\b((?:api)?key=)[^&\\s\"'<>)]+");

	private final List<String> forms = new ArrayList<>();

	private Secret(String key) {
		if (!key.isEmpty()) {
			this.forms.add(key);
			String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8);
			if (!encoded.equals(key)) {
				this.forms.add(encoded);
			}
		}
	}

	/** That key; null or blank: none. */
	public static Secret of(@Nullable String key) {
		return new Secret((key != null) ? key.strip() : "");
	}

	/** The text without the key, whether plain or as in a URL. */
	public String redact(String text) {
		String redacted = text;
		for (String form : this.forms) {
			redacted = redacted.replace(form, MASK);
		}
		return PARAMETER.matcher(redacted).replaceAll("$1" + MASK.replace("$", "\\$"));
	}

	/** The body without the key; the same array where it is not in there. */
	public byte[] redact(byte[] body) {
		// One character for each byte, so that what is no text stays as it is
		String text = new String(body, StandardCharsets.ISO_8859_1);
		String redacted = redact(text);
		return redacted.equals(text) ? body : redacted.getBytes(StandardCharsets.ISO_8859_1);
	}

	@Override
	public String toString() {
		return MASK;
	}

}
