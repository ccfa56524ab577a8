package io.isobar.messages;

/** A message that no fact can be read from: a sentence says why, and what to do. */
public final class MessageRefused extends Exception {

	/** So long a cause may be, in characters: it travels in a header of 4 KB at most. */
	private static final int LONGEST = 1_000;

	MessageRefused(String cause) {
		super((cause.length() > LONGEST) ? cause.substring(0, LONGEST) + "…" : cause, null, false, false);
	}

}
