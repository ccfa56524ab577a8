package io.isobar.provider.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.zip.GZIPInputStream;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Quota;
import io.isobar.provider.Quota.Booking;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Asks one provider. Whatever goes wrong becomes one {@link ProviderFailed} that holds no
 * key. Each call is booked before it is made; what it may have cost without our knowing
 * stays booked. Only what was not answered at all, or with trouble of the provider's own,
 * is tried again: an answer has been paid for, even a bad one. Once the provider says
 * that a quota is used up, nothing is sent until it is granted anew.
 */
public final class ProviderClient {

	private static final int REDIRECTS = 3;

	private final Origin origin;

	private final String name;

	private final Secret secret;

	private final Limits limits;

	private final Quota quota;

	private final Clock clock;

	private final Semaphore turns;

	private final Reachability reachability;

	private final HttpClient http;

	private volatile @Nullable ProviderFailed usedUp;

	/** An answer that has come, and what is booked for it. */
	private record Delivery(Response response, Booking booking) {
	}

	/**
	 * A client of one provider.
	 * @param name of the provider, for people
	 * @param secret what must not get out
	 * @param quota what each call is paid from
	 */
	public ProviderClient(Origin origin, String name, Secret secret, Limits limits, Quota quota, Clock clock) {
		this.origin = origin;
		this.name = name;
		this.secret = secret;
		this.limits = limits;
		this.quota = quota;
		this.clock = clock;
		this.turns = new Semaphore(limits.concurrent(), true);
		this.reachability = new Reachability(name, limits.connect(), limits.forget(), clock);
		// One version of HTTP: an upgrade would cost a round trip and saves none here
		this.http = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(limits.connect())
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
	}

	/**
	 * Asks and reads the answer.
	 * @param verdict the failure that a response stands for, or null if it is an answer
	 * @param reader of the answer; what it refuses fails with the body kept
	 * @param cost what the answer has cost
	 * @throws ProviderFailed if there is no answer that can be trusted, or the budget
	 * does not allow to ask
	 */
	public <T> T ask(URI uri, Price price, Function<Response, @Nullable ProviderFailed> verdict,
			Function<byte[], T> reader, ToDoubleFunction<T> cost) {
		try {
			Delivery delivery = delivery(uri, price, verdict);
			T answer = read(delivery.response().body(), reader);
			delivery.booking().cost(cost.applyAsDouble(answer));
			return answer;
		}
		catch (ProviderFailed failure) {
			throw failure.with(this.secret::redact, this.secret::redact);
		}
	}

	/**
	 * Reads an answer that came earlier.
	 * @throws ProviderFailed if it is refused
	 */
	public <T> T read(byte[] body, Function<byte[], T> reader) {
		try {
			return reader.apply(body);
		}
		catch (AnswerRefused refusal) {
			throw failed(refusal.reason(),
					"%s gave an answer that is not used: %s".formatted(this.name, refusal.sentence()), body);
		}
	}

	/** A URL as it may be shown. */
	public String shown(URI uri) {
		return this.secret.redact(uri.toString());
	}

	/** A failure of this provider. */
	public ProviderFailed failed(Reason reason, String message, byte @Nullable [] body) {
		return new ProviderFailed(this.origin, reason, message, null, body);
	}

	private Delivery delivery(URI uri, Price price, Function<Response, @Nullable ProviderFailed> verdict) {
		Patience patience = new Patience(this.limits.whole());
		for (int attempt = 1;; attempt++) {
			Duration pause = pauseAfter(attempt);
			try {
				Delivery delivery = inTurn(uri, price, patience);
				ProviderFailed failure = verdict.apply(delivery.response());
				if (failure == null) {
					return delivery;
				}
				if (isKnownToCost(delivery.response())) {
					delivery.booking().cost(price.ofAnError());
				}
				if (failure.reason() == Reason.QUOTA_USED_UP) {
					this.usedUp = failure;
				}
				throw failure;
			}
			catch (ProviderFailed failure) {
				boolean again = failure.reason() == Reason.BUSY || failure.reason() == Reason.TROUBLE;
				if (!again || attempt >= this.limits.tries() || !patience.lasts(pause)) {
					throw failure;
				}
			}
			pause(pause);
		}
	}

