package io.isobar.operations;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * bcrypt, once for each right password: a program sends it with every request, and 100 ms
 * each time would be too slow. What is remembered of a right password is an HMAC under a
 * key that this process alone has; wrong ones cost the full time, always.
 */
final class VerifiedPasswords implements PasswordEncoder {

	private static final String ALGORITHM = "HmacSHA256";

	private final PasswordEncoder bcrypt = new BCryptPasswordEncoder();

	private final SecretKeySpec key;

	/** The HMAC of the right password, by its bcrypt hash: one for each user. */
	private final Map<String, byte[]> verified = new ConcurrentHashMap<>();

	VerifiedPasswords() {
		byte[] random = new byte[32];
		new SecureRandom().nextBytes(random);
		this.key = new SecretKeySpec(random, ALGORITHM);
	}

	@Override
	public @Nullable String encode(@Nullable CharSequence password) {
		return this.bcrypt.encode(password);
	}

	@Override
	public boolean matches(@Nullable CharSequence password, @Nullable String encoded) {
		if (password == null || encoded == null) {
			return false;
		}
		byte[] hmac = hmac(password, encoded);
		byte[] known = this.verified.get(encoded);
		if (known != null && MessageDigest.isEqual(known, hmac)) {
			return true;
		}
		boolean right = this.bcrypt.matches(password, encoded);
		if (right) {
			this.verified.put(encoded, hmac);
		}
		return right;
	}

	private byte[] hmac(CharSequence password, String encoded) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			mac.update(encoded.getBytes(StandardCharsets.UTF_8));
			return mac.doFinal(password.toString().getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
