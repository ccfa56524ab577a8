package io.isobar.provider.file;

import java.io.Serial;

/** A row that cannot become a reading. It is counted, not thrown at anyone. */
final class RowRejected extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	RowRejected(String reason) {
		super(reason, null, false, false);
	}

	String reason() {
		return String.valueOf(getMessage());
	}

}
