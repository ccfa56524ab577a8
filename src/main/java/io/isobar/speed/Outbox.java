package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.isobar.lake.CrashPoint;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on their way to Kafka. Each is kept until Kafka has it for good; while Kafka
 * is away they wait, up to a number at which the outbox is full. A message may arrive
 * twice where Kafka has taken it without our knowing.
 */
class Outbox {

	private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

	/** So many messages are kept: some 10 MB. */
	private static final int MOST = 10_000;

	/** Before another try, and before a new client. */
	private static final Duration PAUSE = Duration.ofSeconds(1);

	/**
	 * After that without any answer Kafka is away, though the client says nothing: as
	 * long as it waits for its id it lets no message fail.
	 */
	private static final Duration SILENCE = Duration.ofSeconds(45);

	/** A message, with its place in the order in which they are sent. */
	private record Outgoing(long number, String city, byte[] value, Origin origin, Instant observedAt) {

		static Outgoing of(long number, WeatherMessage message) {
			return new Outgoing(number, message.city(), WeatherMessages.write(message), message.reading().origin(),
					message.observedAt());
		}

	}

	private final String topic;

	private final Supplier<? extends Producer<String, byte[]>> clients;

	private final MeterRegistry meters;

	private final Counter failed;

	private final Clock clock;

	private final int most;

	private final Thread thread;

	/** Those that are not handed over, the first one first. */
	private final Queue<Outgoing> waiting = new PriorityQueue<>(Comparator.comparingLong(Outgoing::number));

	private long numbers;

	private int handedOver;

	private long delivered;

	/** When Kafka last answered, or had nothing to answer. */
	private Instant answered;

	/** Since when nothing is taken, null while all is well. */
	private @Nullable Instant troubledSince;

	private @Nullable Instant newest;

	private boolean renew;

	private boolean closing;

	Outbox(String topic, Supplier<? extends Producer<String, byte[]>> clients, MeterRegistry meters, Clock clock) {
		this(topic, clients, meters, clock, MOST);
	}

