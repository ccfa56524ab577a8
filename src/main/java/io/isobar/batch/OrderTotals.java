package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The totals of customers as the batch layer has published them. Which generation is
 * current, what it counts and its rows are read in one transaction; the rows of a
 * generation never change, so they are kept in memory as long as it is current.
 */
@Component
public class OrderTotals {

	private static final String CURRENT = """
			SELECT g.generation, g.published_at, o.offsets, o.minimum_amount FROM current_generation c
			JOIN generation g ON g.generation = c.generation
			JOIN orders_generation o ON o.generation = c.generation WHERE c.dataset = 'orders'""";

	private final JdbcClient jdbc;

	private final OrderGenerations generations;

	private final OrderSettings settings;

	private final TransactionTemplate transaction;

	private final AtomicReference<@Nullable Published> newest = new AtomicReference<>();

	OrderTotals(JdbcClient jdbc, OrderGenerations generations, OrderSettings settings,
			PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.generations = generations;
		this.settings = settings;
		this.transaction = new TransactionTemplate(transactions);
		this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		this.transaction.setReadOnly(true);
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
		return this.jdbc.sql(CURRENT)
			.query((row, number) -> new Boundary(row.getInt("generation"),
					this.generations.offsets(row.getString("offsets")), row.getBigDecimal("minimum_amount"),
					row.getTimestamp("published_at").toInstant()))
			.optional()
			.orElseGet(() -> new Boundary(null, Map.of(), this.settings.minimumAmount(), null));
	}

	/** What the batch layer answers at this moment. */
	public Published current() {
		Published published = Objects.requireNonNull(this.transaction.execute((status) -> {
			Boundary boundary = boundary();
			Published known = this.newest.get();
			return (known != null && known.boundary().equals(boundary)) ? known
					: new Published(boundary, customers(boundary.generation()));
		}));
		this.newest.set(published);
		return published;
	}

	private List<Customer> customers(@Nullable Integer generation) {
		if (generation == null) {
			return List.of();
		}
		return this.jdbc.sql("""
				SELECT customer, amount, orders FROM customer_total
				WHERE valid_from <= :generation AND :generation < valid_to ORDER BY customer""")
			.param("generation", generation)
			.query((row, number) -> new Customer(row.getString(1), new Total(row.getBigDecimal(2), row.getLong(3))))
			.list();
	}

}
