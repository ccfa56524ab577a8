package io.isobar.lake;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A named place in which a side effect could be lost or repeated. Does nothing, unless a
 * test has asked (system property {@code crash.at}, a name) that the process dies there,
 * at once and without any clean-up.
 */
public final class CrashPoint {

	private static final String ASKED = System.getProperty("crash.at", "");

	private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();

	private CrashPoint() {
	}

	/** Marks the place. */
	public static void at(String name) {
		PASSED.add(name);
		if (!ASKED.isEmpty() && ASKED.equals(name)) {
			Runtime.getRuntime().halt(137);
		}
	}

	/** The places that this process has passed. */
	static Set<String> passed() {
		return Set.copyOf(PASSED);
	}

}
