package io.isobar.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What made an execution fail.
 *
 * @param step the step that failed, or null where none did
 * @param message what is wrong, as the outermost exception says it
 * @param cause what the innermost says, if it says something else
 * @param stackTrace for pages of operators; empty where it isn't known
 */
public record Failure(@Nullable String step, String message, @Nullable String cause, String stackTrace) {

	private static final int LONGEST_TRACE = 20_000;

	static Failure of(@Nullable String step, Throwable ex) {
		List<String> messages = messages(ex);
		StringWriter trace = new StringWriter();
		ex.printStackTrace(new PrintWriter(trace));
		String text = trace.toString().replace("\0", "");
		return new Failure(step, messages.get(0), (messages.size() > 1) ? messages.get(messages.size() - 1) : null,
				(text.length() > LONGEST_TRACE) ? text.substring(0, LONGEST_TRACE) : text);
	}

	/**
	 * What an exception and its causes say, from the outermost to the root, each once.
	 */
	static List<String> messages(Throwable ex) {
		List<String> messages = new ArrayList<>();
		int depth = 0;
		for (Throwable cause = ex; cause != null && depth < 20; cause = cause.getCause(), depth++) {
			String message = cause.getMessage();
			// A wrapper without words of its own says what it wraps
			if (cause.getCause() != null && (message == null || message.equals(cause.getCause().toString()))) {
				continue;
			}
			String text = ((message != null && !message.isBlank()) ? message : cause.getClass().getSimpleName())
				.replace("\0", "")
				.strip();
			if (!messages.contains(text)) {
				messages.add(text);
			}
		}
		return messages;
	}

	/**
	 * What the description of an exit tells, which is a sentence, or the beginning of a
	 * stack trace.
	 */
	static Failure ofDescription(@Nullable String step, String description) {
		List<String> lines = description.lines().toList();
		String root = lines.stream()
			.filter((line) -> line.startsWith("Caused by: "))
			.reduce((first, last) -> last)
			.map((line) -> withoutType(line.substring("Caused by: ".length())))
			.orElse(null);
		return new Failure(step, lines.isEmpty() ? description : withoutType(lines.get(0)), root, "");
	}

	private static String withoutType(String line) {
		return line.replaceFirst("^([a-z_][\\w]*\\.)+([A-Z][\\w$]*)(: )?(?=.*)", (line.contains(": ")) ? "" : "$2")
			.strip();
	}

}
