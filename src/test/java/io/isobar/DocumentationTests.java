package io.isobar;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.ValueConstants;

import io.isobar.jobs.JobDescriptor;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.weather.Metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** What the documents list is what there is. */
class DocumentationTests {

	private static final Pattern CALL = Pattern.compile("^\\| `(GET|POST|PUT|DELETE) (/[^`]*)` \\|");

	private static final Pattern JOB = Pattern.compile("^## `(.+)`$");

	private static final Pattern PARAMETER = Pattern.compile("^\\| `([\\w-]+)` \\| ([^|]+) \\| ([^|]+) \\|");

	private static final Pattern LOCAL_LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]+)(#[^)\\s]*)?\\)");

	/** The parameters of a call's address. */
	private record Parameters(Set<String> required, Set<String> optional) {
	}

	@Test
	void everyCallIsListedWithItsParameters() throws IOException {
		Map<String, Parameters> listed = new TreeMap<>();
		for (String line : lines("docs/http-api.md")) {
			Matcher call = CALL.matcher(line);
			if (call.find() && call.group(2).startsWith("/api/")) {
				String address = call.group(2);
				String path = address.split("[?\\[]", 2)[0];
				String parameters = address.substring(path.length());
				assertThat(listed.put(call.group(1) + " " + path,
						new Parameters(names(parameters.replaceAll("\\[.*?]", "")),
								names(parameters.replaceAll("(^|])[^\\[]*", "$1")))))
					.as("%s is listed twice", path)
					.isNull();
			}
		}

		assertThat(listed).isEqualTo(calls());
	}

	private static Set<String> names(String parameters) {
		return Pattern.compile("[?&]([^=&\\]]+)=")
			.matcher(parameters)
			.results()
			.map((name) -> name.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Map<String, Parameters> calls() {
		Map<String, Parameters> calls = new TreeMap<>();
		for (Class<?> controller : found(RestController.class)) {
			RequestMapping above = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
			for (Method method : controller.getDeclaredMethods()) {
				RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
				if (mapping == null) {
					continue;
				}
				for (String prefix : paths(above)) {
					for (String path : paths(mapping)) {
						for (RequestMethod verb : mapping.method()) {
							calls.put(
									verb + " " + (prefix + path).replaceAll("\\{(\\w+):(?:[^{}]|\\{[^}]*})*}", "{$1}"),
									parameters(method));
						}
					}
				}
			}
		}
		return calls;
	}

	private static String[] paths(RequestMapping mapping) {
		return (mapping == null || mapping.path().length == 0) ? new String[] { "" } : mapping.path();
	}

	private static Parameters parameters(Method method) {
		Parameters parameters = new Parameters(new TreeSet<>(), new TreeSet<>());
		for (Parameter parameter : method.getParameters()) {
			RequestParam asked = AnnotatedElementUtils.findMergedAnnotation(parameter, RequestParam.class);
			if (asked != null) {
				boolean required = asked.required() && asked.defaultValue().equals(ValueConstants.DEFAULT_NONE);
				(required ? parameters.required() : parameters.optional())
					.add(asked.name().isEmpty() ? parameter.getName() : asked.name());
			}
		}
		return parameters;
	}

	@Test
	void everyJobIsListedWithItsParameters() throws IOException {
		Map<String, List<String>> listed = new TreeMap<>();
		String job = null;
		for (String line : lines("docs/jobs.md")) {
			Matcher heading = JOB.matcher(line);
			Matcher parameter = PARAMETER.matcher(line);
			if (heading.find()) {
				job = heading.group(1);
				listed.put(job, new ArrayList<>());
			}
			else if (job != null && parameter.find()) {
				listed.get(job).add(parameter.group(1) + ": " + parameter.group(2) + ", " + parameter.group(3));
			}
		}

		assertThat(listed).isEqualTo(jobs());
	}

	private static Map<String, List<String>> jobs() {
		Map<String, List<String>> jobs = new TreeMap<>();
		for (Class<?> configuration : found(Configuration.class)) {
			for (Method method : configuration.getDeclaredMethods()) {
				if (method.getReturnType() == JobDescriptor.class && method.isAnnotationPresent(Bean.class)) {
					JobDescriptor job = descriptor(configuration, method);
					jobs.put(job.name(), job.parameters().stream().map(DocumentationTests::line).toList());
				}
			}
		}
		return jobs;
	}

	private static JobDescriptor descriptor(Class<?> configuration, Method bean) {
		try {
			var constructor = configuration.getDeclaredConstructor();
			constructor.setAccessible(true);
			ReflectionUtils.makeAccessible(bean);
			Object[] arguments = Arrays.stream(bean.getParameterTypes()).map(DocumentationTests::argument).toArray();
			return (JobDescriptor) bean.invoke(constructor.newInstance(), arguments);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(bean + " can't be called", ex);
		}
	}

	/**
	 * Settings as they are by default; what else is asked for is asked only at a launch.
	 */
	private static Object argument(Class<?> type) {
		ConfigurationProperties settings = type.getAnnotation(ConfigurationProperties.class);
		return (settings != null)
				? new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate(settings.value(), type)
				: mock(type);
	}

	private static String line(io.isobar.jobs.Parameter parameter) {
		String possible = switch (parameter.type()) {
			case CHOICE ->
				parameter.choices().get().stream().map((each) -> "`" + each + "`").collect(Collectors.joining(", "));
			case BOOLEAN -> "`true`, `false`";
			case DATE -> "a day";
			case CITIES -> "names with commas between";
			case PATH -> "a path";
			case NUMBER -> "a number";
			case TEXT -> "text";
		};
		String otherwise = parameter.required() ? "required"
				: (parameter.defaultValue() != null) ? "`" + parameter.defaultValue() + "`" : "–";
		return parameter.name() + ": " + possible + ", " + otherwise;
	}

	@Test
	void theMessageThatIsShownHasEveryField() throws Exception {
		Matcher shown = Pattern.compile("```json\n(\\{\"schema\".*?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("docs/speed-layer.md")));

		assertThat(shown.find()).isTrue();
		WeatherMessage message = WeatherMessages.read(shown.group(1).getBytes(StandardCharsets.UTF_8), Instant.now());
		assertThat(Metric.ALL).allMatch((metric) -> message.reading().values().has(metric));
		assertThat(WeatherMessages.read(WeatherMessages.write(message), message.reading().collected()))
			.isEqualTo(message);
		assertThat(message).hasNoNullFieldsOrProperties();
		assertThat(message.outlook()).hasNoNullFieldsOrProperties();
	}

	@Test
	void linksBetweenDocumentsLeadSomewhere() throws IOException {
		try (Stream<Path> docs = Stream.concat(Stream.of(Path.of("README.md"), Path.of("RELIABILITY.md")),
				Files.list(Path.of("docs")))) {
			for (Path document : docs.toList()) {
				LOCAL_LINK.matcher(Files.readString(document))
					.results()
					.forEach((link) -> assertThat(document.toAbsolutePath().resolveSibling(link.group(1)))
						.as("%s links to it", document)
						.exists());
			}
		}
	}

	private static List<String> lines(String document) throws IOException {
		return Files.readAllLines(Path.of(document));
	}

	/** Classes of the application, not of its tests. */
	private static Set<Class<?>> found(Class<? extends Annotation> annotation) {
		var scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(annotation));
		Map<String, Class<?>> classes = new LinkedHashMap<>();
		scanner.findCandidateComponents("io.isobar").forEach((candidate) -> {
			Class<?> type = ClassUtils.resolveClassName(String.valueOf(candidate.getBeanClassName()), null);
			if (type.getProtectionDomain()
				.getCodeSource()
				.getLocation()
				.equals(IsobarApplication.class.getProtectionDomain().getCodeSource().getLocation())) {
				classes.put(type.getName(), type);
			}
		});
		return Set.copyOf(classes.values());
	}

}
