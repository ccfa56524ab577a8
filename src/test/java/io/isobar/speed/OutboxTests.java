package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.MovableClock;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Kafka takes a message, or not, when the test says so. */
class OutboxTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	private final MovableClock clock = new MovableClock(NOW);

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	private MockProducer<String, byte[]> kafka = client();

	private Duration silence = Duration.ofMinutes(1);

	private final Outbox outbox = new Outbox("weather", () -> this.kafka, this.meters, this.clock, 3) {

		@Override
		Duration longestSilence() {
			return OutboxTests.this.silence;
		}

	};

	@BeforeEach
	void start() {
		this.logged.start();
		((Logger) LoggerFactory.getLogger(Outbox.class)).addAppender(this.logged);
		this.outbox.start();
	}

	@AfterEach
	void close() {
		this.outbox.close(Duration.ZERO);
		((Logger) LoggerFactory.getLogger(Outbox.class)).detachAppender(this.logged);
	}

	@Test
	void aKafkaThatDoesNotAnswerAtAllIsToldOf() {
		this.outbox.put(message("Paris"));
		awaitHandedOver(1);
		this.clock.move(Duration.ofSeconds(46));

		await().untilAsserted(() -> assertThat(this.logged.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly(
					"Kafka takes no messages on weather: It has not answered for 45 s. They wait, up to 3 of them, and are sent when it is back. See that it runs, and that the topic is there."));
		this.kafka.completeNext();

		await().untilAsserted(() -> assertThat(this.outbox.delivered()).isEqualTo(1));
		assertThat(this.logged.list).last()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("Kafka takes messages on weather again, after ");
	}

	@Test
	void aClientThatTellsNothingForLongerThanItMayIsReplaced() {
		this.silence = Duration.ofMillis(50);
		MockProducer<String, byte[]> dead = this.kafka;
		this.outbox.put(message("Paris"));
		await().until(() -> !this.logged.list.isEmpty());
		this.silence = Duration.ofMinutes(1);
		this.kafka = client();

		awaitHandedOver(1);
		assertThat(dead.closed()).isTrue();
		assertThat(this.logged.list.get(0).getFormattedMessage())
			.startsWith("Kafka takes no messages on weather: It has not answered for ");
		this.kafka.completeNext();

		await().untilAsserted(() -> assertThat(this.outbox.delivered()).isEqualTo(1));
	}

	@Test
	void whatKafkaHasConfirmedIsCounted() throws Exception {
		this.outbox.put(message("Paris"));
		this.outbox.put(message("Lyon"));
		awaitHandedOver(2);
		assertThat(this.outbox.awaitDelivery(Duration.ofMillis(1))).isFalse();

		this.kafka.completeNext();
		this.kafka.completeNext();

		assertThat(this.outbox.awaitDelivery(Duration.ZERO)).isTrue();
		assertThat(this.outbox.delivered()).isEqualTo(2);
		assertThat(this.meters.get("isobar.speed.producer.sent").tag("origin", "simulated").counter().count())
			.isEqualTo(2);
		this.clock.move(Duration.ofSeconds(3));
		assertThat(
				this.meters.get("isobar.speed.producer.age").timeGauge().value(java.util.concurrent.TimeUnit.SECONDS))
			.isEqualTo(3);
	}

	@Test
	void whileKafkaIsAwayMessagesWaitAndItIsSaidOnce() {
		this.outbox.put(message("Paris"));
		this.outbox.put(message("Lyon"));
		awaitHandedOver(2);
		this.kafka.errorNext(new TimeoutException("nobody answers"));
		this.kafka.errorNext(new TimeoutException("nobody answers"));
		this.outbox.put(message("Toulouse"));
		assertThat(this.outbox.isFull()).isTrue();
		awaitHandedOver(3);
		this.kafka.errorNext(new TimeoutException("nobody answers"));

		this.kafka.clear();
		awaitHandedOver(1);
		this.kafka.completeNext();
		awaitHandedOver(3);
		this.kafka.completeNext();
		this.kafka.completeNext();

		assertThat(this.kafka.history()).extracting(ProducerRecord::key).containsExactly("Paris", "Lyon", "Toulouse");
		assertThat(sentences()).hasSize(2);
		assertThat(sentences().get(0)).contains("takes no messages", "nobody answers", "up to 3");
		assertThat(sentences().get(1)).contains("again");
		assertThat(this.meters.get("isobar.speed.producer.failed").counter().count()).isZero();
	}

	@Test
	void aClientThatHasFailedForGoodIsReplaced() {
		this.outbox.put(message("Paris"));
		awaitHandedOver(1);
		MockProducer<String, byte[]> before = this.kafka;
		this.kafka = client();

		before.errorNext(new OutOfOrderSequenceException("unknown producer"));
		awaitHandedOver(1);
		this.kafka.completeNext();

		assertThat(before.closed()).isTrue();
		assertThat(this.outbox.delivered()).isEqualTo(1);
	}

	@Test
	void aClientThatCannotEvenBeClosedIsReplaced() {
		this.outbox.put(message("Paris"));
		awaitHandedOver(1);
		MockProducer<String, byte[]> before = this.kafka;
		before.closeException = new KafkaException("a part of it does not end");
		this.kafka = client();

		before.errorNext(new OutOfOrderSequenceException("unknown producer"));
		awaitHandedOver(1);
		this.kafka.completeNext();

		assertThat(this.outbox.open()).isZero();
		assertThat(this.outbox.delivered()).isEqualTo(1);
	}

	@Test
	void anErrorOfAClientEndsNothing() {
		MockProducer<String, byte[]> broken = new MockProducer<>() {

			@Override
			public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
				throw new NoClassDefFoundError("a codec");
			}

		};
		this.kafka = broken;
		this.outbox.put(message("Paris"));
		await().untilAsserted(() -> assertThat(sentences()).singleElement().asString().contains("a codec"));

		this.kafka = client();
		awaitHandedOver(1);
		this.kafka.completeNext();

		assertThat(broken.closed()).isTrue();
		assertThat(this.outbox.delivered()).isEqualTo(1);
	}

	@Test
	void aMessageThatKafkaNeverTakesHoldsUpNobodyAndIsCounted() {
		this.outbox.put(message("Paris"));
		awaitHandedOver(1);
		this.kafka.errorNext(new RecordTooLargeException("1 MB at most"));
		this.outbox.put(message("Lyon"));
		awaitHandedOver(2);
		this.kafka.completeNext();

		assertThat(this.outbox.open()).isZero();
		assertThat(this.outbox.delivered()).isEqualTo(1);
		assertThat(this.meters.get("isobar.speed.producer.failed").counter().count()).isEqualTo(1);
		assertThat(sentences()).singleElement().asString().contains("about Paris", "1 MB at most");
	}

	@Test
	void whatIsLeftAtTheEndIsCountedAndSaid() {
		this.outbox.put(message("Paris"));
		this.outbox.put(message("Lyon"));
		awaitHandedOver(2);

		this.outbox.close(Duration.ofMillis(10));

		assertThat(this.meters.get("isobar.speed.producer.failed").counter().count()).isEqualTo(2);
		assertThat(sentences()).singleElement().asString().contains("2 messages could not be delivered");
	}

	private List<String> sentences() {
		return this.logged.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.INFO))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	/** So many since the client was made, or cleared. */
	private void awaitHandedOver(int messages) {
		await().until(() -> this.kafka.history().size() == messages);
	}

	private static MockProducer<String, byte[]> client() {
		return new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
	}

	private static WeatherMessage message(String city) {
		ReadingDraft draft = new ReadingDraft(city, NOW, Resolution.HOUR, Origin.SIMULATED, Channel.STREAM, NOW)
			.value(Metric.TEMPERATURE, 7.5);
		return new WeatherMessage(draft.build(), "FR", WeatherMessage.stationId(city, "FR"), null, null, null, null,
				Outlook.UNKNOWN);
	}

}
