package io.isobar.serving.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.EventSettings;
import io.isobar.speed.LatestReading;
import io.isobar.speed.SpeedViews;
import io.isobar.web.Problems;
import io.isobar.web.StoreUnavailable;

import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Requests that are answered when a city has a newer reading than the one that is known,
 * for programs that ask again and again and do not follow a stream of events. None takes
 * a thread while it waits; one whose client has gone is noticed when its time is over.
 */
@Component
@ConditionalOnSpeed
class LongPolls implements SmartLifecycle {

	/**
	 * Many proxies give up after a minute. Time-outs are noticed once in a second, and
	 * Cassandra is asked after that.
	 */
	static final Duration LONGEST = Duration.ofSeconds(50);

	private final SpeedViews views;

	private final EventSettings settings;

	private final Set<DeferredResult<List<LatestAnswer>>> waiting = ConcurrentHashMap.newKeySet();

	private final AtomicInteger open = new AtomicInteger();

	private volatile boolean running;

	LongPolls(SpeedViews views, EventSettings settings) {
		this.views = views;
		this.settings = settings;
	}

	/**
	 * The city's newest reading if it was observed after an instant, else the first such
	 * one that comes in; none if none comes in time. 503 if too many wait.
	 */
	DeferredResult<List<LatestAnswer>> open(String city, Instant after, Duration wait) {
		if (this.open.incrementAndGet() > this.settings.connections()) {
			this.open.decrementAndGet();
			throw Problems.failure(HttpStatus.SERVICE_UNAVAILABLE,
					"%d requests wait for readings already, and no more may (isobar.speed.events.connections). Ask without wait, or come back later."
						.formatted(this.settings.connections()));
		}
		CompletableFuture<LatestReading> newer;
		try {
			newer = this.views.latestAfter(city, after);
		}
		catch (RuntimeException ex) {
			this.open.decrementAndGet();
			throw ex;
		}
		DeferredResult<List<LatestAnswer>> result = new DeferredResult<>(wait.toMillis());
		this.waiting.add(result);
		result.onCompletion(() -> {
			this.open.decrementAndGet();
			this.waiting.remove(result);
			newer.cancel(false);
		});
		result.onTimeout(() -> lookOnceMore(city, after, result));
		newer.thenAccept((reading) -> result.setResult(List.of(LatestAnswer.of(reading))));
		if (!isRunning()) {
			result.setResult(List.of());
		}
		return result;
	}

	/** It may have come while this instance did not follow Kafka. */
	private void lookOnceMore(String city, Instant after, DeferredResult<List<LatestAnswer>> result) {
		try {
			result.setResult(this.views.latest(city)
				.stream()
				.filter((latest) -> latest.isAfter(after))
				.map(LatestAnswer::of)
				.toList());
		}
		catch (StoreUnavailable ex) {
			result.setErrorResult(ex);
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.waiting.forEach((result) -> result.setResult(List.of()));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Before the web server, which waits for what is still being answered. */
	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
