package io.isobar.serving.dashboard;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import io.isobar.web.Problems;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;

/**
 * What is wrong with the fields of a page's address: a sentence for each, in the page's
 * language, which says what to do. The page is shown all the same, with its form.
 */
final class FieldErrors {

	private final MessageSource messages;

	private final Locale locale;

	private final Map<String, String> sentences = new LinkedHashMap<>();

	private HttpStatus status = HttpStatus.OK;

	FieldErrors(MessageSource messages, Locale locale) {
		this.messages = messages;
		this.locale = locale;
	}

	/** What is possible by itself, but not with the others. */
	void add(String field, String key, Object... arguments) {
		this.sentences.putIfAbsent(field, this.messages.getMessage(key, arguments, this.locale));
	}

	/** What does not exist: the page is answered with 404. */
	void unknown(String field, String key, String value) {
		add(field, key, Problems.echo(value));
		this.status = HttpStatus.NOT_FOUND;
	}

	/** Reads a day; null where it is missing, or none. */
	@Nullable LocalDate day(String field, @Nullable String value) {
		return read(field, value, "2026-01-31".length(), LocalDate::parse, "field.error.day");
	}

	/** Reads a month; null where it is missing, or none. */
	@Nullable YearMonth month(String field, @Nullable String value) {
		return read(field, value, "2026-01".length(), YearMonth::parse, "field.error.month");
	}

	private <T> @Nullable T read(String field, @Nullable String value, int length, Function<String, T> parser,
			String key) {
		if (value == null || value.isBlank()) {
			return null;
		}
		String text = value.strip();
		try {
			if (text.length() == length) {
				return parser.apply(text);
			}
		}
		catch (DateTimeException ex) {
			// Said below
		}
		add(field, key, Problems.echo(text));
		if (this.status == HttpStatus.OK) {
			this.status = HttpStatus.BAD_REQUEST;
		}
		return null;
	}

	boolean isEmpty() {
		return this.sentences.isEmpty();
	}

	/** The sentences by field; the page's answer gets its status. */
	Map<String, String> tell(HttpServletResponse response) {
		if (this.status != HttpStatus.OK) {
			response.setStatus(this.status.value());
		}
		return Collections.unmodifiableMap(this.sentences);
	}

}
