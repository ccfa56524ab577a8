package io.isobar.batch;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.isobar.lake.Lake;
import io.isobar.spark.FoldOrders;
import io.isobar.views.CustomerTotals;
import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The totals of customers in PostgreSQL. */
@Component
class JdbcOrderResults implements OrderResults {

	static final VersionedRows.Table TOTALS = new VersionedRows.Table(CustomerTotals.NAME, List.of("customer"),
			FoldOrders.COLUMNS, VersionedRows.Cut.NONE);

	private static final String CURRENT = """
			SELECT g.generation, g.published_at, o.offsets, o.minimum_amount FROM current_generation c
			JOIN generation g ON g.generation = c.generation
			JOIN orders_generation o ON o.generation = c.generation WHERE c.dataset = 'orders'""";

	private static final String STAGED = "staged_" + CustomerTotals.NAME;

	private final Lake lake;

	private final JdbcClient client;

	private final JdbcTemplate jdbc;

	private final VersionedRows rows;

	private final ObjectMapper json;

	private final TransactionTemplate moment;

	JdbcOrderResults(Lake lake, JdbcClient client, JdbcTemplate jdbc, ObjectMapper json,
			PlatformTransactionManager transactions) {
		this.lake = lake;
		this.client = client;
		this.jdbc = jdbc;
		this.rows = new VersionedRows(jdbc);
		this.json = json;
		this.moment = new TransactionTemplate(transactions);
		this.moment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		this.moment.setReadOnly(true);
	}

	@Override
	public <T> T atOneMoment(Supplier<T> reading) {
		return Objects.requireNonNull(this.moment.execute((status) -> reading.get()));
	}

	@Override
	public Optional<OrderTotals.Boundary> boundary() {
		return this.client.sql(CURRENT)
			.query((row, number) -> new OrderTotals.Boundary(row.getInt("generation"),
					offsets(row.getString("offsets")), row.getBigDecimal("minimum_amount"),
					row.getTimestamp("published_at").toInstant()))
			.optional();
	}

	@Override
	public List<OrderTotals.Customer> customers(int generation) {
		return this.client.sql("""
				SELECT customer, amount, orders FROM customer_total
				WHERE valid_from <= :generation AND :generation < valid_to ORDER BY customer""")
			.param("generation", generation)
			.query((row, number) -> new OrderTotals.Customer(row.getString(1),
					new Total(row.getBigDecimal(2), row.getLong(3))))
			.list();
	}

	@Override
	public void keep(int generation, Map<Integer, Long> offsets, BigDecimal minimumAmount) {
		this.client.sql("INSERT INTO orders_generation (generation, offsets, minimum_amount) VALUES (?, ?::jsonb, ?)")
			.params(generation, this.json.writeValueAsString(offsets), minimumAmount)
			.update();
	}

	@Override
	public Map<Integer, Long> offsets(int generation) {
		return this.client.sql("SELECT offsets FROM orders_generation WHERE generation = ?")
			.param(generation)
			.query((row, number) -> offsets(row.getString(1)))
			.optional()
			.orElse(Map.of());
	}

	private Map<Integer, Long> offsets(String text) {
		return this.json.readValue(text, new TypeReference<TreeMap<Integer, Long>>() {
		});
	}

	@Override
	public void takeBack(int generation) {
		this.rows.takeBack(TOTALS, generation);
	}

	@Override
	public Staged stage(String path, @Nullable Integer base) {
		String staged = this.rows.stage(TOTALS);
		String copy = "COPY %s (%s) FROM STDIN";
		if (base == null) {
			Export.copy(this.jdbc, copy.formatted(staged, VersionedRows.list(TOTALS.columns(), "")), folded(path));
		}
		else {
			this.jdbc.execute("CREATE TEMP TABLE folded (LIKE %s) ON COMMIT DROP".formatted(staged));
			Export.copy(this.jdbc, copy.formatted("folded", VersionedRows.list(TOTALS.columns(), "")), folded(path));
			this.jdbc.update("""
					INSERT INTO %s (customer, amount, orders) SELECT customer, sum(amount), sum(orders) FROM (
					  SELECT customer, amount, orders FROM folded
					  UNION ALL SELECT customer, amount, orders FROM customer_total
					  WHERE valid_from <= %d AND %2$d < valid_to) summed GROUP BY customer""".formatted(staged, base));
		}
		return new Staged(count("coalesce(sum(orders), 0)"), Math.toIntExact(count("count(*)")));
	}

	private long count(String what) {
		Long count = this.jdbc.queryForObject("SELECT %s::bigint FROM %s".formatted(what, STAGED), Long.class);
		return (count != null) ? count : 0;
	}

	private Export.Rows folded(String path) {
		return (pieces) -> {
			try (InputStream file = this.lake.files().open(Lake.here(path))) {
				byte[] buffer = new byte[1 << 16];
				for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
					pieces.piece(Arrays.copyOf(buffer, count));
				}
			}
			catch (IOException ex) {
				throw new IOException("The folded orders at %s can't be read; restart with a new launch: %s"
					.formatted(path, ex.getMessage()), ex);
			}
		};
	}

	@Override
	public void replace(int generation) {
		this.rows.replace(TOTALS, STAGED, null, generation);
	}

	@Override
	public int prune(List<Integer> needed) {
		return this.rows.prune(TOTALS, needed);
	}

}
