package io.isobar.batch;

import java.util.Locale;

/** What generations are counted for. */
public enum Dataset {

	WEATHER, ORDERS;

	/** Name in tables and JSON: {@code weather}. */
	public String column() {
		return name().toLowerCase(Locale.ROOT);
	}

}
