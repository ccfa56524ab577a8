package io.isobar.provider.http;

import java.time.Duration;

/** Limits for tests: nothing has to wait. */
public final class TestLimits {

	private TestLimits() {
	}

	public static Limits patient() {
		return limits(Duration.ofSeconds(20), 1 << 20);
	}

	public static Limits impatient() {
		return limits(Duration.ofMillis(300), 1 << 20);
	}

	/** The pause before a second try is longer than all may take. */
	public static Limits slow() {
		return new Limits(1, 3, Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ofSeconds(20), 1 << 20,
				Duration.ofMinutes(5));
	}

	/** Gives up after some seconds. */
	public static Limits quick() {
		return limits(Duration.ofSeconds(8), 8 << 20);
	}

	public static Limits small(int body) {
		return limits(Duration.ofSeconds(20), body);
	}

	private static Limits limits(Duration whole, int body) {
		return new Limits(1, 3, Duration.ofMillis(1), Duration.ofSeconds(3), whole, body, Duration.ofMinutes(5));
	}

}
