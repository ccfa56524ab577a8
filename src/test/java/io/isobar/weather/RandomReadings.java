package io.isobar.weather;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * Readings with everything that is odd: nulls, duplicates, several origins and channels,
 * repeated answers, withdrawn values, clock changes, half-hour zones, a skipped day,
 * whole days beside hours, the simulator beside real ones.
 */
public final class RandomReadings {

	/** A city in each kind of zone. */
	public static final Map<String, ZoneId> ZONES = Map.of("Paris", ZoneId.of("Europe/Paris"), "Kolkata",
			ZoneId.of("Asia/Kolkata"), "Lord Howe", ZoneId.of("Australia/Lord_Howe"), "Apia", ZoneId.of("Pacific/Apia"),
			"São Paulo", ZoneId.of("America/Sao_Paulo"), "St. John's", ZoneId.of("America/St_Johns"));

	/** Stretches in which something happens to the clocks, and an ordinary one. */
	private static final List<LocalDate> STARTS = List.of(LocalDate.of(2025, 3, 29), LocalDate.of(2025, 10, 25),
			LocalDate.of(2011, 12, 29), LocalDate.of(2018, 2, 16), LocalDate.of(2018, 11, 3), LocalDate.of(2010, 11, 5),
			LocalDate.of(2025, 4, 5), LocalDate.of(2025, 10, 4), LocalDate.of(2024, 2, 28), LocalDate.of(2025, 7, 30));

	private static final List<Origin> ORIGINS = List.of(Origin.OPEN_METEO, Origin.VISUAL_CROSSING, Origin.FILE,
			Origin.SIMULATED, new Origin("station"));

	private RandomReadings() {
	}

	/** Up to some hundred readings over up to four days and three cities, in no order. */
	public static Arbitrary<List<Reading>> arbitrary() {
		return Arbitraries.randomValue((random) -> readings(new Random(random.nextLong())));
	}

	public static List<Reading> readings(Random random) {
		List<String> cities = ZONES.keySet().stream().sorted().toList();
		LocalDate start = STARTS.get(random.nextInt(STARTS.size()));
		List<Reading> readings = new ArrayList<>();
		int count = random.nextInt(random.nextBoolean() ? 400 : 40);
		int days = 1 + random.nextInt(4);
		for (int i = 0; i < count; i++) {
			String city = cities.get(random.nextInt(3) * 2 + random.nextInt(2));
			readings.add(reading(random, city, start, days));
		}
		for (int i = 0; i < count / 10; i++) {
			readings.add(readings.get(random.nextInt(readings.size())));
		}
		return readings;
	}

	private static Reading reading(Random random, String city, LocalDate start, int days) {
		ZoneId zone = ZONES.get(city);
		Origin origin = ORIGINS.get(random.nextInt(ORIGINS.size()));
		Channel channel = Channel.values()[random.nextInt(3)];
		boolean day = random.nextInt(12) == 0;
		Instant begin = start.atStartOfDay(zone).toInstant();
		Instant observed = day ? start.plusDays(random.nextInt(days)).atStartOfDay(zone).toInstant() : begin
			.plusSeconds(random.nextInt(days * 24 * 2) * 1800L + (random.nextInt(5) == 0 ? random.nextInt(1800) : 0));
		// A few answers of the same provider about the same day; rarely one that was
		// collected before it was observed
		Instant collected = begin.plusSeconds((days + random.nextInt(4)) * 86400L)
			.plusSeconds(random.nextInt(20) == 0 ? -days * 86400L : 0);
		double[] values = values(random);
		return new Reading(city, observed, day ? Resolution.DAY : Resolution.HOUR, origin, channel, collected,
				Values.of(values), day ? Values.of(values(random)) : Values.NONE,
				day ? Values.of(values(random)) : Values.NONE, null, Map.of());
	}

	private static double[] values(Random random) {
		double[] values = Values.missing();
		if (random.nextInt(15) > 0) {
			for (Metric metric : Metric.ALL) {
				if (random.nextInt(3) == 0) {
					// Few different values, so that extremes are met more than once
					values[metric.ordinal()] = random.nextInt(3) == 0 ? random.nextInt(4)
							: random.nextInt(4000) / 100.0;
				}
			}
		}
		return values;
	}

	/**
	 * In the order in which a fold wants them; what is equal in that order stays as it
	 * was.
	 */
	public static List<Reading> ordered(List<Reading> readings) {
		return readings.stream()
			.sorted(Comparator.comparing(Reading::city).thenComparing(Reading::observedAt))
			.toList();
	}

}
