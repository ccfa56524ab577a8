package io.isobar.views;

import java.time.Instant;

/**
 * When and by which origin a value was measured, in one long: seconds since 1970 above,
 * the origin's code in the lowest 8 bits. So the earlier of two stamps is the smaller
 * number.
 */
public final class Stamp {

	private Stamp() {
	}

	public static long of(long epochSecond, int originCode) {
		return (epochSecond << 8) | originCode;
	}

	public static long epochSecond(long stamp) {
		return stamp >> 8;
	}

	public static int originCode(long stamp) {
		return (int) (stamp & 0xff);
	}

	public static Instant instant(long stamp) {
		return Instant.ofEpochSecond(epochSecond(stamp));
	}

}
