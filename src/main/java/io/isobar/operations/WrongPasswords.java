package io.isobar.operations;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts the wrong passwords of each address. Ten within a minute, and it is asked to
 * wait until the first of them is a minute old.
 */
final class WrongPasswords {

	static final int MOST = 10;

	static final Duration WITHIN = Duration.ofMinutes(1);

	/** How many addresses are remembered; then those that were idle longest are not. */
	private static final int ADDRESSES = 10_000;

	/** Bytes of an IPv6 address that name a network; one customer has all the rest. */
	private static final int NETWORK_BYTES = 8;

	private final LongSupplier nanoTime;

	private final Map<String, Attempts> byAddress = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Attempts> eldest) {
			return size() > ADDRESSES;
		}

	};

	/**
	 * @param nanoTime a clock that never goes back
	 */
	WrongPasswords(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	synchronized Attempts of(String address) {
		return this.byAddress.computeIfAbsent(network(address), (each) -> new Attempts());
	}

	synchronized int addresses() {
		return this.byAddress.size();
	}

	private static String network(String address) {
		try {
			byte[] bytes = InetAddress.getByName(address).getAddress();
			return (bytes.length > 4) ? HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES)) : address;
		}
		catch (UnknownHostException ex) {
			return address;
		}
	}

	/**
	 * The wrong passwords of one address. Whoever tries one holds its lock, so that many
	 * at once are not more than ten.
	 */
	final class Attempts {

		private final long[] wrong = new long[MOST];

		private int count;

		/** How long to wait until the next may be tried; zero: it may at once. */
		synchronized Duration toWait() {
			if (this.count < MOST) {
				return Duration.ZERO;
			}
			Duration age = Duration.ofNanos(WrongPasswords.this.nanoTime.getAsLong() - this.wrong[this.count % MOST]);
			return (age.compareTo(WITHIN) < 0) ? WITHIN.minus(age) : Duration.ZERO;
		}

		synchronized void addWrong() {
			this.wrong[this.count % MOST] = WrongPasswords.this.nanoTime.getAsLong();
			// Ten are full for good; the count only turns the ring
			this.count = (this.count + 1 < 2 * MOST) ? this.count + 1 : MOST;
		}

	}

}
