package io.isobar.orders;

/** Something that is no order: a sentence says why, and what to do. */
public final class OrderRefused extends Exception {

	private static final long serialVersionUID = 1L;

	public OrderRefused(String sentence) {
		super(sentence, null, false, false);
	}

	public String sentence() {
		return String.valueOf(getMessage());
	}

}
