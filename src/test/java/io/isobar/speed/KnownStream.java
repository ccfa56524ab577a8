package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import static org.awaitility.Awaitility.await;

/**
 * Sends facts at a steady rate, whatever happens meanwhile, and notes which of them Kafka
 * has confirmed: readings of ten cities, some of them corrections of earlier ones, and
 * every twentieth message one that is refused.
 */
final class KnownStream implements AutoCloseable {

	private static final int CITIES = 10;

	private static final int BAD = 20;

	private static final int NONE_BAD = Integer.MAX_VALUE;

	/** Messages a second: few in a build, which has other things to do. */
	static final int RATE = (Faults.repetitions() > 0) ? 500 : 100;

	private final String topic;

	private final String prefix;

	/** One of so many is refused. */
	private final int bad;

	private final Instant begin = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(30, ChronoUnit.HOURS);

	private final KafkaProducer<String, byte[]> producer;

	/** By partition and offset, as Kafka has confirmed it. */
	private final Map<String, byte[]> confirmed = new ConcurrentHashMap<>();

	private final AtomicInteger sent = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final Thread thread = new Thread(this::run, "known-stream");

	private volatile boolean ended;

	private KnownStream(String topic, String prefix, int bad) {
		this.topic = topic;
		this.prefix = prefix;
		this.bad = bad;
		this.producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", EmbeddedStores.kafka(), "acks", "all", "linger.ms", 5, "max.block.ms",
						180_000, "delivery.timeout.ms", 120_000, "request.timeout.ms", 10_000,
						"max.in.flight.requests.per.connection", 1, "reconnect.backoff.max.ms", 500),
				new StringSerializer(), new ByteArraySerializer());
	}

	/**
	 * Begins to send.
	 * @param prefix of the names of its cities
	 */
	static KnownStream start(String topic, String prefix) {
		return start(topic, prefix, BAD);
	}

	/** Begins to send, and nothing that is refused. */
	static KnownStream startWithoutBad(String topic, String prefix) {
		return start(topic, prefix, NONE_BAD);
	}

	private static KnownStream start(String topic, String prefix, int bad) {
		KnownStream stream = new KnownStream(topic, prefix, bad);
		stream.thread.setDaemon(true);
		stream.thread.start();
		return stream;
	}

	private void run() {
		long began = System.nanoTime();
		for (int i = 0; !this.ended; i++) {
			long due = began + Duration.ofSeconds(1).toNanos() / RATE * i;
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			send(i);
		}
	}

	private void send(int number) {
		String city = this.prefix + " " + number % CITIES;
		byte[] value = ((number % this.bad == this.bad - 1) ? "no JSON " + number : reading(number, city))
			.getBytes(StandardCharsets.UTF_8);
		this.sent.incrementAndGet();
		this.producer.send(new ProducerRecord<>(this.topic, city, value), (place, failure) -> {
			if (failure == null) {
				this.confirmed.put(place.partition() + "@" + place.offset(), value);
			}
			else {
				this.failed.incrementAndGet();
			}
		});
	}

	/** Of three readings of a city each third one corrects the one before. */
	private String reading(int number, String city) {
		int ofCity = number / CITIES;
		return """
				{"schema":2,"city":"%s","country":"FR","timestamp":"%s","data_origin":"open_meteo","temperature":%s}"""
			.formatted(city, this.begin.plusSeconds((ofCity % 3 == 2) ? ofCity - 1 : ofCity), number % 400 / 10.0);
	}

	/** How many it has sent. */
	int sent() {
		return this.sent.get();
	}

	/** Waits until it has sent that many. */
	void awaitSent(int messages) {
		await().atMost(Duration.ofMinutes(3)).until(() -> sent() >= messages);
	}

	/** Sends no more, and waits for what is under way. */
	Map<String, byte[]> end() {
		this.ended = true;
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.producer.flush();
		return this.confirmed;
	}

	/** Messages that Kafka has not confirmed, and never will. */
	int failed() {
		return this.failed.get();
	}

	List<String> cities() {
		return java.util.stream.IntStream.range(0, CITIES).mapToObj((each) -> this.prefix + " " + each).toList();
	}

	@Override
	public void close() {
		end();
		this.producer.close(Duration.ofSeconds(5));
	}

}
