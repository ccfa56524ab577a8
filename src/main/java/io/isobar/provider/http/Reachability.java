package io.isobar.provider.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a provider's hosts can be connected to. Found out once, before the first call;
 * an unreachable one is tried again only after a while, behind the back of a later call
 * that still fails at once. Each outage is one warning.
 */
final class Reachability {

	private static final Logger log = LoggerFactory.getLogger(Reachability.class);

	private final String provider;

	private final Duration connect;

	private final Duration forget;

	private final Clock clock;

	private final Map<String, Host> hosts = new ConcurrentHashMap<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	Reachability(String provider, Duration connect, Duration forget, Clock clock) {
		this.provider = provider;
		this.connect = connect;
		this.forget = forget;
		this.clock = clock;
	}

	/** Why nobody can be reached there; empty if somebody can. */
	Optional<String> whyNot(URI uri) throws InterruptedException {
		return host(uri).whyNot();
	}

	/** A call found out that nobody can be reached there. */
	void lost(URI uri, String why) {
		host(uri).unreachable(why);
	}

	private Host host(URI uri) {
		return this.hosts.computeIfAbsent(uri.getScheme() + "://" + uri.getRawAuthority(), (key) -> new Host(uri, key));
	}

	private void warn(String where, String why) {
		if (this.warned.compareAndSet(false, true)) {
			log.warn("{} cannot be reached at {}: {}. Check the network; it is tried again after {} minutes.",
					this.provider, where, why, this.forget.toMinutes());
		}
	}

	private void found(String where) {
		if (this.warned.compareAndSet(true, false)) {
			log.info("{} can be reached again at {}.", this.provider, where);
		}
	}

	private final class Host {

		private final URI uri;

		private final String name;

		private final AtomicBoolean probing = new AtomicBoolean();

		private volatile boolean known;

		private volatile @Nullable Outage outage;

		Host(URI uri, String name) {
			this.uri = uri;
			this.name = name;
		}

		Optional<String> whyNot() throws InterruptedException {
			if (!this.known) {
				synchronized (this) {
					if (!this.known) {
						probe();
					}
				}
			}
			Outage outage = this.outage;
			if (outage == null) {
				return Optional.empty();
			}
			boolean old = !Reachability.this.clock.instant().isBefore(outage.since.plus(Reachability.this.forget));
			if (old && this.probing.compareAndSet(false, true)) {
				daemon("probe " + this.name, this::probeAgain);
			}
			return Optional.of(outage.why);
		}

		private void probeAgain() {
			try {
				probe();
			}
			catch (InterruptedException failure) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.probing.set(false);
			}
		}

		private void probe() throws InterruptedException {
			FutureTask<@Nullable Void> connecting = new FutureTask<>(() -> {
				connect();
				return null;
			});
			// Its own thread, since looking up a name knows no time-out
			daemon("connect " + this.name, connecting);
			try {
				connecting.get(Reachability.this.connect.toMillis(), TimeUnit.MILLISECONDS);
				reachable();
			}
			catch (TimeoutException failure) {
				unreachable(noConnection());
			}
			catch (ExecutionException failure) {
				unreachable(words(failure.getCause()));
			}
		}

		private void connect() throws IOException {
			InetSocketAddress address = ProxySelector.getDefault()
				.select(this.uri)
				.stream()
				.filter((proxy) -> proxy.type() != Proxy.Type.DIRECT && proxy.address() instanceof InetSocketAddress)
				.map((proxy) -> (InetSocketAddress) proxy.address())
				.findFirst()
				.map((proxy) -> new InetSocketAddress(proxy.getHostString(), proxy.getPort()))
				.orElseGet(() -> new InetSocketAddress(this.uri.getHost(), port()));
			if (address.isUnresolved()) {
				throw new UnknownHostException(address.getHostString());
			}
			try (Socket socket = new Socket(Proxy.NO_PROXY)) {
				socket.connect(address, (int) Reachability.this.connect.toMillis());
			}
		}

		private int port() {
			if (this.uri.getPort() >= 0) {
				return this.uri.getPort();
			}
			return "https".equalsIgnoreCase(this.uri.getScheme()) ? 443 : 80;
		}

		private void reachable() {
			this.outage = null;
			this.known = true;
			found(this.name);
		}

		private void unreachable(String why) {
			this.outage = new Outage(why, Reachability.this.clock.instant());
			this.known = true;
			warn(this.name, why);
		}

		private String words(@Nullable Throwable failure) {
			if (failure instanceof UnknownHostException) {
				return "the name of the host is not known";
			}
			if (failure instanceof SocketTimeoutException) {
				return noConnection();
			}
			return "the connection was refused or cut";
		}

		private String noConnection() {
			return "there was no connection within %.0f s".formatted(Reachability.this.connect.toMillis() / 1000.0);
		}

	}

	private record Outage(String why, Instant since) {
	}

	private static void daemon(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
	}

}
