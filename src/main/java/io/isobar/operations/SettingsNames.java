package io.isobar.operations;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/**
 * The names of all settings, as the settings records tell them:
 * {@code isobar.batch.zone}, {@code isobar.cities[n].name}, and
 * {@code isobar.serving.tolerance.<name>} where the names are free.
 */
final class SettingsNames {

	private static final String INDEX = "[n]";

	private static final String FREE = "<name>";

	/** How many letters may differ for a name to be what was probably meant. */
	private static final int MOST_TYPOS = 3;

	/** The name as people write it, by its form without dashes. */
	private final Map<String, String> names = new LinkedHashMap<>();

	/** Adds the settings of a record, under the prefix that it is bound to. */
	void add(String prefix, Class<?> settings) {
		for (Parameter parameter : parameters(settings)) {
			ResolvableType type = ResolvableType.forType(parameter.getParameterizedType());
			add(prefix + "." + nameOf(parameter), type);
		}
	}

	private void add(String name, ResolvableType type) {
		Class<?> raw = type.toClass();
		if (Collection.class.isAssignableFrom(raw)) {
			// One by one, or all in one value with commas
			put(name);
			add(name + INDEX, type.asCollection().getGeneric(0));
		}
		else if (raw.isArray()) {
			put(name);
			add(name + INDEX, type.getComponentType());
		}
		else if (Map.class.isAssignableFrom(raw)) {
			add(name + "." + FREE, type.asMap().getGeneric(1));
		}
		else if (raw.isRecord() && raw.getName().startsWith("io.isobar.")) {
			add(name, raw);
		}
		else {
			put(name);
		}
	}

	private void put(String name) {
		this.names.put(uniform(name), name);
	}

	private static Parameter[] parameters(Class<?> settings) {
		if (!settings.isRecord()) {
			throw new IllegalStateException("Settings are records, but " + settings.getName() + " is none.");
		}
		Class<?>[] types = Arrays.stream(settings.getRecordComponents())
			.map((component) -> component.getType())
			.toArray(Class[]::new);
		try {
			Constructor<?> canonical = settings.getDeclaredConstructor(types);
			return canonical.getParameters();
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String nameOf(Parameter parameter) {
		Name name = parameter.getAnnotation(Name.class);
		return (name != null) ? name.value() : dashed(parameter.getName());
	}

	static String dashed(String camelCase) {
		return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
	}

	private static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	/** Whether that is a setting, or, where the value is empty, a group of settings. */
	boolean knows(ConfigurationPropertyName name, boolean empty) {
		String asked = written(name, Form.UNIFORM);
		return this.names.keySet()
			.stream()
			.anyMatch((known) -> pattern(known, "\\.", "\\[\\d+]").matcher(asked).matches()
					|| (empty && known.startsWith(asked + ".")));
	}

	/**
	 * Whether an environment variable is a setting: its name doesn't tell dots from
	 * dashes.
	 */
	boolean knowsVariable(String variable) {
		String asked = variable.replace("_", "").toLowerCase(Locale.ROOT);
		return this.names.keySet().stream().anyMatch((known) -> pattern(known, "", "\\d+").matcher(asked).matches());
	}

	private static Pattern pattern(String known, String dot, String index) {
		return Pattern.compile(Arrays.stream(known.split("\\."))
			.map((element) -> element.endsWith(INDEX)
					? literal(element.substring(0, element.length() - INDEX.length())) + index : literal(element))
			.collect(Collectors.joining(dot)));
	}

	private static String literal(String element) {
		return (element.equals(FREE)) ? ".+" : Pattern.quote(element);
	}

	/** What was probably meant. */
	Optional<String> near(ConfigurationPropertyName name) {
		return nearest(written(name, Form.UNIFORM).replaceAll("\\[\\d+]", "[n]"), this.names);
	}

	/** What was probably meant, as an environment variable. */
	Optional<String> nearVariable(String variable) {
		Map<String, String> variables = this.names.values()
			.stream()
			.map(SettingsNames::variable)
			.collect(Collectors.toMap((each) -> each, (each) -> each, (one, other) -> one, LinkedHashMap::new));
		return nearest(variable, variables);
	}

	private static String variable(String name) {
		return name.replace("-", "").replace(INDEX, ".0").replace('.', '_').toUpperCase(Locale.ROOT);
	}

	private static Optional<String> nearest(String asked, Map<String, String> names) {
		String nearest = null;
		int least = MOST_TYPOS + 1;
		for (Map.Entry<String, String> name : names.entrySet()) {
			int typos = typos(asked, name.getKey());
			if (typos < least) {
				least = typos;
				nearest = name.getValue();
			}
		}
		return Optional.ofNullable(nearest);
	}

	/** How many letters are to be put in, taken out or changed (Levenshtein). */
	static int typos(String one, String other) {
		int[] before = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			before[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int[] row = new int[other.length() + 1];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int changed = before[j - 1] + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				row[j] = Math.min(changed, 1 + Math.min(before[j], row[j - 1]));
			}
			before = row;
		}
		return before[other.length()];
	}

	/** The name with indexes as {@code [0]}. */
	static String written(ConfigurationPropertyName name, Form form) {
		StringBuilder written = new StringBuilder();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, form);
			if (name.isNumericIndex(i)) {
				written.append('[').append(element).append(']');
			}
			else {
				written.append((i > 0) ? "." : "").append(element);
			}
		}
		return written.toString();
	}

	/** The settings beside that one: the smallest group that has any. */
	List<String> beside(ConfigurationPropertyName name) {
		String asked = written(name, Form.UNIFORM);
		while (asked.contains(".")) {
			asked = asked.substring(0, asked.lastIndexOf('.'));
			String group = asked + ".";
			List<String> beside = this.names.entrySet()
				.stream()
				.filter((known) -> known.getKey().startsWith(group))
				.map(Map.Entry::getValue)
				.sorted()
				.toList();
			if (!beside.isEmpty()) {
				return beside;
			}
		}
		return List.of();
	}

}
