package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.isobar.embedded.Faults;
import io.isobar.embedded.FaultyProxy;
import io.isobar.embedded.FaultyProxy.Fault;
import io.isobar.embedded.ServerProcess;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A store is away while readings stream in: held up, killed, or behind a network that
 * does not do what networks should. The undisturbed sinks go on; what needs the store
 * says so; and its own sink goes on by itself when the store does, with nothing lost. In
 * an ordinary build one mishap of a process and one of a network, others each day.
 */
class StoresAwayIT extends DisturbedStream {

	/** A sink that is this far behind keeps up: at the rate of the stream, 2 s. */
	private static final int KEEPS_UP = 2 * KnownStream.RATE;

	/** So often another instance comes and goes: in profile faults for a minute. */
	private static final int STORM = (Faults.repetitions() > 0) ? 6 : 1;

	/** Messages that come between two of these: in profile faults 5 s. */
	private static final int BETWEEN = ((Faults.repetitions() > 0) ? 5 : 2) * KnownStream.RATE;

	@Autowired
	private Topics topics;

	@Autowired
	private Gaps gaps;

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private ListenerSettings settings;

	@Autowired
	private StreamedMessages messages;

	@Autowired
	private List<WeatherSink> stores;

	@Autowired
	private List<Sink> others;

	/** A store, the sink that can't do without, and what the API answers meanwhile. */
	private enum Store {

		CASSANDRA("cassandra", "cassandra", "/api/speed/latest", "/api/cities"),

		INFLUXDB("influxdb", "influxdb", null, "/api/speed/latest"),

		HDFS("hdfs", "lake", null, "/api/speed/latest"),

		POSTGRESQL("postgresql", "dead-letters", "/api/cities", "/api/speed/latest");

		private final String server;

		private final String sink;

		private final String unavailable;

		private final String answered;

		Store(String server, String sink, String unavailable, String answered) {
			this.server = server;
			this.sink = sink;
			this.unavailable = unavailable;
			this.answered = answered;
		}

		/** Whether that sink can't do without it. */
		boolean isNeededBy(String any) {
			return any.equals(this.sink) || any.equals("orders-" + this.sink);
		}

		FaultyProxy proxy() {
			return switch (this) {
				case CASSANDRA -> cassandra;
				case INFLUXDB -> influxdb;
				case HDFS -> hdfs;
				case POSTGRESQL -> postgresql;
			};
		}

	}

	/**
	 * What happens to a store: its process is held up or killed, or the network to it.
	 */
	private enum Mishap {

		HELD_UP, KILLED, CUT, RESET, HALF_OPEN, SLOW, TRICKLE;

		private static final Set<Mishap> OF_PROCESSES = EnumSet.of(HELD_UP, KILLED);

	}

	record Away(Store store, Mishap mishap) {

		@Override
		public String toString() {
			return this.store + " " + this.mishap;
		}

	}

	@BeforeEach
	void allSinksRun() {
		await().atMost(LONG).until(() -> isRunning(this.sinks));
		// A process that has just started still makes its tables in Cassandra
		await().atMost(LONG).until(() -> ask("/api/speed/latest").status() == 200);
	}

	/** With all partitions. */
	private static boolean isRunning(SpeedSinks sinks) {
		return sinks.doing()
			.stream()
			.allMatch((sink) -> sink.partitions()
				.size() == (sink.sink().startsWith("orders-") ? Topics.ORDER_PARTITIONS : Topics.PARTITIONS)
					&& sink.state().equals("running"));
	}

	static List<Integer> times() {
		return Faults.repeated(List.of(1));
	}

	@ParameterizedTest
	@MethodSource("times")
	void onAHealthySystemEverythingIsThereOnce(int time) throws Exception {
		try (KnownStream stream = KnownStream.start(TOPIC, CITY); WatchedOrders orders = watchOrders()) {
			stream.awaitSent(KnownStream.RATE * (int) (1 + Faults.paused().toSeconds()));
			this.sinks.doing().forEach((sink) -> awaitCaughtUp(sink.sink()));

			ORACLE.assertAllIsThere(stream.end());
			assertAllIsCounted(orders, "F0: none");
		}
	}

