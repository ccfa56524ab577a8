package io.isobar.batch;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A run of {@code weather_batch_processing} has ended with a result: an application event
 * for whoever tells people. One that published nothing because it failed is no such run.
 *
 * @param launchedBy who wanted it
 * @param collected whose days it has collected; empty if nobody's
 * @param published the generation that it has published, or null: then its page says why
 * it has not
 */
public record RunEnded(long executionId, String launchedBy, List<Collected> collected, @Nullable Generation published) {

	public RunEnded {
		collected = List.copyOf(collected);
	}

	/**
	 * Days of cities that came from one provider.
	 *
	 * @param provider its name, for people
	 * @param simulated whether they are not real
	 */
	public record Collected(String provider, boolean simulated, long days) {

		@Override
		public String toString() {
			String counted = number(this.days) + ((this.days == 1) ? " day" : " days");
			return this.simulated ? counted + " simulated, as no real provider was reached"
					: counted + " from " + this.provider;
		}

	}

	/** The page on which one sees what it has made. */
	public String path() {
		return (this.published != null) ? "/" : "/jobs/executions/" + this.executionId;
	}

	/** All in one line. */
	public String sentence() {
		String days = this.collected.isEmpty() ? "nothing"
				: this.collected.stream().map(Collected::toString).collect(Collectors.joining(", "));
		Generation generation = this.published;
		String result = (generation == null) ? "Nothing was published."
				: "Generation %d is published: %s readings of %s.".formatted(generation.number(),
						number(generation.readings()),
						(generation.cities() == 1) ? "one city" : generation.cities() + " cities");
		return "%s (execution %d, launched by %s) has ended. Collected: %s. %s".formatted(WeatherBatchJob.NAME,
				this.executionId, this.launchedBy, days, result);
	}

	private static String number(long count) {
		return String.format(Locale.ROOT, "%,d", count);
	}

}
