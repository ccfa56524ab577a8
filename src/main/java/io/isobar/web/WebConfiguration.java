package io.isobar.web;

import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import org.springframework.context.annotation.Configuration;
import org.springframework.format.Formatter;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Days, months and instants are read strictly, durations as ISO 8601 has them; so are the
 * parameters of the API.
 */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

	private final Problems problems;

	WebConfiguration(Problems problems) {
		this.problems = problems;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new StrictParameters()).addPathPatterns("/api/**");
	}

	@Override
	public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
		// After the controllers' own @ExceptionHandlers, before those that send pages
		resolvers.add(1, new ApiFailures(this.problems));
	}

	@Override
	public void addFormatters(FormatterRegistry registry) {
		DateTimeFormatter days = strict("-MM-dd");
		DateTimeFormatter months = strict("-MM");
		registry.addFormatterForFieldType(LocalDate.class, parsing((text) -> LocalDate.parse(text, days)));
		registry.addFormatterForFieldType(YearMonth.class, parsing((text) -> YearMonth.parse(text, months)));
		registry.addFormatterForFieldType(Instant.class, parsing(WebConfiguration::instant));
		registry.addFormatterForFieldType(Duration.class, parsing(Duration::parse));
	}

	/**
	 * With four digits of a year, as days have: of others not every sum is an instant.
	 */
	private static Instant instant(String text) {
		OffsetDateTime time = OffsetDateTime.parse(text);
		int year = time.getYear();
		if (year < 1 || year > 9999) {
			throw new DateTimeException("The year %d is not between 1 and 9999".formatted(year));
		}
		return time.toInstant();
	}

	/** Four digits of a year, no sign, then the rest. */
	private static DateTimeFormatter strict(String rest) {
		return new DateTimeFormatterBuilder().appendValue(ChronoField.YEAR, 4)
			.appendPattern(rest)
			.toFormatter(Locale.ROOT)
			.withResolverStyle(ResolverStyle.STRICT);
	}

	private static <T> Formatter<T> parsing(Function<String, T> parser) {
		return new Formatter<>() {

			@Override
			public T parse(String text, Locale locale) throws ParseException {
				return parser.apply(text);
			}

			@Override
			public String print(T value, Locale locale) {
				return value.toString();
			}

		};
	}

}
