package io.isobar.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Reads all {@code isobar.*} settings before anything is started, and ends the start with
 * one list of all that is wrong. Bean definitions are complete by then and no bean
 * exists, so no server has been forked.
 */
final class SettingsCheck implements BeanDefinitionRegistryPostProcessor {

	private static final String ROOT = "isobar";

	private static final ConfigurationPropertyName ROOT_NAME = ConfigurationPropertyName.of(ROOT);

	/** Up to how many settings are listed where none is near the unknown one. */
	private static final int FEW = 12;

	private final ConfigurableEnvironment environment;

	SettingsCheck(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		List<Class<?>> all = settings();
		List<String> sentences = new ArrayList<>(unknown(all));
		List<String> used = Arrays.stream(registry.getBeanDefinitionNames())
			.map((name) -> registry.getBeanDefinition(name).getBeanClassName())
			.toList();
		SettingsValues values = new SettingsValues(this.environment);
		for (Class<?> type : all) {
			// Settings of what isn't active may lack what that would need
			if (used.contains(type.getName())) {
				sentences.addAll(values.wrong(prefix(type), type));
			}
		}
		sentences.addAll(Passwords.missing(this.environment));
		if (!sentences.isEmpty()) {
			throw new SettingsProblem(sentences.stream().distinct().toList());
		}
	}

	/** All settings records, also those that are not active here. */
	private static List<Class<?>> settings() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false) {

			@Override
			protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
				return definition.getMetadata().isIndependent();
			}

		};
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		List<Class<?>> settings = new ArrayList<>();
		for (BeanDefinition found : scanner.findCandidateComponents("io.isobar")) {
			Class<?> type = ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()),
					SettingsCheck.class.getClassLoader());
			if (type.isRecord() && (prefix(type).equals(ROOT) || prefix(type).startsWith(ROOT + "."))) {
				settings.add(type);
			}
		}
		return settings;
	}

	private static String prefix(Class<?> type) {
		ConfigurationProperties annotation = type.getAnnotation(ConfigurationProperties.class);
		Assert.state(annotation != null, "no settings");
		return (annotation.prefix().isEmpty()) ? annotation.value() : annotation.prefix();
	}

	private List<String> unknown(List<Class<?>> settings) {
		SettingsNames names = new SettingsNames();
		settings.forEach((type) -> names.add(prefix(type), type));
		// A variable may be seen through two sources
		Map<String, String> sentences = new TreeMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				Stream.of(variables.getPropertyNames())
					.filter((variable) -> variable.startsWith("ISOBAR_") && !isOfKubernetes(variable)
							&& !names.knowsVariable(variable))
					.forEach((variable) -> sentences.put(variable, unknownVariable(variable, names)));
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(ROOT_NAME::isAncestorOf)
					.filter((name) -> !names.knows(name, SettingsValues.isEmpty(source, name)))
					.forEach((name) -> sentences.put(name.toString(), unknown(name, source, names)));
			}
		}
		return List.copyOf(sentences.values());
	}

	/** What Kubernetes sets in each pod where there is a service named isobar. */
	private static boolean isOfKubernetes(String variable) {
		return variable.matches("ISOBAR_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");
	}

	private static String unknown(ConfigurationPropertyName name, ConfigurationPropertySource source,
			SettingsNames names) {
		String where = SettingsValues.origin(source.getConfigurationProperty(name));
		return name + where + " is unknown"
				+ names.near(name)
					.map((near) -> "; did you mean " + near + "?")
					.orElseGet(() -> listed(names.beside(name)));
	}

	private static String unknownVariable(String variable, SettingsNames names) {
		return "The environment variable " + variable + " is unknown"
				+ names.nearVariable(variable).map((near) -> "; did you mean " + near + "?").orElse(".");
	}

	private static String listed(List<String> beside) {
		return (beside.isEmpty() || beside.size() > FEW) ? "."
				: "; there " + ((beside.size() == 1) ? "is " : "are ") + String.join(", ", beside) + ".";
	}

}
