package io.isobar.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
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
 * profile {@code faults} as often as it says ({@code faults.repetitions}). What was
 * injected there, and how long recovery took, is appended to a file ({@code faults.log}),
 * so that the profile can be run in parts; beside it stands the table of all, for
 * {@code RELIABILITY.md}.
 */
public final class Faults {

	private static final int REPETITIONS = Integer.getInteger("faults.repetitions", 0);

	private static final Duration PAUSE = Duration.parse(System.getProperty("faults.pause", "PT0S"));

	/** Which of them only: parts of their names, separated by commas. */
	private static final List<String> ONLY = List.of(System.getProperty("faults.only", "").split(","));

	/** A line for each fault: when, how many seconds, which; or what was acknowledged. */
	private static final Path LOG = Path.of(System.getProperty("faults.log", "target/faults.csv"));

	private static final String ACKNOWLEDGED = "acknowledged";

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
	 * A thirtieth of the points, but one at least, and others each day; in profile
	 * {@code faults} all of them.
	 */
	public static List<String> someOf(List<String> points) {
		if (REPETITIONS > 0) {
			return points;
		}
		long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
		int every = Math.min(30, points.size());
		List<String> some = new ArrayList<>();
		for (int i = 0; i < points.size(); i++) {
			if (Math.floorMod(i + today, every) == 0) {
				some.add(points.get(i));
			}
		}
		System.out.println("Of " + points + " today's are " + some + ".");
		return some;
	}

	/**
	 * One of them, another one each day; in profile {@code faults} all of them, or those
	 * whose names contain any of what {@code faults.only} says.
	 */
	public static <T> List<T> oneOf(List<T> all) {
		if (REPETITIONS > 0) {
			return all.stream().filter((each) -> ONLY.stream().anyMatch(each.toString()::contains)).toList();
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
		log(fault, Double.toString(seconds));
	}

	/**
	 * Notes how long something took, such as for how long somebody who asked all the
	 * while had no answer, at most.
	 */
	public static void tell(String what, Duration time) {
		log(what, Double.toString(time.toNanos() / 1e9));
	}

	/** Notes a fault from which nothing has to recover by itself. */
	public static void injected(String fault) {
		log(fault, "");
	}

	/** Notes that so many messages were acknowledged, and all are there once. */
	public static void provenOnce(int messages) {
		log(ACKNOWLEDGED, Integer.toString(messages));
	}

	private static synchronized void log(String what, String figure) {
		if (REPETITIONS > 0) {
			try {
				Files.createDirectories(LOG.toAbsolutePath().getParent());
				Files.writeString(LOG, String.join(";", Instant.now().toString(), figure, what) + "\n",
						StandardOpenOption.CREATE, StandardOpenOption.APPEND);
				Files.writeString(LOG.resolveSibling(LOG.getFileName() + ".md"), table());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private static String table() {
		Map<String, List<Double>> faults = new TreeMap<>();
		long acknowledged = 0;
		for (String line : lines()) {
			String[] fields = line.split(";", 3);
			if (fields[2].equals(ACKNOWLEDGED)) {
				acknowledged += Long.parseLong(fields[1]);
			}
			else {
				faults.computeIfAbsent(fields[2], (any) -> new ArrayList<>())
					.add(fields[1].isEmpty() ? Double.NaN : Double.parseDouble(fields[1]));
			}
		}
		StringBuilder table = new StringBuilder("| fault | times | seconds, median | at most |\n|---|---|---|---|\n");
		faults.forEach((fault, seconds) -> {
			double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
			table.append(String.format(Locale.ROOT, "| %s | %d | %s | %s |%n", fault, sorted.length,
					text(sorted[sorted.length / 2]), text(sorted[sorted.length - 1])));
		});
		return table
			.append("%nOf %,d messages that were acknowledged none was lost, and none is there twice.%n"
				.formatted(acknowledged))
			.toString();
	}

	private static String text(double seconds) {
		return Double.isNaN(seconds) ? "" : String.format(Locale.ROOT, "%.1f s", seconds);
	}

	private static List<String> lines() {
		try {
			return Files.exists(LOG) ? Files.readAllLines(LOG) : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
