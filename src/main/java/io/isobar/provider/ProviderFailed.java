package io.isobar.provider;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A provider gave no answer that can be trusted. The message is made for people: what,
 * why, what to do. It never holds a key.
 */
public final class ProviderFailed extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String origin;

	private final Reason reason;

	private final @Nullable Instant until;

	private final byte @Nullable [] body;

	public ProviderFailed(Origin origin, Reason reason, String message, @Nullable Instant until,
			byte @Nullable [] body) {
		super(message);
		this.origin = origin.name();
		this.reason = reason;
		this.until = until;
		this.body = body;
	}

	/** A failure without an answer. */
	public ProviderFailed(Origin origin, Reason reason, String message) {
		this(origin, reason, message, null, null);
	}

	/** Who failed. */
	public Origin origin() {
		return new Origin(this.origin);
	}

	public Reason reason() {
		return this.reason;
	}

	/** Whether trying again later may help without anybody changing anything. */
	public boolean mayPass() {
		return this.reason.mayPass;
	}

	/** Whether it was the provider who answered, be it with an error. */
	boolean isHeard() {
		return this.reason != Reason.UNREACHABLE && this.reason != Reason.INTERRUPTED
				&& this.reason != Reason.NOT_BOOKED && this.reason != Reason.NOT_LOCATED;
	}

	/** From when on trying again makes sense, where the provider says so. */
	public Optional<Instant> until() {
		return Optional.ofNullable(this.until);
	}

	/** What came instead of an answer, without keys, to be kept aside. */
	public Optional<byte[]> body() {
		return Optional.ofNullable(this.body);
	}

	/** The same failure with its texts rewritten. */
	public ProviderFailed with(UnaryOperator<String> messages, UnaryOperator<byte[]> bodies) {
		ProviderFailed failure = new ProviderFailed(origin(), this.reason, messages.apply(String.valueOf(getMessage())),
				this.until, (this.body != null) ? bodies.apply(this.body) : null);
		failure.setStackTrace(getStackTrace());
		return failure;
	}

	/** Why there is no answer. */
	public enum Reason {

		/** No connection, or nobody answered on it. */
		UNREACHABLE(true),

		/** The answer began, and did not end in time. */
		TOO_SLOW(true),

		/** No key, an unknown one, or one without the right to ask this. */
		UNAUTHORIZED(false),

		/** Nothing more is answered until a known instant. */
		QUOTA_USED_UP(true),

		/** Too many questions at the same time. */
		BUSY(true),

		/** It could not be noted what the question would cost, so it was not asked. */
		NOT_BOOKED(true),

		/** The city has no coordinates to ask for, so nothing was asked. */
		NOT_LOCATED(false),

		/** The provider has trouble of its own (500 and above). */
		TROUBLE(true),

		/** The provider does not accept the question (400). */
		REFUSED(false),

		/** The answer lies at another host, where no key is sent to. */
		REDIRECTED(false),

		/** No JSON, a part of one, or one that lacks what makes it an answer. */
		BAD_ANSWER(true),

		/** An answer about another place. */
		WRONG_PLACE(false),

		/** An answer in units that were not asked for. */
		WRONG_UNITS(false),

		/** An answer about other days. */
		WRONG_DAYS(false),

		/** The application is being stopped. */
		INTERRUPTED(true);

		private final boolean mayPass;

		Reason(boolean mayPass) {
			this.mayPass = mayPass;
		}

	}

}
