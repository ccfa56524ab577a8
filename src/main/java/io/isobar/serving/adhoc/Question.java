package io.isobar.serving.adhoc;

import java.time.LocalDate;
import java.util.List;

import io.isobar.weather.Metric;

/**
 * What is to be analysed: some metrics of some cities, by hour, day or month.
 *
 * @param from the first local day
 * @param to the last local day, included
 */
public record Question(List<String> cities, LocalDate from, LocalDate to, List<Metric> metrics,
		Granularity granularity) {

	public Question {
		cities = List.copyOf(cities);
		metrics = List.copyOf(metrics);
	}

	/** As many rows as its answer can have at most, clock changes aside. */
	long mostRows() {
		return this.cities.size() * this.metrics.size() * this.granularity.periods(this.from, this.to);
	}

}
