package io.isobar.speed;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.lake.LakeReader;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.ReadingBlob;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.weather.Metric;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the stores must hold, told from the topic alone: what Kafka confirmed is in it;
 * each message that can be read is in the lake once, as it came, each other one is a dead
 * letter; and Cassandra and InfluxDB hold, row for row and point for point, what all
 * messages come to.
 *
 * @param topic of which the first incarnation is looked at
 * @param name of the database and the keyspace
 * @param root of the lake
 * @param prefix of the names of the cities
 */
record StreamOracle(String topic, String name, String root, String prefix) {

	private static final Duration LONG = Duration.ofMinutes(3);

	/** Waits until all stores hold exactly what they must. */
	void assertAllIsThere(Map<String, byte[]> confirmed) throws Exception {
		List<ConsumerRecord<byte[], byte[]>> records = records();
		Map<String, byte[]> values = new HashMap<>();
		records.forEach((record) -> values.put(place(record), record.value()));
		assertThat(confirmed).isNotEmpty()
			.allSatisfy((place, value) -> assertThat(values.get(place)).as(place).isEqualTo(value));
		Map<String, String> good = new TreeMap<>();
		Map<String, String> bad = new TreeMap<>();
		Map<String, Double> readings = new TreeMap<>();
		Map<String, Double> points = new TreeMap<>();
		Map<String, WeatherMessage> latest = new TreeMap<>();
		Map<String, WeatherMessage> winners = new HashMap<>();
		for (ConsumerRecord<byte[], byte[]> record : records) {
			String text = new String(record.value(), StandardCharsets.UTF_8);
			try {
				WeatherMessage message = WeatherMessages.read(record.value(), Instant.ofEpochMilli(record.timestamp()));
				good.put(place(record), text);
				String key = message.city() + " " + message.observedAt();
				// In Cassandra what was collected last counts, and at the same instant
				// the larger value; in InfluxDB what arrived last
				if (winners.merge(key, message, StreamOracle::newer) == message) {
					readings.put(key, temperature(message));
				}
				points.put(key, temperature(message));
				latest.merge(message.city(), message, StreamOracle::later);
			}
			catch (MessageRefused ex) {
				bad.put(place(record), text);
			}
		}
		LakeReader lake = new LakeReader(EmbeddedStores.hdfs(), this.root);
		await().atMost(LONG).pollInterval(Duration.ofSeconds(1)).until(() -> lake.places().size() >= good.size());
		List<LakeReader.Stored> stored = lake.messages();
		assertThat(stored.stream().map(LakeReader.Stored::place).toList()).doesNotHaveDuplicates();
		Map<String, String> inLake = new TreeMap<>();
		stored.forEach((each) -> inLake.put(each.place(), each.message()));
		assertThat(inLake).isEqualTo(good);
		eventually(() -> assertThat(deadLetters(this.topic)).isEqualTo(bad));
		try (CqlSession cassandra = CqlSession.builder()
			.addContactPoint(new InetSocketAddress("127.0.0.1", EmbeddedStores.cassandra()))
			.withLocalDatacenter("datacenter1")
			.build()) {
			eventually(() -> assertThat(inCassandra(cassandra)).isEqualTo(readings));
			Map<String, String> newest = new TreeMap<>();
			latest.forEach((city, message) -> newest.put(city, message.observedAt() + " " + temperature(message)));
			eventually(() -> assertThat(latestInCassandra(cassandra)).isEqualTo(newest));
		}
		eventually(() -> assertThat(inInflux()).isEqualTo(points));
		Faults.provenOnce(confirmed.size());
	}

	private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
		await().atMost(LONG).pollInterval(Duration.ofSeconds(1)).untilAsserted(assertion);
	}

	private static String place(ConsumerRecord<byte[], byte[]> record) {
		return record.partition() + "@" + record.offset();
	}

	private static double temperature(WeatherMessage message) {
		return message.reading().values().orNaN(Metric.TEMPERATURE);
	}

	private static WeatherMessage newer(WeatherMessage one, WeatherMessage other) {
		return Comparator.comparing((WeatherMessage message) -> message.reading().collected())
			.thenComparing(StreamOracle::temperature)
			.compare(one, other) > 0 ? one : other;
	}

	private static WeatherMessage later(WeatherMessage one, WeatherMessage other) {
		int order = one.observedAt().compareTo(other.observedAt());
		return (order > 0 || (order == 0 && newer(one, other) == one)) ? one : other;
	}

	/** All of the topic, those of each partition in their order. */
	private List<ConsumerRecord<byte[], byte[]>> records() {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", EmbeddedStores.kafka()), new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			List<TopicPartition> partitions = consumer.partitionsFor(this.topic)
				.stream()
				.map((each) -> new TopicPartition(this.topic, each.partition()))
				.toList();
			consumer.assign(partitions);
			consumer.seekToBeginning(partitions);
			Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
			while (ends.entrySet().stream().anyMatch((end) -> consumer.position(end.getKey()) < end.getValue())) {
				consumer.poll(Duration.ofMillis(100)).forEach(records::add);
			}
		}
		return records;
	}

	/** The values of what was refused of a topic, by partition and offset. */
	Map<String, String> deadLetters(String topic) {
		JdbcConnectionDetails postgresql = EmbeddedStores.postgresql(this.name);
		Map<String, String> letters = new TreeMap<>();
		JdbcClient
			.create(new DriverManagerDataSource(postgresql.getJdbcUrl(), postgresql.getUsername(),
					postgresql.getPassword()))
			.sql("select kafka_partition, kafka_offset, value from dead_letter where topic = :topic")
			.param("topic", topic)
			.query((row) -> {
				letters.put(row.getInt(1) + "@" + row.getLong(2), new String(row.getBytes(3), StandardCharsets.UTF_8));
			});
		return letters;
	}

	private Map<String, Double> inCassandra(CqlSession cassandra) {
		Map<String, Double> readings = new TreeMap<>();
		for (Row row : cassandra
			.execute("SELECT city, observed_at, readings FROM " + this.name + ".readings_by_city_day")) {
			String city = String.valueOf(row.getString("city"));
			Map<String, ByteBuffer> cells = row.getMap("readings", String.class, ByteBuffer.class);
			assertThat(cells).hasSize(1);
			cells.values()
				.forEach((cell) -> readings.put(city + " " + row.getInstant("observed_at"),
						temperature(message(city, cell))));
		}
		return readings;
	}

	private Map<String, String> latestInCassandra(CqlSession cassandra) {
		Map<String, String> latest = new TreeMap<>();
		for (Row row : cassandra.execute("SELECT city, reading FROM " + this.name + ".latest_by_city")) {
			String city = String.valueOf(row.getString("city"));
			WeatherMessage message = message(city, row.getByteBuffer("reading"));
			latest.put(city, message.observedAt() + " " + temperature(message));
		}
		return latest;
	}

	private static WeatherMessage message(String city, ByteBuffer cell) {
		byte[] bytes = new byte[cell.remaining()];
		cell.duplicate().get(bytes);
		return ReadingBlob.read(city, bytes);
	}

	private Map<String, Double> inInflux() {
		Map<String, Double> points = new TreeMap<>();
		for (Map<String, JsonNode> row : InfluxStandIn
			.rows("select timestamp, city, temperature from weather where city like '" + this.prefix + " %'")) {
			String key = row.get("city").asString() + " " + Instant.parse(row.get("timestamp").asString());
			assertThat(points.put(key, row.get("temperature").asDouble())).as(key).isNull();
		}
		return points;
	}

}
