package io.isobar.speed;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;

/**
 * Makes clients of Kafka that belong to who asks for one, and are closed by it. Spring's
 * settings say where Kafka is and how one logs in; all they do has a time-out.
 */
@Component
@ConditionalOnSpeed
class OwnClients {

	private static final int ANSWER_WITHIN_MS = 10_000;

	private final KafkaProperties properties;

	private final ObjectProvider<KafkaConnectionDetails> connection;

	OwnClients(KafkaProperties properties, ObjectProvider<KafkaConnectionDetails> connection) {
		this.properties = properties;
		this.connection = connection;
	}

	/**
	 * A producer whose message is on all replicas when it is confirmed, and once in its
	 * partition however often the network fails.
	 */
	Producer<String, byte[]> producer() {
		Map<String, Object> settings = new HashMap<>(this.properties.buildProducerProperties());
		where(settings, this.connection.getObject().getProducer());
		settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
		settings.put(ProducerConfig.ACKS_CONFIG, "all");
		settings.remove(ProducerConfig.RETRIES_CONFIG);
		settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
		settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 3 * ANSWER_WITHIN_MS);
		settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_WITHIN_MS / 2);
		settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
		// With several, on a partition that has just got its leader, a later one may be
		// taken before the first: that one is out of order then, and refused for ever
		settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
		return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
	}

	/** A consumer without a group, which reads where it is told to. */
	Consumer<byte[], byte[]> reader() {
		Map<String, Object> settings = new HashMap<>(this.properties.buildConsumerProperties());
		where(settings, this.connection.getObject().getConsumer());
		settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
		settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
		settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "isobar-reader-" + UUID.randomUUID());
		settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
		settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
		settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * ANSWER_WITHIN_MS);
		return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
	}

	Admin admin() {
		Map<String, Object> settings = new HashMap<>(this.properties.buildAdminProperties());
		where(settings, this.connection.getObject().getAdmin());
		settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
		settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * ANSWER_WITHIN_MS);
		return Admin.create(settings);
	}

	private static void where(Map<String, Object> settings, KafkaConnectionDetails.Configuration configuration) {
		settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, configuration.getBootstrapServers());
		String protocol = configuration.getSecurityProtocol();
		if (protocol != null && !protocol.isEmpty()) {
			settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
		}
	}

}
