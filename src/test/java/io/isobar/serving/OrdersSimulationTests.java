package io.isobar.serving;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever fails between any two calls of stores, every answer counts each order once,
 * and has all that an earlier one had. {@code -Disobar.simulation.seed=} repeats one seed
 * and shows its steps; {@code isobar.simulation.seeds} says how many are tried.
 */
class OrdersSimulationTests {

	private static final int STEPS = 200;

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.isobar");

	private final Level before = LOGGER.getLevel();

	@BeforeEach
	void quiet() {
		LOGGER.setLevel(Level.OFF);
	}

	@AfterEach
	void loud() {
		LOGGER.setLevel(this.before);
	}

	@Test
	void everyAnswerCountsEachOrderOnceAndHasAllThatAnEarlierOneHad() {
		String seed = System.getProperty("isobar.simulation.seed", "");
		if (!seed.isEmpty()) {
			Optional<String> failure = failure(Long.parseLong(seed), new AtomicLong(), true);
			assertThat(failure).isEmpty();
			return;
		}
		long seeds = Long.getLong("isobar.simulation.seeds", 200);
		AtomicLong answers = new AtomicLong();
		long begin = System.nanoTime();

		Optional<String> failure = LongStream.range(0, seeds)
			.parallel()
			.mapToObj((each) -> failure(each, answers, false))
			.flatMap(Optional::stream)
			.findFirst();

		System.out.printf("Simulation: %d seeds of %d steps, %d answers, %.1f s%n", seeds, STEPS, answers.get(),
				(System.nanoTime() - begin) / 1e9);
		assertThat(failure).isEmpty();
		assertThat(answers).hasValueGreaterThan(seeds * 10);
	}

	/** What went wrong with a seed, and all steps that led to it. */
	private static Optional<String> failure(long seed, AtomicLong answers, boolean shown) {
		OrdersSimulation simulation = new OrdersSimulation(seed);
		try {
			simulation.run(STEPS);
			answers.addAndGet(simulation.answers());
			if (shown) {
				System.out.println(simulation.trace());
			}
			return Optional.empty();
		}
		catch (RuntimeException | Error ex) {
			java.io.StringWriter cause = new java.io.StringWriter();
			ex.printStackTrace(new java.io.PrintWriter(cause));
			return Optional.of("Seed %d fails (repeat it with -Disobar.simulation.seed=%d): %s%n%s".formatted(seed,
					seed, cause, simulation.trace()));
		}
	}

}
