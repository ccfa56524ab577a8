package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps a day open that a run would close, where the speed layer has a reading of it that
 * is not among those of the run: one that came late, while the run was under way. So what
 * was seen before a generation is published is seen afterwards; the next run closes the
 * day.
 * <p>
 * The lake is read before the transaction that publishes, the speed layer once more
 * within it. Where the speed layer does not answer, nobody can know, and the days are
 * closed.
 */
@Component
class LateReadings {

	/** What a version of the master dataset has of days, by city. */
	@FunctionalInterface
	interface MasterDataset {

		Map<String, List<Reading>> read(long version, Map<String, Set<LocalDate>> days, Map<String, ZoneId> zones);

	}

	/** A local day of a city. */
	record CityDay(String city, LocalDate day) {

		@Override
		public String toString() {
			return this.city + " " + this.day;
		}

	}

	/** A reading, as far as both layers keep it the same. */
	private record Fact(Instant observedAt, long collectedMillis, Origin origin, Values values) {

		static Set<Fact> of(List<Reading> readings) {
			return readings.stream()
				.filter((reading) -> reading.channel() == Channel.STREAM)
				.map((reading) -> new Fact(reading.observedAt(), reading.collected().toEpochMilli(), reading.origin(),
						reading.values()))
				.collect(Collectors.toSet());
		}

	}

	/** What the speed layer had of a day: so many readings, and a sum over them. */
	private record Heard(int readings, int sum) {

		static Heard of(Set<Fact> facts) {
			return new Heard(facts.size(), facts.hashCode());
		}

	}

	/**
	 * What was found out before the transaction.
	 *
	 * @param whole the days of which the run has all that the speed layer had, and what
	 * that was
	 * @param failure what the store of the speed layer said instead of answering
	 */
	record Looked(Map<CityDay, Heard> whole, @Nullable String failure) {
	}

	/**
	 * What was decided.
	 *
	 * @param days those that stay open, in their order
	 * @param failure what the store of the speed layer said instead of answering
	 */
	record KeptOpen(List<CityDay> days, @Nullable String failure) {
	}

	private final Generations generations;

	private final DayResults results;

	private final ObjectProvider<SpeedLayer> speed;

	private final MasterDataset lake;

	@Autowired
	LateReadings(Generations generations, DayResults results, ObjectProvider<SpeedLayer> speed, ReadingsOfDays lake) {
		this(generations, results, speed, lake::read);
	}

	LateReadings(Generations generations, DayResults results, ObjectProvider<SpeedLayer> speed, MasterDataset lake) {
		this.generations = generations;
		this.results = results;
		this.speed = speed;
		this.lake = lake;
	}

	/**
	 * Compares what both layers have of the days that would be closed.
	 * @param generation not published yet
	 * @param version of the readings that it was made from
	 */
	Looked look(int generation, long version) {
		Map<CityDay, Heard> whole = new HashMap<>();
		SpeedLayer layer = this.speed.getIfAvailable();
		if (layer == null) {
			return new Looked(whole, null);
		}
		Map<String, ZoneId> zones = this.results.zones();
		Map<CityDay, Set<Fact>> heard = new HashMap<>();
		int together = 0;
		for (CityDay day : closedAnew(layer, generation, zones)) {
			Set<Fact> facts;
			try {
				facts = Fact.of(layer.readings(day.city(), day.day(), day.day()));
			}
			catch (RuntimeException ex) {
				return new Looked(Map.of(), String.valueOf(ex.getMessage()));
			}
			if (facts.isEmpty()) {
				whole.put(day, Heard.of(facts));
				continue;
			}
			heard.put(day, facts);
			together += facts.size();
			if (together >= Reconciliation.TOGETHER) {
				compare(version, zones, heard, whole);
				together = 0;
			}
		}
		compare(version, zones, heard, whole);
		return new Looked(whole, null);
	}

	/** Moves to the whole days those that are so, and forgets the others. */
	private void compare(long version, Map<String, ZoneId> zones, Map<CityDay, Set<Fact>> heard,
			Map<CityDay, Heard> whole) {
		if (heard.isEmpty()) {
			return;
		}
		Map<String, Set<LocalDate>> days = new TreeMap<>();
		heard.keySet().forEach((day) -> days.computeIfAbsent(day.city(), (city) -> new TreeSet<>()).add(day.day()));
		Map<String, Set<Fact>> counted = new HashMap<>();
		this.lake.read(version, days, zones).forEach((city, readings) -> counted.put(city, Fact.of(readings)));
		heard.forEach((day, facts) -> {
			if (counted.getOrDefault(day.city(), Set.of()).containsAll(facts)) {
				whole.put(day, Heard.of(facts));
			}
		});
		heard.clear();
	}

	/**
	 * Leaves the days open of which the speed layer has more than the run, in the
	 * transaction that publishes the generation.
	 */
	KeptOpen keepOpen(int generation, Looked looked) {
		// So that nobody goes back or forward meanwhile
		this.generations.lock(Dataset.WEATHER);
		SpeedLayer layer = this.speed.getIfAvailable();
		if (layer == null || looked.failure() != null
				|| !this.generations.unpublished(Dataset.WEATHER).contains(generation)) {
			return new KeptOpen(List.of(), looked.failure());
		}
		Map<String, DayRanges> closed = new TreeMap<>(this.results.closed(generation));
		List<CityDay> open = new ArrayList<>();
		for (CityDay day : closedAnew(layer, generation, this.results.zones())) {
			try {
				Heard now = Heard.of(Fact.of(layer.readings(day.city(), day.day(), day.day())));
				if (!now.equals(looked.whole().get(day))) {
					open.add(day);
				}
			}
			catch (RuntimeException ex) {
				return new KeptOpen(List.of(), String.valueOf(ex.getMessage()));
			}
		}
		if (!open.isEmpty()) {
			open.forEach((day) -> closed.computeIfPresent(day.city(), (city, days) -> {
				DayRanges left = days.minus(DayRanges.of(day.day(), day.day().plusDays(1)));
				return left.isEmpty() ? null : left;
			}));
			this.results.keep(generation, closed);
		}
		return new KeptOpen(open, null);
	}

	/** The days that readers are answered by the speed layer now, and would not then. */
	private List<CityDay> closedAnew(SpeedLayer layer, int generation, Map<String, ZoneId> zones) {
		Map<String, DayRanges> before = this.generations.current(Dataset.WEATHER)
			.map((current) -> this.results.closed(current.number()))
			.orElse(Map.of());
		List<CityDay> anew = new ArrayList<>();
		this.results.closed(generation).forEach((city, days) -> {
			ZoneId zone = zones.get(city);
			if (zone != null) {
				days.minus(before.getOrDefault(city, DayRanges.NONE))
					.and(DayRanges.of(layer.oldestDay(zone), LocalDate.MAX))
					.ranges()
					.forEach((range) -> range.from()
						.datesUntil(range.to())
						.forEach((day) -> anew.add(new CityDay(city, day))));
			}
		});
		return anew;
	}

}
