package io.isobar.orders;

/** Something that is no order: a sentence says why, and what to do. */
public final class OrderRefused extends Exception {

	private static final long serialVersionUID = 1L;

	private final String code;

	private final String[] arguments;

	/**
	 * @param code what is wrong, as {@code amount.decimals}: by it other languages have
	 * their sentence
	 * @param sentence in English
	 * @param arguments what differs from one to another, in the order of the sentence
	 */
	public OrderRefused(String code, String sentence, String... arguments) {
		super(sentence, null, false, false);
		this.code = code;
		this.arguments = arguments.clone();
	}

	public String code() {
		return this.code;
	}

	public String sentence() {
		return String.valueOf(getMessage());
	}

	public String[] arguments() {
		return this.arguments.clone();
	}

}