	/** Its consumers, which share the groups: a process could not start as fast. */
	@ParameterizedTest
	@MethodSource("times")
	void anotherInstanceThatComesAndGoesAllTheWhileLosesAndDoublesNothing(int time) throws Exception {
		SpeedSinks others = new SpeedSinks(this.topics, this.gaps, this.kafka, this.settings, this.messages,
				this.stores, this.others, new SimpleMeterRegistry());
		try (KnownStream stream = KnownStream.start(TOPIC, CITY); WatchedOrders orders = watchOrders()) {
			for (int i = 0; i < STORM; i++) {
				others.start();
				stream.awaitSent(stream.sent() + BETWEEN);
				others.stop();
				stream.awaitSent(stream.sent() + BETWEEN);
			}
			String fault = "F4: another comes and goes";
			Faults.recovers(fault + "; all sinks have caught up",
					() -> this.sinks.doing().forEach((sink) -> awaitCaughtUp(sink.sink())));

			ORACLE.assertAllIsThere(stream.end());
			assertAllIsCounted(orders, fault);
		}
		finally {
			others.stop();
		}
	}

	/** Profile faults tells how much older readings get where some messages are bad. */
	@ParameterizedTest
	@MethodSource("times")
	void whatCanNotBeReadHoldsUpNoReading(int time) throws Exception {
		this.sinks.stop();
		Map<String, byte[]> confirmed;
		try (KnownStream none = KnownStream.startWithoutBad(TOPIC, CITY)) {
			tellAges("F13: none is bad", none);
			none.end();
			try (KnownStream some = KnownStream.start(TOPIC, CITY)) {
				tellAges("F13: every twentieth is bad", some);
				confirmed = some.end();
			}
		}
		finally {
			this.sinks.start();
		}
		ORACLE.assertAllIsThere(confirmed);
	}

	private void tellAges(String stream, KnownStream messages) {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		SpeedSinks fresh = new SpeedSinks(this.topics, this.gaps, this.kafka, this.settings, this.messages, this.stores,
				this.others, meters);
		fresh.start();
		try {
			await().atMost(LONG).until(() -> isRunning(fresh));
			messages.awaitSent(messages.sent() + KnownStream.RATE * (int) (1 + Faults.paused().toSeconds()));
			for (String sink : List.of("cassandra", "influxdb", "lake")) {
				Timer age = meters.get("isobar.speed.age").tag("sink", sink).timer();
				await().atMost(LONG).until(() -> age.count() > 0);
				Faults.tell("%s; p99 of the age in %s".formatted(stream, sink),
						Duration.ofNanos((long) age.takeSnapshot().percentileValues()[2].value(TimeUnit.NANOSECONDS)));
			}
		}
		finally {
			fresh.stop();
		}
	}

	@ParameterizedTest
	@MethodSource("aways")
	void theUndisturbedSinksGoOnWhileOneStoreIsAway(Away away, CapturedOutput output) throws Exception {
		Store store = away.store();
		try (KnownStream stream = KnownStream.start(TOPIC, CITY); WatchedOrders orders = watchOrders()) {
			stream.awaitSent(KnownStream.RATE);
			int lines = waiting(output).size();
			switch (away.mishap()) {
				case HELD_UP -> ServerProcess.of(store.server).whileHeldUp(() -> whileAway(away, stream));
				case KILLED ->
					whileBehind(away, Fault.CUT, stream, () -> ServerProcess.of(store.server).killAndAwait());
				default -> whileBehind(away, Fault.valueOf(away.mishap().name()), stream, () -> {
				});
			}
			String fault = "F8, F9: " + away;
			Faults.recovers(fault + "; its sink has caught up", () -> awaitCaughtUp(store.sink));
			if (away.mishap() != Mishap.SLOW) {
				assertSaid(store, waiting(output).subList(lines, waiting(output).size()));
			}

			this.sinks.doing().forEach((sink) -> awaitCaughtUp(sink.sink()));
			ORACLE.assertAllIsThere(stream.end());
			assertAllIsCounted(orders, fault);
		}
	}

