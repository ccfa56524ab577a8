package io.isobar.batch;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Versioned rows: a table keeps each row once, with the generations it is valid for,
 * {@code valid_from ≤ g < valid_to}. The rows that are open, valid until they are
 * replaced, are always those of the newest published generation, whichever is current; so
 * a new generation begins and ends rows against these, and every older one stays as it
 * was, also when a generation is made from one that somebody has gone back to.
 * <p>
 * All methods work in the transaction of their caller.
 */
class VersionedRows {

	/** As {@code valid_to}: until it is replaced. */
	static final int OPEN = Integer.MAX_VALUE;

	/** How rows of a table are found by city and month. */
	enum Cut {

		/** By the column {@code local_day}. */
		DAY("c.city = %1$s.city AND %1$s.local_day BETWEEN c.first AND c.last"),

		/** By the column {@code month}. */
		MONTH("c.city = %1$s.city AND %1$s.month BETWEEN c.first_month AND c.last_month"),

		/** Not at all: what is new is always the whole table. */
		NONE("true");

		private final String matches;

		Cut(String matches) {
			this.matches = matches;
		}

		/** Where a row belongs to a changed month of its city, {@code c}. */
		String matches(String row) {
			return this.matches.formatted(row);
		}

	}

	/**
	 * A table of versioned rows.
	 *
	 * @param key the columns that name a row within a generation
	 * @param columns those and all others, without the generations
	 */
	record Table(String name, List<String> key, List<String> columns, Cut cut) {

		/** Where two rows have the same key. */
		private String sameKey(String first, String second) {
			return this.key.stream()
				.map((column) -> "%s.\"%s\" = %s.\"%2$s\"".formatted(first, column, second))
				.collect(Collectors.joining(" AND "));
		}

		private String key(String row) {
			return list(this.key, row + ".");
		}

		private String columns(String row) {
			return list(this.columns, row + ".");
		}

		/** Where two rows are the same in all their columns. */
		private String same(String first, String second) {
			return "%s AND (%s) IS NOT DISTINCT FROM (%s)".formatted(sameKey(first, second), columns(first),
					columns(second));
		}

	}

	private final JdbcTemplate jdbc;

