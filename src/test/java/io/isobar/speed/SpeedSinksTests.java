package io.isobar.speed;

import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/** The watch over the sinks. */
class SpeedSinksTests {

	@Test
	void asksByAnotherClientWhereOneHasHadNoAnswerForLong() {
		Topics topics = mock();
		willThrow(new IllegalStateException("Kafka does not answer.")).given(topics).watch();
		KafkaClients kafka = mock();
		SpeedSinks sinks = new SpeedSinks(topics, mock(Gaps.class), kafka,
				new ListenerSettings((short) 1, 1, 8000, Duration.ofMillis(1)), mock(StreamedMessages.class), List.of(),
				List.of(), new SimpleMeterRegistry());

		sinks.start();

		verify(kafka, timeout(60_000).atLeast(2)).renewAdmin();
		verify(topics, atLeast(24)).watch();
		sinks.stop();
	}

	@Test
	void goesOnWhateverItMeets() {
		Topics topics = mock();
		willThrow(new NoClassDefFoundError("io/isobar/Gone")).willDoNothing().given(topics).watch();
		SpeedSinks sinks = new SpeedSinks(topics, mock(Gaps.class), mock(KafkaClients.class),
				new ListenerSettings((short) 1, 1, 8000, Duration.ofMillis(1)), mock(StreamedMessages.class), List.of(),
				List.of(), new SimpleMeterRegistry());

		sinks.start();

		verify(topics, timeout(60_000).atLeast(2)).watch();
		sinks.stop();
	}

}
