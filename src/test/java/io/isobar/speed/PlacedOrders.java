package io.isobar.speed;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Orders that come in at a steady rate, whatever happens meanwhile. The i-th order of a
 * customer is over 10^i, so that the digits of a total say which orders it counts, and
 * how often. Every twentieth message is none.
 */
final class PlacedOrders implements AutoCloseable {

	/** As an amount has no more digits; then comes another customer. */
	private static final int MOST = 30;

	private static final int BAD = 20;

	private final String topic;

	/** Orders a second. */
	private final int rate;

	/** This time's. */
	private final String customers = UUID.randomUUID() + " ";

	private final KafkaProducer<String, byte[]> producer;

	/** Which orders of each customer Kafka has confirmed, as bits. */
	private final Map<String, BigInteger> confirmed = new ConcurrentHashMap<>();

	/** Which Kafka may or may not have. */
	private final Map<String, BigInteger> failed = new ConcurrentHashMap<>();

	/** What was confirmed and is no order, by partition and offset. */
	private final Map<String, String> refused = new ConcurrentHashMap<>();

	private final Thread placing = new Thread(this::place, "place-orders");

	private volatile boolean ended;

	private PlacedOrders(String topic, int rate) {
		this.topic = topic;
		this.rate = rate;
		this.producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", EmbeddedStores.kafka(), "acks", "all", "max.block.ms", 180_000,
						"delivery.timeout.ms", 120_000, "request.timeout.ms", 10_000, "reconnect.backoff.max.ms", 500),
				new StringSerializer(), new ByteArraySerializer());
	}

	/**
	 * Begins to place them.
	 * @param rate orders a second
	 */
	static PlacedOrders start(String topic, int rate) {
		PlacedOrders orders = new PlacedOrders(topic, rate);
		orders.placing.setDaemon(true);
		orders.placing.start();
		return orders;
	}

	private void place() {
		for (int number = 0; !this.ended; number++) {
			String customer = this.customers + number / MOST;
			int bit = number % MOST;
			byte[] order = OrderMessages.write(new Order(customer, BigDecimal.TEN.pow(bit).setScale(2)));
			this.producer.send(new ProducerRecord<>(this.topic, customer, order), (place, failure) -> {
				((failure == null) ? this.confirmed : this.failed).merge(customer, BigInteger.ZERO.setBit(bit),
						BigInteger::or);
			});
			if (number % BAD == BAD - 1) {
				String bad = "no order " + number;
				this.producer.send(new ProducerRecord<>(this.topic, customer, bad.getBytes(StandardCharsets.UTF_8)),
						(place, failure) -> {
							if (failure == null) {
								this.refused.put(place.partition() + "@" + place.offset(), bad);
							}
						});
			}
			LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() / this.rate);
		}
	}

	/** How many Kafka has confirmed. */
	int confirmed() {
		return this.confirmed.values().stream().mapToInt(BigInteger::bitCount).sum();
	}

	/** What Kafka has confirmed and is no order, by partition and offset. */
	Map<String, String> refused() {
		return Map.copyOf(this.refused);
	}

	/**
	 * Which orders of each customer totals count, as bits; fails where one is twice in.
	 */
	Map<String, BigInteger> counted(JsonNode totals) {
		Map<String, BigInteger> counted = new HashMap<>();
		for (JsonNode row : totals) {
			String customer = row.get("customer").asString();
			if (customer.startsWith(this.customers)) {
				String digits = row.get("finalAmount").decimalValue().toPlainString();
				assertThat(digits).as(row::toString).matches("[01]+");
				counted.put(customer, new BigInteger(digits, 2));
			}
		}
		return counted;
	}

	/** Whether all that Kafka has confirmed are counted. */
	boolean areAll(Map<String, BigInteger> counted) {
		return this.confirmed.entrySet()
			.stream()
			.allMatch((orders) -> without(orders.getValue(), counted, orders.getKey()).signum() == 0);
	}

	/** None is counted that was never placed. */
	void assertPlaced(Map<String, BigInteger> counted) {
		counted.forEach((customer,
				orders) -> assertThat(without(without(orders, this.confirmed, customer), this.failed, customer))
					.as("counted of %s, and never placed", customer)
					.isZero());
	}

	/** Those of a customer that others do not have. */
	static BigInteger without(BigInteger orders, Map<String, BigInteger> others, String customer) {
		return orders.andNot(others.getOrDefault(customer, BigInteger.ZERO));
	}

	/** No more come, and Kafka has said what it has. */
	void end() throws InterruptedException {
		this.ended = true;
		this.placing.join();
		this.producer.flush();
	}

	@Override
	public void close() throws InterruptedException {
		end();
		this.producer.close(Duration.ofSeconds(5));
	}

}
