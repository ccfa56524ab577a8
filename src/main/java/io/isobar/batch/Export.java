package io.isobar.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Brings a table of the lake into PostgreSQL as rows of a generation that nobody sees
 * yet: rows that are no longer true end with it, new ones begin with it, all others stay
 * untouched.
 */
@Component
class Export {

	/** Until it is replaced. */
	private static final String OPEN = "2147483647";

	private static final int CHUNK = 1 << 16;

	/**
	 * Whether a day may still change: simulated ones are replaced as soon as a real
	 * provider answers, a provider's ones until they are settled; files stand.
	 */
	private static final String STATUS = """
			UPDATE %s s SET status = CASE
			  WHEN s.simulated OR s.readings_simulated > 0 THEN 'provisional'
			  WHEN s.readings_visual_crossing > 0 AND NOT EXISTS (SELECT FROM collected_day c WHERE c.settled
			    AND c.provider = 'visual_crossing' AND c.city = s.city AND c.local_day = s.local_day) THEN 'provisional'
			  WHEN s.readings_open_meteo > 0 AND NOT EXISTS (SELECT FROM collected_day c WHERE c.settled
			    AND c.provider = 'open_meteo' AND c.city = s.city AND c.local_day = s.local_day) THEN 'provisional'
			  WHEN s.readings_other > 0 THEN 'provisional'
			  ELSE 'final' END""";

	/** The rows of a table, as the lake has them. */
	@FunctionalInterface
	interface Rows {

		/** Gives all rows, in pieces of the text format of COPY. */
		void read(Pieces pieces) throws IOException;

	}

	/** Takes the text of one or more rows, or of a part of one. */
	@FunctionalInterface
	interface Pieces {

		void piece(byte[] text) throws IOException;

	}

	private final JdbcTemplate jdbc;

	Export(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Exports one table, in one transaction.
	 * @param rows its rows in the lake
	 * @return how many rows were read from the lake
	 */
	@Transactional
	public long export(BatchTable table, Rows lake, int generation) {
		String staged = "staged_" + table.name();
		String columns = columns(table.columns(), "");
		this.jdbc.execute("CREATE TEMP TABLE %s ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA".formatted(staged,
				columns(stagedColumns(table), ""), table.name()));
		long rows = copy("COPY %s (%s) FROM STDIN".formatted(staged, columns), lake);
		if (hasStatus(table)) {
			this.jdbc.update(STATUS.formatted(staged));
		}
		this.jdbc.execute("ANALYZE " + staged);
		List<String> all = stagedColumns(table);
		String same = "%s AND (%s) IS NOT DISTINCT FROM (%s)".formatted(matches(table), columns(all, "s."),
				columns(all, "t."));
		this.jdbc.update("""
				UPDATE %s t SET valid_to = ? WHERE t.valid_to = %s AND NOT EXISTS (SELECT FROM %s s WHERE %s)"""
			.formatted(table.name(), OPEN, staged, same), generation);
		this.jdbc.update("""
				INSERT INTO %1$s (%2$s, valid_from) SELECT %3$s, ? FROM %4$s s
				WHERE NOT EXISTS (SELECT FROM %1$s t WHERE t.valid_to = %5$s AND %6$s)""".formatted(table.name(),
				columns(all, ""), columns(all, "s."), staged, OPEN, same), generation);
		return rows;
	}

	/** Takes back what an attempt that was never published has written. */
	@Transactional
	public void takeBack(List<BatchTable> tables, int generation) {
		for (BatchTable table : tables) {
			this.jdbc.update("DELETE FROM %s WHERE valid_from = ?".formatted(table.name()), generation);
			this.jdbc.update("UPDATE %s SET valid_to = %s WHERE valid_to = ?".formatted(table.name(), OPEN),
					generation);
		}
	}

	private static boolean hasStatus(BatchTable table) {
		return table.key().contains("local_day");
	}

	/** What is compared and kept: the lake's columns, and what is added here. */
	private static List<String> stagedColumns(BatchTable table) {
		List<String> columns = new ArrayList<>(table.columns());
		if (hasStatus(table)) {
			columns.add("status");
		}
		return columns;
	}

	private static String matches(BatchTable table) {
		return table.key()
			.stream()
			.map((column) -> "s.\"%1$s\" = t.\"%1$s\"".formatted(column))
			.collect(Collectors.joining(" AND "));
	}

	private static String columns(List<String> names, String prefix) {
		return names.stream().map((name) -> "%s\"%s\"".formatted(prefix, name)).collect(Collectors.joining(", "));
	}

	private long copy(String sql, Rows lake) {
		Long rows = this.jdbc.execute((ConnectionCallback<Long>) (connection) -> copy(connection, sql, lake));
		return (rows != null) ? rows : 0;
	}

	private static long copy(Connection connection, String sql, Rows lake) throws SQLException {
		CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
		try {
			ByteArrayOutputStream buffer = new ByteArrayOutputStream(2 * CHUNK);
			lake.read((line) -> {
				buffer.writeBytes(line);
				if (buffer.size() >= CHUNK) {
					send(copy, buffer);
				}
			});
			send(copy, buffer);
			return copy.endCopy();
		}
		catch (IOException ex) {
			throw new SQLException(ex);
		}
		finally {
			if (copy.isActive()) {
				copy.cancelCopy();
			}
		}
	}

	private static void send(CopyIn copy, ByteArrayOutputStream buffer) throws IOException {
		try {
			copy.writeToCopy(buffer.toByteArray(), 0, buffer.size());
			buffer.reset();
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
	}

}
