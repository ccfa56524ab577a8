package io.isobar.serving.dashboard;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TemplatesTests {

	private static final Path RESOURCES = Path.of("src/main/resources");

	/** What the policy would block: a browser that obeys it shows nothing of these. */
	private static final Pattern INLINE = Pattern
		.compile("(?i)[\\s\"'](th:)?(style|on[a-z]+)\\s*=|<style|javascript:|<script(?![^>]*src=)|hx-on|hx-vals=.js:");

	@Test
	void templatesHaveNeitherStylesNorScriptsInThem() throws IOException {
		List<String> inline = new ArrayList<>();
		for (Path template : templates()) {
			int number = 0;
			for (String line : Files.readAllLines(template)) {
				number++;
				if (INLINE.matcher(line).find()) {
					inline.add(RESOURCES.relativize(template) + ":" + number + " " + line.strip());
				}
			}
		}
		assertThat(inline).isEmpty();
	}

	/**
	 * Thymeleaf replaces first: a condition on the same element never comes to its turn.
	 */
	@Test
	void noElementIsReplacedUnderAConditionOfItsOwn() throws IOException {
		List<String> wrong = new ArrayList<>();
		for (Path template : templates()) {
			Pattern.compile("<[a-z:]+\\s[^<>]*th:(replace|insert)=[^<>]*>")
				.matcher(Files.readString(template).replaceAll("\"([^\"]*)\"", "\"\""))
				.results()
				.map((found) -> found.group())
				.filter((element) -> element.matches("(?s).*th:(if|unless|each)=.*"))
				.forEach((element) -> wrong.add(RESOURCES.relativize(template) + " " + element));
		}
		assertThat(wrong).isEmpty();
	}

	@Test
	void bothLanguagesHaveTheSameTexts() throws IOException {
		assertThat(messages("messages_fr.properties").stringPropertyNames())
			.isEqualTo(messages("messages.properties").stringPropertyNames());
	}

	@Test
	void anApostropheIsDoubledWhereATextHasArgumentsAndNowhereElse() throws IOException {
		List<String> wrong = new ArrayList<>();
		for (String file : List.of("messages.properties", "messages_fr.properties")) {
			messages(file).forEach((key, text) -> {
				String without = text.toString().replace("''", "");
				boolean arguments = text.toString().matches("(?s).*\\{\\d.*");
				if (arguments ? without.contains("'") : text.toString().contains("''")) {
					wrong.add(file + " " + key);
				}
			});
		}
		assertThat(wrong).isEmpty();
	}

	@Test
	void everyTextThatATemplateNamesIsThere() throws IOException {
		Pattern key = Pattern.compile("#\\{([a-z][A-Za-z0-9.-]*)[(}]");
		Set<String> missing = new TreeSet<>();
		for (Path template : templates()) {
			key.matcher(Files.readString(template)).results().forEach((found) -> missing.add(found.group(1)));
		}
		missing.removeAll(messages("messages.properties").stringPropertyNames());
		assertThat(missing).isEmpty();
	}

	private static List<Path> templates() throws IOException {
		try (Stream<Path> files = Files.walk(RESOURCES.resolve("templates"))) {
			return files.filter((file) -> file.toString().endsWith(".html")).toList();
		}
	}

	private static Properties messages(String file) throws IOException {
		Properties messages = new Properties();
		try (Reader reader = Files.newBufferedReader(RESOURCES.resolve(file))) {
			messages.load(reader);
		}
		return messages;
	}

}
