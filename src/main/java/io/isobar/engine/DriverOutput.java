package io.isobar.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

import io.isobar.spark.DriverLine;
import org.jspecify.annotations.Nullable;

/**
 * What the driver of a submitted application writes on its output: the end of its log,
 * and what it tells in between.
 */
final class DriverOutput {

	/** The end of the log that is kept, in characters. */
	static final int KEPT = 64 * 1024;

	private static final int CHUNK = 1 << 16;

	private final Path file;

	private long position;

	/** What was read of a line that has not ended yet. */
	private byte[] begun = {};

	private final StringBuilder log = new StringBuilder();

	private double progress;

	private @Nullable String failure;

	DriverOutput(Path file) {
		this.file = file;
	}

	/** Reads what has been written since. */
	void read() throws IOException {
		try (RandomAccessFile output = new RandomAccessFile(this.file.toFile(), "r")) {
			output.seek(this.position);
			byte[] chunk = new byte[CHUNK];
			for (int count = output.read(chunk); count > 0; count = output.read(chunk)) {
				this.position += count;
				append(Arrays.copyOf(chunk, count));
			}
		}
	}

	private void append(byte[] bytes) {
		byte[] all = Arrays.copyOf(this.begun, this.begun.length + bytes.length);
		System.arraycopy(bytes, 0, all, this.begun.length, bytes.length);
		int from = 0;
		for (int i = this.begun.length; i < all.length; i++) {
			if (all[i] == '\n') {
				line(new String(all, from, i - from, StandardCharsets.UTF_8));
				from = i + 1;
			}
		}
		// A line without an end is one all the same, some time
		if (all.length - from > KEPT) {
			line(new String(all, from, all.length - from, StandardCharsets.UTF_8));
			from = all.length;
		}
		this.begun = Arrays.copyOfRange(all, from, all.length);
	}

	private void line(String line) {
		DriverLine.failureIn(line).ifPresent((reason) -> this.failure = (this.failure != null) ? this.failure : reason);
		OptionalDouble done = DriverLine.progressIn(line);
		if (done.isPresent()) {
			this.progress = done.getAsDouble();
		}
		if (DriverLine.isOne(line)) {
			return;
		}
		this.log.append(line.replace("\0", "").stripTrailing()).append('\n');
		if (this.log.length() > 2 * KEPT) {
			this.log.delete(0, this.log.length() - KEPT);
		}
	}

	/** How far it is, 0…1. */
	double progress() {
		return this.progress;
	}

	/** The end of its log, in whole lines. */
	String log() {
		if (this.log.length() <= KEPT) {
			return this.log.toString();
		}
		String end = this.log.substring(this.log.length() - KEPT);
		return end.substring(end.indexOf('\n') + 1);
	}

	/** Whether it has told that it fails. */
	boolean hasFailed() {
		return this.failure != null;
	}

	/**
	 * Why it fails: as it says itself, else the last line of its log that tells of an
	 * error.
	 */
	Optional<String> failure() {
		if (this.failure != null) {
			return Optional.of(this.failure);
		}
		return lines().filter((line) -> line.matches(".*(Exception|Error|ERROR).*") && !line.startsWith("\tat "))
			.reduce((first, last) -> last)
			.or(() -> lines().reduce((first, last) -> last))
			.map(String::strip);
	}

	private Stream<String> lines() {
		return this.log.toString().lines().filter((line) -> !line.isBlank());
	}

}
