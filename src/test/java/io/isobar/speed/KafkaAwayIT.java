package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.isobar.embedded.Faults;
import io.isobar.embedded.ServerProcess;
import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;

import static io.isobar.speed.CassandraSinkIT.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kafka ends, is killed, or is held up while readings stream in: what it has confirmed is
 * in every store, what it has not taken waits to be sent, and who follows the readings is
 * told of each.
 */
class KafkaAwayIT extends DisturbedStream {

	private enum Away {

		ENDED, KILLED, HELD_UP

	}

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private ReadingEvents events;

	@ParameterizedTest
	@MethodSource("aways")
	void whatWasConfirmedIsEverywhereAndWhatWasNotTakenWaits(Away away, CapturedOutput output) throws Exception {
		ServerProcess server = ServerProcess.of("kafka");
		Set<String> told = ConcurrentHashMap.newKeySet();
		await().atMost(LONG).until(this.events::isFollowing);
		Runnable listening = this.events
			.listen((reading) -> told.add(reading.city() + " " + reading.message().observedAt()));
		Outbox outbox = new Outbox(TOPIC, this.kafka::sender, new SimpleMeterRegistry(), Clock.systemUTC());
		outbox.start();
		try (KnownStream stream = KnownStream.start(TOPIC, CITY); WatchedOrders orders = watchOrders()) {
			stream.awaitSent(KnownStream.RATE);
			Set<String> put = new TreeSet<>(put(outbox, 0));

			switch (away) {
				case ENDED -> whilePaused(server::terminateAndAwait);
				case KILLED -> whilePaused(server::killAndAwait);
				case HELD_UP -> server.whileHeldUp(() -> {
					put.addAll(put(outbox, 1000));
					await().atMost(LONG).until(() -> output.toString().contains("Kafka takes no messages on " + TOPIC));
					Faults.pause();
				});
			}
			put.addAll(put(outbox, 2000));

			String fault = "F7: Kafka " + away;
			Faults.recovers(fault + "; what waited is sent", () -> awaitDelivery(outbox));
			assertThat(outbox.delivered()).isEqualTo(put.size());
			ORACLE.assertAllIsThere(stream.end());
			assertAllIsCounted(orders, fault);
			await().atMost(LONG).untilAsserted(() -> assertThat(told).containsAll(put));
			assertThat(output.toString().lines())
				.filteredOn((line) -> line.contains("Kafka takes no messages on " + TOPIC))
				.hasSizeLessThanOrEqualTo(1);
			assertThat(output.toString()).doesNotContain("its consumer has failed");
			assertThat(this.sinks.doing()).allMatch((sink) -> sink.state().equals("running"));
		}
		finally {
			listening.run();
			outbox.close(Duration.ofSeconds(5));
		}
	}

	/** Once, and in profile faults again whenever it is back, for its time. */
	private static void whilePaused(Runnable away) {
		long end = System.nanoTime() + Faults.paused().toNanos();
		do {
			away.run();
		}
		while (System.nanoTime() < end);
	}

	static List<Away> aways() {
		return Faults.repeated(Faults.oneOf(List.of(Away.values())));
	}

	/** As many as there are in a round of a producer: 100 of one city. */
	private static List<String> put(Outbox outbox, int from) {
		Instant begin = Instant.now().minusSeconds(40_000);
		return java.util.stream.IntStream.range(from, from + 100).mapToObj((second) -> {
			WeatherMessage message = message(CITY + " waiting",
					begin.plusSeconds(second).truncatedTo(java.time.temporal.ChronoUnit.SECONDS), begin,
					Origin.OPEN_METEO, Metric.TEMPERATURE, second / 100.0);
			outbox.put(message);
			return message.city() + " " + message.observedAt();
		}).toList();
	}

	private static void awaitDelivery(Outbox outbox) {
		try {
			assertThat(outbox.awaitDelivery(LONG)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
