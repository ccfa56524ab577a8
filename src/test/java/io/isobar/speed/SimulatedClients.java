package io.isobar.speed;

import java.util.function.Supplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients of a Kafka that there is not. */
class SimulatedClients extends KafkaClients {

	private final Supplier<? extends Producer<byte[], byte[]>> producers;

	private final Supplier<? extends Consumer<byte[], byte[]>> readers;

	@SuppressWarnings("NullAway")
	SimulatedClients(Supplier<? extends Producer<byte[], byte[]>> producers,
			Supplier<? extends Consumer<byte[], byte[]>> readers) {
		super(null, null, null, null);
		this.producers = producers;
		this.readers = readers;
	}

	/**
	 * A producer without a Kafka.
	 * @param confirming whether it confirms what is sent at once, or when the test says
	 * so
	 */
	static MockProducer<byte[], byte[]> producer(boolean confirming) {
		return new MockProducer<>(confirming, null, new ByteArraySerializer(), new ByteArraySerializer());
	}

	@Override
	Producer<byte[], byte[]> newProducer() {
		return this.producers.get();
	}

	@Override
	Consumer<byte[], byte[]> reader() {
		return this.readers.get();
	}

}
