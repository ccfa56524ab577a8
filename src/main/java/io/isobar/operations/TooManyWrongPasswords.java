package io.isobar.operations;

import java.time.Duration;

import org.springframework.security.core.AuthenticationException;

/** An address has sent too many wrong passwords: even a right one isn't looked at. */
class TooManyWrongPasswords extends AuthenticationException {

	private final Duration toWait;

	TooManyWrongPasswords(Duration toWait) {
		super("Too many wrong passwords");
		this.toWait = toWait;
	}

	/** Whole seconds, at least one. */
	long retryAfter() {
		return Math.max(1, this.toWait.plusMillis(999).toSeconds());
	}

}
