package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A topic of a test's own, with the settings of the real one. */
record Topic(KafkaClients clients, String name) {

	static final int PARTITIONS = 6;

	static Topic create(KafkaClients clients) {
		return create(clients, "test-" + UUID.randomUUID());
	}

	static Topic create(KafkaClients clients, String name) {
		try {
			clients.admin()
				.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)
					.configs(Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "1048576"))))
				.all()
				.get();
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return new Topic(clients, name);
	}

	/** That topic, whoever has made it. */
	static Topic ensure(KafkaClients clients, String name) {
		try {
			return clients.admin().listTopics().names().get().contains(name) ? new Topic(clients, name)
					: create(clients, name);
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** How many messages it has. */
	long size() {
		try (Consumer<byte[], byte[]> consumer = this.clients.reader()) {
			List<TopicPartition> partitions = partitions(consumer);
			consumer.assign(partitions);
			long ends = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
			return ends - consumer.beginningOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
		}
	}

	/** Lets Kafka have none of its messages any more, as when their time is over. */
	void forget() {
		try (Consumer<byte[], byte[]> consumer = this.clients.reader()) {
			Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
			consumer.endOffsets(partitions(consumer))
				.forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
			KafkaClients.await(this.clients.admin().deleteRecords(all).all());
		}
	}

	private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
		return consumer.partitionsFor(this.name)
			.stream()
			.map((each) -> new TopicPartition(this.name, each.partition()))
			.toList();
	}

	/** Sends messages, and waits until Kafka has them. */
	void send(List<WeatherMessage> messages) {
		send(messages.stream()
			.map((message) -> new ProducerRecord<>(this.name, message.city(), WeatherMessages.write(message))));
	}

	/** Sends bytes that may be no message. */
	void send(String key, byte[] bytes) {
		send(Stream.of(new ProducerRecord<>(this.name, key, bytes)));
	}

	private void send(Stream<ProducerRecord<String, byte[]>> messages) {
		try (Producer<String, byte[]> producer = this.clients.sender()) {
			List<Future<?>> sent = new ArrayList<>();
			messages.forEach((message) -> sent.add(producer.send(message)));
			for (Future<?> each : sent) {
				each.get();
			}
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** All messages, those of each partition in their order. */
	List<WeatherMessage> messages() {
		List<WeatherMessage> messages = new ArrayList<>();
		try (Consumer<byte[], byte[]> consumer = this.clients.reader()) {
			List<TopicPartition> partitions = partitions(consumer);
			consumer.assign(partitions);
			consumer.seekToBeginning(partitions);
			Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
			while (!ends.entrySet().stream().allMatch((end) -> consumer.position(end.getKey()) >= end.getValue())) {
				for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
					messages.add(WeatherMessages.read(record.value(), Instant.ofEpochMilli(record.timestamp())));
				}
			}
		}
		catch (MessageRefused ex) {
			throw new IllegalStateException(ex);
		}
		return messages;
	}

}
