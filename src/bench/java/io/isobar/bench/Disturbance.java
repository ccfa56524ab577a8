package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of the machine others take while a task is measured. */
final class Disturbance {

	/** Of the kernel's clock, in a second. */
	static final double TICKS = 100;

	private final long busy;

	private final long all;

	private final double own;

	private Disturbance(long busy, long all, double own) {
		this.busy = busy;
		this.all = all;
		this.own = own;
	}

	static Disturbance start() throws IOException {
		// user nice system idle iowait irq softirq steal …
		String[] words = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
		long all = 0;
		for (int i = 1; i <= 8; i++) {
			all += Long.parseLong(words[i]);
		}
		long idle = Long.parseLong(words[4]) + Long.parseLong(words[5]);
		return new Disturbance(all - idle, all, ownSeconds());
	}

	/**
	 * The share that others have taken since.
	 * @param cpuSeconds what the measured process has taken
	 */
	double share(double cpuSeconds) throws IOException {
		Disturbance now = start();
		double others = (now.busy - this.busy) / TICKS - cpuSeconds - (now.own - this.own);
		return Math.max(0, others) / Math.max(1 / TICKS, (now.all - this.all) / TICKS);
	}

	private static double ownSeconds() {
		return ProcessHandle.current().info().totalCpuDuration().map((used) -> used.toNanos() / 1e9).orElse(0.0);
	}

}
