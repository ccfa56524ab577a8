package io.isobar.speed;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.isobar.embedded.Faults;
import io.isobar.embedded.FaultyProxy;
import io.isobar.embedded.FaultyProxy.Fault;
import io.isobar.embedded.ServerProcess;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A store is away while readings stream in: held up, killed, or behind a network that
 * does not do what networks should. The undisturbed sinks go on; what needs the store
 * says so; and its own sink goes on by itself when the store does, with nothing lost. In
 * an ordinary build one store and one mishap, others each day.
 */
class StoresAwayIT extends DisturbedStream {

	/** A sink that is this far behind keeps up: at the rate of the stream, 2 s. */
	private static final int KEEPS_UP = 2 * KnownStream.RATE;

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

		/** What is found out at once; the others by a time-out. */
		private static final Set<Mishap> SOON = EnumSet.of(HELD_UP, KILLED, CUT, RESET);

	}

	record Away(Store store, Mishap mishap) {

		@Override
		public String toString() {
			return this.store + " " + this.mishap;
		}

	}

	@BeforeEach
	void allSinksRun() {
		await().atMost(LONG)
			.until(() -> this.sinks.doing()
				.stream()
				.allMatch((sink) -> sink.partitions()
					.size() == (sink.sink().startsWith("orders-") ? Topics.ORDER_PARTITIONS : Topics.PARTITIONS)
						&& sink.state().equals("running")));
		// A process that has just started still makes its tables in Cassandra
		await().atMost(LONG).until(() -> ask("/api/speed/latest").status() == 200);
	}

	@Test
	void onAHealthySystemEverythingIsThereOnce() throws Exception {
		try (KnownStream stream = KnownStream.start(TOPIC, CITY)) {
			stream.awaitSent(KnownStream.RATE * (int) (1 + Faults.paused().toSeconds()));
			this.sinks.doing().forEach((sink) -> awaitCaughtUp(sink.sink()));

			ORACLE.assertAllIsThere(stream.end());
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

	static List<Away> aways() {
		List<Away> aways = new ArrayList<>();
		for (Store store : Store.values()) {
			for (Mishap mishap : (Faults.repetitions() > 0) ? EnumSet.allOf(Mishap.class) : Mishap.SOON) {
				aways.add(new Away(store, mishap));
			}
		}
		return Faults.repeated(Faults.oneOf(aways));
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
