package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The topics of the speed layer: makes them, and tells one from another of the same name.
 * Messages have the time at which Kafka appended them.
 */
@Component
@ConditionalOnSpeed
class Topics {

	private static final Logger logger = LoggerFactory.getLogger(Topics.class);

	/** Behind the name of a topic, that of its dead letters. */
	static final String DEAD = ".DLT";

	static final int PARTITIONS = 6;

	/** Of the topic of orders. */
	static final int ORDER_PARTITIONS = 3;

	/** The largest message of a topic, as Kafka counts it. */
	static final int LARGEST = 1024 * 1024;

	/** So much larger may it be with the headers that a dead letter carries. */
	static final int ROOM_FOR_HEADERS = 64 * 1024;

	private static final RetryTemplate appearance = new RetryTemplate(
			RetryPolicy.builder().maxRetries(50).delay(Duration.ofMillis(100)).build());

	private static final String ROLE_ORDERS = "orders";

	private final KafkaClients kafka;

	private final JdbcClient jdbc;

	private final ListenerSettings settings;

	private final String weather;

	private final String orders;

	private final Map<String, Incarnation> known = new ConcurrentHashMap<>();

	/** The largest message of each, as Kafka counts it. */
	private final Map<String, Integer> largest = new ConcurrentHashMap<>();

	/** Those of which no partition has a follower. */
	private final Set<String> alone = ConcurrentHashMap.newKeySet();

	Topics(KafkaClients kafka, JdbcClient jdbc, ListenerSettings settings, SpeedSettings speed,
			OrderStreamSettings orders) {
		this.kafka = kafka;
		this.jdbc = jdbc;
		this.settings = settings;
		this.weather = speed.weatherTopic();
		this.orders = orders.topic();
	}

	String weather() {
		return this.weather;
	}

	String orders() {
		return this.orders;
	}

	/** The topic of what is refused of another. */
	static String deadLetters(String topic) {
		return topic + DEAD;
	}

	/**
	 * Makes what is missing, and looks which topics there are now.
	 * @throws RuntimeException if Kafka does not answer
	 */
	void watch() {
		watch(this.weather, PARTITIONS);
		watch(this.orders, ORDER_PARTITIONS);
	}

	/** Its dead letters have as many partitions, and room for what just fits it. */
	private void watch(String topic, int partitions) {
		int there = watch(topic, partitions, LARGEST);
		int room = (int) Math.min(Integer.MAX_VALUE,
				this.largest.getOrDefault(topic, LARGEST) + (long) ROOM_FOR_HEADERS);
		int ofDeadLetters = watch(deadLetters(topic), there, room);
		if (ofDeadLetters < there) {
			grow(deadLetters(topic), there);
		}
	}

	private void grow(String topic, int partitions) {
		try {
			KafkaClients
				.await(this.kafka.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all());
			logger.info("The topic {} has {} partitions now, as many as that whose dead letters it takes.", topic,
					partitions);
		}
		catch (InvalidPartitionsException ex) {
			logger.debug("Another instance has made the partitions of {}", topic, ex);
		}
	}

	/**
	 * Makes a topic where it is missing, and looks whether it is another one.
	 * @param largest the largest message of one that is made, and of dead letters always
	 * @return how many partitions it has
	 */
	private int watch(String topic, int partitions, int largest) {
		Optional<TopicDescription> there = describe(topic);
		if (there.isEmpty()) {
			create(topic, partitions, largest);
			there = describeNew(topic);
		}
		Incarnation before = this.known.get(topic);
		if (before == null || !before.id().equals(there.get().topicId())) {
			settle(topic, largest);
			Incarnation now = register(topic, there.get().topicId());
			if (before != null) {
				logger.warn(
						"The topic {} was deleted and made again. What comes in the new one is read from its beginning; what the stores have of the old one stays.",
						topic);
			}
			this.known.put(topic, now);
		}
		if (there.get().partitions().stream().allMatch((partition) -> partition.replicas().size() == 1)) {
			this.alone.add(topic);
		}
		else {
			this.alone.remove(topic);
		}
		return there.get().partitions().size();
	}

	/** Kafka has said that it is made; the brokers hear of it a moment later. */
	private Optional<TopicDescription> describeNew(String topic) {
		return appearance.invoke(() -> {
			Optional<TopicDescription> there = describe(topic);
			if (there.isEmpty()) {
				throw new IllegalStateException("The topic " + topic + " was made, but is not there.");
			}
			return there;
		});
	}

	private Optional<TopicDescription> describe(String topic) {
		try {
			return Optional.of(KafkaClients.await(Objects
				.requireNonNull(this.kafka.admin().describeTopics(List.of(topic)).topicNameValues().get(topic))));
		}
		catch (UnknownTopicOrPartitionException ex) {
			return Optional.empty();
		}
	}

	private void create(String topic, int partitions, int largest) {
		try {
			KafkaClients.await(this.kafka.admin()
				.createTopics(List.of(new NewTopic(topic, partitions, this.settings.replication())
					.configs(configuration(topic, largest))))
				.all());
		}
		catch (TopicExistsException ex) {
			logger.debug("Another instance has made the topic {}", topic);
		}
	}

