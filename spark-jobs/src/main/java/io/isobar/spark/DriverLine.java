package io.isobar.spark;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an application on a cluster tells on its output, between the lines of its log, to
 * who submitted it: how far it is, and why it fails.
 */
public final class DriverLine {

	private static final String MARK = "isobar> ";

	private static final String PROGRESS = MARK + "progress ";

	private static final String FAILED = MARK + "failed ";

	private DriverLine() {
	}

	static String progress(double done) {
		return PROGRESS + done;
	}

	static String failed(String reason) {
		return FAILED + reason.replaceAll("\\s+", " ").strip();
	}

	/** Whether the line is one of these, and not of the log. */
	public static boolean isOne(String line) {
		return line.startsWith(MARK);
	}

	/** How much is done, 0…1, if the line tells that. */
	public static OptionalDouble progressIn(String line) {
		return line.startsWith(PROGRESS) ? OptionalDouble.of(Double.parseDouble(line.substring(PROGRESS.length())))
				: OptionalDouble.empty();
	}

	/** Why it fails, if the line tells that. */
	public static Optional<String> failureIn(String line) {
		return line.startsWith(FAILED) ? Optional.of(line.substring(FAILED.length())) : Optional.empty();
	}

}
