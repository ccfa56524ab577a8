package io.isobar.embedded;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * How often and how long tests inject faults: in every build a few times and shortly; in
 * profile {@code faults} as often as it says ({@code faults.repetitions}), and at the end
 * how long recovery took is printed, as a table for {@code RELIABILITY.md}.
 */
public final class Faults {

	private static final int REPETITIONS = Integer.getInteger("faults.repetitions", 0);

	private static final Duration PAUSE = Duration.parse(System.getProperty("faults.pause", "PT0S"));

	/** Seconds, by what was injected. */
	private static final Map<String, List<Double>> RECOVERIES = new TreeMap<>();

	static {
		if (REPETITIONS > 0) {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(table())));
		}
	}

	private Faults() {
	}

	/** How often faults are injected to measure; 0 in an ordinary build. */
	public static int repetitions() {
		return REPETITIONS;
	}

	/** The first point; in profile {@code faults} all of them, each several times. */
	public static List<String> everyOrFirst(String... points) {
		if (REPETITIONS == 0) {
			return List.of(points[0]);
		}
		List<String> repeated = new ArrayList<>();
		for (int i = 0; i < REPETITIONS; i++) {
			repeated.addAll(Arrays.asList(points));
		}
		return repeated;
	}

	/**
	 * A fifteenth of the points, but one at least, and others each day; in profile
	 * {@code faults} all of them.
	 */
	public static List<String> someOf(List<String> points) {
		if (REPETITIONS > 0) {
			return points;
		}
		long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
		int every = Math.min(15, points.size());
		List<String> some = new ArrayList<>();
		for (int i = 0; i < points.size(); i++) {
			if (Math.floorMod(i + today, every) == 0) {
				some.add(points.get(i));
			}
		}
		System.out.println("Of " + points + " today's are " + some + ".");
		return some;
	}

	/** One of them, another one each day; in profile {@code faults} all of them. */
	public static <T> List<T> oneOf(List<T> all) {
		if (REPETITIONS > 0) {
			return all;
		}
		T today = all.get(Math.floorMod(LocalDate.now(ZoneOffset.UTC).toEpochDay(), all.size()));
		System.out.println("Of " + all + " today's is " + today + ".");
		return List.of(today);
	}

	/** Each as often as profile {@code faults} says; in an ordinary build once. */
	public static <T> List<T> repeated(List<T> each) {
		List<T> repeated = new ArrayList<>();
		for (int i = 0; i < Math.max(1, REPETITIONS); i++) {
			repeated.addAll(each);
		}
		return repeated;
	}

	/** How long a fault lasts, beyond what a test needs. */
	public static Duration paused() {
		return PAUSE;
	}

	/** How long a paused process stays so, beyond what a test needs. */
	public static void pause() {
		long end = System.nanoTime() + PAUSE.toNanos();
		for (long left = PAUSE.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/** Waits for the recovery from a fault, and notes how long it took. */
	public static void recovers(String fault, Runnable recovery) {
		long begin = System.nanoTime();
		recovery.run();
		double seconds = (System.nanoTime() - begin) / 1e9;
		System.out.println(String.format(Locale.ROOT, "%s after %.1f s.", fault, seconds));
		synchronized (RECOVERIES) {
			RECOVERIES.computeIfAbsent(fault, (any) -> new ArrayList<>()).add(seconds);
		}
	}

	private static String table() {
		StringBuilder table = new StringBuilder(
				"| fault | injected | recovered after, median | at most |\n|---|---|---|---|\n");
		synchronized (RECOVERIES) {
			RECOVERIES.forEach((fault, seconds) -> {
				List<Double> sorted = seconds.stream().sorted().toList();
				table.append(String.format(Locale.ROOT, "| %s | %d | %.1f s | %.1f s |%n", fault, sorted.size(),
						sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1)));
			});
		}
		return table.toString();
	}

}
