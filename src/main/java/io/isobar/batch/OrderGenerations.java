package io.isobar.batch;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.orders.CountedOrders;
import io.isobar.orders.NewestOrders;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What generations of orders are beside what all generations are: which messages each
 * counts. It decides which orders the speed layer still needs, and which generation can
 * be made current: one that the speed layer can complete.
 */
@Component
class OrderGenerations implements CountedOrders, GenerationCheck {

	private final JdbcClient jdbc;

	private final ObjectMapper json;

	private final ObjectProvider<NewestOrders> newest;

	private final Clock clock;

	OrderGenerations(JdbcClient jdbc, ObjectMapper json, ObjectProvider<NewestOrders> newest, Clock clock) {
		this.jdbc = jdbc;
		this.json = json;
		this.newest = newest;
		this.clock = clock;
	}

	void keep(int generation, Map<Integer, Long> offsets, BigDecimal minimumAmount) {
		this.jdbc.sql("INSERT INTO orders_generation (generation, offsets, minimum_amount) VALUES (?, ?::jsonb, ?)")
			.params(generation, this.json.writeValueAsString(offsets), minimumAmount)
			.update();
	}

	/** The last offset that a generation counts, of each partition. */
	Map<Integer, Long> offsets(int generation) {
		return this.jdbc.sql("SELECT offsets FROM orders_generation WHERE generation = ?")
			.param(generation)
			.query((row, number) -> offsets(row.getString(1)))
			.optional()
			.orElse(Map.of());
	}

	Map<Integer, Long> offsets(String text) {
		return this.json.readValue(text, new TypeReference<TreeMap<Integer, Long>>() {
		});
	}

	/**
	 * Who has read which generation is current, or that none is, may still ask for what
	 * lies above it for a while.
	 */
	@Override
	public Map<Integer, Long> byAll() {
		Timestamp before = Timestamp.from(this.clock.instant().minus(Pruning.GRACE));
		List<Map<Integer, Long>> needed = this.jdbc.sql("""
				SELECT o.offsets FROM generation g JOIN orders_generation o ON o.generation = g.generation
				WHERE g.dataset = 'orders' AND g.published_at IS NOT NULL
				  AND (g.retired_at IS NULL OR g.retired_at > :before)
				  AND EXISTS (SELECT FROM generation WHERE dataset = 'orders' AND published_at <= :before)
				""").param("before", before).query((row, number) -> offsets(row.getString(1))).list();
		if (needed.isEmpty()) {
			return Map.of();
		}
		Map<Integer, Long> all = new HashMap<>(needed.get(0));
		needed.forEach((offsets) -> {
			all.keySet().retainAll(offsets.keySet());
			offsets.forEach(
					(partition, offset) -> all.computeIfPresent(partition, (key, least) -> Math.min(least, offset)));
		});
		return all;
	}

	@Override
	public void check(Generation from, Generation to) {
		NewestOrders speed = this.newest.getIfAvailable();
		if (to.dataset() != Dataset.ORDERS || speed == null) {
			return;
		}
		boolean complete;
		try {
			complete = speed.has(offsets(to.number()), offsets(from.number()));
		}
		catch (RuntimeException ex) {
			throw GenerationRefusal.NotCompletable.unknown(to.number(), ex.getMessage());
		}
		if (!complete) {
			throw GenerationRefusal.NotCompletable.orders(to.number());
		}
	}

}
