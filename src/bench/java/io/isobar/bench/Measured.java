package io.isobar.bench;

import java.util.Map;

/**
 * What a task took.
 *
 * @param memory the most that was resident, in bytes
 * @param disturbed the share of the machine that others took meanwhile, 0…1
 * @param figures what the worker told of its own
 */
record Measured(double seconds, double cpuSeconds, long memory, double disturbed, Map<String, Double> figures) {

	double figure(String name) {
		Double figure = this.figures.get(name);
		if (figure == null) {
			throw new IllegalStateException("The figure %s is missing among %s.".formatted(name, this.figures));
		}
		return figure;
	}

}
