package io.isobar.speed;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import io.isobar.orders.CountedOrders;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * What is done every now and then is done again after an error too, be it one of the
 * virtual machine: a class that is missing, or memory.
 */
@SuppressWarnings("NullAway")
class ErrorsTests {

	private static final Error ERROR = new NoClassDefFoundError("gone");

	@Test
	void ofTheSweepOfOrders() {
		Topics topics = mock(Topics.class);
		given(topics.incarnation(any())).willThrow(ERROR);

		assertThatCode(new OrderOutbox(null, topics, null, null, null)::sweep).doesNotThrowAnyException();
	}

	@Test
	void ofTheRemovalOfOrders() {
		MarkedOrders marks = mock(MarkedOrders.class);
		willThrow(ERROR).given(marks).noteMark(any());
		StaticListableBeanFactory generations = new StaticListableBeanFactory();
		generations.addBean("generations", mock(CountedOrders.class));

		assertThatCode(
				new OrderRemoval(generations.getBeanProvider(CountedOrders.class), null, null, marks, null)::remove)
			.doesNotThrowAnyException();
	}

	@Test
	void ofTheFollowerOfReadings() {
		AtomicInteger tries = new AtomicInteger();
		KafkaClients kafka = mock(KafkaClients.class);
		given(kafka.reader("latest")).willAnswer((call) -> {
			tries.incrementAndGet();
			throw ERROR;
		});
		ReadingEvents events = new ReadingEvents(kafka, null, null, mock(NewestSeen.class), null);
		events.start();
		try {
			await().until(() -> tries.get() > 1);
		}
		finally {
			events.stop();
		}
	}

}
