package io.isobar.provider.http;

import java.time.Duration;

/**
 * How long and how much.
 *
 * @param concurrent calls at the same time
 * @param tries how often a call is made that may pass the next time
 * @param backoff pause before the second try; doubled before each further one
 * @param connect how long a connection may take, the look-up of the name included
 * @param whole how long an answer may take from its question to its last byte
 * @param body how many bytes an answer may have, unpacked
 * @param forget how long an unreachable host is not tried again
 */
public record Limits(int concurrent, int tries, Duration backoff, Duration connect, Duration whole, int body,
		Duration forget) {

	/** The usual ones. */
	public static Limits ofConcurrent(int concurrent) {
		return new Limits(concurrent, 3, Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30),
				64 << 20, Duration.ofMinutes(5));
	}

}
