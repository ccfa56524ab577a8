package io.isobar.provider.file;

import java.util.Optional;
import java.util.stream.Collectors;

import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;

/**
 * A place in a reading that a column can fill: {@code temperature}, and for days also
 * {@code temperatureMin}.
 *
 * @param metric what is measured
 * @param part which value of the interval
 */
record Field(Metric metric, Part part) {

	/** Name of the words for the weather, which are no metric. */
	static final String CONDITIONS = "conditions";

	/**
	 * The field of that name. {@code …Mean}, and {@code …Sum} of what is summed up, are
	 * other names of the value itself.
	 */
	static Optional<Field> of(String name) {
		Optional<Metric> metric = Metric.ofField(name);
		if (metric.isPresent()) {
			return Optional.of(new Field(metric.get(), Part.VALUE));
		}
		for (Suffix suffix : Suffix.values()) {
			if (name.endsWith(suffix.text)) {
				Optional<Metric> named = Metric.ofField(name.substring(0, name.length() - suffix.text.length()));
				if (named.isPresent() && suffix.suits(named.get())) {
					return Optional.of(new Field(named.get(), suffix.part));
				}
			}
		}
		return Optional.empty();
	}

	/** All names allowed, in words. */
	static String names(Resolution resolution) {
		String names = Metric.ALL.stream().map(Metric::field).collect(Collectors.joining(", ")) + ", " + CONDITIONS;
		return (resolution == Resolution.DAY)
				? names + "; each also with Min, Max and Mean (of precipitation and snow Sum), as in temperatureMax"
				: names;
	}

	/** Whether only a whole day has such a value. */
	boolean isOfDay() {
		return this.part != Part.VALUE;
	}

	/** Which value of the interval. */
	enum Part {

		/** The value of an hour; of a day its mean, or its sum. */
		VALUE,

		/** The lowest of a day. */
		LOW,

		/** The highest of a day. */
		HIGH

	}

	private enum Suffix {

		MIN("Min", Part.LOW), MAX("Max", Part.HIGH), MEAN("Mean", Part.VALUE), SUM("Sum", Part.VALUE);

		private final String text;

		private final Part part;

		Suffix(String text, Part part) {
			this.text = text;
			this.part = part;
		}

		boolean suits(Metric metric) {
			return switch (this) {
				case MIN, MAX -> true;
				case MEAN -> !metric.isSum();
				case SUM -> metric.isSum();
			};
		}

	}

}
