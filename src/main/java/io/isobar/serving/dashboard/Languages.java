package io.isobar.serving.dashboard;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.i18n.CookieLocaleResolver;

/**
 * The language of a page: the one that was chosen, which a cookie keeps, or the first
 * that the browser prefers and isobar speaks.
 */
class Languages extends CookieLocaleResolver {

	static final List<Locale> SPOKEN = List.of(Locale.ENGLISH, Locale.FRENCH);

	private static final String COOKIE = "lang";

	Languages() {
		super(COOKIE);
		setDefaultLocaleFunction(Languages::preferred);
		setRejectInvalidCookies(false);
		setCookieMaxAge(Duration.ofDays(365));
		setCookieHttpOnly(true);
		setCookieSameSite("Lax");
	}

	private static Locale preferred(HttpServletRequest request) {
		// Without the header, the request would name the machine's own language
		List<Locale> wanted = (request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) != null)
				? Collections.list(request.getLocales()) : List.of();
		for (Locale locale : wanted) {
			for (Locale spoken : SPOKEN) {
				if (locale.getLanguage().equals(spoken.getLanguage())) {
					return spoken;
				}
			}
		}
		return Locale.ENGLISH;
	}

	@Override
	protected @Nullable Locale parseLocaleValue(String value) {
		return SPOKEN.stream().filter((spoken) -> spoken.getLanguage().equals(value)).findFirst().orElse(null);
	}

	@Override
	public void setLocale(HttpServletRequest request, @Nullable HttpServletResponse response, @Nullable Locale locale) {
		if (locale != null && SPOKEN.contains(locale)) {
			super.setLocale(request, response, locale);
		}
	}

}
