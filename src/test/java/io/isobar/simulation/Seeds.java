package io.isobar.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a simulation for many seeds, each on one thread, as many at once as there are
 * cores. {@code -Dsimulation.seed=} repeats one seed and shows its steps;
 * {@code simulation.seeds} says how many are tried.
 */
public final class Seeds {

	private static final int STEPS = 200;

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.isobar");

	private Seeds() {
	}

	/** What happens for one seed. */
	public interface Simulation {

		/**
		 * Takes so many steps, then lets everything come to rest, and reads once more.
		 */
		void run(int steps);

		/** What has happened, if that is kept. */
		String trace();

		/** How often somebody has read. */
		int answers();

		/** How often something was seen that is worth telling, and no failure. */
		default int remarks() {
			return 0;
		}

	}

	/** Makes a simulation. */
	@FunctionalInterface
	public interface Maker {

		/**
		 * @param traced whether it is kept what happens
		 */
		Simulation make(long seed, boolean traced);

	}

	/** Tries all, or the one that was asked for. */
	public static void run(String name, Maker maker) {
		Level before = LOGGER.getLevel();
		LOGGER.setLevel(Level.OFF);
		try {
			String seed = System.getProperty("simulation.seed", "");
			if (seed.isEmpty()) {
				runAll(name, maker);
			}
			else {
				Simulation simulation = maker.make(Long.parseLong(seed), true);
				Optional<String> failure = failure(simulation);
				System.out.println(simulation.trace());
				assertThat(failure).isEmpty();
			}
		}
		finally {
			LOGGER.setLevel(before);
		}
	}

	private static void runAll(String name, Maker maker) {
		long seeds = Long.getLong("simulation.seeds", 200);
		AtomicLong answers = new AtomicLong();
		AtomicLong remarks = new AtomicLong();
		long begin = System.nanoTime();

		Optional<String> failure = LongStream.range(0, seeds).parallel().mapToObj((seed) -> {
			Simulation simulation = maker.make(seed, false);
			Optional<String> failed = failure(simulation);
			answers.addAndGet(simulation.answers());
			remarks.addAndGet(simulation.remarks());
			return failed.map((cause) -> told(seed, cause, maker));
		}).flatMap(Optional::stream).findFirst();

		System.out.printf("Simulation of %s: %d seeds of %d steps, %d answers, %d remarks, %.1f s%n", name, seeds,
				STEPS, answers.get(), remarks.get(), (System.nanoTime() - begin) / 1e9);
		assertThat(failure).isEmpty();
		assertThat(answers).hasValueGreaterThan(seeds * 10);
	}

	/** All steps that lead to a failure. */
	private static String told(long seed, String cause, Maker maker) {
		Simulation again = maker.make(seed, true);
		failure(again);
		return "Seed %d fails (repeat it with -Dsimulation.seed=%1$d): %s%n%s".formatted(seed, cause, again.trace());
	}

	private static Optional<String> failure(Simulation simulation) {
		try {
			simulation.run(STEPS);
			return Optional.empty();
		}
		catch (RuntimeException | Error ex) {
			StringWriter cause = new StringWriter();
			ex.printStackTrace(new PrintWriter(cause));
			return Optional.of(cause.toString());
		}
	}

}