	/**
	 * Whether it is known what an error costs. With a gateway's it is not: whoever stands
	 * behind it may have done the work.
	 */
	private static boolean isKnownToCost(Response response) {
		return response.status() >= 400 && response.status() != 502 && response.status() != 504;
	}

	private Duration pauseAfter(int attempt) {
		long whole = this.limits.backoff().multipliedBy(1L << (attempt - 1)).toNanos();
		return Duration.ofNanos(whole - ThreadLocalRandom.current().nextLong(whole / 2 + 1));
	}

	private Delivery inTurn(URI uri, Price price, Patience waiting) {
		try {
			Duration patience = this.limits.whole().multipliedBy(4);
			if (!this.turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
				throw failed(Reason.BUSY,
						"%s is asked by others of this application for more than %d s. Try again later."
							.formatted(this.name, patience.toSeconds()),
						null);
			}
			try {
				refuseWhileUsedUp();
				Optional<String> whyNot = this.reachability.whyNot(uri);
				if (whyNot.isPresent()) {
					throw unreachable(uri, whyNot.get());
				}
				waiting.begin();
				Booking booking = this.quota.book(price.use(), price.most());
				return new Delivery(follow(uri, price, booking, waiting), booking);
			}
			finally {
				this.turns.release();
			}
		}
		catch (InterruptedException interruption) {
			Thread.currentThread().interrupt();
			throw interrupted();
		}
	}

	private void refuseWhileUsedUp() {
		ProviderFailed failure = this.usedUp;
		if (failure == null) {
			return;
		}
		Optional<Instant> until = failure.until();
		if (until.isPresent() && this.clock.instant().isBefore(until.get())) {
			throw new ProviderFailed(this.origin, Reason.QUOTA_USED_UP, String.valueOf(failure.getMessage()),
					until.get(), null);
		}
		this.usedUp = null;
	}

	private Response follow(URI asked, Price price, Booking booking, Patience patience) throws InterruptedException {
		URI uri = asked;
		for (int redirects = 0; redirects <= REDIRECTS; redirects++) {
			HttpResponse<byte[]> response = send(uri, booking, patience);
			Optional<String> location = response.headers().firstValue("location");
			if (response.statusCode() / 100 != 3 || location.isEmpty()) {
				return new Response(response.statusCode(), response.headers().firstValue("content-type").orElse(""),
						unpacked(response));
			}
			URI next = target(uri, location.get());
			if (next == null || !next.getScheme().equals(uri.getScheme())
					|| !next.getRawAuthority().equals(uri.getRawAuthority())) {
				booking.cost(price.ofAnError());
				throw failed(Reason.REDIRECTED,
						"%s sends %s on to another host, which is not followed because the key would go there. Set its url to where it is now."
							.formatted(this.name, asked.getHost()),
						response.body());
			}
			uri = next;
		}
		throw failed(Reason.REDIRECTED,
				"%s sends on more than %d times. Check its url.".formatted(this.name, REDIRECTS), null);
	}

	private static @Nullable URI target(URI from, String location) {
		try {
			URI target = from.resolve(location);
			return (target.getHost() != null && target.getScheme() != null) ? target : null;
		}
		catch (IllegalArgumentException failure) {
			return null;
		}
	}

