package io.isobar.operations;

import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.validation.Configuration;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.validation.annotation.Validated;

/** Binds settings as Boot will, and says in sentences what is wrong with the values. */
final class SettingsValues {

	private static final Pattern SECRET = Pattern.compile("password|token|secret|key");

	private final Environment environment;

	SettingsValues(Environment environment) {
		this.environment = environment;
	}

	/**
	 * What is wrong with the settings of one record.
	 * @return a sentence each
	 */
	List<String> wrong(String prefix, Class<?> type) {
		Refusals refusals = new Refusals();
		Object bound = null;
		try {
			bound = Binder.get(this.environment).bindOrCreate(prefix, Bindable.of(type), refusals);
		}
		catch (BindException | IllegalArgumentException ex) {
			refusals.note(ConfigurationPropertyName.of(prefix), type, null, ex);
		}
		List<String> sentences = new ArrayList<>(refusals.sentences.values());
		if (bound != null && type.isAnnotationPresent(Validated.class)) {
			violations(bound, (violation) -> {
				ConfigurationPropertyName name = name(prefix, violation);
				if (!refusals.has(name)) {
					sentences.add(sentence(name, violation));
				}
			});
		}
		return sentences;
	}

	private static void violations(Object bound, Consumer<ConstraintViolation<?>> consumer) {
		Configuration<?> configuration = Validation.byDefaultProvider().configure();
		// In the language of the other sentences, whatever the machine's is
		configuration.messageInterpolator(new English(configuration.getDefaultMessageInterpolator()));
		try (ValidatorFactory factory = configuration.buildValidatorFactory()) {
			factory.getValidator().validate(bound).forEach(consumer);
		}
	}

	private static ConfigurationPropertyName name(String prefix, ConstraintViolation<?> violation) {
		String path = violation.getPropertyPath().toString().replaceAll("\\.?<[^>]*>", "");
		return ConfigurationPropertyName.of((path.isEmpty()) ? prefix : prefix + "." + SettingsNames.dashed(path));
	}

	private String sentence(ConfigurationPropertyName name, ConstraintViolation<?> violation) {
		ConfigurationProperty property = property(name);
		String rule = violation.getMessage();
		if (rule.startsWith("isobar.")) {
			// A rule over several settings stands at none of them, so it names them
			// itself
			return rule;
		}
		return (property != null) ? "%s is %s%s, but %s.".formatted(name, shown(property), origin(property), rule)
				: "%s is not set, but %s.".formatted(name, rule);
	}

	private @Nullable ConfigurationProperty property(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/** Whether nothing stands there, as for {@code batch:} alone in YAML. */
	static boolean isEmpty(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property == null || String.valueOf(property.getValue()).isEmpty();
	}

	private static String shown(ConfigurationProperty property) {
		return (SECRET.matcher(property.getName().toString()).find()) ? "set" : "\"" + property.getValue() + "\"";
	}

	/** Where it was set, in brackets, as far as that is known. */
	static String origin(@Nullable ConfigurationProperty property) {
		Origin origin = Origin.from(property);
		if (origin instanceof SystemEnvironmentOrigin variable) {
			return " (environment variable " + variable.getProperty() + ")";
		}
		if (origin instanceof TextResourceOrigin text && text.getResource() != null) {
			TextResourceOrigin.Location location = text.getLocation();
			return " (" + text.getResource().getFilename()
					+ ((location != null) ? ", line " + (location.getLine() + 1) : "") + ")";
		}
		if (origin instanceof PropertySourceOrigin source
				&& source.getPropertySource().getName().equals("commandLineArgs")) {
			return " (command line)";
		}
		return "";
	}

	/** What a value must be, for the reader who wrote another. */
	private static String expected(Class<?> type) {
		if (type.isEnum()) {
			return "must be one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", "));
		}
		Map<Class<?>, String> kinds = Map.of(Duration.class, "must be a duration such as PT10S", Period.class,
				"must be a period of days such as P30D", LocalDate.class, "must be a day such as 2026-11-21",
				ZoneId.class, "must be a time zone such as Europe/Paris", URI.class, "must be an address", URL.class,
				"must be an address", Path.class, "must be a path");
		Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
		if (boxed == Boolean.class) {
			return "must be true or false";
		}
		if (boxed == Integer.class || boxed == Long.class) {
			return "must be a whole number";
		}
		return (Number.class.isAssignableFrom(boxed)) ? "must be a number"
				: kinds.getOrDefault(type, "can't be read as " + type.getSimpleName());
	}

	/** Notes each value that can't be read, and goes on with the next. */
	private static final class Refusals extends AbstractBindHandler {

		private final Map<ConfigurationPropertyName, String> sentences = new LinkedHashMap<>();

		@Override
		public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Exception error) {
			note(name, target.getType().toClass(), context.getConfigurationProperty(), error);
			return null;
		}

		/**
		 * What is wrong with a group because of one of its values goes without saying.
		 */
		void note(ConfigurationPropertyName name, Class<?> type, @Nullable ConfigurationProperty property,
				Exception error) {
			if (this.sentences.keySet().stream().noneMatch((noted) -> name.equals(noted) || name.isAncestorOf(noted))) {
				this.sentences.put(name, sentence(name, type, property, error));
			}
		}

		boolean has(ConfigurationPropertyName name) {
			return this.sentences.keySet()
				.stream()
				.anyMatch((noted) -> noted.equals(name) || name.isAncestorOf(noted) || noted.isAncestorOf(name));
		}

		private static String sentence(ConfigurationPropertyName name, Class<?> type,
				@Nullable ConfigurationProperty property, Exception error) {
			Throwable cause = error;
			while (cause.getCause() != null && !(cause instanceof PlaceholderResolutionException)
					&& !(cause instanceof UnboundConfigurationPropertiesException)) {
				cause = cause.getCause();
			}
			if (cause instanceof UnboundConfigurationPropertiesException gap) {
				return gap.getUnboundProperties()
					.stream()
					.map((left) -> left.getName() + origin(left) + " is left over: elements are numbered from 0 on.")
					.collect(Collectors.joining(" "));
			}
			String written = SettingsNames.written(name, Form.DASHED);
			String is = (property != null) ? written + " is " + shown(property) + origin(property) + ", but "
					: written + " is refused: ";
			if (cause instanceof PlaceholderResolutionException placeholder) {
				return is + "the placeholder in it is not set: " + placeholder.getMessage();
			}
			return is + ended((isReason(cause)) ? String.valueOf(cause.getMessage()) : expected(type));
		}

		/** Whether the settings themselves refused the value, in words of their own. */
		private static boolean isReason(Throwable cause) {
			return cause instanceof IllegalArgumentException && Arrays.stream(cause.getStackTrace())
				.limit(3)
				.anyMatch((frame) -> frame.getClassName().startsWith("io.isobar."));
		}

		private static String ended(String sentence) {
			return (sentence.endsWith(".")) ? sentence : sentence + ".";
		}

	}

	/** Messages of constraints in English. */
	private record English(MessageInterpolator interpolator) implements MessageInterpolator {

		@Override
		public String interpolate(String template, Context context) {
			return this.interpolator.interpolate(template, context, Locale.ENGLISH);
		}

		@Override
		public String interpolate(String template, Context context, Locale locale) {
			return interpolate(template, context);
		}

	}

}
