package io.isobar.lake;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A named place in which a side effect could be lost or repeated. Does nothing, unless a
 * test has asked that the process dies there, at once and without any clean-up (system
 * property {@code crash.at}, a name), or that it is paused there, once, with all its
 * threads ({@code pause.at}), until somebody lets it go on (SIGCONT).
 */
public final class CrashPoint {

	private static final String ASKED = System.getProperty("crash.at", "");

	private static final String PAUSE = System.getProperty("pause.at", "");

	private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();

	private CrashPoint() {
	}

	/** Marks the place. */
	public static void at(String name) {
		boolean first = PASSED.add(name);
		if (!ASKED.isEmpty() && ASKED.equals(name)) {
			Runtime.getRuntime().halt(137);
		}
		if (first && PAUSE.equals(name)) {
			pause();
		}
	}

	private static void pause() {
		try {
			new ProcessBuilder("kill", "-STOP", Long.toString(ProcessHandle.current().pid())).start().waitFor();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException("The process can't be paused", ex);
		}
	}

	/** The places that this process has passed. */
	static Set<String> passed() {
		return Set.copyOf(PASSED);
	}

}
