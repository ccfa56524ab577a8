package io.isobar.operations;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

import io.isobar.operations.WrongPasswords.Attempts;

/** Looks at passwords one after the other for each address, and not at too many. */
final class ThrottledLogin implements AuthenticationProvider {

	private final AuthenticationProvider passwords;

	private final WrongPasswords wrongPasswords;

	private final MeterRegistry meters;

	ThrottledLogin(AuthenticationProvider passwords, WrongPasswords wrongPasswords, MeterRegistry meters) {
		this.passwords = passwords;
		this.wrongPasswords = wrongPasswords;
		this.meters = meters;
	}

	@Override
	public @Nullable Authentication authenticate(Authentication authentication) {
		Attempts attempts = this.wrongPasswords.of(address(authentication));
		synchronized (attempts) {
			Duration toWait = attempts.toWait();
			if (!toWait.isZero()) {
				count("throttled");
				throw new TooManyWrongPasswords(toWait);
			}
			try {
				Authentication known = this.passwords.authenticate(authentication);
				count("right");
				return known;
			}
			catch (BadCredentialsException ex) {
				attempts.addWrong();
				count("wrong");
				throw ex;
			}
		}
	}

	private void count(String outcome) {
		this.meters.counter("isobar.operations.logins", "outcome", outcome).increment();
	}

	private static String address(Authentication authentication) {
		return (authentication.getDetails() instanceof WebAuthenticationDetails details)
				? String.valueOf(details.getRemoteAddress()) : "";
	}

	@Override
	public boolean supports(Class<?> authentication) {
		return this.passwords.supports(authentication);
	}

}
