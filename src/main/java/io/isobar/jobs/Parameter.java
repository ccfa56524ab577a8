package io.isobar.jobs;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A parameter that a job declares.
 *
 * @param required whether a launch without it is refused
 * @param defaultValue what the job is given if it is missing, or null: then the job is
 * given nothing
 * @param identifying whether it tells one execution from another (the run number does
 * anyway)
 * @param help what it means, and what is done if it is missing
 * @param choices the values that are possible, or empty: any of its type; asked at each
 * launch, as cities come and go
 * @param rule what its type does not say: the sentence that says what is wrong, or null
 */
public record Parameter(String name, Type type, boolean required, @Nullable String defaultValue, boolean identifying,
		String help, @Nullable String example, Supplier<? extends Collection<String>> choices,
		Function<String, @Nullable Sentence> rule) {

	/** What a parameter's value is, and how the job is given it. */
	public enum Type {

		/** A local day, {@code yyyy-MM-dd}; given as {@link LocalDate}. */
		DATE,

		/** Given as {@link String}. */
		TEXT,

		/** {@code true} or {@code false}; given as {@link Boolean}. */
		BOOLEAN,

		/** One of a few words; given as {@link String}. */
		CHOICE,

		/**
		 * A comma list of cities, to be read by {@link CityNames}; given as
		 * {@link String}.
		 */
		CITIES,

		/** A file; given as {@link String}. */
		PATH,

		/** A whole number; given as {@link Long}. */
		NUMBER

	}

	public static Parameter date(String name) {
		return of(name, Type.DATE).example("2024-01-31");
	}

	public static Parameter text(String name) {
		return of(name, Type.TEXT);
	}

	public static Parameter bool(String name) {
		return of(name, Type.BOOLEAN);
	}

	public static Parameter choice(String name, String... values) {
		return of(name, Type.CHOICE).choices(() -> List.of(values));
	}

	/**
	 * A comma list of cities.
	 * @param known the cities there are
	 */
	public static Parameter cities(String name, Supplier<? extends Collection<String>> known) {
		return of(name, Type.CITIES).choices(known).example("Paris,Lyon");
	}

	public static Parameter path(String name) {
		return of(name, Type.PATH);
	}

	public static Parameter number(String name) {
		return of(name, Type.NUMBER).example("10");
	}

	private static Parameter of(String name, Type type) {
		return new Parameter(name, type, false, null, true, "", null, List::of, (value) -> null);
	}

	public Parameter asRequired() {
		return new Parameter(this.name, this.type, true, this.defaultValue, this.identifying, this.help, this.example,
				this.choices, this.rule);
	}

	public Parameter defaultsTo(String value) {
		return new Parameter(this.name, this.type, this.required, value, this.identifying, this.help, this.example,
				this.choices, this.rule);
	}

	public Parameter notIdentifying() {
		return new Parameter(this.name, this.type, this.required, this.defaultValue, false, this.help, this.example,
				this.choices, this.rule);
	}

	public Parameter help(String sentence) {
		return new Parameter(this.name, this.type, this.required, this.defaultValue, this.identifying, sentence,
				this.example, this.choices, this.rule);
	}

	public Parameter example(String value) {
		return new Parameter(this.name, this.type, this.required, this.defaultValue, this.identifying, this.help, value,
				this.choices, this.rule);
	}

	/** Refuses values for which the rule gives a sentence. */
	public Parameter checked(Function<String, @Nullable Sentence> sentenceWhereWrong) {
		return new Parameter(this.name, this.type, this.required, this.defaultValue, this.identifying, this.help,
				this.example, this.choices, sentenceWhereWrong);
	}

	private Parameter choices(Supplier<? extends Collection<String>> values) {
		return new Parameter(this.name, this.type, this.required, this.defaultValue, this.identifying, this.help,
				this.example, values, this.rule);
	}

	/** Reads a value as the job is given it. */
	Object read(String value) throws Wrong {
		Object read = switch (this.type) {
			case DATE -> day(value);
			case BOOLEAN -> bool(this, value);
			case NUMBER -> wholeNumber(value);
			case CHOICE -> oneOf(value);
			case CITIES -> knownCities(value);
			case TEXT, PATH -> notBlank(value);
		};
		Sentence wrong = this.rule.apply(value);
		if (wrong != null) {
			throw new Wrong(new ParameterProblem(this.name, wrong));
		}
		return read;
	}

	private LocalDate day(String value) throws Wrong {
		try {
			if (value.length() == "2024-01-31".length()) {
				return LocalDate.parse(value);
			}
		}
		catch (DateTimeException ex) {
			// Said below
		}
		throw wrong("date", "{0} is no day. Write it as 2024-01-31.", echo(value));
	}

	private static Boolean bool(Parameter parameter, String value) throws Wrong {
		return switch (value) {
			case "true" -> true;
			case "false" -> false;
			default -> throw parameter.wrong("boolean", "{0} is neither true nor false.", echo(value));
		};
	}

	private Long wholeNumber(String value) throws Wrong {
		if (!value.matches("-?[0-9]{1,18}")) {
			throw wrong("number", "{0} is no whole number, or too large.", echo(value));
		}
		return Long.valueOf(value);
	}

	private String oneOf(String value) throws Wrong {
		Collection<String> possible = this.choices.get();
		if (!possible.contains(value)) {
			throw wrong("choice", "{0} is not possible. Possible: {1}.", echo(value), String.join(", ", possible));
		}
		return value;
	}

	private String knownCities(String value) throws Wrong {
		Collection<String> known = this.choices.get();
		List<String> cities = CityNames.split(notBlank(value), known);
		for (String city : cities) {
			if (!known.contains(city)) {
				throw wrong("city", "there is no city {0}. Known: {1}.", echo(city), String.join("; ", known));
			}
		}
		return String.join(",", cities);
	}

	private String notBlank(String value) throws Wrong {
		if (value.isBlank()) {
			throw wrong("blank", "is empty. Give it a value, or leave it out.");
		}
		if (value.length() > LONGEST) {
			throw wrong("long", "has {0} characters; {1} are possible.", value.length(), LONGEST);
		}
		return value;
	}

	/** What the column of Spring Batch's table takes. */
	private static final int LONGEST = 2500;

	private static String echo(String value) {
		return (value.length() > 60) ? value.substring(0, 60) + "…" : value;
	}

	private Wrong wrong(String code, String english, Object... arguments) {
		return new Wrong(ParameterProblem.of(this.name, code, english, arguments));
	}

	/** A value that is refused; never leaves this package. */
	static final class Wrong extends Exception {

		private final transient ParameterProblem problem;

		Wrong(ParameterProblem problem) {
			super(problem.text(), null, false, false);
			this.problem = problem;
		}

		ParameterProblem problem() {
			return this.problem;
		}

	}

}
