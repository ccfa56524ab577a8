package io.isobar.speed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import io.isobar.embedded.Faults;
import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamPart;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.support.KafkaHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What the sinks make of the topic, whatever is sent and whatever fails meanwhile. */
@SpeedTest
@SpringBootTest(properties = { "isobar.embedded.database=listeners", "isobar.lake.root=/listeners",
		"isobar.speed.weather-topic=listeners", "isobar.cassandra.keyspace=listeners", "isobar.influx.bucket=listeners",
		"isobar.speed.lake.flush-interval=PT0.5S", "isobar.speed.listeners.watch=PT0.3S" })
class ListenersIT {

	private static final String TOPIC = "listeners";

	private static final Duration LONG = Duration.ofMinutes(2);

	@TestConfiguration(proxyBeanMethods = false)
	static class Stores {

		@Bean
		RecordingSink recordingSink() {
			return new RecordingSink();
		}

	}

	@Autowired
	private RecordingSink store;

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private Topics topics;

	@Autowired
	private SpeedSinks sinks;

	@Autowired
	private ReadingEvents events;

	@Autowired
	private Gaps gaps;

	@Autowired
	private ListenerSettings settings;

	@Autowired
	private StreamedMessages messages;

	@Autowired
	private DeadLetters letters;

	@Autowired
	private Lake lake;

	@Autowired
	private LakeTable tables;

	@Autowired
	private ReadingStore readings;

	@Autowired
	private LakeSink archive;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private ObjectProvider<CqlSessionBuilder> sessions;

	@BeforeEach
	void started() {
		this.store.down(false);
		await().atMost(LONG).until(() -> this.sinks.doing().stream().allMatch((sink) -> !sink.partitions().isEmpty()));
	}

	@Test
	void whatIsRefusedIsADeadLetterAsItCameAndHoldsUpNothing() throws Exception {
		Map<String, byte @Nullable []> bad = new LinkedHashMap<>();
		bad.put("no JSON", bytes("weather: fine"));
		bad.put("has schema 3",
				good("Nowhere").replace("\"schema\":2", "\"schema\":3").getBytes(StandardCharsets.UTF_8));
		bad.put("names no city", bytes("{\"timestamp\":\"2026-01-31T14:00:00Z\",\"temperature\":1.5}"));
		bad.put("has no timestamp", bytes("{\"city\":\"Nowhere\"}"));
		bad.put("can't be read", bytes("{\"city\":\"Nowhere\",\"timestamp\":\"yesterday\"}"));
		bad.put("10 minutes ahead",
				bytes("{\"city\":\"Nowhere\",\"timestamp\":\"" + Instant.now().plusSeconds(900) + "\"}"));
		bad.put("not a number",
				bytes("{\"city\":\"Nowhere\",\"timestamp\":\"2026-01-31T14:00:00Z\",\"temperature\":\"warm\"}"));
		bad.put("tombstone", null);
		bad.put("is empty", new byte[0]);
		bad.put("no object", bytes("[1,2]"));
		bad.put("UTF-8", new byte[] { (byte) 0xff, 0, 1, 2, (byte) 0xfe });
		bad.put("in UTF-8", largest());
		List<String> cities = new ArrayList<>();
		Map<String, Long> offsets = new HashMap<>();
		for (Map.Entry<String, byte @Nullable []> each : bad.entrySet()) {
			cities.add("Beside " + cities.size());
			send(cities.get(cities.size() - 1));
			offsets.put(each.getKey(), send(0, each.getValue()).offset());
		}
		// A good one may be as large
		cities.add("Large");
		send(0, bytes(good("Large").replace("}", ",\"note\":\"" + "x".repeat(Topics.LARGEST - 10_000) + "\"}")));

		await().atMost(LONG).until(() -> this.store.cities().containsAll(cities));
		await().atMost(LONG).untilAsserted(() -> assertThat(inLake()).containsAll(cities));
		bad.forEach((cause, value) -> {
			DeadLetters.DeadLetter letter = await().atMost(LONG)
				.until(() -> letter(0, offsets.get(cause)), Objects::nonNull);
			assertThat(letter.cause()).contains(cause);
			assertThat(letter.value()).isEqualTo(value);
			assertThat(letter.key()).isEqualTo(bytes("key"));
		});
		// A tool of Kafka's finds them too, the largest as well
		Map<String, ConsumerRecord<byte[], byte[]>> told = deadLetters();
		bad.forEach((cause, value) -> {
			ConsumerRecord<byte[], byte[]> letter = told.get("0@" + offsets.get(cause));
			assertThat(letter).as(cause).isNotNull();
			assertThat(letter.partition()).isZero();
			assertThat(letter.value()).isEqualTo(value);
			assertThat(letter.key()).isEqualTo(bytes("key"));
			assertThat(header(letter, DeadLetterSender.CAUSE)).contains(cause)
				.isEqualTo(header(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE));
			assertThat(header(letter, DeadLetterSender.TOPIC)).isEqualTo(TOPIC)
				.isEqualTo(header(letter, KafkaHeaders.DLT_ORIGINAL_TOPIC));
			assertThat(letter.headers().lastHeader(KafkaHeaders.DLT_ORIGINAL_OFFSET).value())
				.isEqualTo(ByteBuffer.allocate(Long.BYTES).putLong(offsets.get(cause)).array());
		});
	}