	VersionedRows(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/** An empty temporary table for the new rows of a table. */
	String stage(Table table) {
		String staged = "staged_" + table.name();
		this.jdbc.execute("CREATE TEMP TABLE %s ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA".formatted(staged,
				list(table.columns(), ""), table.name()));
		return staged;
	}

	/** Of staged rows with the same key the one stays with the largest value. */
	void keepOneOfEach(Table table, String staged, String largest) {
		this.jdbc.update("DELETE FROM %s s USING %1$s t WHERE %s AND (s.\"%s\", s.ctid) < (t.\"%3$s\", t.ctid)"
			.formatted(staged, table.sameKey("s", "t"), largest));
	}

	/** Makes the changed months known to the transaction, as temporary table. */
	void changed(Scope scope) {
		this.jdbc.execute("""
				CREATE TEMP TABLE changed (city text, first date, last date, first_month text, last_month text)
				ON COMMIT DROP""");
		List<Object[]> rows = new ArrayList<>();
		for (Scope.Part part : (scope.parts() != null) ? scope.parts() : List.<Scope.Part>of()) {
			YearMonth month = part.month();
			rows.add((month != null)
					? new Object[] { part.city(), month.atDay(1).toString(), month.atEndOfMonth().toString(),
							month.toString(), month.toString() }
					: new Object[] { part.city(), "-infinity", "infinity", "", "9999-12" });
		}
		this.jdbc.batchUpdate("INSERT INTO changed VALUES (?, ?::date, ?::date, ?, ?)", rows);
		this.jdbc.execute("ANALYZE changed");
	}

	/**
	 * Adds to the staged rows those of the base that begin again, since the newest
	 * published generation is another one and has them no longer; and those that are to
	 * be looked at again for another reason.
	 * @param again condition on open rows {@code t} that are looked at again; null: on
	 * none
	 */
	void complete(Table table, String staged, int base, @Nullable String again) {
		add(table, staged, base, "t.valid_to > %d AND t.valid_to < %d".formatted(base, OPEN));
		if (again != null) {
			add(table, staged, base, "t.valid_to = %d AND %s".formatted(OPEN, again));
		}
	}

	private void add(Table table, String staged, int base, String which) {
		this.jdbc.update("""
				INSERT INTO %s (%s) SELECT %s FROM %s t WHERE t.valid_from <= %d AND %s
				AND NOT EXISTS (SELECT FROM changed c WHERE %s)""".formatted(staged, list(table.columns(), ""),
				table.columns("t"), table.name(), base, which, table.cut().matches("t")));
	}

	/**
	 * Ends the rows that are no longer true and begins those that are new.
	 * @param base the staged rows are all that differ from this generation in the changed
	 * months, and were completed; null: they are all there are
	 */
	void replace(Table table, String staged, @Nullable Integer base, int generation) {
		this.jdbc.execute("ANALYZE " + staged);
		String gone = "NOT EXISTS (SELECT FROM %s s WHERE %s)".formatted(staged, table.same("s", "t"));
		if (base == null || table.cut() == Cut.NONE) {
			this.jdbc.update("UPDATE %s t SET valid_to = %d WHERE t.valid_to = %d AND %s".formatted(table.name(),
					generation, OPEN, gone));
		}
		else {
			String looked = "looked_at_" + table.name();
			this.jdbc.execute("""
					CREATE TEMP TABLE %1$s ON COMMIT DROP AS
					SELECT %2$s, t.valid_from FROM %3$s
					UNION SELECT %2$s, t.valid_from FROM %4$s t WHERE t.valid_from > %5$d AND t.valid_to = %6$d
					UNION SELECT %2$s, t.valid_from FROM %7$s s CROSS JOIN LATERAL (%8$s) t""".formatted(looked,
					table.key("t"), inChangedMonths(table, "t.valid_to = " + OPEN), table.name(), base, OPEN, staged,
					open(table, table.sameKey("s", "t"))));
			this.jdbc.execute("ANALYZE " + looked);
			this.jdbc.update("UPDATE %s t SET valid_to = %d FROM %s l WHERE %s AND t.valid_from = l.valid_from AND %s"
				.formatted(table.name(), generation, looked, table.sameKey("l", "t"), gone));
		}
		String missing = (base == null)
				? "WHERE NOT EXISTS (SELECT FROM %s t WHERE t.valid_to = %d AND %s)".formatted(table.name(), OPEN,
						table.same("s", "t"))
				: "LEFT JOIN LATERAL (%s) t ON true WHERE t.valid_from IS NULL"
					.formatted(open(table, table.same("s", "t")));
		this.jdbc.update("INSERT INTO %s (%s, valid_from) SELECT %s, %d FROM %s s %s".formatted(table.name(),
				list(table.columns(), ""), table.columns("s"), generation, staged, missing));
	}

	/**
	 * The rows {@code t} of the changed months, found month by month: PostgreSQL expects
	 * far too many of them, and would rather read the whole table.
	 */
	static String inChangedMonths(Table table, String condition) {
		return "changed c CROSS JOIN LATERAL (SELECT * FROM %s t WHERE %s AND %s OFFSET 0) t".formatted(table.name(),
				table.cut().matches("t"), condition);
	}

	private static String open(Table table, String condition) {
		return "SELECT * FROM %s t WHERE t.valid_to = %d AND %s OFFSET 0".formatted(table.name(), OPEN, condition);
	}

	/** Takes back what an attempt has written that was never published. */
	void takeBack(Table table, int generation) {
		this.jdbc.update("DELETE FROM %s WHERE valid_from = %d".formatted(table.name(), generation));
		this.jdbc.update("UPDATE %s SET valid_to = %d WHERE valid_to = %d".formatted(table.name(), OPEN, generation));
	}

	/**
	 * Deletes the rows that no generation needs any more.
	 * @param needed numbers of the generations whose rows stay
	 */
	int prune(Table table, List<Integer> needed) {
		if (needed.isEmpty()) {
			return 0;
		}
		String numbers = needed.stream().map(String::valueOf).collect(Collectors.joining(", "));
		int newest = needed.stream().mapToInt(Integer::intValue).max().orElseThrow();
		return this.jdbc.update("""
				DELETE FROM %s WHERE valid_to <= %d AND NOT EXISTS (
				  SELECT FROM unnest(ARRAY[%s]) AS needed(g) WHERE valid_from <= g AND g < valid_to)"""
			.formatted(table.name(), newest, numbers));
	}

	static String list(List<String> names, String prefix) {
		return names.stream().map((name) -> "%s\"%s\"".formatted(prefix, name)).collect(Collectors.joining(", "));
	}

}
