package io.isobar.views;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

/**
 * The same result by other means: the sentences of the slot rule as collections and
 * streams, one after the other, without a thought for speed.
 */
public final class PlainFold {

	private PlainFold() {
	}

	public static FoldedStates of(List<Reading> readings) {
		FoldedStates result = new FoldedStates();
		Map<String, List<Reading>> byCityDay = readings.stream()
			.collect(Collectors.groupingBy((reading) -> reading.city() + "|" + localDay(reading), TreeMap::new,
					Collectors.toList()));
		for (List<Reading> day : byCityDay.values()) {
			for (boolean simulated : new boolean[] { false, true }) {
				List<Reading> competing = competing(day).stream()
					.filter((reading) -> reading.origin().isSimulated() == simulated)
					.toList();
				for (Resolution resolution : Resolution.values()) {
					Map<Instant, List<Reading>> slots = competing.stream()
						.filter((reading) -> reading.resolution() == resolution)
						.collect(Collectors.groupingBy(
								(reading) -> (resolution == Resolution.DAY) ? Instant.MIN : slotStart(reading),
								TreeMap::new, Collectors.toList()));
					slots.values().forEach((slot) -> count(slot, simulated, result));
				}
			}
		}
		withoutSimulatedBesideReal(result);
		return result;
	}

	/**
	 * A metric that real readings of the day have is not simulated in it, nor are its
	 * readings counted.
	 */
	public static void withoutSimulatedBesideReal(FoldedStates result) {
		for (String key : List.copyOf(result.states.keySet())) {
			State simulated = result.states.get(key);
			State real = result.states.get(key.replace("|true", "|false"));
			if (simulated.view() != WeatherViews.CITY_DAY || !key.endsWith("|true") || real == null) {
				continue;
			}
			State kept = WeatherViews.CITY_DAY.zero();
			boolean any = false;
			for (Metric metric : Metric.ALL) {
				List<String> names = List.of(WeatherViews.count(metric), WeatherViews.sum(metric),
						WeatherViews.square(metric), WeatherViews.min(metric), WeatherViews.max(metric));
				if (names.stream().noneMatch((name) -> has(real, name))) {
					for (String name : names) {
						int index = simulated.view().indexOf(name);
						kept.set(index, simulated.number(index), simulated.count(index));
						any |= has(simulated, name);
					}
				}
			}
			if (any) {
				result.states.put(key, kept);
			}
			else {
				result.states.remove(key);
			}
		}
	}

	private static boolean has(State state, String component) {
		int index = state.view().indexOf(component);
		return (state.view().components().get(index).merge() == Component.Merge.COUNT) ? state.count(index) > 0
				: !Double.isNaN(state.number(index)) && !component.endsWith("_sum") && !component.endsWith("_square");
	}

	private static List<Reading> competing(List<Reading> day) {
		return day.stream()
			.filter((reading) -> !reading.isEmpty() && !reading.observedAt().isAfter(reading.collected()))
			.filter((reading) -> reading.channel() != Channel.HISTORY || day.stream()
				.filter((other) -> other.channel() == Channel.HISTORY && other.origin().equals(reading.origin()))
				.noneMatch((other) -> other.collected().isAfter(reading.collected())))
			.toList();
	}

