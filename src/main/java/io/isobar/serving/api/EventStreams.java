package io.isobar.serving.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.serving.GenerationEvents;
import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.EventSettings;
import io.isobar.speed.LatestReading;
import io.isobar.speed.ReadingEvents;
import io.isobar.speed.SpeedViews;
import io.isobar.web.LateAnswers;
import io.isobar.web.StoreUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The streams of events that browsers follow. Each begins with the latest reading of
 * every city, so that one that comes back needs nothing else; then come readings as they
 * come in, generations as they become current, and a comment where there was nothing for
 * a while. One that does not read as fast as readings come is cut off, and may come back.
 */
@Component
@ConditionalOnSpeed
class EventStreams extends OpenAnswers {

	private static final Logger logger = LoggerFactory.getLogger(EventStreams.class);

	private static final MediaType UTF_8_TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final Duration QUIET = Duration.ofSeconds(15);

	private final ReadingEvents readings;

	private final GenerationEvents generations;

	private final SpeedViews views;

	private final EventSettings settings;

	private final JsonMapper json;

	private final Set<Stream> streams = ConcurrentHashMap.newKeySet();

	private @Nullable Runnable listening;

	EventStreams(ReadingEvents readings, GenerationEvents generations, SpeedViews views, EventSettings settings,
			JsonMapper json) {
		super(settings.connections());
		this.readings = readings;
		this.generations = generations;
		this.views = views;
		this.settings = settings;
		this.json = json;
	}

	/** A stream for one browser; 503 if there are too many. */
	SseEmitter open(HttpServletRequest request) {
		takePlace(
				"%d browsers follow the readings already, and no more may (isobar.speed.events.connections). Ask for /api/speed/latest now and then, or come back later.");
		Stream stream = new Stream();
		this.streams.add(stream);
		synchronized (this) {
			if (this.listening == null) {
				Runnable readings = this.readings.listen(this::tell);
				Runnable generations = this.generations.listen(this::tell);
				this.listening = () -> {
					readings.run();
					generations.run();
				};
			}
		}
		if (!isRunning()) {
			stream.end();
		}
		LateAnswers.begin(request, stream::start);
		return stream.emitter;
	}

	/** A generation that has become current: whoever shows days asks for them anew. */
	record BoundaryEvent(String dataset, int generation, @Nullable Instant publishedAt) {
	}

	private void tell(LatestReading reading) {
		tell(written(reading));
	}

	private void tell(Generation generation) {
		tell(written(generation));
	}

	private String written(Generation generation) {
		return event("boundary",
				new BoundaryEvent(generation.dataset().column(), generation.number(), generation.publishedAt()));
	}

	private void tell(String event) {
		this.streams.forEach((stream) -> stream.offer(event));
	}

	private String written(LatestReading reading) {
		return event("reading", LatestAnswer.of(reading));
	}

	/** As it is sent; JSON has no line breaks of its own. */
	private String event(String name, Object data) {
		return "event:" + name + "\ndata:" + this.json.writeValueAsString(data) + "\n\n";
	}

	private synchronized void closed(Stream stream) {
		if (this.streams.remove(stream)) {
			freePlace();
		}
		if (this.streams.isEmpty() && this.listening != null) {
			this.listening.run();
			this.listening = null;
		}
	}

	@Override
	void endAll() {
		this.streams.forEach(Stream::end);
	}

	/** One browser, and the thread that writes to it. */
	private final class Stream extends Thread {

		private final SseEmitter emitter = new SseEmitter(0L);

		private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(EventStreams.this.settings.queue());

		private volatile boolean ended;

		Stream() {
			super("event-stream");
			setDaemon(true);
			this.emitter.onCompletion(this::end);
		}

		void offer(String event) {
			if (!this.ended && !this.waiting.offer(event)) {
				end();
			}
		}

		void end() {
			this.ended = true;
			interrupt();
		}

		@Override
		public void run() {
			try {
				sendLatest();
				while (!this.ended) {
					String event = this.waiting.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
					if (event != null) {
						send(event);
					}
					else {
						this.emitter.send(SseEmitter.event().comment("quiet"));
					}
				}
			}
			catch (InterruptedException ex) {
				// Ended: the application stops, or this one was too slow
			}
			catch (IOException | IllegalStateException ex) {
				logger.debug("A browser has gone", ex);
			}
			finally {
				this.ended = true;
				closed(this);
				complete();
			}
		}

		private void complete() {
			try {
				this.emitter.complete();
			}
			catch (IllegalStateException ex) {
				logger.debug("The web server has noticed before that a browser has gone", ex);
			}
		}

		private void sendLatest() throws IOException {
			// Also tells the browser at once that it is connected
			this.emitter.send(SseEmitter.event().comment("readings"));
			// One may have become current since the page was made that opens the stream
			Generation current = EventStreams.this.generations.last(Dataset.WEATHER).orElse(null);
			if (current != null) {
				send(written(current));
			}
			try {
				List<LatestReading> latest = EventStreams.this.views.latest(null);
				EventStreams.this.readings.known(latest);
				for (LatestReading each : latest) {
					send(written(each));
				}
			}
			catch (StoreUnavailable ex) {
				this.emitter.send(SseEmitter.event().comment(ex.store() + " does not answer"));
			}
		}

		/**
		 * With all that wait in one piece, as each piece costs more than what is in it.
		 */
		private void send(String event) throws IOException {
			List<String> events = new ArrayList<>();
			events.add(event);
			this.waiting.drainTo(events);
			this.emitter.send(Set.of(new ResponseBodyEmitter.DataWithMediaType(String.join("", events), UTF_8_TEXT)));
		}

	}

}
