package io.isobar.jobs;

import java.text.MessageFormat;
import java.util.Arrays;
import java.util.Locale;

import org.springframework.context.MessageSourceResolvable;

/**
 * A sentence for people: in English, and by its code in the language of a page, which
 * gives it to a message source.
 */
public final class Sentence implements MessageSourceResolvable {

	private final String code;

	private final String english;

	private final Object[] arguments;

	private Sentence(String code, String english, Object[] arguments) {
		this.code = code;
		this.english = english;
		this.arguments = arguments;
	}

	/**
	 * A sentence with arguments, which take the place of {@code {0}}, {@code {1}} in it.
	 */
	public static Sentence of(String code, String english, Object... arguments) {
		return new Sentence(code, english, arguments.clone());
	}

	/** In English. */
	public String text() {
		String pattern = getDefaultMessage();
		return (this.arguments.length > 0) ? new MessageFormat(pattern, Locale.ENGLISH)
			.format(Arrays.stream(this.arguments).map(String::valueOf).toArray()) : pattern;
	}

	@Override
	public String[] getCodes() {
		return new String[] { this.code };
	}

	/**
	 * What stands in the sentence. Numbers are text, so that an execution's gets no
	 * thousands separator; statuses, days and instants are what they are, so that a page
	 * writes them in its own way.
	 */
	@Override
	public Object[] getArguments() {
		return Arrays.stream(this.arguments)
			.map((argument) -> (argument instanceof Number) ? argument.toString() : argument)
			.toArray();
	}

	@Override
	public String getDefaultMessage() {
		return (this.arguments.length > 0) ? this.english.replace("'", "''") : this.english;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Sentence sentence && this.code.equals(sentence.code) && text().equals(sentence.text());
	}

	@Override
	public int hashCode() {
		return text().hashCode();
	}

	@Override
	public String toString() {
		return text();
	}

}
