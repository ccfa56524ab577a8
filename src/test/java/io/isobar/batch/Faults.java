package io.isobar.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * How often and how long tests inject faults: in every build a few times and shortly; in
 * profile {@code faults} as often as it says ({@code faults.repetitions}), measured. What
 * was measured is printed, and appended to {@code target/faults.csv}.
 */
final class Faults {

	private static final int REPETITIONS = Integer.getInteger("faults.repetitions", 0);

	private static final Duration PAUSE = Duration.parse(System.getProperty("faults.pause", "PT0S"));

	private static final Path FILE = Path.of("target", "faults.csv");

	private Faults() {
	}

	/** The first point; in profile {@code faults} all of them, each several times. */
	static List<String> everyOrFirst(String... points) {
		if (REPETITIONS == 0) {
			return List.of(points[0]);
		}
		List<String> repeated = new ArrayList<>();
		for (int i = 0; i < REPETITIONS; i++) {
			repeated.addAll(Arrays.asList(points));
		}
		return repeated;
	}

	/** How long a paused process stays so, beyond what a test needs. */
	static void pause() {
		long end = System.nanoTime() + PAUSE.toNanos();
		for (long left = PAUSE.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/** Waits for the recovery from a fault, and notes how long it took. */
	static void recovers(String row, String fault, Runnable recovery) {
		long begin = System.nanoTime();
		recovery.run();
		String line = String.format(Locale.ROOT, "%s,%s,%.1f%n", row, fault, (System.nanoTime() - begin) / 1e9);
		try {
			Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (REPETITIONS > 0) {
			System.out.print(line);
		}
	}

}
