package io.isobar.embedded;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How long a server that is starting is waited for: as long as it gets on, be the machine
 * ever so busy. It gets on when its log grows, or when it works: when it has used some
 * CPU time.
 */
final class StartPatience {

	/** So much CPU time is work; to wait takes much less. */
	private static final Duration WORK = Duration.ofMillis(500);

	private final Duration idle;

	private final Duration whole;

	private final long begin;

	private long progress;

	private long log = -1;

	private Duration cpu = Duration.ZERO;

	/**
	 * @param idle how long it may show no progress
	 * @param whole how long it may take in all
	 * @param now nanoseconds of a clock that only goes forward
	 */
	StartPatience(Duration idle, Duration whole, long now) {
		this.idle = idle;
		this.whole = whole;
		this.begin = now;
		this.progress = now;
	}

	/**
	 * Looks at the server.
	 * @param now nanoseconds of the same clock
	 * @param log how long its log is
	 * @param cpu what its processes have used; less than before where one of them has
	 * ended, which is progress too
	 * @return why it is waited for no longer; null: it still is
	 */
	@Nullable String exhausted(long now, long log, Duration cpu) {
		if (log != this.log || cpu.minus(this.cpu).abs().compareTo(WORK) >= 0) {
			this.log = log;
			this.cpu = cpu;
			this.progress = now;
		}
		if (now - this.progress > this.idle.toNanos()) {
			return "was not up after %d s, and did nothing for the last %d s: its log did not grow, and it used hardly any CPU time"
				.formatted(seconds(now - this.begin), seconds(now - this.progress));
		}
		if (now - this.begin > this.whole.toNanos()) {
			return "was not up after %d s".formatted(seconds(now - this.begin));
		}
		return null;
	}

	private static long seconds(long nanos) {
		return Duration.ofNanos(nanos).toSeconds();
	}

}
