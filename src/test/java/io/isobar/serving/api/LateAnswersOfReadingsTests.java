package io.isobar.serving.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.serving.GenerationEvents;
import io.isobar.speed.EventSettings;
import io.isobar.speed.LatestReading;
import io.isobar.speed.ReadingEvents;
import io.isobar.speed.SpeedViews;
import io.isobar.web.LateAnswers;
import jakarta.servlet.FilterChain;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Two threads must not write to one response: headers could get lost, or it breaks off.
 */
class LateAnswersOfReadingsTests {

	private static final Instant KNOWN = Instant.parse("2026-07-01T12:00:00Z");

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final SpeedViews views = mock();

	private final EventSettings settings = new EventSettings(1, 10);

	@Test
	void aReadingThatComesWhileFiltersAddHeadersIsWrittenWhenTheyHaveLeft() throws Exception {
		LongPolls polls = polls();
		CompletableFuture<LatestReading> next = next();

		pass((request, response) -> {
			assertThat(open(polls)).isNull();
			next.complete(reading());
			assertThat(this.response.getContentAsString()).isEmpty();
		});

		assertThat(this.response.getContentAsString()).contains("Lyon");
	}

	@Test
	void oneThatIsThereAlreadyIsAnsweredByTheSameThreadAndKeepsNoPlace() throws Exception {
		LongPolls polls = polls();
		next().complete(reading());

		for (int i = 0; i < 2; i++) {
			pass((request, response) -> assertThat(open(polls)).isNotNull());
		}

		assertThat(this.request.isAsyncStarted()).isFalse();
	}

	@Test
	void aWaitEndsByItselfAlsoAShortOne() throws Exception {
		LongPolls polls = polls();
		next();

		pass((request, response) -> open(polls, Duration.ofNanos(500)));

		// With it, what there is now is the answer
		await().until(() -> ((MockAsyncContext) this.request.getAsyncContext()).getDispatchedPath() != null);
		assertThat(LongPolls.isOver(this.request)).isTrue();
	}

	@Test
	void theWebServerWaitsLongerAsItWouldAnswerOnceMore() throws Exception {
		LongPolls polls = polls();
		next();

		pass((request, response) -> open(polls, LongPolls.LONGEST));

		assertThat(this.request.getAsyncContext().getTimeout()).isGreaterThan(LongPolls.LONGEST.toMillis());
	}

	@Test
	void aStreamOfEventsBeginsWhenFiltersHaveLeft() throws Exception {
		given(this.views.latest(any())).willReturn(List.of());
		Runnable unheard = () -> {
		};
		ReadingEvents readings = mock();
		given(readings.listen(any())).willReturn(unheard);
		GenerationEvents generations = mock();
		given(generations.listen(any())).willReturn(unheard);
		EventStreams streams = new EventStreams(readings, generations, this.views, this.settings, JsonMapper.shared());
		streams.start();

		pass((request, response) -> {
			streams.open(this.request);
			assertThat(streaming()).isFalse();
		});

		assertThat(streaming()).isTrue();
		streams.stop();
		await().until(() -> !streaming());
	}

	private static boolean streaming() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("event-stream"));
	}

	private LongPolls polls() {
		LongPolls polls = new LongPolls(this.views, this.settings, JsonMapper.shared());
		polls.start();
		return polls;
	}

	private CompletableFuture<LatestReading> next() {
		CompletableFuture<LatestReading> next = new CompletableFuture<>();
		given(this.views.latestAfter("Lyon", KNOWN)).willReturn(next);
		return next;
	}

	private LatestReading open(LongPolls polls) {
		return open(polls, Duration.ofSeconds(30));
	}

	private LatestReading open(LongPolls polls, Duration wait) {
		return polls.open("Lyon", KNOWN, wait, this.request, this.response);
	}

	private static LatestReading reading() {
		WeatherMessage message = RandomMessages.message("Lyon", KNOWN.plusSeconds(1), Duration.ofHours(1),
				new Random(1));
		return new LatestReading(message, message.reading().values(), null);
	}

	private void pass(FilterChain filters) throws Exception {
		this.request.setAsyncSupported(true);
		new LateAnswers().doFilter(this.request, this.response, filters);
	}

}
