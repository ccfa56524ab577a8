package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.ForkedApplication;
import io.isobar.lake.LakeReader;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application is killed where messages are in between; at last the lake has each
 * exactly once, and each that was refused is one dead letter.
 */
class KilledListenersIT {

	private static final String TOPIC = "killed";

	private static final String ROOT = "/killed-listeners";

	private static final List<String> POINTS = List.of("lake.committed", "lake.polled", "lake.gathered", "lake.written",
			"lake.told", "lake.flushed", "sink.polled.dead-letters", "sink.written.dead-letters",
			"sink.acked.dead-letters");

	private static final Duration LONG = Duration.ofMinutes(3);

	@TempDir
	Path temp;

	@Test
	void nothingIsLostOrDoubledWhereverItIsKilled() throws Exception {
		boolean all = Integer.getInteger("faults.repetitions", 0) > 0;
		int messages = 0;
		try (KafkaProducer<byte[], byte[]> producer = producer()) {
			for (String point : all ? POINTS : POINTS.subList(0, 1)) {
				ForkedApplication application = start("-Dcrash.at=" + point);
				await().atMost(LONG).until(() -> producer.partitionsFor(TOPIC).size() == Topics.PARTITIONS);
				for (int i = 0; i < 100; i++, messages++) {
					send(producer, messages, good("Town " + i % 10));
					send(producer, messages, "no JSON " + messages);
				}
				await().atMost(LONG).until(() -> !application.isAlive());
				assertThat(application.exitCode()).as(point).isEqualTo(137);
			}
			int sent = messages;
			try (ForkedApplication application = start().awaitUp()) {
				LakeReader lake = new LakeReader(EmbeddedStores.hdfs(), ROOT);
				await().atMost(LONG).untilAsserted(() -> assertThat(lake.places()).hasSize(sent));
				assertThat(lake.places()).doesNotHaveDuplicates();
				await().atMost(LONG).until(() -> deadLetters() == sent);
			}
		}
	}

	private static void send(KafkaProducer<byte[], byte[]> producer, int number, String message) throws Exception {
		producer
			.send(new ProducerRecord<>(TOPIC, number % Topics.PARTITIONS, null,
					message.getBytes(StandardCharsets.UTF_8)))
			.get(30, TimeUnit.SECONDS);
	}

	private ForkedApplication start(String... more) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("--spring.kafka.bootstrap-servers=" + EmbeddedStores.kafka(),
				"--spring.cassandra.contact-points=127.0.0.1:" + EmbeddedStores.cassandra(),
				"--spring.cassandra.local-datacenter=datacenter1", "--isobar.influx.url=" + EmbeddedStores.influxdb(),
				"--isobar.speed.weather-topic=" + TOPIC, "--isobar.influx.bucket=killed_listeners",
				"--isobar.speed.lake.flush-interval=PT0.5S", "--isobar.cassandra.keyspace=killed_listeners",
				"--isobar.speed.producer.enabled=false"));
		arguments.addAll(List.of(more));
		return ForkedApplication.startOnStores(this.temp.resolve("instance"), "killed_listeners", ROOT,
				arguments.toArray(String[]::new));
	}

	private static KafkaProducer<byte[], byte[]> producer() {
		return new KafkaProducer<>(Map.of("bootstrap.servers", EmbeddedStores.kafka(), "max.block.ms", 180_000),
				new ByteArraySerializer(), new ByteArraySerializer());
	}

	private static int deadLetters() {
		JdbcConnectionDetails postgresql = EmbeddedStores.postgresql("killed_listeners");
		return JdbcClient
			.create(new DriverManagerDataSource(postgresql.getJdbcUrl(), postgresql.getUsername(),
					postgresql.getPassword()))
			.sql("select count(*) from dead_letter")
			.query(Integer.class)
			.single();
	}

	private static String good(String city) {
		return "{\"city\":\"" + city
				+ "\",\"country\":\"FR\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"temperature\":1.5}";
	}

}
