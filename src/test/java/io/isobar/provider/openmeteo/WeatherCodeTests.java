package io.isobar.provider.openmeteo;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WeatherCodeTests {

	@Test
	void pagesHaveItsWordsInFrench() throws IOException {
		Properties french = new Properties();
		try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/sentences_fr.properties"))) {
			french.load(reader);
		}

		assertThat(IntStream.range(0, 100).mapToObj(WeatherCode::new).map(WeatherCode::words).filter(Objects::nonNull))
			.hasSizeGreaterThan(20)
			.allSatisfy((words) -> assertThat(french)
				.containsKey("word." + words.toLowerCase(Locale.ROOT).replace(' ', '_')));
	}

}
