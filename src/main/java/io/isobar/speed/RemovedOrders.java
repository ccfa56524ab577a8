package io.isobar.speed;

import java.util.HashMap;
import java.util.Map;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Up to which offset orders were removed from Cassandra, of each partition with its
 * incarnation: noted before the first is removed, and done when the last one is.
 */
@Component
@ConditionalOnSpeed
class RemovedOrders {

	private final JdbcClient jdbc;

	RemovedOrders(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Up to where they were removed, or are being so. */
	Map<Integer, Long> noted() {
		return offsets("SELECT kafka_partition, noted FROM orders_removed");
	}

	/** Up to where none is left. */
	Map<Integer, Long> done() {
		return offsets("SELECT kafka_partition, done FROM orders_removed");
	}

	private Map<Integer, Long> offsets(String sql) {
		Map<Integer, Long> offsets = new HashMap<>();
		this.jdbc.sql(sql).query((row) -> {
			offsets.put(row.getInt(1), row.getLong(2));
		});
		return offsets;
	}

	/** Notes that they are going to be removed; what is noted never goes back. */
	void note(int partition, long upTo) {
		this.jdbc.sql("""
				INSERT INTO orders_removed (kafka_partition, noted) VALUES (?, ?)
				ON CONFLICT (kafka_partition) DO UPDATE SET noted = greatest(orders_removed.noted, excluded.noted)""")
			.params(partition, upTo)
			.update();
	}

	/** Notes that they are removed, of a partition that was noted. */
	void done(int partition, long upTo) {
		this.jdbc.sql("UPDATE orders_removed SET done = ? WHERE kafka_partition = ?").params(upTo, partition).update();
	}

}
