package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.isobar.orders.Order;

import org.springframework.stereotype.Component;

/**
 * The newest orders, in Cassandra. Where it does not answer in time, every method throws
 * {@link io.isobar.web.StoreUnavailable}.
 */
@Component
@ConditionalOnSpeed
class OrderTables {

	private final CassandraStore store;

	private final CassandraSettings settings;

	OrderTables(CassandraStore store, CassandraSettings settings) {
		this.store = store;
		this.settings = settings;
	}

	/**
	 * An order with where its message lay.
	 *
	 * @param partition with its incarnation
	 */
	record Placed(int partition, long offset, Order order, Instant appended) {
	}

	/**
	 * Writes orders, then up to where all of each partition are there. What is written
	 * again changes nothing.
	 * @param next the offset behind the last one of each partition, whether or not an
	 * order lay there
	 */
	void write(List<Placed> orders, Map<Integer, Long> next) {
		CassandraStore.Statements statements = this.store.statements(this.settings.writeTimeout());
		OrderStatements prepared = statements.orders();
		Writes writes = new Writes(statements);
		for (Placed placed : orders) {
			writes.execute(prepared.byCustomer()
				.bind(placed.order().customer(), placed.partition(), placed.offset(), placed.order().amount(),
						placed.appended()));
			writes.execute(prepared.byOffset()
				.bind(placed.partition(), OrderStatements.bucket(placed.offset()), placed.offset(),
						placed.order().customer(), placed.order().amount()));
		}
		writes.await();
		next.forEach((partition, offset) -> writes.execute(prepared.written().bind(partition, offset, offset)));
		writes.await();
	}

	/**
	 * Notes that the tables were written again. No mark is as another one, also where
	 * clocks differ: who has folded what was there before looks for a change.
	 */
	void rebuilt(Instant now) {
		long mark = Math.max(now.toEpochMilli(), written().getOrDefault(OrderStatements.REBUILT, 0L) + 1);
		CassandraStore.Statements statements = this.store.statements(this.settings.writeTimeout());
		Writes writes = new Writes(statements);
		writes.execute(statements.orders().written().bind(OrderStatements.REBUILT, mark, mark));
		writes.await();
	}

	/** Marks them before their first order; a mark that is there stays. */
	void mark() {
		CassandraStore.Statements statements = this.store.statements(this.settings.writeTimeout());
		Writes writes = new Writes(statements);
		writes.execute(statements.orders().written().bind(OrderStatements.REBUILT, 1L, 1L));
		writes.await();
	}

	/** Up to where all orders are there, of every partition; exclusive. */
	Map<Integer, Long> written() {
		CassandraStore.Statements statements = this.store.statements(this.settings.readTimeout());
		Map<Integer, Long> written = new TreeMap<>();
		CassandraStore
			.await(statements.template()
				.query(statements.orders().allWritten().bind(),
						(row, number) -> Map.entry(row.getInt("kafka_partition"), row.getLong("next_offset"))),
					this.settings.readTimeout())
			.forEach((each) -> written.put(each.getKey(), each.getValue()));
		return written;
	}

	/** Takes an order. */
	@FunctionalInterface
	interface Orders {

		void order(long offset, String customer, BigDecimal amount);

	}

	/**
	 * The orders of a partition in the order of their offsets.
	 * @param from inclusive
	 * @param to exclusive
	 */
	void read(int partition, long from, long to, Orders orders) {
		CassandraStore.Statements statements = this.store.statements(this.settings.readTimeout());
		PreparedStatement range = statements.orders().range();
		for (long bucket = OrderStatements.bucket(from); bucket <= OrderStatements.bucket(to - 1); bucket++) {
			record Found(long offset, String customer, BigDecimal amount) {
			}
			CassandraStore
				.await(statements.template()
					.query(range.bind(partition, bucket, from, to),
							(row, number) -> new Found(row.getLong(0), String.valueOf(row.getString(1)),
									amount(row.getBigDecimal(2)))),
						this.settings.readTimeout().multipliedBy(3))
				.forEach((found) -> orders.order(found.offset(), found.customer(), found.amount()));
		}
	}

	private static BigDecimal amount(@org.jspecify.annotations.Nullable BigDecimal amount) {
		if (amount == null) {
			throw new IllegalStateException("An order in Cassandra has no amount.");
		}
		return amount;
	}

	/**
	 * Removes the orders of a partition, bucket by bucket.
	 * @param from inclusive
	 * @param upTo inclusive
	 * @param done told up to where they are removed
	 */
	void remove(int partition, long from, long upTo, Consumer<Long> done) {
		CassandraStore.Statements statements = this.store.statements(this.settings.writeTimeout());
		OrderStatements prepared = statements.orders();
		for (long begin = from; begin <= upTo;) {
			long bucket = OrderStatements.bucket(begin);
			long end = Math.min(upTo, (bucket + 1) * OrderStatements.BUCKET - 1);
			Set<String> customers = new HashSet<>();
			read(partition, begin, end + 1, (offset, customer, amount) -> customers.add(customer));
			Writes writes = new Writes(statements);
			customers.forEach((customer) -> writes.execute(prepared.removeByCustomer().bind(customer, partition, end)));
			writes.await();
			writes.execute(prepared.removeByOffset().bind(partition, bucket, end));
			writes.await();
			done.accept(end);
			begin = end + 1;
		}
	}

	/** Statements that are under way, not too many at a time. */
	private final class Writes {

		private final CassandraStore.Statements statements;

		private final List<CompletableFuture<?>> underWay = new ArrayList<>();

		private int first;

		Writes(CassandraStore.Statements statements) {
			this.statements = statements;
		}

		void execute(Statement<?> statement) {
			if (this.underWay.size() - this.first >= OrderTables.this.settings.concurrency()) {
				await(this.underWay.get(this.first++));
			}
			this.underWay.add(this.statements.template().execute(statement));
		}

		void await() {
			while (this.first < this.underWay.size()) {
				await(this.underWay.get(this.first++));
			}
		}

		private void await(CompletableFuture<?> write) {
			CassandraStore.await(write, patience());
		}

		/** The driver gives up first, and says why. */
		private Duration patience() {
			return OrderTables.this.settings.writeTimeout().multipliedBy(2);
		}

	}

}
