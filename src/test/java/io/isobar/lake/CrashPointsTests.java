package io.isobar.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CrashPointsTests {

	/** A name, or the beginning of one whose end is put to it. */
	private static final Pattern POINT = Pattern.compile("CrashPoint\\.at\\(\"([\\w.-]+)\"");

	private static final Pattern WORD = Pattern.compile("\"([\\w.-]+)\"");

	@Test
	void thereIsNoPointAtWhichNoTestKills() {
		Set<String> points = found(POINT, sources("src/main/java", ".java"));
		Set<String> tested = found(WORD, sources("src/test/java", "IT.java"));

		assertThat(points).isNotEmpty()
			.allMatch((point) -> tested.stream()
				.anyMatch((word) -> point.endsWith(".") ? word.startsWith(point) : word.equals(point)));
	}

	private static Set<String> found(Pattern pattern, Stream<Path> files) {
		return files.flatMap((file) -> pattern.matcher(read(file)).results().map(MatchResult::group))
			.map((match) -> match.replaceAll(".*\"(.*)\"", "$1"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Stream<Path> sources(String folder, String suffix) {
		try {
			return Files.walk(Path.of(folder)).filter((file) -> file.toString().endsWith(suffix));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
