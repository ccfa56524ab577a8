package io.isobar.jobs;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What jobs say, in all languages. */
class SentencesTests {

	private static final Path FRENCH = Path.of("src/main/resources/sentences_fr.properties");

	/** A call with a code and an English sentence, which may be put together. */
	private static final Pattern SENTENCE = Pattern
		.compile("(?s)(Sentence\\.of|notLegal|running|wrong|ParameterProblem\\.of)"
				+ "\\((?:[\\w.]+(?:\\(\\))?,\\s*|\"[a-z]+\",\\s*)?\"([\\w.]+)\",\\s*\"((?:[^\"\\\\]|\\\\.|\"\\s*\\+\\s*\")*)\"");

	private static final Map<String, String> PREFIXES = Map.of("Sentence.of", "", "notLegal", "jobs.", "running",
			"jobs.", "wrong", "jobs.parameter.", "ParameterProblem.of", "jobs.parameter.");

	@Test
	void everySentenceIsThereInFrench() throws IOException {
		Map<String, String> english = english();
		Properties french = french();

		assertThat(english).hasSizeGreaterThan(30);
		assertThat(french.stringPropertyNames()).containsAll(english.keySet());
		assertThat(french.stringPropertyNames().stream().filter((code) -> code.startsWith("jobs.")))
			.as("sentences that nobody says")
			.allMatch(english::containsKey);
	}

	@Test
	void theFrenchOneTakesNoArgumentThatTheEnglishHasNot() throws IOException {
		Map<String, String> english = english();
		french().forEach((code, text) -> {
			if (code.toString().startsWith("jobs.")) {
				assertThat(arguments(english.get(code))).as(code.toString()).containsAll(arguments(text.toString()));
			}
		});
	}

	@Test
	void anApostropheIsDoubledWhereASentenceHasArgumentsAndNowhereElse() throws IOException {
		List<String> wrong = new ArrayList<>();
		french().forEach((code, text) -> {
			boolean single = text.toString().replace("''", "").contains("'");
			if (arguments(text.toString()).isEmpty() ? text.toString().contains("''") : single) {
				wrong.add(code.toString());
			}
		});
		assertThat(wrong).isEmpty();
	}

	private static List<String> arguments(String text) {
		return Pattern.compile("\\{\\d}").matcher(text).results().map(MatchResult::group).distinct().toList();
	}

	private static Map<String, String> english() throws IOException {
		Map<String, String> english = new TreeMap<>();
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".java")).toList()) {
				SENTENCE.matcher(Files.readString(file))
					.results()
					.forEach((found) -> english.put(PREFIXES.get(found.group(1)) + found.group(2), found.group(3)));
			}
		}
		return english;
	}

	private static Properties french() throws IOException {
		Properties french = new Properties();
		try (Reader reader = Files.newBufferedReader(FRENCH)) {
			french.load(reader);
		}
		return french;
	}

}
