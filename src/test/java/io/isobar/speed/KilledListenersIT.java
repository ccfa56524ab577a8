package io.isobar.speed;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.embedded.ForkedApplication;
import io.isobar.lake.LakeReader;
import io.isobar.operations.Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application is killed while readings stream in: at crash points of its sinks (in an
 * ordinary build at one of them, another one each day), at random moments, and while it
 * shares the stream with another instance and files are put together. Each next one takes
 * batches of another size, so that what comes again has other borders. At last every
 * store holds what the topic says, exactly, and each order is counted once.
 */
class KilledListenersIT {

	private static final String TOPIC = "killed";

	private static final String NAME = "killed_listeners";

	private static final String ROOT = "/killed-listeners";

	private static final String CITY = "Killed";

	private static final List<String> POINTS = List.of("lake.polled", "sink.polled.cassandra", "sink.written.influxdb",
			"lake.gathered", "sink.written.cassandra", "sink.acked.influxdb", "lake.written", "sink.acked.cassandra",
			"sink.polled.dead-letters", "lake.committed", "sink.polled.influxdb", "sink.written.dead-letters",
			"lake.flushed", "lake.told", "sink.acked.dead-letters", "sink.written.orders-cassandra",
			"sink.polled.orders-dead-letters", "sink.acked.orders-cassandra", "sink.written.orders-dead-letters",
			"sink.polled.orders-cassandra", "sink.acked.orders-dead-letters");

	private static final String ORDERS = "killed-orders";

	/** Orders a second: at last all customers are asked for at once. */
	private static final int ORDER_RATE = 10;

	private static final List<Integer> BATCHES = List.of(500, 7, 2000, 60);

	/**
	 * Some write to the lake whenever they have a few messages, and read on meanwhile.
	 */
	private static final List<String> FLUSHES = List.of("64MB", "40KB");

	/** So many times at random moments, in a build and for each repetition. */
	private static final int KILLS = (Faults.repetitions() > 0) ? 5 : 2;

	private static final Duration LONG = Duration.ofMinutes(5);

	@TempDir
	Path temp;

	private int started;

	@Test
	void whereverInstancesAreKilledNothingIsLostOrDoubled() throws Exception {
		Random random = new Random();
		try (KnownStream stream = KnownStream.start(TOPIC, CITY);
				PlacedOrders orders = PlacedOrders.start(ORDERS, ORDER_RATE)) {
			for (int i = 0; i < Math.max(1, Faults.repetitions()); i++) {
				for (String point : Faults.someOf(POINTS)) {
					killedAt(point);
				}
			}
			for (int i = 0; i < KILLS * Math.max(1, Faults.repetitions()); i++) {
				killedAfter(random.nextInt(4 * KnownStream.RATE), stream);
			}
			ForkedApplication one = start();
			ForkedApplication other = start();
			for (int i = 0; i < 2 * Faults.repetitions(); i++) {
				awaitShared(one, other);
				leave(other, random.nextBoolean());
				other = start();
			}
			awaitShared(one, other);
			assertThat(new LakeReader(EmbeddedStores.hdfs(), ROOT).compact()).isPositive();
			one.kill();
			try (ForkedApplication left = other) {
				Faults.recovers("F4: one of two instances killed; the other has all partitions",
						() -> awaitPartitions(left, Topics.PARTITIONS));

				orders.end();
				StreamOracle oracle = new StreamOracle(TOPIC, NAME, ROOT, CITY);
				oracle.assertAllIsThere(stream.end());
				assertThat(stream.failed()).isZero();
				assertAllAreCounted(orders, left);
				await().atMost(LONG)
					.untilAsserted(() -> assertThat(oracle.deadLetters(ORDERS)).isEqualTo(orders.refused()));
			}
		}
	}

	/** Each once, and nothing else. */
	private static void assertAllAreCounted(PlacedOrders orders, ForkedApplication application) throws IOException {
		await().atMost(LONG)
			.untilAsserted(() -> assertThat(orders.areAll(orders.counted(totals(application)))).isTrue());
		orders.assertPlaced(orders.counted(totals(application)));
		assertThat(orders.confirmed()).isPositive();
		Faults.provenOnce(orders.confirmed());
	}

	private static JsonNode totals(ForkedApplication application) throws IOException {
		return ask(application, "/api/orders/totals");
	}

	private static JsonNode ask(ForkedApplication application, String path) throws IOException {
		Http.Answer answer = Http.program(URI.create(application.web()).getPort())
			.ask("GET", path, "Authorization", Http.basic("operator", application.password("operator")));
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(answer.body());
	}

	private void killedAt(String point) throws Exception {
		ForkedApplication application = start("-Dcrash.at=" + point);
		await().atMost(LONG).until(() -> !application.isAlive());
		assertThat(application.exitCode()).as(point + ": " + application.output()).isEqualTo(137);
		Faults.injected("F2, F3: killed at " + point + "; the next one takes other batches");
	}

	private void killedAfter(int messages, KnownStream stream) throws Exception {
		ForkedApplication application = start();
		Faults.recovers("F1: killed at a random moment; up again, with all partitions", () -> {
			application.awaitUp();
			awaitPartitions(application, Topics.PARTITIONS);
		});
		int until = stream.sent() + messages;
		await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> stream.sent() >= until);
		application.kill();
	}

	private static void leave(ForkedApplication application, boolean cleanly) throws Exception {
		if (cleanly) {
			application.close();
		}
		else {
			application.kill();
		}
	}

	private static void awaitShared(ForkedApplication one, ForkedApplication other) {
		one.awaitUp();
		other.awaitUp();
		await().atMost(LONG)
			.until(() -> partitions(one).stream().allMatch((each) -> each == Topics.PARTITIONS / 2)
					&& partitions(other).stream().allMatch((each) -> each == Topics.PARTITIONS / 2));
	}

	private static void awaitPartitions(ForkedApplication application, int count) {
		await().atMost(LONG).until(() -> partitions(application).stream().allMatch((each) -> each == count));
	}

	/** How many partitions each of its sinks of readings has. */
	private static List<Integer> partitions(ForkedApplication application) throws Exception {
		List<Integer> partitions = new ArrayList<>();
		for (JsonNode sink : ask(application, "/api/speed/sinks")) {
			if (sink.get("topic").asString().equals(TOPIC)) {
				partitions.add(sink.get("partitions").size());
			}
		}
		return partitions;
	}

	private ForkedApplication start(String... more) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("--spring.kafka.bootstrap-servers=" + EmbeddedStores.kafka(),
				"--spring.cassandra.contact-points=127.0.0.1:" + EmbeddedStores.cassandra(),
				"--spring.cassandra.local-datacenter=datacenter1", "--isobar.influx.url=" + EmbeddedStores.influxdb(),
				"--isobar.speed.weather-topic=" + TOPIC, "--isobar.orders.topic=" + ORDERS,
				"--isobar.influx.bucket=" + NAME, "--isobar.speed.lake.flush-interval=PT0.5S",
				"--isobar.speed.lake.flush-size=" + FLUSHES.get(this.started % FLUSHES.size()),
				"--isobar.cassandra.keyspace=" + NAME,
				"--isobar.speed.listeners.batch=" + BATCHES.get(this.started++ % BATCHES.size()),
				"--isobar.speed.producer.enabled=false"));
		arguments.addAll(Arrays.asList(more));
		return ForkedApplication.startOnStores(this.temp.resolve("instance"), NAME, ROOT,
				arguments.toArray(String[]::new));
	}

}
