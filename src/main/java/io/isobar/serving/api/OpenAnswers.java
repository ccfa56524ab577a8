package io.isobar.serving.api;

import java.util.concurrent.atomic.AtomicInteger;

import io.isobar.web.Problems;

import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;

/**
 * Answers that stay open until something happens: so many at the same time, and all end
 * before the web server does, which waits for what is still being answered.
 */
abstract class OpenAnswers implements SmartLifecycle {

	private final int most;

	private final AtomicInteger open = new AtomicInteger();

	private volatile boolean running;

	OpenAnswers(int most) {
		this.most = most;
	}

	/**
	 * Takes one of the places; 503 if there is none.
	 * @param refusal what to say then, with how many there are
	 */
	final void takePlace(String refusal) {
		if (this.open.incrementAndGet() > this.most) {
			this.open.decrementAndGet();
			throw Problems.failure(HttpStatus.SERVICE_UNAVAILABLE, refusal.formatted(this.most));
		}
	}

	/** Gives a place back. */
	final void freePlace() {
		this.open.decrementAndGet();
	}

	/** Ends all that are open. */
	abstract void endAll();

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		endAll();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
