package io.isobar.provider.answer;

import java.io.Serial;

/** A row that cannot be read; the others can. */
public final class RowRejected extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	public RowRejected(String sentence) {
		super(sentence, null, false, false);
	}

	/** What is wrong with the row. */
	public String sentence() {
		return String.valueOf(getMessage());
	}

}
