package io.isobar.provider.http;

import java.time.Duration;

/**
 * How long and how much.
 *
 * @param concurrent calls at the same time
 * @param tries how often a call is made at most that may pass the next time
 * @param backoff pause before the second try, doubled before each further one; up to half
 * of it is left out by chance, so that those who were refused together do not come back
 * together
 * @param connect how long a connection may take, the look-up of the name included
 * @param whole how long it may take from the question to the last byte of its answer,
 * with all tries and the pauses between them
 * @param body how many bytes an answer may have, unpacked
 * @param forget how long an unreachable host is not tried again
 */
public record Limits(int concurrent, int tries, Duration backoff, Duration connect, Duration whole, int body,
		Duration forget) {

	/** The usual ones. */
	public static Limits ofConcurrent(int concurrent) {
		return new Limits(concurrent, 5, Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30),
				64 << 20, Duration.ofMinutes(5));
	}

}
