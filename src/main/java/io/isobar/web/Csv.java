package io.isobar.web;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * Lines of CSV (RFC 4180), as every answer in CSV is made of. A text that a spreadsheet
 * would take for a formula gets an apostrophe before it, which spreadsheets take for
 * "this is text"; a number stays a number, also a negative one.
 */
public final class Csv {

	/** The type of an answer in CSV. */
	public static final String TYPE = "text/csv";

	/** What begins a formula, or lets what follows begin one. */
	private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

	private Csv() {
	}

	/** A line with its end. What is missing is an empty cell. */
	public static String line(@Nullable Object... cells) {
		StringBuilder line = new StringBuilder(16 * cells.length);
		for (int i = 0; i < cells.length; i++) {
			if (i > 0) {
				line.append(',');
			}
			line.append(cell(cells[i]));
		}
		return line.append("\r\n").toString();
	}

	private static String cell(@Nullable Object value) {
		if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
			return "";
		}
		if (value instanceof Double || value instanceof BigDecimal) {
			return new BigDecimal(value.toString()).toPlainString();
		}
		return (value instanceof Number) ? value.toString() : text(value.toString());
	}

	private static String text(String text) {
		String harmless = (!text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0) ? "'" + text : text;
		boolean quoted = harmless.chars().anyMatch((each) -> ",\"\r\n".indexOf(each) >= 0)
				|| !harmless.equals(harmless.strip());
		return quoted ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
	}

}
