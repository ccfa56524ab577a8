package io.isobar.weather;

import java.util.Locale;

/** The way on which a reading came in. */
public enum Channel {

	/** Asked of a provider as history. */
	HISTORY,

	/** Read from a file. */
	FILE,

	/** Current conditions, from Kafka. */
	STREAM;

	/** Name in tables: {@code history}. */
	public String column() {
		return name().toLowerCase(Locale.ROOT);
	}

	public static Channel ofColumn(String column) {
		return valueOf(column.toUpperCase(Locale.ROOT));
	}

}