	Outbox(String topic, Supplier<? extends Producer<String, byte[]>> clients, MeterRegistry meters, Clock clock,
			int most) {
		this.topic = topic;
		this.clients = clients;
		this.meters = meters;
		this.clock = clock;
		this.answered = clock.instant();
		this.most = most;
		this.failed = Counter.builder("isobar.speed.producer.failed")
			.description("Messages that could not be delivered")
			.register(meters);
		Gauge.builder("isobar.speed.producer.waiting", this, Outbox::open)
			.description("Messages that Kafka has not confirmed yet")
			.register(meters);
		TimeGauge.builder("isobar.speed.producer.age", this, TimeUnit.MILLISECONDS, Outbox::age)
			.description("How long ago the newest reading was observed that Kafka has")
			.register(meters);
		this.thread = new Thread(this::run, "producer-outbox");
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Takes a message. It is on its way when this returns, and may wait.
	 */
	synchronized void put(WeatherMessage message) {
		this.waiting.add(Outgoing.of(this.numbers++, message));
		notifyAll();
	}

	/** Whether as many messages wait as are kept. */
	synchronized boolean isFull() {
		return open() >= this.most;
	}

	/** How many are waiting or under way. */
	synchronized int open() {
		return this.waiting.size() + this.handedOver;
	}

	/** How many Kafka has confirmed. */
	synchronized long delivered() {
		return this.delivered;
	}

	/** Waits until all is delivered. */
	synchronized boolean awaitDelivery(Duration atMost) throws InterruptedException {
		long end = System.nanoTime() + atMost.toNanos();
		while (open() > 0) {
			long left = end - System.nanoTime();
			if (left <= 0) {
				return false;
			}
			wait(Math.max(1, left / 1_000_000));
		}
		return true;
	}

	private synchronized double age() {
		Instant observed = this.newest;
		return (observed != null) ? Duration.between(observed, this.clock.instant()).toMillis() : Double.NaN;
	}

	private void run() {
		@Nullable Producer<String, byte[]> client = null;
		try {
			Outgoing next;
			while ((next = next()) != null) {
				if (client != null && isToBeRenewed()) {
					close(client);
					client = null;
				}
				try {
					client = (client != null) ? client : this.clients.get();
					send(next, client);
				}
				catch (RuntimeException | Error ex) {
					// Or nobody sends any more
					ended(next, ex);
				}
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The outbox is closed with messages in it");
		}
		finally {
			// Closing waits for the client's own thread
			Thread.interrupted();
			if (client != null) {
				close(client);
			}
		}
	}

	private void send(Outgoing message, Producer<String, byte[]> client) {
		CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
		client.send(new ProducerRecord<>(this.topic, message.city(), message.value()), (metadata, failure) -> {
			if (failure == null) {
				sent.complete(null);
			}
			else {
				sent.completeExceptionally(failure);
			}
		});
		sent.orTimeout(longestSilence().toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((nothing, failure) -> ended(message, failure));
	}

	/**
	 * After that another client is made: the own thread of this one may have died, and
	 * tells nobody.
	 */
	Duration longestSilence() {
		return Duration.ofMinutes(2);
	}

	private static void close(Producer<?, ?> client) {
		try {
			client.close(Duration.ZERO);
		}
		catch (RuntimeException ex) {
			logger.debug("A client of Kafka can't be closed", ex);
		}
	}

	/** The next message to hand over; null when the outbox is closed and empty. */
	private synchronized @Nullable Outgoing next() throws InterruptedException {
		// One at a time finds out whether Kafka is back
		while (this.troubledSince != null && this.handedOver > 0) {
			wait();
		}
		long end = System.nanoTime() + PAUSE.toNanos();
		for (long left = PAUSE.toMillis(); this.troubledSince != null
				&& left > 0; left = (end - System.nanoTime()) / 1_000_000) {
			wait(left);
		}
		noticeSilence();
		while (this.waiting.isEmpty()) {
			if (this.closing && this.handedOver == 0) {
				return null;
			}
			wait((this.handedOver > 0) ? PAUSE.toMillis() : 0);
			noticeSilence();
		}
		if (this.handedOver++ == 0) {
			this.answered = this.clock.instant();
		}
		return this.waiting.remove();
	}

	private void noticeSilence() {
		if (this.handedOver > 0 && this.troubledSince == null
				&& this.answered.plus(SILENCE).isBefore(this.clock.instant())) {
			troubled("It has not answered for %d s.".formatted(SILENCE.toSeconds()));
		}
	}

	private synchronized boolean isToBeRenewed() {
		boolean asked = this.renew;
		this.renew = false;
		return asked;
	}

	private synchronized void ended(Outgoing message, @Nullable Throwable failure) {
		this.handedOver--;
		this.answered = this.clock.instant();
		if (failure == null) {
			delivered(message);
		}
		else if (failure instanceof RecordTooLargeException || failure instanceof InvalidTopicException) {
			this.failed.increment();
			logger.error("A message about {} is not sent, as Kafka never takes it: {}", message.city(),
					failure.getMessage());
		}
		else {
			this.waiting.add(message);
			this.renew |= KafkaClients.isForGood(failure);
			troubled(sentence(failure));
			logger.debug("Message {} is sent again", message.number(), failure);
		}
		notifyAll();
	}

	private void troubled(String why) {
		if (this.troubledSince == null) {
			this.troubledSince = this.clock.instant();
			logger.warn(
					"Kafka takes no messages on {}: {} They wait, up to {} of them, and are sent when it is back. See that it runs, and that the topic is there.",
					this.topic, why, this.most);
		}
	}

	private void delivered(Outgoing message) {
		this.delivered++;
		Counter.builder("isobar.speed.producer.sent")
			.description("Messages that Kafka has confirmed")
			.tag("origin", message.origin().name())
			.register(this.meters)
			.increment();
		Instant before = this.newest;
		this.newest = (before != null && before.isAfter(message.observedAt())) ? before : message.observedAt();
		Instant since = this.troubledSince;
		if (since != null) {
			this.troubledSince = null;
			logger.info("Kafka takes messages on {} again, after {} s. Messages that have waited: {}.", this.topic,
					Duration.between(since, this.clock.instant()).toSeconds(), open() + 1);
		}
	}

	private String sentence(Throwable failure) {
		if (failure instanceof TimeoutException) {
			return "It has not answered for %d s.".formatted(longestSilence().toSeconds());
		}
		String message = (failure instanceof Error) ? failure.toString() : String.valueOf(failure.getMessage());
		return message.endsWith(".") ? message : message + ".";
	}

	/**
	 * Delivers what is there, as far as the time suffices, and ends. What remains is
	 * counted, and said.
	 */
	void close(Duration atMost) {
		synchronized (this) {
			if (this.closing) {
				return;
			}
		}
		CrashPoint.at("producer.before-flush");
		try {
			awaitDelivery(atMost);
			synchronized (this) {
				this.closing = true;
				notifyAll();
			}
			this.thread.join(PAUSE.toMillis());
			this.thread.interrupt();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		int left = open();
		if (left > 0) {
			this.failed.increment(left);
			logger.warn(
					"{} messages could not be delivered before the end of the application, as Kafka has not taken them; they are lost. The readings of these moments are missing until the batch layer has collected them.",
					left);
		}
	}

}
