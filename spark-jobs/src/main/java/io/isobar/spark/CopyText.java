package io.isobar.spark;

import org.jspecify.annotations.Nullable;

/**
 * Rows as PostgreSQL's COPY reads them: columns with tabs, a missing value as {@code \N}.
 */
public final class CopyText {

	private CopyText() {
	}

	/** A row with its line end. NaN is a missing value. */
	public static String line(@Nullable Object... values) {
		StringBuilder line = new StringBuilder(16 * values.length);
		for (int i = 0; i < values.length; i++) {
			append((i == 0) ? line : line.append('\t'), values[i]);
		}
		return line.append('\n').toString();
	}

	private static void append(StringBuilder line, @Nullable Object value) {
		if (value == null || (value instanceof Double number && number.isNaN())) {
			line.append("\\N");
		}
		else if (value instanceof String text) {
			line.append(text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r"));
		}
		else {
			line.append(value);
		}
	}

}
