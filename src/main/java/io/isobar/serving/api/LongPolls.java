package io.isobar.serving.api;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.EventSettings;
import io.isobar.speed.LatestReading;
import io.isobar.speed.SpeedViews;
import io.isobar.web.LateAnswers;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * Requests that are answered when a city has a newer reading than the one that is known,
 * for programs that ask again and again and do not follow a stream of events. None takes
 * a thread while it waits; one whose client has gone is noticed when its time is over.
 * <p>
 * An answer is written at once: Spring's deferred results pass through all filters once
 * more before, which was a third of the time from the message to its answer.
 */
@Component
@ConditionalOnSpeed
class LongPolls extends OpenAnswers {

	/** Many proxies give up after a minute, and Cassandra is asked after the wait. */
	static final Duration LONGEST = Duration.ofSeconds(50);

	/**
	 * So much longer the web server waits: where it gave up while an answer is being
	 * written, two would write it.
	 */
	private static final Duration LONGER = Duration.ofSeconds(30);

	private static final Logger logger = LoggerFactory.getLogger(LongPolls.class);

	/** Of a request that has waited. */
	private static final String OVER = LongPolls.class.getName();

	private final SpeedViews views;

	private final JsonMapper json;

	private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

	LongPolls(SpeedViews views, EventSettings settings, JsonMapper json) {
		super(settings.connections());
		this.views = views;
		this.json = json;
	}

	/** Whether a request has waited already: it is to be answered with what there is. */
	static boolean isOver(HttpServletRequest request) {
		return request.getAttribute(OVER) != null;
	}

	/**
	 * Answers the request with the city's newest reading as soon as one comes that was
	 * observed after an instant. If none comes in time the request is dispatched once
	 * more. 503 if too many wait.
	 * @return that reading if it is there already, which is the answer; else null
	 */
	@Nullable LatestReading open(String city, Instant after, Duration wait, HttpServletRequest request,
			HttpServletResponse response) {
		takePlace(
				"%d requests wait for readings already, and no more may (isobar.speed.events.connections). Ask without wait, or come back later.");
		boolean waits = false;
		try {
			CompletableFuture<@Nullable LatestReading> newer = this.views.latestAfter(city, after);
			if (newer.isDone()) {
				return newer.join();
			}
			Waiting waiting = new Waiting(request.startAsync(request, response), newer, wait);
			waits = true;
			LateAnswers.begin(request, waiting::begin);
			return null;
		}
		finally {
			if (!waits) {
				freePlace();
			}
		}
	}

	/** One request. */
	private final class Waiting implements AsyncListener {

		private final AsyncContext request;

		private final CompletableFuture<@Nullable LatestReading> newer;

		private final Duration wait;

		/** Or is being answered. */
		private final AtomicBoolean answered = new AtomicBoolean();

		Waiting(AsyncContext request, CompletableFuture<@Nullable LatestReading> newer, Duration wait) {
			this.request = request;
			this.newer = newer;
			this.wait = wait;
			this.request.setTimeout(wait.plus(LONGER).toMillis());
			this.request.addListener(this);
			LongPolls.this.waiting.add(this);
		}

		void begin() {
			this.newer.completeOnTimeout(null, this.wait.toNanos(), TimeUnit.NANOSECONDS).thenAccept((reading) -> {
				if (reading == null) {
					end();
				}
				else if (this.answered.compareAndSet(false, true)) {
					// Whoever tells of the reading must not wait
					this.request.start(() -> write(reading));
				}
			});
			if (!isRunning()) {
				end();
			}
		}

		private void write(LatestReading reading) {
			try {
				byte[] body = LongPolls.this.json.writeValueAsBytes(List.of(LatestAnswer.of(reading)));
				HttpServletResponse response = (HttpServletResponse) this.request.getResponse();
				response.setContentType(MediaType.APPLICATION_JSON_VALUE);
				response.setContentLength(body.length);
				response.getOutputStream().write(body);
				response.flushBuffer();
			}
			catch (IOException ex) {
				logger.debug("A client has gone", ex);
			}
			finally {
				this.request.complete();
			}
		}

		/**
		 * Answers with what there is now: something may have come while this instance did
		 * not follow Kafka.
		 */
		void end() {
			if (this.answered.compareAndSet(false, true)) {
				this.request.getRequest().setAttribute(OVER, true);
				this.request.dispatch();
			}
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			end();
		}

		@Override
		public void onComplete(AsyncEvent event) {
			if (LongPolls.this.waiting.remove(this)) {
				freePlace();
			}
			this.newer.cancel(false);
		}

		@Override
		public void onError(AsyncEvent event) {
			logger.debug("A client has gone", event.getThrowable());
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			// Nobody starts it again
		}

	}

	@Override
	void endAll() {
		this.waiting.forEach(Waiting::end);
	}

}
