package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The totals of customers as the batch layer has published them. Which generation is
 * current, what it counts and its rows are read in one transaction; the rows of a
 * generation never change, so they are kept in memory as long as it is current.
 */
@Component
public class OrderTotals {

	private final OrderResults results;

	private final OrderSettings settings;

	private final AtomicReference<@Nullable Published> newest = new AtomicReference<>();

	OrderTotals(OrderResults results, OrderSettings settings) {
		this.results = results;
		this.settings = settings;
	}

	/** A customer with what its orders come to. */
	public record Customer(String name, Total total) {
	}

	/**
	 * What ends the batch layer's answer.
	 *
	 * @param generation null where none was published yet
	 * @param offsets the last offset that is counted, of each partition (number of the
	 * topic * 1000 + partition)
	 * @param minimumAmount smaller orders do not count, neither in it nor above it
	 */
	public record Boundary(@Nullable Integer generation, Map<Integer, Long> offsets, BigDecimal minimumAmount,
			@Nullable Instant publishedAt) {
	}

	/**
	 * A published result.
	 *
	 * @param customers in the order of their names, by code points
	 */
	public record Published(Boundary boundary, List<Customer> customers) {
	}

	/** Where the batch layer's answer ends at this moment. */
	public Boundary boundary() {
		return this.results.boundary()
			.orElseGet(() -> new Boundary(null, Map.of(), this.settings.minimumAmount(), null));
	}

	/** What the batch layer answers at this moment. */
	public Published current() {
		Published published = this.results.atOneMoment(() -> {
			Boundary boundary = boundary();
			Published known = this.newest.get();
			return (known != null && known.boundary().equals(boundary)) ? known
					: new Published(boundary, customers(boundary.generation()));
		});
		this.newest.set(published);
		return published;
	}

	private List<Customer> customers(@Nullable Integer generation) {
		return (generation != null) ? this.results.customers(generation) : List.of();
	}

}
