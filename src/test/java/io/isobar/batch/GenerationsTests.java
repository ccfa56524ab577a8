package io.isobar.batch;

import java.time.Duration;
import java.util.Map;

import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a run may publish over what is current. */
class GenerationsTests {

	private final Fate fate = Fate.kind();

	private final FakeBatchDatabase database = new FakeBatchDatabase(this.fate);

	@SuppressWarnings("NullAway")
	private final Generations generations = new Generations(this.database.table(),
			new BatchSettings("0 0 2 * * *", null, 3, 5, Duration.ZERO), this.fate.clock(),
			new Provided<GenerationCheck>(null));

	@Test
	void aRunThatIsGoneOnWithWhenAnotherHasPublishedPublishesNothingOlder() {
		int current = publish(7);

		assertThatThrownBy(() -> this.generations.requireNoNewer(5, 8)).isInstanceOf(Overtaken.class)
			.hasMessage(
					"Generation %d counts version 7 of the readings, and this run is about version 5: another run has published since it began. Nothing was published; launch the job anew."
						.formatted(current));
	}

	@Test
	void aRunAboutTheSameReadingsOrNewerOnesGoesOn() {
		publish(7);

		assertThatCode(() -> this.generations.requireNoNewer(7, 8)).doesNotThrowAnyException();
		assertThatCode(() -> this.generations.requireNoNewer(8, 8)).doesNotThrowAnyException();
	}

	@Test
	void aLakeThatWasRestoredFromAnOlderCopyIsWhatCounts() {
		publish(7);

		assertThatCode(() -> this.generations.requireNoNewer(5, 5)).doesNotThrowAnyException();
	}

	@Test
	void theFirstRunOfAllGoesOn() {
		assertThatCode(() -> this.generations.requireNoNewer(1, 2)).doesNotThrowAnyException();
	}

	private int publish(long version) {
		int generation = this.generations.begin(Dataset.WEATHER, 1,
				new Generations.Made(version, Map.of(), "definition", "1.0", null, Analyse.FULL, Map.of()));
		this.generations.publish(Dataset.WEATHER, generation, Map.of(), false);
		return generation;
	}

}
