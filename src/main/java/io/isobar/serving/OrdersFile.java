package io.isobar.serving;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.web.StoreUnavailable;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Writes the totals of customers as a file of the lake, whole or not at all. One writes
 * after the other, over all instances, so that the file never goes back.
 */
@Component
public class OrdersFile {

	private static final String FILE = "orders/serving_view.json";

	private static final String TEMPORARY = "_serving_view.%s.part";

	/** Any number, the same for ever. */
	private static final long WRITING = 20_180_702;

	private static final String NOT_IN_TIME = "55P03";

	private final ServedOrders orders;

	private final Lake lake;

	private final JsonMapper json;

	private final DataSource dataSource;

	OrdersFile(ServedOrders orders, Lake lake, JsonMapper json, DataSource dataSource) {
		this.orders = orders;
		this.lake = lake;
		this.json = json;
		this.dataSource = dataSource;
	}

	/**
	 * What was written.
	 *
	 * @param path where it lies, with the address of the file system
	 */
	public record Written(String path, int rows) {
	}

	/**
	 * Writes what is known at this moment, a JSON object in each line. Who waits for
	 * another one here holds no connection that the other needs.
	 */
	public synchronized Written write() {
		// On a connection of its own, as the totals are read in a transaction of theirs
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute("set local lock_timeout = '20s'");
				statement.execute("select pg_advisory_xact_lock(" + WRITING + ")");
				return writeAlone();
			}
			finally {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			throw NOT_IN_TIME.equals(ex.getSQLState()) ? StoreUnavailable.because("HDFS",
					"Another export of the orders has not come to its end within 20 seconds. Try again in a moment.")
					: new StoreUnavailable("PostgreSQL", ex);
		}
	}

	private Written writeAlone() {
		Path target = this.lake.path(FILE);
		Path temporary = new Path(target.getParent(), TEMPORARY.formatted(UUID.randomUUID()));
		try {
			FileSystem files = this.lake.files();
			removeLeft(files, target.getParent());
			int rows;
			try {
				rows = writeTo(files, temporary);
				CrashPoint.at("orders-file.written");
				replace(files, temporary, target);
			}
			catch (IOException | RuntimeException ex) {
				remove(files, temporary, ex);
				throw ex;
			}
			CrashPoint.at("orders-file.renamed");
			return new Written(target.toString(), rows);
		}
		catch (IOException ex) {
			throw new StoreUnavailable("HDFS", ex);
		}
	}

	/**
	 * Of those that were killed. Whoever has lost the lock, with its connection, and goes
	 * on nevertheless, finds nothing to rename.
	 */
	private static void removeLeft(FileSystem files, Path folder) throws IOException {
		FileStatus[] left = files.globStatus(new Path(folder, TEMPORARY.formatted("*")));
		for (FileStatus each : (left != null) ? left : new FileStatus[0]) {
			files.delete(each.getPath(), false);
		}
	}

	/**
	 * The totals are taken once the file is there: whoever writes newer ones without
	 * waiting, as this one's lock is lost, removes it first.
	 */
	private int writeTo(FileSystem files, Path file) throws IOException {
		try (OutputStream out = new BufferedOutputStream(files.create(file, true))) {
			List<ServedOrders.CustomerTotal> customers = this.orders.totals().customers();
			for (ServedOrders.CustomerTotal customer : customers) {
				Map<String, Object> line = new LinkedHashMap<>();
				line.put("customer", customer.customer());
				line.put("final_amount", plain(customer.all().amount()));
				out.write((this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
			}
			return customers.size();
		}
	}

	private static void remove(FileSystem files, Path temporary, Exception failure) {
		try {
			files.delete(temporary, false);
		}
		catch (IOException ex) {
			// The next one removes it
			failure.addSuppressed(ex);
		}
	}

	/** Who reads it sees the one before, or this one. */
	private static void replace(FileSystem files, Path temporary, Path target) throws IOException {
		FileContext.getFileContext(files.getUri(), files.getConf()).rename(temporary, target, Options.Rename.OVERWRITE);
	}

	/** As people write it: {@code 80}, {@code 12.5}, never {@code 8E+1}. */
	public static BigDecimal plain(BigDecimal amount) {
		BigDecimal stripped = amount.stripTrailingZeros();
		return (stripped.scale() < 0) ? stripped.setScale(0) : stripped;
	}

}
