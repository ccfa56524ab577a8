package io.isobar.speed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/**
 * Clients of Kafka, with the address and the security of Boot's and settings of our own:
 * bytes, short time-outs, and nothing decided silently.
 */
@Component
@ConditionalOnSpeed
class KafkaClients implements DisposableBean {

	/** An answer that takes longer is none. */
	static final Duration PATIENCE = Duration.ofSeconds(5);

	/** Bigger than any message that fits a topic, also when it is compressed there. */
	private static final int LARGEST_MESSAGE = 64 * 1024 * 1024;

	/** With so many bytes Kafka answers even one who does not mind waiting. */
	private static final int ENOUGH = 512 * 1024;

	/**
	 * So much one answer brings, if no single message is larger: what is more than half a
	 * region, of 8 MB, costs G1 a round of marking each time.
	 */
	private static final int ANSWER = 3 * 1024 * 1024;

	private final ConsumerFactory<?, ?> consumers;

	private final ProducerFactory<?, ?> producers;

	private final KafkaAdmin administration;

	private final ListenerSettings settings;

	private @Nullable Admin admin;

	private @Nullable Producer<byte[], byte[]> producer;

	KafkaClients(ConsumerFactory<?, ?> consumers, ProducerFactory<?, ?> producers, KafkaAdmin administration,
			ListenerSettings settings) {
		this.consumers = consumers;
		this.producers = producers;
		this.administration = administration;
		this.settings = settings;
	}

	/** Makes consumers of a group that does not mind waiting for more messages. */
	ConsumerFactory<byte[], byte[]> consumers(String group, Duration linger) {
		Map<String, Object> properties = consumer(group);
		if (!linger.isZero()) {
			properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, ENOUGH);
			properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) linger.toMillis());
		}
		return new DefaultKafkaConsumerFactory<>(properties);
	}

	/** The settings of a consumer; it decides itself where it begins. */
	Map<String, Object> consumer(@Nullable String group) {
		Map<String, Object> properties = new HashMap<>(this.consumers.getConfigurationProperties());
		properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
		properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
		properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, this.settings.batch());
		properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 3000);
		properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
		properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 8000);
		properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
		properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
		properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, ANSWER);
		// So of a backlog much of a partition, and of each of its cities, comes together
		properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, ANSWER);
		if (group != null) {
			properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
			properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6000);
			// Longer than any store is waited for
			properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 600_000);
			properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1500);
			properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
					CooperativeStickyAssignor.class.getName());
		}
		return properties;
	}

	/** Shared; not to be closed. */
	synchronized Admin admin() {
		Admin known = this.admin;
		if (known == null) {
			Map<String, Object> properties = new HashMap<>(this.administration.getConfigurationProperties());
			properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
			properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() - 500);
			properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
			known = Admin.create(properties);
			this.admin = known;
		}
		return known;
	}

	/** The next question is asked by another: this one's own thread may have died. */
	void renewAdmin() {
		Admin known;
		synchronized (this) {
			known = this.admin;
			this.admin = null;
		}
		if (known != null) {
			known.close(Duration.ZERO);
		}
	}

	/** Acknowledged by all, in order, without repetition; shared; not to be closed. */
	synchronized Producer<byte[], byte[]> producer() {
		Producer<byte[], byte[]> known = this.producer;
		if (known == null) {
			known = newProducer();
			this.producer = known;
		}
		return known;
	}

	Producer<byte[], byte[]> newProducer() {
		Map<String, Object> properties = acknowledged();
		properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_MESSAGE);
		properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * LARGEST_MESSAGE);
		// What came compressed must fit again
		properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
		properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5000);
		properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
		properties.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, 3000);
		// What waits here would be sent even by one who has paused for long meanwhile
		properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
		return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
	}

	/**
	 * Sends by the shared producer; done when Kafka has it. A producer that has failed
	 * for good is not asked again: the next message makes another.
	 */
	CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
		CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
		Producer<byte[], byte[]> asked = producer();
		// One whose own thread has died tells nobody
		sent.orTimeout(longestSilence().toMillis(), TimeUnit.MILLISECONDS).whenComplete((metadata, failure) -> {
			if (failure instanceof TimeoutException silence) {
				hasFailed(asked, silence);
			}
		});
		try {
			asked.send(record, (metadata, failure) -> {
				if (failure == null) {
					sent.complete(metadata);
				}
				else {
					hasFailed(asked, failure);
					sent.completeExceptionally(failure);
				}
			});
		}
		catch (RuntimeException ex) {
			hasFailed(asked, ex);
			sent.completeExceptionally(ex);
		}
		return sent;
	}

	/** The shared producer has given up a message sooner, if it still runs. */
	Duration longestSilence() {
		return Duration.ofSeconds(30);
	}

	private void hasFailed(Producer<byte[], byte[]> asked, Exception failure) {
		if (!isForGood(failure)) {
			return;
		}
		synchronized (this) {
			if (this.producer != asked) {
				return;
			}
			this.producer = null;
		}
		// Its own thread, for which this waits, may be about to tell of a failure too
		asked.close(Duration.ZERO);
	}

	/** Whether a producer that failed so may take nothing any more. */
	static boolean isForGood(Throwable failure) {
		return !(failure instanceof RetriableException || failure instanceof RecordTooLargeException
				|| failure instanceof InvalidTopicException || failure instanceof InterruptException);
	}

	/**
	 * A producer of its user's own, who closes it: a message that it confirms is on all
	 * replicas, and once in its partition however often the network fails.
	 */
	Producer<String, byte[]> sender() {
		Map<String, Object> properties = acknowledged();
		properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
		properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
		properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
		return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
	}

	private Map<String, Object> acknowledged() {
		Map<String, Object> properties = new HashMap<>(this.producers.getConfigurationProperties());
		properties.put(ProducerConfig.ACKS_CONFIG, "all");
		properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
		properties.remove(ProducerConfig.RETRIES_CONFIG);
		// With several, on a partition that has just got its leader, a later one may be
		// taken before the first: that one is out of order then, and refused for ever
		properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
		properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5000);
		return properties;
	}

	/** A consumer of its user's own, without a group, that reads where it is told to. */
	Consumer<byte[], byte[]> reader() {
		return reader("none");
	}

	/**
	 * Likewise.
	 * @param elsewhere where it reads on if there is nothing where it is told to read:
	 * {@code latest}, {@code earliest} or {@code none}
	 */
	Consumer<byte[], byte[]> reader(String elsewhere) {
		Map<String, Object> properties = consumer(null);
		properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, elsewhere);
		properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
		properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
		return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
	}

	/** Waits for an answer, not longer than our patience. */
	static <T> T await(KafkaFuture<T> answer) {
		try {
			return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for Kafka.", ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("Kafka does not answer.", ex);
		}
	}

	@Override
	public synchronized void destroy() {
		if (this.admin != null) {
			this.admin.close(Duration.ofSeconds(1));
		}
		if (this.producer != null) {
			this.producer.close(Duration.ofSeconds(2));
		}
	}

}
