package io.isobar.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.isobar.speed.SpeedLayer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages at fixed times, whatever becomes of those before, and watches when each
 * can be seen: by a consumer of Kafka, in the stream of events, and a few of them by
 * asking for the latest reading of the city, again and again, or once, to be answered
 * when it comes. What counts is the time since a message was to be sent.
 */
final class Load implements AutoCloseable {

	/** So many messages in a second are asked for at most. */
	private static final int ASKED = 10;

	private static final Duration ASK_AGAIN = Duration.ofNanos(200_000);

	/**
	 * So long before a message the request is sent that waits for it; others ask earlier.
	 */
	static final Duration WAITED_BEFORE = Duration.ofMillis(50);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Pattern CITY = Pattern.compile("\"city\":\"([^\"]+)\"");

	private static final Pattern OBSERVED = Pattern.compile("\"observedAt\":\"([^\"]+)\"");

	private final String topic;

	private final URI web;

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final KafkaProducer<byte[], byte[]> producer;

	private final KafkaConsumer<byte[], byte[]> consumer;

	private volatile Instant next = Instant.now().truncatedTo(ChronoUnit.SECONDS);

	Load(String topic, int kafka, int web) {
		this.topic = topic;
		this.web = URI.create("http://127.0.0.1:" + web);
		String servers = "127.0.0.1:" + kafka;
		this.producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", servers, "acks", "all", "linger.ms", 0, "enable.idempotence", true),
				new ByteArraySerializer(), new ByteArraySerializer());
		this.consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", servers, "enable.auto.commit", false),
				new ByteArrayDeserializer(), new ByteArrayDeserializer());
	}

	/** Milliseconds, in order. */
	record Latencies(double[] sorted) {

		static Latencies of(List<Double> millis) {
			double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
			Arrays.sort(sorted);
			return new Latencies(sorted);
		}

		double percentile(double share) {
			if (this.sorted.length == 0) {
				throw new IllegalStateException("Nothing was seen.");
			}
			return this.sorted[(int) Math.min(this.sorted.length - 1, Math.ceil(share * this.sorted.length) - 1)];
		}

	}

	/**
	 * What was seen.
	 *
	 * @param kafka by a consumer
	 * @param events in the stream of events; null if nobody looked
	 * @param latest by asking for the latest again and again
	 * @param awaited by asking for a later one, and waiting for the answer
	 */
	record Seen(Latencies kafka, @Nullable Latencies events, Latencies latest, Latencies awaited) {
	}

	private record Asked(int message, String city, Instant observedAt) {
	}

	/** Waits until a reading is seen. */
	private interface Asking {

		/** When, in nanoseconds. */
		long awaitSeen(Asked asked, Connection connection) throws IOException;

	}

	/** One run. */
	private final class Run {

		private final int rate;

		private final int count;

		private final Instant begin;

		private final long started = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);

		private final AtomicLongArray consumed;

		private final AtomicLongArray told;

		private final List<Double> asked = new ArrayList<>();

		private final List<Double> awaited = Collections.synchronizedList(new ArrayList<>());

		private final Map<String, Integer> byEvent = new ConcurrentHashMap<>();

		private final SynchronousQueue<Asked> toAsk = new SynchronousQueue<>();

		private final BlockingQueue<Asked> toAwait = new LinkedBlockingQueue<>();

		private final AtomicReference<Throwable> failure = new AtomicReference<>();

		private volatile boolean ended;

		Run(int rate, int count, Instant begin) {
			this.rate = rate;
			this.count = count;
			this.begin = begin;
			this.consumed = new AtomicLongArray(count);
			this.told = new AtomicLongArray(count);
		}

		private long intended(int message) {
			return this.started + message * 1_000_000_000L / this.rate;
		}

		private Instant observedAt(int message) {
			return this.begin.plusSeconds(message / SpeedLayer.CITIES);
		}

		void send() {
			SplittableRandom random = new SplittableRandom(this.rate);
			int every = Math.max(1, this.rate / ASKED);
			int before = (int) (this.rate * WAITED_BEFORE.toMillis() / 1000);
			for (int message = 0; message < this.count; message++) {
				int city = message % SpeedLayer.CITIES;
				byte[] value = SpeedLayer.message(city, observedAt(message), random);
				this.byEvent.put(SpeedLayer.city(city) + observedAt(message), message);
				ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(Load.this.topic,
						SpeedLayer.city(city).getBytes(StandardCharsets.UTF_8), value);
				sent.headers().add("message", ByteBuffer.allocate(4).putInt(message).array());
				for (long left = intended(message) - System.nanoTime(); left > 0; left = intended(message)
						- System.nanoTime()) {
					LockSupport.parkNanos(left);
				}
				if (message % every == every / 2) {
					// Left out while the one before is still being asked for
					this.toAsk.offer(new Asked(message, SpeedLayer.city(city), observedAt(message)));
				}
				int awaited = message + before;
				if (awaited % every == every / 4 && awaited < this.count) {
					int next = awaited % SpeedLayer.CITIES;
					this.toAwait.add(new Asked(awaited, SpeedLayer.city(next), observedAt(awaited)));
				}
				Load.this.producer.send(sent, (metadata, failed) -> {
					if (failed != null) {
						this.failure.set(failed);
					}
				});
			}
		}

		void consume() {
			int left = this.count;
			while (left > 0 && !this.ended) {
				for (ConsumerRecord<byte[], byte[]> record : Load.this.consumer.poll(Duration.ofMillis(100))) {
					long now = System.nanoTime();
					int message = ByteBuffer.wrap(record.headers().lastHeader("message").value()).getInt();
					this.consumed.set(message, now);
					left--;
				}
			}
		}

		void follow(BufferedReader events) {
			try {
				int left = this.count;
				while (left > 0) {
					String line = events.readLine();
					long now = System.nanoTime();
					if (line == null) {
						throw new IOException("the stream of events has ended");
					}
					Integer message = message(line);
					if (message != null && this.told.compareAndSet(message, 0, now)) {
						left--;
					}
				}
			}
			catch (IOException ex) {
				if (!this.ended) {
					this.failure.set(ex);
				}
			}
		}

		private @Nullable Integer message(String line) {
			Matcher city = CITY.matcher(line);
			Matcher observed = OBSERVED.matcher(line);
			return (line.startsWith("data:") && city.find() && observed.find())
					? this.byEvent.get(city.group(1) + observed.group(1)) : null;
		}

		void ask() {
			ask(this.toAsk, this.asked, this::awaitLatest);
		}

		void await() {
			ask(this.toAwait, this.awaited, this::awaitNext);
		}

		private void ask(BlockingQueue<Asked> toAsk, List<Double> millis, Asking asking) {
			try (Connection connection = new Connection(Load.this.web.getPort())) {
				Asked next = toAsk.poll(50, TimeUnit.MILLISECONDS);
				for (; !this.ended || next != null; next = toAsk.poll(50, TimeUnit.MILLISECONDS)) {
					if (next != null) {
						long seen = asking.awaitSeen(next, connection);
						millis.add((seen - intended(next.message())) / 1e6);
					}
				}
			}
			catch (IOException ex) {
				this.failure.set(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private long awaitLatest(Asked asked, Connection connection) throws IOException {
			byte[] request = latestOf(asked.city());
			long end = System.nanoTime() + PATIENCE.toNanos();
			while (true) {
				String answer = new String(connection.ask(request), StandardCharsets.UTF_8);
				long now = System.nanoTime();
				if (shows(answer, asked)) {
					return now;
				}
				if (now > end) {
					throw new IOException("The latest reading of %s is not that of %s: %s".formatted(asked.city(),
							asked.observedAt(), answer));
				}
				// Who asks without a pause keeps both cores busy
				LockSupport.parkNanos(ASK_AGAIN.toNanos());
			}
		}

		/** This reading of its city, or a newer one. */
		private boolean shows(String answer, Asked asked) {
			Matcher observed = OBSERVED.matcher(answer);
			return observed.find() && !Instant.parse(observed.group(1)).isBefore(asked.observedAt());
		}

		private long awaitNext(Asked asked, Connection connection) throws IOException {
			String answer = new String(
					connection.ask(latestOf(asked.city(), asked.observedAt().minusSeconds(1), PATIENCE)),
					StandardCharsets.UTF_8);
			long now = System.nanoTime();
			if (!shows(answer, asked)) {
				throw new IOException("The next reading of %s is not that of %s: %s".formatted(asked.city(),
						asked.observedAt(), answer));
			}
			return now;
		}

		private Latencies latencies(AtomicLongArray seen) {
			List<Double> millis = new ArrayList<>(this.count);
			for (int message = 0; message < this.count; message++) {
				if (seen.get(message) == 0) {
					throw new IllegalStateException("Message %d of %d was not seen.".formatted(message, this.count));
				}
				millis.add((seen.get(message) - intended(message)) / 1e6);
			}
			return Latencies.of(millis);
		}

	}

	/**
	 * Asks for the latest without a pause: the few that ask while messages come would be
	 * answered by code that has hardly been compiled.
	 */
	void warmUp(Duration time) throws IOException {
		long end = System.nanoTime() + time.toNanos();
		try (Connection connection = new Connection(this.web.getPort())) {
			for (int city = 0; System.nanoTime() < end; city = (city + 1) % SpeedLayer.CITIES) {
				byte[] known = connection.ask(latestOf(SpeedLayer.city(city)));
				if (known.length > "[]".length()) {
					// It is answered at once
					connection.ask(latestOf(SpeedLayer.city(city), Instant.EPOCH, PATIENCE));
				}
			}
		}
	}

	private static byte[] latestOf(String city) {
		return Connection.get("/api/speed/latest?city=" + city.replace(" ", "%20"), "");
	}

	private static byte[] latestOf(String city, Instant after, Duration wait) {
		return Connection
			.get("/api/speed/latest?city=%s&after=%s&wait=%s".formatted(city.replace(" ", "%20"), after, wait), "");
	}

	/**
	 * Sends so many messages a second for a time.
	 * @param pages whether to look at what pages show: the stream of events, and the
	 * latest
	 */
	Seen send(int rate, Duration time, boolean pages) throws IOException, InterruptedException {
		List<TopicPartition> partitions = this.consumer.partitionsFor(this.topic)
			.stream()
			.map((each) -> new TopicPartition(this.topic, each.partition()))
			.toList();
		this.consumer.assign(partitions);
		this.consumer.seekToEnd(partitions);
		partitions.forEach(this.consumer::position);
		int count = (int) (rate * time.toSeconds());
		Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
		Instant begin = (now.isAfter(this.next)) ? now : this.next;
		this.next = begin.plusSeconds(count / SpeedLayer.CITIES + 1);
		try (BufferedReader stream = (pages) ? events() : new BufferedReader(
				new InputStreamReader(java.io.InputStream.nullInputStream(), StandardCharsets.UTF_8))) {
			Run run = new Run(rate, count, begin);
			List<Thread> threads = new ArrayList<>();
			threads.add(start("consume", run::consume));
			if (pages) {
				threads.add(start("follow", () -> run.follow(stream)));
			}
			List<Thread> asking = new ArrayList<>();
			if (pages) {
				asking.add(start("ask", run::ask));
				// So that none waits for another one's answer
				for (int i = 0; i < ASKED; i++) {
					asking.add(start("await", run::await));
				}
			}
			run.send();
			long end = System.nanoTime() + PATIENCE.toNanos();
			for (Thread thread : threads) {
				thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
			}
			run.ended = true;
			for (Thread thread : asking) {
				thread.join(2 * PATIENCE.toMillis());
				if (thread.isAlive()) {
					throw new IllegalStateException("A request is not answered.");
				}
			}
			if (run.failure.get() != null) {
				throw new IllegalStateException(run.failure.get());
			}
			return new Seen(run.latencies(run.consumed), (pages) ? run.latencies(run.told) : null,
					Latencies.of(run.asked), Latencies.of(run.awaited));
		}
	}

	/** Sends so many messages a second until it is closed. */
	Flow flow(int rate) {
		return new Flow(rate);
	}

	/** Messages that nobody looks for. */
	final class Flow implements AutoCloseable {

		private final Thread thread;

		private volatile boolean ended;

		private Flow(int rate) {
			this.thread = start("flow", () -> send(rate));
		}

		private void send(int rate) {
			SplittableRandom random = new SplittableRandom(rate);
			long started = System.nanoTime();
			for (long message = 0; !this.ended; message++) {
				int city = (int) (message % SpeedLayer.CITIES);
				if (city == 0) {
					Load.this.next = Load.this.next.plusSeconds(1);
				}
				LockSupport.parkNanos(started + message * 1_000_000_000L / rate - System.nanoTime());
				Load.this.producer
					.send(new ProducerRecord<>(Load.this.topic, SpeedLayer.city(city).getBytes(StandardCharsets.UTF_8),
							SpeedLayer.message(city, Load.this.next, random)));
			}
		}

		@Override
		public void close() throws InterruptedException {
			this.ended = true;
			this.thread.join();
		}

	}

	private static Thread start(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private BufferedReader events() throws IOException, InterruptedException {
		HttpResponse<java.io.InputStream> answer = this.http.send(
				HttpRequest.newBuilder(this.web.resolve("/api/speed/events")).build(),
				HttpResponse.BodyHandlers.ofInputStream());
		if (answer.statusCode() != 200) {
			throw new IOException("The stream of events answers with status " + answer.statusCode());
		}
		BufferedReader reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
		// The first comment comes when it follows
		reader.readLine();
		return reader;
	}

	@Override
	public void close() {
		this.producer.close();
		this.consumer.close();
	}

}
