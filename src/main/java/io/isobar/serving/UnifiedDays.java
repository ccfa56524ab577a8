package io.isobar.serving;

import java.time.Clock;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import io.isobar.batch.BatchViews;
import io.isobar.batch.ClosedDays;
import io.isobar.batch.DayRanges;
import io.isobar.provider.Providers;
import io.isobar.speed.SpeedViews;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The one view of both layers: for every local day of a city one answer, by the batch
 * layer before the boundary and by the speed layer after it, never by both. The
 * generation is read first, and everything that is answered by the batch layer is of that
 * one.
 */
@Component
public class UnifiedDays {

	/** About 30 MB: a year of 100 cities. */
	private static final int YEARS_IN_MEMORY = 100;

	private final ClosedDays closed;

	private final BatchViews views;

	/** How long an answer of a provider is waited for after a day's end. */
	private final Supplier<Period> settlesAfter;

	private final ObjectProvider<SpeedViews> speed;

	private final Clock clock;

	/**
	 * Which generation is current, and which zone a city is in: most of an answer's time.
	 */
	private final Coalesced<String, List<ClosedDays.CityNow>> now;

	/** Of the generation that was asked last. */
	private volatile @Nullable BatchDays known;

	@Autowired
	UnifiedDays(ClosedDays closed, BatchViews views, Providers providers, ObjectProvider<SpeedViews> speed,
			Clock clock) {
		this(closed, views, () -> providers.historian().terms().settlesAfter(), speed, clock);
	}

	UnifiedDays(ClosedDays closed, BatchViews views, Supplier<Period> settlesAfter, ObjectProvider<SpeedViews> speed,
			Clock clock) {
		this.closed = closed;
		this.now = new Coalesced<>(closed::cities);
		this.views = views;
		this.settlesAfter = settlesAfter;
		this.speed = speed;
		this.clock = clock;
	}

	/** The days of a city; empty where there is no such city. */
	public Optional<CityDays> of(String city) {
		return days(this.now.ask(city)).stream().findFirst();
	}

	/** The days of every known city, by name, all as of one generation. */
	public List<CityDays> all() {
		return days(this.closed.cities(null));
	}

	private List<CityDays> days(List<ClosedDays.CityNow> cities) {
		if (cities.isEmpty()) {
			return List.of();
		}
		BatchDays batch = batch(cities.get(0).generation());
		ClosedDays.Current current = batch.current();
		Instant now = this.clock.instant();
		return cities.stream()
			.map((city) -> new CityDays(city.city(), city.zone(), now,
					(current != null) ? (Integer) current.generation() : null,
					(current != null) ? current.of(city.city()) : DayRanges.NONE, batch, this.speed.getIfAvailable()))
			.toList();
	}

	/** What the generation says that is current now. */
	private BatchDays batch(@Nullable Integer generation) {
		BatchDays before = this.known;
		if (before != null && Objects.equals(generation, number(before))) {
			return before;
		}
		// Read anew with its days in one statement, it may be another one by now
		ClosedDays.Current current = (generation != null) ? this.closed.current().orElse(null) : null;
		BatchDays batch = new BatchDays(current, this.views, this.settlesAfter.get(), YEARS_IN_MEMORY);
		this.known = batch;
		return batch;
	}

	private static @Nullable Integer number(BatchDays batch) {
		ClosedDays.Current current = batch.current();
		return (current != null) ? (Integer) current.generation() : null;
	}

}
