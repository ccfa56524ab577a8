package io.isobar.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.isobar.spark.CopyText;
import io.isobar.views.CustomerTotals.Total;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation of orders relies on, of PostgreSQL. */
class BatchDatabaseIT implements BatchDatabaseContract {

	private static PublishedTables tables;

	@TempDir
	Path folder;

	@BeforeAll
	static void database() {
		tables = new PublishedTables("batch_database");
	}

	@AfterAll
	static void close() {
		tables.database.destroy();
	}

	@BeforeEach
	void empty() {
		tables.jdbc.sql("TRUNCATE current_generation, customer_total, generation, orders_generation CASCADE").update();
	}

	@Override
	public GenerationTable table() {
		return tables.table;
	}

	@Override
	public OrderResults results() {
		return tables.orders;
	}

	@Override
	public <T> T transaction(Supplier<T> work) {
		return Objects.requireNonNull(tables.transaction.execute((status) -> work.get()));
	}

	@Override
	public String folded(Map<String, Total> totals) {
		StringBuilder lines = new StringBuilder();
		totals.forEach((customer, total) -> lines.append(CopyText.line(customer, total.amount(), total.orders())));
		Path file = this.folder.resolve("folded-" + totals.hashCode());
		try {
			Files.writeString(file, lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return file.toUri().toString();
	}

}