	private Map<String, String> configuration(String topic, int largest) {
		Map<String, String> configuration = new HashMap<>(needed(topic));
		configuration.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largest));
		return configuration;
	}

	/** What is counted on: of orders, that none is ever forgotten. */
	private Map<String, String> needed(String topic) {
		return topic.equals(this.orders)
				? Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime", TopicConfig.CLEANUP_POLICY_CONFIG,
						"delete", TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.RETENTION_BYTES_CONFIG, "-1")
				: Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
	}

	/** A topic that others have made may lack what is counted on. */
	private void settle(String topic, int largest) {
		ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
		Config there = KafkaClients.await(
				Objects.requireNonNull(this.kafka.admin().describeConfigs(List.of(resource)).values().get(resource)));
		Collection<AlterConfigOp> missing = new ArrayList<>();
		needed(topic).forEach((name, value) -> {
			ConfigEntry entry = there.get(name);
			if (entry == null || !value.equals(entry.value())) {
				missing.add(set(name, value));
			}
		});
		ConfigEntry size = there.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
		if (size != null) {
			this.largest.put(topic, Integer.parseInt(size.value()));
		}
		if (topic.endsWith(DEAD) && (size == null || Integer.parseInt(size.value()) < largest)) {
			missing.add(set(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largest)));
		}
		if (!missing.isEmpty()) {
			KafkaClients.await(this.kafka.admin().incrementalAlterConfigs(Map.of(resource, missing)).all());
			logger.info("The topic {} was set to {}, as the speed layer counts on it.", topic,
					missing.stream()
						.map((each) -> each.configEntry().name() + "=" + each.configEntry().value())
						.toList());
		}
	}

	private static AlterConfigOp set(String name, String value) {
		return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
	}

	/**
	 * The number of a topic: the next one, if it is seen for the first time. Those of
	 * orders are counted over all names that their topic has had.
	 */
	private Incarnation register(String topic, Uuid id) {
		String role = (topic.equals(this.orders)) ? ROLE_ORDERS : null;
		if (role != null) {
			// What an earlier version has registered
			this.jdbc.sql("update topic_incarnation set role = :role where topic = :topic and role is null")
				.param("role", role)
				.param("topic", topic)
				.update();
		}
		this.jdbc.sql("""
				insert into topic_incarnation (topic, topic_id, role, number)
				select :topic, :id, :role, coalesce(max(number) + 1, 0) from topic_incarnation
				where topic = :topic or role = :role
				on conflict do nothing
				""")
			.param("topic", topic)
			.param("id", id.toString())
			.param("role", role, java.sql.Types.VARCHAR)
			.update();
		int number = this.jdbc.sql("select number from topic_incarnation where topic = :topic and topic_id = :id")
			.param("topic", topic)
			.param("id", id.toString())
			.query(Integer.class)
			.single();
		return new Incarnation(topic, id, number);
	}

	/** The topic of that name, as it was when it was last looked at. */
	Optional<Incarnation> incarnation(String topic) {
		return Optional.ofNullable(this.known.get(topic));
	}

	/**
	 * By which Kafka knows a topic.
	 * @throws RuntimeException if it was never looked at, and Kafka does not answer
	 */
	Uuid id(String topic) {
		return incarnation(topic).map(Incarnation::id)
			.or(() -> describe(topic).map(TopicDescription::topicId))
			.orElseThrow(() -> new IllegalStateException("There is no topic %s yet.".formatted(topic)));
	}

	/** Whether a topic has followers, as far as is known. */
	boolean isReplicated(String topic) {
		return !this.alone.contains(topic);
	}

	/**
	 * Whether the topic is still the same at this moment.
	 * @throws RuntimeException if Kafka does not answer
	 */
	boolean isStill(Incarnation incarnation) {
		return describe(incarnation.topic()).filter((now) -> now.topicId().equals(incarnation.id())).isPresent();
	}

	/**
	 * The end of each partition of a topic at this moment.
	 * @throws RuntimeException if Kafka does not answer, or does not know the topic, as
	 * one that has just come back may not
	 */
	Map<Integer, Long> ends(String topic) {
		return offsets(topic, OffsetSpec.latest());
	}

	/**
	 * The first offset that each partition of a topic still has.
	 * @throws RuntimeException as above
	 */
	Map<Integer, Long> beginnings(String topic) {
		return offsets(topic, OffsetSpec.earliest());
	}

	private Map<Integer, Long> offsets(String topic, OffsetSpec which) {
		TopicDescription there = describe(topic)
			.orElseThrow(() -> new IllegalStateException("Kafka does not know the topic %s.".formatted(topic)));
		Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
		there.partitions().forEach((each) -> asked.put(new TopicPartition(topic, each.partition()), which));
		Map<Integer, Long> offsets = new HashMap<>();
		KafkaClients.await(this.kafka.admin().listOffsets(asked).all())
			.forEach((partition, found) -> offsets.put(partition.partition(), found.offset()));
		return offsets;
	}

}
