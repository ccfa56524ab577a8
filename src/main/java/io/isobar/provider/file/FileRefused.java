package io.isobar.provider.file;

import java.io.Serial;
import java.util.List;

/**
 * A file, folder or mapping that is not read. The message is made for people: it names
 * the file, what is wrong and what to do.
 */
public final class FileRefused extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String file;

	private final transient List<String> problems;

	FileRefused(String file, String problem) {
		this(file, List.of(problem));
	}

	FileRefused(String file, List<String> problems) {
		super(file + ": " + String.join(" ", problems));
		this.file = file;
		this.problems = List.copyOf(problems);
	}

	/** The name of what is refused. */
	public String file() {
		return this.file;
	}

	/** What is wrong, a sentence each. */
	public List<String> problems() {
		return this.problems;
	}

	/** {@code name: sentences}. */
	public String sentence() {
		return String.valueOf(getMessage());
	}

}
