package io.isobar.provider.file;

/** Numbers as files write them. */
final class Numbers {

	private Numbers() {
	}

	/**
	 * A decimal number. Java itself would also take {@code 12f}, {@code 0x1p3} and
	 * {@code Infinity}; data frames write {@code nan} for a missing one.
	 * @throws NumberFormatException if it is none
	 */
	static double parse(String text) {
		if (text.equalsIgnoreCase("nan")) {
			return Double.NaN;
		}
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
				throw new NumberFormatException(text);
			}
		}
		return Double.parseDouble(text);
	}

}