	/** In a build one mishap of a process and one of the network. */
	static List<Away> aways() {
		List<Away> aways = new ArrayList<>(Faults.oneOf(aways(Mishap.OF_PROCESSES)));
		aways.addAll(Faults.oneOf(aways(EnumSet.complementOf(EnumSet.copyOf(Mishap.OF_PROCESSES)))));
		return Faults.repeated(aways);
	}

	private static List<Away> aways(Set<Mishap> mishaps) {
		List<Away> aways = new ArrayList<>();
		for (Mishap mishap : mishaps) {
			for (Store store : Store.values()) {
				aways.add(new Away(store, mishap));
			}
		}
		return aways;
	}

	/** What is killed stays away: its network is cut before it is up again. */
	private void whileBehind(Away away, Fault fault, KnownStream stream, Runnable begun) {
		away.store().proxy().set(fault);
		try {
			begun.run();
			whileAway(away, stream);
		}
		finally {
			away.store().proxy().set(Fault.NONE);
		}
	}

	/** As long as it must be, and in profile faults a minute longer. */
	private void whileAway(Away away, KnownStream stream) {
		Store store = away.store();
		AtomicLong behind = new AtomicLong();
		ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
		watch.scheduleAtFixedRate(() -> behind.accumulateAndGet(undisturbedLag(store), Math::max), 0, 50,
				TimeUnit.MILLISECONDS);
		try {
			whileAway(away, store, stream);
		}
		finally {
			watch.shutdownNow();
		}
		Faults.tell("F8, F9: " + away + "; the undisturbed sinks were behind by at most",
				Duration.ofMillis(1000 * behind.get() / KnownStream.RATE));
	}

	/** How many messages the slowest is behind. */
	private long undisturbedLag(Store store) {
		return this.sinks.doing()
			.stream()
			.filter((sink) -> sink.topic().equals(TOPIC) && !store.isNeededBy(sink.sink()))
			.mapToLong((sink) -> (sink.lag() != null) ? sink.lag() : 0)
			.max()
			.orElse(0);
	}

	private void whileAway(Away away, Store store, KnownStream stream) {
		if (away.mishap() != Mishap.SLOW) {
			await().atMost(LONG).until(() -> doing(store.sink).state().equals("waiting"));
			assertThat(doing(store.sink).cause()).isNotBlank();
		}
		long end = System.nanoTime() + Faults.paused().toNanos();
		do {
			// New readings arrive everywhere else
			stream.awaitSent(stream.sent() + 2 * KnownStream.RATE);
			this.sinks.doing()
				.stream()
				.map(SpeedSinks.Doing::sink)
				.filter((sink) -> !store.isNeededBy(sink))
				.forEach(this::awaitCaughtUp);
		}
		while (System.nanoTime() < end);
		if (away.mishap() != Mishap.SLOW && store.unavailable != null) {
			Answer answer = ask(store.unavailable);
			assertThat(answer.status()).as(answer.body()).isEqualTo(503);
			assertThat(answer.body()).containsIgnoringCase("\"store\":\"" + store);
		}
		Answer answer = ask(store.answered);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
	}

	private Answer ask(String path) {
		return Http.program(this.port).ask("GET", path);
	}

	private void awaitCaughtUp(String sink) {
		await().atMost(LONG).until(() -> doing(sink).state().equals("running") && isNear(doing(sink).lag()));
	}

	private static boolean isNear(@Nullable Long lag) {
		return lag != null && lag <= KEEPS_UP;
	}

	private static List<String> waiting(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains(" waits: ")).toList();
	}

	private static void assertSaid(Store store, List<String> lines) {
		String said = " " + store.sink + " waits: ";
		assertThat(lines).filteredOn((line) -> line.contains(said)).isNotEmpty();
		if (Faults.repetitions() > 0) {
			// With the machine to itself nobody else has reason to wait; and what was
			// under way when the store was back may still time out
			assertThat(lines).filteredOn((line) -> !line.contains(" orders-" + store.sink + " waits: "))
				.hasSizeLessThanOrEqualTo(2)
				.allMatch((line) -> line.contains(said));
		}
	}

}
