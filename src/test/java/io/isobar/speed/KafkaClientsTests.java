package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The producer that all share. */
class KafkaClientsTests {

	private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();

	private final KafkaClients clients = new SimulatedClients(() -> {
		MockProducer<byte[], byte[]> producer = SimulatedClients.producer(false);
		this.made.add(producer);
		return producer;
	}, () -> {
		throw new IllegalStateException("Nobody reads.");
	}) {

		@Override
		Duration longestSilence() {
			return KafkaClientsTests.this.silence;
		}

	};

	private Duration silence = Duration.ofMinutes(1);

	@Test
	void oneThatHasFailedForGoodIsClosedAndTheNextMessageMakesAnother() {
		CompletableFuture<?> first = send();
		this.made.get(0).errorNext(new ClusterAuthorizationException("nobody knows you any more"));
		assertThat(first).isCompletedExceptionally();

		CompletableFuture<?> second = send();
		this.made.get(1).completeNext();

		assertThat(second).isCompleted();
		assertThat(this.made).hasSize(2);
		assertThat(this.made.get(0).closed()).isTrue();
	}

	@Test
	void oneThatRefusesEveryMessageIsReplaced() {
		send();
		this.made.get(0).sendException = new KafkaException("a request has failed before");

		assertThat(send()).isCompletedExceptionally();
		send();

		assertThat(this.made).hasSize(2);
	}

	@Test
	void oneThatMayTakeTheNextMessageIsKept() {
		CompletableFuture<?> away = send();
		this.made.get(0).errorNext(new TimeoutException("nobody answers"));
		CompletableFuture<?> large = send();
		this.made.get(0).errorNext(new RecordTooLargeException("1 MB at most"));

		assertThat(away).isCompletedExceptionally();
		assertThat(large).isCompletedExceptionally();
		assertThat(this.made).hasSize(1);
		assertThat(this.made.get(0).closed()).isFalse();
	}

	@Test
	void oneThatTellsNothingForLongerThanItMayIsReplaced() {
		this.silence = Duration.ofMillis(50);

		assertThat(send()).failsWithin(Duration.ofSeconds(10));
		await().until(() -> this.made.get(0).closed());
		send();

		assertThat(this.made).hasSize(2);
	}

	private CompletableFuture<?> send() {
		return this.clients.send(new ProducerRecord<>("orders", new byte[0]));
	}

}
