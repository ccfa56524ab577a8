package io.isobar.embedded;

import org.springframework.context.SmartLifecycle;

/**
 * The start is over only when every embedded server is up, also those that no bean has
 * asked for yet; the first phase of all, so that nothing that needs one runs before.
 */
final class EmbeddedServersUp implements SmartLifecycle {

	private final EmbeddedServers servers;

	private volatile boolean running;

	EmbeddedServersUp(EmbeddedServers servers) {
		this.servers = servers;
	}

	@Override
	public void start() {
		this.servers.all().forEach(ForkedServer::await);
		this.running = true;
	}

	// The servers are stopped when the beans are destroyed, after all that use them
	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
