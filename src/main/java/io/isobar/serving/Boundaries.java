package io.isobar.serving;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

import io.isobar.batch.ClosedDays;
import io.isobar.batch.DayRanges;
import io.isobar.batch.OrderTotals;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Where the batch layer's answer ends and the speed layer's begins. */
@Component
public class Boundaries {

	private final ClosedDays closed;

	private final OrderTotals orders;

	private final Clock clock;

	Boundaries(ClosedDays closed, OrderTotals orders, Clock clock) {
		this.closed = closed;
		this.orders = orders;
		this.clock = clock;
	}

	/**
	 * The boundary of a city.
	 *
	 * @param boundary the first day that is open after the last closed one, never after
	 * the city's today; null while no day is closed
	 * @param generation the current one; null while there is none
	 */
	public record Boundary(String city, ZoneId zone, @Nullable LocalDate boundary, @Nullable Integer generation,
			@Nullable Instant publishedAt) {

		/**
		 * How long ago the day began with which the batch layer's answer ends; null while
		 * no day is closed.
		 */
		public @Nullable Duration age(Instant now) {
			return (this.boundary != null) ? Duration.between(this.boundary.atStartOfDay(this.zone).toInstant(), now)
					: null;
		}

	}

	/** Of every known city, by name. */
	public List<Boundary> weather() {
		ClosedDays.Current current = this.closed.current().orElse(null);
		Instant now = this.clock.instant();
		return this.closed.cities(null)
			.stream()
			.map((city) -> (current == null) ? new Boundary(city.city(), city.zone(), null, null, null)
					: new Boundary(city.city(), city.zone(),
							boundary(current.of(city.city()), LocalDate.ofInstant(now, city.zone())),
							current.generation(), current.publishedAt()))
			.toList();
	}

	/** The first day that is open after the last closed one, never after today. */
	static @Nullable LocalDate boundary(DayRanges closed, LocalDate today) {
		return closed.end().map((end) -> end.isAfter(today) ? today : end).orElse(null);
	}

	/** Of the orders. */
	public OrdersBoundary orders() {
		return OrdersBoundary.of(this.orders.boundary());
	}

}
