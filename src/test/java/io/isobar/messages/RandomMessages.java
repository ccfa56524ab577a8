package io.isobar.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

/**
 * Messages that meet each other often: few instants, few origins, few sets of metrics,
 * few values, often collected in the same millisecond.
 */
public final class RandomMessages {

	private static final List<Origin> ORIGINS = List.of(Origin.OPEN_METEO, Origin.VISUAL_CROSSING, Origin.FILE,
			Origin.SIMULATED, new Origin("station"));

	private RandomMessages() {
	}

	public static Arbitrary<WeatherMessage> arbitrary() {
		return Arbitraries.randomValue((random) -> message("Paris", Instant.parse("2026-01-31T00:00:00Z"),
				Duration.ofDays(1), new Random(random.nextLong())));
	}

	/**
	 * A message of that city, observed within the span that begins there; now and then a
	 * little after it was collected.
	 */
	public static WeatherMessage message(String city, Instant begin, Duration span, Random random) {
		// Whole half hours, so that slots have several, and now and then a second between
		Instant observed = begin.plusSeconds(random.nextInt((int) span.toMinutes() / 30) * 1800L)
			.plusSeconds((random.nextInt(5) == 0) ? random.nextInt(1800) : 0);
		Instant collected = observed.plusMillis((random.nextInt(20) == 0) ? -random.nextInt(600_000)
				: (random.nextInt(3) == 0) ? random.nextInt(3) : random.nextInt(7200_000));
		double[] values = Values.missing();
		if (random.nextInt(20) > 0) {
			for (Metric metric : random.nextInt(3) == 0 ? List.of(Metric.PRECIPITATION, Metric.SNOW)
					: random.nextBoolean() ? List.of(Metric.TEMPERATURE, Metric.HUMIDITY) : Metric.ALL) {
				if (random.nextInt(4) > 0) {
					values[metric.ordinal()] = (random.nextInt(3) == 0) ? random.nextInt(3) - 1.0
							: random.nextInt(4000) / 100.0 - 20;
				}
			}
		}
		Map<String, Double> flagged = new LinkedHashMap<>();
		if (random.nextInt(10) == 0) {
			flagged.put("windGust", 1e6);
			flagged.put("temperature", -500.0);
		}
		String country = (random.nextInt(4) == 0) ? null : "FR";
		return new WeatherMessage(
				new Reading(city, observed, Resolution.HOUR, ORIGINS.get(random.nextInt(ORIGINS.size())),
						Channel.STREAM, collected, Values.of(values), Values.NONE, Values.NONE,
						(random.nextBoolean()) ? "Pluie, éparse 🌦" : null, flagged),
				country, WeatherMessage.stationId(city, country), number(random), number(random), flag(random),
				flag(random),
				new Outlook(number(random), number(random), number(random), number(random), number(random)));
	}

	private static @Nullable Double number(Random random) {
		return (random.nextBoolean()) ? null : random.nextInt(9000) / 100.0 - 45;
	}

	private static @Nullable Boolean flag(Random random) {
		return (random.nextInt(3) == 0) ? null : Boolean.valueOf(random.nextBoolean());
	}

}
