package io.isobar.serving.dashboard;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * What stands around a page, as {@code frame} in every template.
 *
 * @param locale language of the page
 * @param theme light, dark or as the system is
 * @param path address of the page without context path and parameters
 * @param parameters parameters of the address, without those for language and theme
 * @param user name of who is logged in, if anybody is
 */
public record Frame(Locale locale, Theme theme, String path, MultiValueMap<String, String> parameters,
		@Nullable String user) {

	private static final List<Link> LINKS = List.of(new Link("/", "nav.overview"), new Link("/live", "nav.live"),
			new Link("/history", "nav.history"), new Link("/unified", "nav.days"),
			new Link("/boundary", "nav.boundary"), new Link("/analyses", "nav.analyses"),
			new Link("/orders", "nav.orders"), new Link("/jobs", "nav.jobs"));

	public String language() {
		return this.locale.getLanguage();
	}

	/** The languages that isobar speaks, each by its own name. */
	public Map<String, String> languages() {
		return Map.of("en", "English", "fr", "Français");
	}

	/** The other language. */
	public String otherLanguage() {
		return language().equals("fr") ? "en" : "fr";
	}

	public List<Theme> themes() {
		return List.of(Theme.values());
	}

	/** The pages that the header leads to. */
	public List<Link> links() {
		return LINKS;
	}

	/** Whether this page belongs to what that link leads to. */
	public boolean isIn(Link link) {
		return this.path.equals(link.path()) || (!link.path().equals("/") && this.path.startsWith(link.path() + "/"));
	}

	/**
	 * The address of this page with one parameter changed, for links that keep the rest.
	 * @param value its value; null takes the parameter out
	 */
	public String with(String name, @Nullable Object value) {
		MultiValueMap<String, String> changed = new LinkedMultiValueMap<>(this.parameters);
		if (value == null) {
			changed.remove(name);
		}
		else {
			changed.set(name, value.toString());
		}
		StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
		changed.forEach((each, values) -> values.forEach((one) -> query.add(encoded(each) + "=" + encoded(one))));
		return this.path + query;
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	/**
	 * A link of the header.
	 *
	 * @param path where it leads
	 * @param label key of its name in the messages
	 */
	public record Link(String path, String label) {
	}

}
