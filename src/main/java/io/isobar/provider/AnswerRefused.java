package io.isobar.provider;

import java.io.Serial;

import io.isobar.provider.ProviderFailed.Reason;

/**
 * An answer that cannot be read, from whatever it came. The message is made for people:
 * what is wrong, why, what to do.
 */
public final class AnswerRefused extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final Reason reason;

	public AnswerRefused(Reason reason, String message) {
		super(message);
		this.reason = reason;
	}

	public Reason reason() {
		return this.reason;
	}

	/** What is wrong, in sentences. */
	public String sentence() {
		return String.valueOf(getMessage());
	}

}