	@Test
	void aCauseThatIsTooLongIsCutBetweenCharacters() {
		assertThat(DeadLetterSender.shortened("é".repeat(3000))).hasSize(DeadLetterSender.LONGEST_CAUSE)
			.isEqualTo(bytes("é".repeat(2048)));
		assertThat(DeadLetterSender.shortened("x" + "é".repeat(3000))).isEqualTo(bytes("x" + "é".repeat(2047)));
		assertThat(DeadLetterSender.shortened("short")).isEqualTo(bytes("short"));
	}

	@Test
	void deadLettersHaveRoomForWhatJustFitsTheirTopic() {
		String large = "large-" + UUID.randomUUID();
		Admin admin = this.kafka.admin();
		KafkaClients
			.await(admin
				.createTopics(List.of(new NewTopic(large, 1, (short) 1)
					.configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(5 * Topics.LARGEST)))))
				.all());

		new Topics(this.kafka, this.jdbc, this.settings, new SpeedSettings(true, large, Period.ofDays(35)),
				new OrderStreamSettings(large + "-orders"))
			.watch();

		ConfigResource letters = new ConfigResource(ConfigResource.Type.TOPIC, Topics.deadLetters(large));
		assertThat(KafkaClients.await(admin.describeConfigs(List.of(letters)).values().get(letters))
			.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
			.value()).isEqualTo(Integer.toString(5 * Topics.LARGEST + Topics.ROOM_FOR_HEADERS));
	}

	/** All that lie in the topic of dead letters, by where they lay in theirs. */
	private Map<String, ConsumerRecord<byte[], byte[]>> deadLetters() {
		Map<String, ConsumerRecord<byte[], byte[]>> letters = new HashMap<>();
		try (Consumer<byte[], byte[]> reader = this.kafka.reader()) {
			List<TopicPartition> partitions = reader.partitionsFor(Topics.deadLetters(TOPIC))
				.stream()
				.map((each) -> new TopicPartition(each.topic(), each.partition()))
				.toList();
			reader.assign(partitions);
			reader.seekToBeginning(partitions);
			Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
			while (ends.entrySet().stream().anyMatch((end) -> reader.position(end.getKey()) < end.getValue())) {
				reader.poll(Duration.ofSeconds(1))
					.forEach((letter) -> letters.put(
							header(letter, DeadLetterSender.PARTITION) + "@" + header(letter, DeadLetterSender.OFFSET),
							letter));
			}
		}
		return letters;
	}

	private static String header(ConsumerRecord<?, ?> letter, String name) {
		return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
	}

	@Test
	void aDeadLetterIsCorrectedAndSentOnce() throws Exception {
		long offset = send(0, bytes("{\"city\":\"Mended\",\"timestamp\":\"?\"}")).offset();
		await().atMost(LONG).until(() -> letter(0, offset) != null);
		long id = letter(0, offset).id();

		assertThatThrownBy(() -> this.letters.replay(id, "{\"city\":\"Mended\"}", "operator"))
			.isInstanceOf(DeadLetters.StillRefused.class)
			.hasMessageContaining("timestamp");
		assertThat(this.letters.replay(id, good("Mended"), "operator")).isEqualTo(DeadLetters.Replay.SENT);
		assertThat(this.letters.replay(id, null, "operator")).isEqualTo(DeadLetters.Replay.BEFORE);
		assertThat(this.letters.replay(-1, null, "operator")).isEqualTo(DeadLetters.Replay.UNKNOWN);

		await().atMost(LONG).until(() -> this.store.cities().contains("Mended"));
		await().atMost(LONG).untilAsserted(() -> assertThat(inLake()).containsOnlyOnce("Mended"));

		// Sent, but the instance died before it could note it
		this.jdbc.sql("update dead_letter set replayed_at = null, reserved_at = now() - interval '1 h' where id = :id")
			.param("id", id)
			.update();
		assertThat(this.letters.replay(id, null, "operator")).isEqualTo(DeadLetters.Replay.SENT);
		awaitArchived();
		assertThat(inLake()).containsOnlyOnce("Mended");
	}

	@Test
	void aStoreThatIsDownHoldsUpNoOtherAndMissesNothing() throws Exception {
		this.store.down(true);
		List<String> cities = List.of("Outage 1", "Outage 2", "Outage 3");
		for (String city : cities) {
			send(city);
		}

		await().atMost(LONG).untilAsserted(() -> assertThat(inLake()).containsAll(cities));
		await().atMost(LONG).until(() -> doing("recording").state().equals("waiting"));
		assertThat(doing("lake").state()).isEqualTo("running");
		assertThat(this.store.cities()).doesNotContainAnyElementsOf(cities);

		this.store.down(false);
		await().atMost(LONG).until(() -> this.store.cities().containsAll(cities));
		await().atMost(LONG)
			.until(() -> doing("recording").state().equals("running") && Objects.equals(doing("recording").lag(), 0L));
	}

	@Test
	void whatAStoreDidNotTakeIsLeftToWhoHasThePartitionsMeanwhile() throws Exception {
		this.store.down(true);
		Set<Integer> partitions = this.topics.ends(TOPIC).keySet();
		List<String> cities = new ArrayList<>();
		for (int partition : partitions) {
			cities.add("Handed over " + partition);
			send(partition, bytes(good("Handed over " + partition)));
		}
		await().atMost(LONG).until(() -> doing("recording").state().equals("waiting"));
		RecordingSink otherStore = new RecordingSink();
		SpeedSinks others = new SpeedSinks(this.topics, this.gaps, this.kafka, this.settings, this.messages,
				List.of(otherStore), List.of(), new SimpleMeterRegistry());
		others.start();
		try {
			await().atMost(LONG)
				.until(() -> others.doing().get(0).partitions().size() == partitions.size() / 2
						&& doing("recording").partitions().size() == partitions.size() / 2);
			this.store.down(false);

			List<String> written = new ArrayList<>();
			await().atMost(LONG).until(() -> {
				written.clear();
				Stream.of(this.store, otherStore)
					.flatMap((each) -> each.cities().stream())
					.filter(cities::contains)
					.forEach(written::add);
				return written.containsAll(cities) && Objects.equals(doing("recording").lag(), 0L);
			});
			assertThat(written).hasSameSizeAs(cities);
		}
		finally {
			others.stop();
		}
		await().atMost(LONG).until(() -> doing("recording").partitions().equals(partitions));
	}

	@Test
	void tenThousandMutationsStopNothingAndEachIsEitherWrittenOrADeadLetter() throws Exception {
		Random random = new Random(20260131);
		byte[] template = bytes(good("Mutant").replace("2026-01-31T14:00:00Z",
				Instant.now().truncatedTo(ChronoUnit.HOURS).minus(5, ChronoUnit.DAYS).toString()));
		Map<String, byte[]> refused = new HashMap<>();
		Set<String> taken = new HashSet<>();
		// Not those that stores would forget at once
		Instant kept = Instant.now().minus(29, ChronoUnit.DAYS);
		Set<String> points = new TreeSet<>();
		List<java.util.concurrent.Future<RecordMetadata>> sent = new ArrayList<>();
		List<byte[]> values = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			byte[] value = mutated(template, random);
			values.add(value);
			sent.add(this.kafka.producer().send(new ProducerRecord<>(TOPIC, i % 6, null, value)));
			if (i % 100 == 0) {
				sent.add(this.kafka.producer()
					.send(new ProducerRecord<>(TOPIC, i % 6, null, bytes(good("Among " + i)))));
				values.add(bytes(good("Among " + i)));
			}
		}
		for (int i = 0; i < sent.size(); i++) {
			RecordMetadata at = sent.get(i).get(30, TimeUnit.SECONDS);
			String place = at.partition() + "@" + at.offset();
			try {
				WeatherMessage message = WeatherMessages.read(values.get(i), Instant.ofEpochMilli(at.timestamp()));
				taken.add(place);
				if (message.observedAt().isAfter(kept)) {
					points.add(message.city() + " " + message.observedAt().truncatedTo(ChronoUnit.SECONDS));
				}
			}
			catch (MessageRefused ex) {
				refused.put(place, values.get(i));
			}
		}
		assertThat(refused).hasSizeGreaterThan(100);
		assertThat(taken).hasSizeGreaterThan(100);

		awaitArchived();

		Map<String, byte[]> letters = new HashMap<>();
		await().atMost(LONG).untilAsserted(() -> {
			letters.clear();
			this.jdbc.sql("select kafka_partition, kafka_offset, value from dead_letter where topic = :topic")
				.param("topic", TOPIC)
				.query((row) -> {
					letters.put(row.getInt(1) + "@" + row.getLong(2), row.getBytes(3));
				});
			assertThat(letters.keySet()).containsAll(refused.keySet());
		});
		refused.forEach((place, value) -> assertThat(letters.get(place)).isEqualTo(value));
		assertThat(letters.keySet()).doesNotContainAnyElementsOf(taken);
		List<String> places = placesInLake();
		assertThat(places).doesNotHaveDuplicates().containsAll(taken).doesNotContainAnyElementsOf(refused.keySet());
		await().atMost(LONG)
			.until(() -> this.store.cities().stream().filter((city) -> city.startsWith("Among ")).count() == 100);
		assertThat(points).hasSizeGreaterThan(50);
		await().atMost(LONG).untilAsserted(() -> assertThat(inCassandra()).containsAll(points));
		await().atMost(LONG).untilAsserted(() -> assertThat(inInflux()).containsAll(points));
		assertThat(this.sinks.doing()).allMatch((sink) -> sink.state().equals("running"));
	}

	private Set<String> inCassandra() {
		Set<String> points = new HashSet<>();
		try (CqlSession cassandra = this.sessions.getObject().build()) {
			cassandra.execute("SELECT city, observed_at FROM listeners.readings_by_city_day")
				.forEach((row) -> points.add(row.getString(0) + " " + row.getInstant(1)));
		}
		return points;
	}

	private static Set<String> inInflux() {
		Set<String> points = new HashSet<>();
		InfluxStandIn.rows("select city, timestamp from weather")
			.forEach((row) -> points
				.add(row.get("city").asString() + " " + Instant.parse(row.get("timestamp").asString())));
		return points;
	}

	/**
	 * Binary, and as large as it may be: it has been sent, and a byte more was too much.
	 */
	private byte[] largest() throws Exception {
		for (int size = Topics.LARGEST;; size -= 16) {
			byte[] value = new byte[size];
			new Random(1).nextBytes(value);
			try {
				send(0, value);
				return value;
			}
			catch (ExecutionException ex) {
				assertThat(ex).hasCauseInstanceOf(RecordTooLargeException.class);
			}
		}
	}

	@Test
	void newPartitionsAndANewTopicOfThatNameAreReadFromTheirBeginning() throws Exception {
		for (int i = 0; i < Math.max(1, Faults.repetitions()); i++) {
			newPartitionsAndANewTopic(" of time " + i);
			Faults.injected("F15: partitions added, topic deleted and made again, larger than before");
		}
	}

	private void newPartitionsAndANewTopic(String time) throws Exception {
		Admin admin = this.kafka.admin();
		KafkaClients.await(admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(12))).all());
		await().atMost(LONG).until(() -> doing("lake").partitions().size() == 12);
		send(11, bytes(good("Eleventh" + time)));
		await().atMost(LONG).until(() -> this.store.cities().contains("Eleventh" + time));
		await().atMost(LONG).until(() -> this.kafka.producer().partitionsFor(Topics.deadLetters(TOPIC)).size() == 12);
		long bad = send(11, bytes("weather: fine")).offset();
		await().atMost(LONG)
			.untilAsserted(() -> assertThat(deadLetters().get("11@" + bad)).isNotNull()
				.extracting(ConsumerRecord::partition)
				.isEqualTo(11));
		awaitArchived();
		Incarnation old = this.topics.incarnation(TOPIC).orElseThrow();
		long rows = placesInLake().size();
		Map<Integer, Long> ends = this.topics.ends(TOPIC);

		Set<String> told = ConcurrentHashMap.newKeySet();
		Runnable listening = this.events.listen((reading) -> told.add(reading.city()));
		KafkaClients.await(admin.deleteTopics(List.of(TOPIC)).all());
		await().atMost(LONG).until(() -> this.topics.incarnation(TOPIC).orElseThrow().number() > old.number());
		// It outgrows the old one at once
		long more = ends.get(0) + 10;
		for (long i = 0; i < more; i++) {
			this.kafka.producer().send(new ProducerRecord<>(TOPIC, 0, null, bytes(good("Renewed " + i + time))));
		}
		this.kafka.producer().flush();

		await().atMost(LONG).until(() -> doing("lake").partitions().size() == 6);
		awaitArchived();
		assertThat(placesInLake()).hasSize((int) more).doesNotHaveDuplicates();
		assertThat(placesInLake(old.number())).hasSize((int) rows);
		await().atMost(LONG).until(() -> this.store.cities().contains("Renewed " + (more - 1) + time));
		assertThat(this.store.cities()).contains("Renewed 0" + time);
		for (String sink : List.of("cassandra", "influxdb")) {
			await().atMost(LONG).until(() -> committed(sink, 0) == more);
		}
		// Who follows the readings is told of each too
		await().atMost(LONG).until(() -> told.contains("Renewed 0" + time) && told.contains("Renewed 5" + time));
		listening.run();
	}

	@Test
	void aSinkStandsStillWhereKafkaHasLostWhatItWantsUntilAPersonLetsItGoOn() throws Exception {
		this.store.down(true);
		for (int i = 0; i < 3; i++) {
			send(1, bytes(good("Lost")));
		}
		RecordMetadata last = send(1, bytes(good("Kept")));
		awaitArchived();
		for (String sink : List.of("cassandra", "influxdb")) {
			await().atMost(LONG).until(() -> committed(sink, 1) > last.offset());
		}
		await().atMost(LONG).until(() -> doing("recording").state().equals("waiting"));
		KafkaClients.await(this.kafka.admin()
			.deleteRecords(Map.of(new TopicPartition(TOPIC, 1), RecordsToDelete.beforeOffset(last.offset())))
			.all());
		this.sinks.stop();
		this.store.down(false);
		this.sinks.start();

		await().atMost(LONG).until(() -> doing("recording").state().equals("stopped"));
		assertThat(doing("recording").cause()).contains("accept-gap=true");
		assertThat(this.store.cities()).doesNotContain("Kept");
		assertThat(this.sinks.acceptGap("recording", "operator")).contains(1);
		await().atMost(LONG).until(() -> this.store.cities().contains("Kept"));
		await().atMost(LONG).until(() -> doing("recording").state().equals("running"));
		assertThat(this.store.cities()).doesNotContain("Lost");
	}

	@Test
	void whatAPersonHasAcceptedIsNoReasonToPassOverMoreLater() {
		Incarnation topic = new Incarnation("forgets", Uuid.ZERO_UUID, 0);
		StreamPart part = topic.part(0);
		this.gaps.note("sink", part, 100, 150);
		assertThat(this.gaps.isAccepted("sink", part, 100, 150)).isFalse();
		this.gaps.accept("sink", part.topic(), "operator");

		// More was gone by the time that it could go on, and it has not written since
		assertThat(this.gaps.isAccepted("sink", part, 100, 160)).isTrue();
		assertThat(this.gaps.isAccepted("sink", part, 100, 160)).isTrue();
		assertThat(this.gaps.isAccepted("sink", part, 100, 5000)).isFalse();
		this.gaps.note("sink", part, 100, 5000);

		assertThat(this.gaps.isOpen("sink", topic)).isTrue();
		assertThat(this.gaps.isAccepted("sink", part, 100, 5000)).isFalse();
		assertThat(this.gaps.accept("sink", part.topic(), "operator")).isOne();
		assertThat(this.gaps.isAccepted("sink", part, 100, 5000)).isTrue();
	}

	@Test
	void whereATopicEndsNobodyKnowsWhileKafkaDoesNotKnowIt() {
		assertThatThrownBy(() -> this.topics.ends("nobody-has-made-it")).hasMessageContaining("does not know");
	}

	@Test
	void nobodyAcceptsAGapWhereKafkaHasLostTheEnd() {
		Incarnation topic = new Incarnation("lost its end", Uuid.ZERO_UUID, 0);
		StreamPart part = topic.part(0);
		this.gaps.note("sink", part, 1000, 500);
		this.gaps.note("sink", part, 1, 500);

		assertThat(this.gaps.accept("sink", part.topic(), "operator")).isOne();

		assertThat(this.gaps.isAccepted("sink", part, 1, 500)).isTrue();
		assertThat(this.gaps.isAccepted("sink", part, 1000, 500)).isFalse();
		assertThat(this.gaps.isOpen("sink", topic)).isTrue();
		assertThat(this.gaps.lostEnds("sink", topic))
			.containsExactly(new Gaps.LostEnd(new TopicPartition(topic.topic(), 0), 1000, 500));
		Incarnation again = new Incarnation(topic.topic(), Uuid.ONE_UUID, 1);
		assertThat(this.gaps.isOpen("sink", again)).isFalse();
		assertThat(this.gaps.lostEnds("sink", again)).isEmpty();

		this.gaps.forgetLostEnds("sink", topic.part(1));
		assertThat(this.gaps.lostEnds("sink", topic)).isNotEmpty();
		this.gaps.forgetLostEnds("sink", part);
		assertThat(this.gaps.lostEnds("sink", topic)).isEmpty();
	}

	/** The offset that a sink's group goes on at. */
	private long committed(String sink, int partition) {
		OffsetAndMetadata offset = KafkaClients
			.await(this.kafka.admin()
				.listConsumerGroupOffsets("isobar.%s.%s".formatted(TOPIC, sink))
				.partitionsToOffsetAndMetadata())
			.get(new TopicPartition(TOPIC, partition));
		return (offset != null) ? offset.offset() : -1;
	}

	private static byte[] mutated(byte[] template, Random random) {
		byte[] value = Arrays.copyOf(template, template.length);
		for (int i = random.nextInt(4); i >= 0; i--) {
			int at = random.nextInt(value.length);
			switch (random.nextInt(4)) {
				case 0 -> value[at] = (byte) random.nextInt();
				case 1 -> value = Arrays.copyOf(value, Math.max(1, at));
				case 2 -> value[at] = (byte) "0123456789\",:{}[]-.eE".charAt(random.nextInt(21));
				default -> System.arraycopy(template, 0, value, at, Math.min(8, value.length - at));
			}
		}
		return value;
	}

	/** Every message that the lake holds of the topic, where it lay in Kafka. */
	private List<String> placesInLake() {
		return placesInLake(this.topics.incarnation(TOPIC).orElseThrow().number());
	}

	private List<String> placesInLake(int incarnation) {
		List<String> places = new ArrayList<>();
		this.tables.read(this.lake.readings(), this.readings.version().orElseThrow(),
				List.of("kafka_partition", "kafka_offset"), (partition) -> true, (values) -> {
					if (values[0] instanceof Integer number && number / 1000 == incarnation) {
						places.add(number % 1000 + "@" + values[1]);
					}
				});
		return places;
	}

	private List<String> inLake() {
		List<String> cities = new ArrayList<>();
		this.tables.read(this.lake.readings(), this.readings.version().orElseThrow(), List.of("city", "message"),
				(partition) -> true, (values) -> {
					assertThat(values[1]).asString().contains("{");
					cities.add(String.valueOf(values[0]));
				});
		return cities;
	}

	private void awaitArchived() {
		io.isobar.lake.StreamArchive.Sent sent = this.archive.sent();
		await().atMost(LONG).until(() -> sent.missing() == 0);
	}

	private SpeedSinks.Doing doing(String sink) {
		return this.sinks.doing().stream().filter((each) -> each.sink().equals(sink)).findFirst().orElseThrow();
	}

	private DeadLetters.@Nullable DeadLetter letter(int partition, long offset) {
		return this.letters.page(TOPIC, 0)
			.stream()
			.filter((letter) -> letter.partition() == partition && letter.offset() == offset)
			.findFirst()
			.orElse(null);
	}

	private void send(String city) throws Exception {
		this.kafka.producer()
			.send(new ProducerRecord<>(TOPIC, bytes(city), bytes(good(city))))
			.get(30, TimeUnit.SECONDS);
	}

	private RecordMetadata send(int partition, byte @Nullable [] value) throws Exception {
		return this.kafka.producer()
			.send(new ProducerRecord<>(TOPIC, partition, bytes("key"), value))
			.get(30, TimeUnit.SECONDS);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String good(String city) {
		return """
				{"schema":2,"city":"%s","country":"FR","timestamp":"2026-01-31T14:00:00Z","data_origin":"open_meteo",\
				"temperature":7.4,"humidity":74.2,"pressure":1013.2}""".formatted(city);
	}

}
