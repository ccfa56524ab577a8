package io.isobar.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
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

	static final VersionedRows.Table CITY_DAY = BatchTable.WEATHER.stream()
		.filter(BatchTable::isState)
		.map(Export::versioned)
		.findFirst()
		.orElseThrow();

	private static final int CHUNK = 1 << 16;

	/**
	 * Days that become final by being settled, although nothing else of them changes.
	 */
	private static final String PROVISIONAL = "t.status = 'provisional' AND NOT t.simulated AND t.readings_simulated = 0";

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

	/**
	 * An attempt at a generation.
	 *
	 * @param generation its number
	 * @param base the generation that the run started from, where it computed only a part
	 * anew
	 * @param scope that part
	 * @param oneOfEach whether a day that stands twice in the lake is no failure: then
	 * the row with the most readings counts
	 */
	record Attempt(int generation, @Nullable Integer base, Scope scope, boolean oneOfEach) {

		Attempt {
			if (base == null && !scope.isAll()) {
				throw new IllegalArgumentException("A part is computed anew only on top of a generation.");
			}
		}

		/** Null where everything is compared. */
		@Nullable Integer comparedWith() {
			return this.scope.isAll() ? null : this.base;
		}

	}

	private final JdbcTemplate jdbc;

	private final VersionedRows rows;

	Export(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		this.rows = new VersionedRows(jdbc);
	}

	/**
	 * Exports one table, in one transaction.
	 * @param lake its rows in the lake: those in the changed months, or all where it is
	 * not cut by months
	 * @return how many rows were read from the lake
	 */
	@Transactional
	public long export(BatchTable table, Rows lake, Attempt attempt) {
		this.rows.changed(attempt.scope());
		VersionedRows.Table versioned = versioned(table);
		String staged = this.rows.stage(versioned);
		long count = copy(this.jdbc,
				"COPY %s (%s) FROM STDIN".formatted(staged, VersionedRows.list(table.columns(), "")), lake);
		Integer base = attempt.comparedWith();
		if (hasStatus(table)) {
			if (attempt.oneOfEach()) {
				this.rows.keepOneOfEach(versioned, staged, "readings");
			}
			exportBroken(staged, attempt);
		}
		if (base != null && versioned.cut() != VersionedRows.Cut.NONE) {
			this.rows.complete(versioned, staged, base, hasStatus(table) ? PROVISIONAL : null);
		}
		if (hasStatus(table)) {
			this.jdbc.update(STATUS.formatted(staged));
		}
		this.rows.replace(versioned, staged, base, attempt.generation());
		return count;
	}

	/** The days that break a rule, found where they have just arrived. */
	private void exportBroken(String days, Attempt attempt) {
		String staged = this.rows.stage(DayRules.BROKEN);
		this.jdbc.update(DayRules.find(days, staged));
		Integer base = attempt.comparedWith();
		if (base != null) {
			this.rows.complete(DayRules.BROKEN, staged, base, null);
		}
		this.rows.replace(DayRules.BROKEN, staged, base, attempt.generation());
	}

	/** Takes back what an attempt that was never published has written. */
	@Transactional
	public void takeBack(int generation) {
		versioned().forEach((table) -> this.rows.takeBack(table, generation));
	}

	/** All tables of versioned rows that belong to the weather. */
	static Stream<VersionedRows.Table> versioned() {
		return Stream.concat(BatchTable.WEATHER.stream().map(Export::versioned),
				Stream.of(DayRules.BROKEN, ClosedDays.TABLE));
	}

	private static VersionedRows.Table versioned(BatchTable table) {
		List<String> columns = new ArrayList<>(table.columns());
		if (hasStatus(table)) {
			columns.add("status");
		}
		VersionedRows.Cut cut = table.key().contains("local_day") ? VersionedRows.Cut.DAY
				: table.key().contains("month") ? VersionedRows.Cut.MONTH : VersionedRows.Cut.NONE;
		return new VersionedRows.Table(table.name(), table.key(), columns, cut);
	}

	private static boolean hasStatus(BatchTable table) {
		return table.isState();
	}

	/** Copies rows into a table, in the transaction of the caller. */
	static long copy(JdbcTemplate jdbc, String sql, Rows lake) {
		Long rows = jdbc.execute((ConnectionCallback<Long>) (connection) -> copy(connection, sql, lake));
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
