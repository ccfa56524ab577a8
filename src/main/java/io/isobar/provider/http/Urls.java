package io.isobar.provider.http;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts URLs together. */
public final class Urls {

	private Urls() {
	}

	/**
	 * A configured base; where it names a host alone, the provider's usual path is added.
	 */
	public static URI base(URI configured, String usualPath) {
		String path = configured.getRawPath();
		if (path == null || path.isEmpty() || path.equals("/")) {
			return URI.create(configured.getScheme() + "://" + configured.getRawAuthority() + usualPath
					+ ((configured.getRawQuery() != null) ? "?" + configured.getRawQuery() : ""));
		}
		return configured;
	}

	/**
	 * The base with further segments and parameters; parameters of the base stay.
	 * @param segments beginning with a slash, encoded; or empty
	 * @param parameters plain
	 */
	public static URI of(URI base, String segments, Map<String, String> parameters) {
		String text = base.toString();
		String query = (base.getRawQuery() != null) ? base.getRawQuery() + "&" : "";
		int end = text.indexOf('?');
		String path = (end < 0) ? text : text.substring(0, end);
		while (path.endsWith("/")) {
			path = path.substring(0, path.length() - 1);
		}
		return URI.create(path + segments + "?" + query
				+ parameters.entrySet()
					.stream()
					.map((parameter) -> parameter.getKey() + "=" + encoded(parameter.getValue()))
					.collect(Collectors.joining("&")));
	}

	/** A text as a segment of a path or the value of a parameter; commas stay. */
	public static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2C", ",");
	}

	/** Whether that is a URL which can be asked. */
	public static boolean isWeb(URI url) {
		return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null;
	}

}
