package io.isobar.weather;

import java.util.Locale;

/** How long an interval a reading speaks for. Hours and days never mix in one count. */
public enum Resolution {

	HOUR, DAY;

	/** Name in tables: {@code hour}. */
	public String column() {
		return name().toLowerCase(Locale.ROOT);
	}

	public static Resolution ofColumn(String column) {
		return valueOf(column.toUpperCase(Locale.ROOT));
	}

}