	private HttpResponse<byte[]> send(URI uri, Booking booking, Patience patience) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(uri)
			.header("Accept", "application/json")
			.header("Accept-Encoding", "gzip")
			.header("User-Agent", "isobar")
			.GET()
			.build();
		AtomicBoolean begun = new AtomicBoolean();
		BodyHandler<byte[]> handler = (information) -> {
			begun.set(true);
			return new BoundedBody(this.limits.body());
		};
		CompletableFuture<HttpResponse<byte[]>> sending = this.http.sendAsync(request, handler);
		try {
			return sending.get(patience.left().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException failure) {
			sending.cancel(true);
			if (begun.get()) {
				throw failed(Reason.TOO_SLOW,
						"%s did not end its answer within %d s. Try again later, or ask for fewer days."
							.formatted(this.name, this.limits.whole().toSeconds()),
						null);
			}
			throw lost(uri,
					"it took the connection and did not answer within %d s".formatted(this.limits.whole().toSeconds()));
		}
		catch (ExecutionException failure) {
			if (failure.getCause() instanceof BoundedBody.TooLarge) {
				throw tooLarge();
			}
			if (begun.get()) {
				throw failed(Reason.BAD_ANSWER,
						"The answer of %s was cut off on its way. Try again later.".formatted(this.name), null);
			}
			if (failure.getCause() instanceof ConnectException
					|| failure.getCause() instanceof HttpConnectTimeoutException) {
				// Nobody has heard the question
				booking.cost(0);
				throw lost(uri, "the connection was refused or came too late");
			}
			throw failed(Reason.TROUBLE,
					"%s cut the connection before it answered. Try again later.".formatted(this.name), null);
		}
		catch (InterruptedException interruption) {
			sending.cancel(true);
			throw interruption;
		}
	}

	private byte[] unpacked(HttpResponse<byte[]> response) {
		String encoding = response.headers().firstValue("content-encoding").orElse("identity");
		if (!encoding.equalsIgnoreCase("gzip")) {
			return response.body();
		}
		try (GZIPInputStream unpacking = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
			byte[] body = unpacking.readNBytes(this.limits.body());
			if (unpacking.read() >= 0) {
				throw tooLarge();
			}
			return body;
		}
		catch (IOException failure) {
			throw failed(Reason.BAD_ANSWER,
					"The answer of %s is packed and cannot be unpacked: it was cut off. Try again later."
						.formatted(this.name),
					response.body());
		}
	}

	private ProviderFailed tooLarge() {
		return failed(Reason.BAD_ANSWER, "The answer of %s is larger than %d MB. Ask for fewer days."
			.formatted(this.name, this.limits.body() >> 20), null);
	}

	private ProviderFailed lost(URI uri, String why) {
		this.reachability.lost(uri, why);
		return unreachable(uri, why);
	}

	private ProviderFailed unreachable(URI uri, String why) {
		return failed(Reason.UNREACHABLE,
				"%s cannot be reached at %s: %s. Check the network; it is tried again after %d minutes."
					.formatted(this.name, uri.getHost(), why, this.limits.forget().toMinutes()),
				null);
	}

	private ProviderFailed interrupted() {
		return failed(Reason.INTERRUPTED,
				"%s was not asked to the end: the application is being stopped.".formatted(this.name), null);
	}

	private void pause(Duration duration) {
		try {
			TimeUnit.MILLISECONDS.sleep(duration.toMillis());
		}
		catch (InterruptedException interruption) {
			Thread.currentThread().interrupt();
			throw interrupted();
		}
	}

	/** How long it may still take; it begins with the first call. */
	private static final class Patience {

		private final Duration whole;

		private long end;

		private boolean begun;

		Patience(Duration whole) {
			this.whole = whole;
		}

		void begin() {
			if (!this.begun) {
				this.begun = true;
				this.end = System.nanoTime() + this.whole.toNanos();
			}
		}

		Duration left() {
			return Duration.ofNanos(Math.max(0, this.end - System.nanoTime()));
		}

		/** Whether there is time left after a pause. */
		boolean lasts(Duration pause) {
			return !this.begun || left().compareTo(pause) > 0;
		}

	}

}