	private static void count(List<Reading> slot, boolean simulated, FoldedStates result) {
		List<Reading> best = slot.stream()
			.sorted(Comparator.comparing((Reading reading) -> -reading.origin().rank())
				.thenComparing((reading) -> reading.channel() == Channel.STREAM)
				.thenComparing(Reading::observedAt, Comparator.reverseOrder())
				.thenComparing(Reading::collected, Comparator.reverseOrder())
				.thenComparing((reading) -> bytes(reading.values()), Comparator.reverseOrder())
				.thenComparing((reading) -> bytes(reading.lows()), Comparator.reverseOrder())
				.thenComparing((reading) -> bytes(reading.highs()), Comparator.reverseOrder())
				.thenComparing((reading) -> reading.origin().name()))
			.toList();
		Reading first = best.get(0);
		boolean wholeDay = first.resolution() == Resolution.DAY;
		State day = WeatherViews.CITY_DAY.zero();
		add(day, WeatherViews.READINGS, 0, 1);
		add(day, WeatherViews.readingsOf(first.origin().code()), 0, 1);
		for (Metric metric : Metric.ALL) {
			pick(best, Reading::values, metric, (value, stamp) -> {
				add(day, WeatherViews.count(metric), 0, 1);
				add(day, WeatherViews.sum(metric), value, 0);
				add(day, WeatherViews.square(metric), value * value, 0);
			});
			pick(best, wholeDay ? Reading::lows : Reading::values, metric,
					(value, stamp) -> add(day, WeatherViews.min(metric), value, stamp));
			pick(best, wholeDay ? Reading::highs : Reading::values, metric,
					(value, stamp) -> add(day, WeatherViews.max(metric), value, stamp));
		}
		result.cityDay(first.city(), localDay(first).toEpochDay(), first.resolution(), simulated, day);
		if (!wholeDay) {
			LocalDate date = localDay(first);
			result.cityMonthPairs(first.city(), date.getYear() * 12L + date.getMonthValue() - 1, simulated,
					pairs(best));
		}
	}

	private static State pairs(List<Reading> best) {
		State state = WeatherViews.CITY_MONTH_PAIRS.zero();
		for (Component component : WeatherViews.CITY_MONTH_PAIRS.components()) {
			if (component.term() instanceof Term.PairCount count) {
				pick(best, Reading::values, count.first(), (x, ignored) -> pick(best, Reading::values, count.second(),
						(y, alsoIgnored) -> add(state, component.name(), 0, 1)));
			}
			if (component.term() instanceof Term.PairProduct product) {
				pick(best, Reading::values, product.first(),
						(x, ignored) -> pick(best, Reading::values, product.second(), (y, alsoIgnored) -> add(state,
								component.name(), Math.pow(x, product.i()) * Math.pow(y, product.j()), 0)));
			}
		}
		return state;
	}

	private interface Picked {

		void accept(double value, long stamp);

	}

	private static void pick(List<Reading> best, Function<Reading, Values> from, Metric metric, Picked picked) {
		best.stream()
			.filter((reading) -> from.apply(reading).has(metric))
			.findFirst()
			.ifPresent((reading) -> picked.accept(from.apply(reading).orNaN(metric),
					Stamp.of(reading.observedAt().getEpochSecond(), reading.origin().code())));
	}

	private static void add(State state, String component, double number, long count) {
		int index = state.view().indexOf(component);
		// In one slot an extreme is met once
		boolean extreme = Double.isNaN(state.number(index));
		state.set(index, extreme ? number : state.number(index) + number, state.count(index) + count);
	}

	private static String bytes(Values values) {
		StringBuilder text = new StringBuilder();
		for (Metric metric : Metric.ALL) {
			text.append(values.has(metric) ? "%020.6f".formatted(values.orNaN(metric)) : "-");
		}
		return text.toString();
	}

	private static LocalDate localDay(Reading reading) {
		return reading.observedAt().atZone(zone(reading)).toLocalDate();
	}

	/** The local hour as a clock shows it, but never before the last clock change. */
	private static Instant slotStart(Reading reading) {
		ZonedDateTime local = reading.observedAt().atZone(zone(reading));
		Duration intoHour = Duration.between(local.toLocalDateTime().truncatedTo(ChronoUnit.HOURS),
				local.toLocalDateTime());
		Instant start = reading.observedAt().minus(intoHour);
		ZoneOffsetTransition change = zone(reading).getRules().previousTransition(reading.observedAt().plusNanos(1));
		return (change != null && start.isBefore(change.getInstant())) ? change.getInstant() : start;
	}

	private static ZoneId zone(Reading reading) {
		return RandomReadings.ZONES.get(reading.city());
	}

}
