package io.isobar.speed;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.messages.OrderMessages;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.orders.Order;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Orders come in at a steady rate, whatever happens meanwhile, and a reader asks for the
 * totals again and again. The i-th order of a customer is over 10^i, so that the digits
 * of a total say which orders it counts: none twice, and none is missing that an earlier
 * answer had, nor the customer.
 */
final class WatchedOrders implements AutoCloseable {

	/** As an amount has no more digits; then comes another customer. */
	private static final int MOST = 30;

	/** Orders a second. */
	private static final int RATE = (Faults.repetitions() > 0) ? 50 : 10;

	private static final Duration ASK = Duration.ofMillis(50);

	private static final Duration LONG = Duration.ofMinutes(3);

	private final String topic;

	private final Http program;

	private final String viewer;

	/** This time's. */
	private final String customers = UUID.randomUUID() + " ";

	private final KafkaProducer<String, byte[]> producer;

	/** Which orders of each customer Kafka has confirmed, as bits. */
	private final Map<String, BigInteger> confirmed = new ConcurrentHashMap<>();

	/** And which were counted. */
	private final Map<String, BigInteger> counted = new ConcurrentHashMap<>();

	/** Which Kafka may or may not have. */
	private final Map<String, BigInteger> failed = new ConcurrentHashMap<>();

	private final Thread placing = new Thread(this::place, "place-orders");

	private final Thread reading = new Thread(this::read, "read-totals");

	private volatile boolean placed;

	private volatile boolean ended;

	private volatile @Nullable Throwable wrong;

	/** When the reader had an answer, in nanoseconds. */
	private volatile long answered;

	private volatile long longest;

	/** For how long there was none before does not count. */
	private volatile boolean begun;

	private WatchedOrders(String topic, int port, String viewer) {
		this.topic = topic;
		this.program = Http.program(port);
		this.viewer = viewer;
		this.producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", EmbeddedStores.kafka(), "acks", "all", "max.block.ms", 180_000,
						"delivery.timeout.ms", 120_000, "request.timeout.ms", 10_000, "reconnect.backoff.max.ms", 500),
				new StringSerializer(), new ByteArraySerializer());
	}

	/**
	 * Begins, and waits until an order is counted.
	 * @param viewer the header {@code Authorization}
	 */
	static WatchedOrders start(String topic, int port, String viewer) {
		WatchedOrders orders = new WatchedOrders(topic, port, viewer);
		orders.placing.setDaemon(true);
		orders.reading.setDaemon(true);
		orders.placing.start();
		orders.reading.start();
		await().atMost(LONG).until(() -> !orders.counted.isEmpty());
		orders.begun = true;
		return orders;
	}

	private void place() {
		for (int number = 0; !this.placed; number++) {
			String customer = this.customers + number / MOST;
			int bit = number % MOST;
			byte[] order = OrderMessages.write(new Order(customer, BigDecimal.TEN.pow(bit).setScale(2)));
			this.producer.send(new ProducerRecord<>(this.topic, customer, order), (place, failure) -> {
				((failure == null) ? this.confirmed : this.failed).merge(customer, BigInteger.ZERO.setBit(bit),
						BigInteger::or);
			});
			LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() / RATE);
		}
	}

	private void read() {
		try {
			while (!this.ended) {
				Answer answer = this.program.ask("GET", "/api/orders/totals", "Authorization", this.viewer);
				long now = System.nanoTime();
				if (answer.status() == 200) {
					if (this.begun) {
						this.longest = Math.max(this.longest, now - this.answered);
					}
					this.answered = now;
					read(JsonMapper.shared().readTree(answer.body()));
				}
				else {
					assertThat(answer.status()).as(answer.body()).isEqualTo(503);
				}
				LockSupport.parkNanos(ASK.toNanos());
			}
		}
		catch (RuntimeException | Error ex) {
			this.wrong = ex;
		}
	}

	private void read(JsonNode totals) {
		Map<String, BigInteger> now = new HashMap<>();
		for (JsonNode row : totals) {
			String customer = row.get("customer").asString();
			if (customer.startsWith(this.customers)) {
				String digits = row.get("finalAmount").decimalValue().toPlainString();
				assertThat(digits).as(row::toString).matches("[01]+");
				now.put(customer, new BigInteger(digits, 2));
			}
		}
		this.counted.forEach((customer, before) -> assertThat(without(before, now, customer))
			.as("counted of %s before, and not in %s", customer, totals)
			.isZero());
		this.counted.putAll(now);
	}

	private static BigInteger without(BigInteger orders, Map<String, BigInteger> others, String customer) {
		return orders.andNot(others.getOrDefault(customer, BigInteger.ZERO));
	}

	/**
	 * No more come, and all that Kafka has confirmed are counted; fails where the reader
	 * saw anything wrong.
	 * @return how long the reader was without an answer, at most
	 */
	Duration end() throws InterruptedException {
		this.placed = true;
		this.placing.join();
		this.producer.flush();
		await().atMost(LONG).until(() -> this.wrong != null || isAllCounted());
		stop();
		if (this.wrong != null) {
			throw new AssertionError("A reader of totals saw something wrong.", this.wrong);
		}
		this.counted.forEach((customer,
				counted) -> assertThat(without(without(counted, this.confirmed, customer), this.failed, customer))
					.as("counted of %s, and never placed", customer)
					.isZero());
		return Duration.ofNanos(this.longest);
	}

	private boolean isAllCounted() {
		return this.confirmed.entrySet()
			.stream()
			.allMatch((orders) -> without(orders.getValue(), this.counted, orders.getKey()).signum() == 0);
	}

	/** How many Kafka has confirmed. */
	int confirmed() {
		return this.confirmed.values().stream().mapToInt(BigInteger::bitCount).sum();
	}

	private void stop() throws InterruptedException {
		this.placed = true;
		this.ended = true;
		this.placing.join();
		this.reading.join();
	}

	@Override
	public void close() throws InterruptedException {
		stop();
		this.producer.close(Duration.ofSeconds(5));
	}

}
