package io.isobar.batch;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.isobar.batch.RunEnded.Collected;

import static org.assertj.core.api.Assertions.assertThat;

class RunEndedTests {

	private static final Generation GENERATION = new Generation(1, Dataset.WEATHER, 1, Instant.EPOCH, true, true, 7200,
			5, null, "0.1.0", "full", Map.of());

	@Test
	void aFirstRunWithoutANetworkSaysThatItIsSimulated() {
		RunEnded ended = ended(GENERATION, new Collected("The simulator", true, 300));

		assertThat(ended.sentence())
			.isEqualTo("weather_batch_processing (execution 1, launched by first run) has ended. "
					+ "Collected: 300 days simulated, as no real provider was reached. "
					+ "Generation 1 is published: 7,200 readings of 5 cities.");
		assertThat(ended.path()).isEqualTo("/");
	}

	@Test
	void aRunSaysWhoWasAskedAndHowMuchCame() {
		assertThat(ended(GENERATION, new Collected("Open-Meteo", false, 1500), new Collected("The simulator", true, 1))
			.sentence()).contains(
					"Collected: 1,500 days from Open-Meteo, 1 day simulated, as no real provider was reached. Generation");
	}

	@Test
	void aRunThatPublishedNothingLeadsToItsPage() {
		RunEnded ended = ended(null);

		assertThat(ended.sentence()).endsWith("Collected: nothing. Nothing was published.");
		assertThat(ended.path()).isEqualTo("/jobs/executions/1");
	}

	private static RunEnded ended(@Nullable Generation generation, Collected... collected) {
		return new RunEnded(1, "first run", List.of(collected), generation);
	}

}
