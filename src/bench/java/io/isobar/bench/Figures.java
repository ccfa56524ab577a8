package io.isobar.bench;

import java.util.Map;

/** What was told of one round, by name. */
record Figures(Map<String, Double> all) {

	double of(String name) {
		Double figure = this.all.get(name);
		if (figure == null) {
			throw new IllegalStateException("The figure %s is missing among %s.".formatted(name, this.all));
		}
		return figure;
	}

}
