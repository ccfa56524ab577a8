package io.isobar.speed;

import java.util.ArrayList;
import java.util.List;

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
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A store is away while readings stream in: held up, killed, or behind a network that
 * does not do what networks should. The undisturbed sinks go on; what needs the store
 * says so; and its own sink goes on by itself when the store does, with nothing lost. In
 * an ordinary build one store, another one each day.
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

	/** A store, and what happens to it: null, its process is held up. */
	record Away(Store store, Fault fault) {

		@Override
		public String toString() {
			return this.store + " " + ((this.fault != null) ? this.fault : "HELD_UP");
		}

	}

	@LocalServerPort
	private int port;

	@BeforeEach
	void allSinksRun() {
		await().atMost(LONG)
			.until(() -> this.sinks.doing()
				.stream()
				.allMatch((sink) -> sink.partitions()
					.size() == (sink.sink().startsWith("orders-") ? Topics.ORDER_PARTITIONS : Topics.PARTITIONS)
						&& sink.state().equals("running")));
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
		try (KnownStream stream = KnownStream.start(TOPIC, CITY)) {
			stream.awaitSent(KnownStream.RATE);
			int lines = waiting(output).size();
			if (away.fault() != null) {
				away.store().proxy().set(away.fault());
				try {
					whileAway(away, stream);
				}
				finally {
					away.store().proxy().set(Fault.NONE);
				}
			}
			else {
				ServerProcess.of(away.store().server).whileHeldUp(() -> whileAway(away, stream));
			}
			Faults.recovers("F8, F9: " + away + "; its sink has caught up", () -> awaitCaughtUp(away.store().sink));
			assertSaidOnce(away, waiting(output).subList(lines, waiting(output).size()));

			ORACLE.assertAllIsThere(stream.end());
		}
	}

	static List<Away> aways() {
		List<Away> aways = new ArrayList<>();
		for (Store store : Faults.oneOf(List.of(Store.values()))) {
			aways.add(new Away(store, null));
			// What resets connections is found out at once, the others by a time-out
			(Faults.repetitions() > 0 ? List.of(Fault.CUT, Fault.HALF_OPEN, Fault.SLOW, Fault.TRICKLE, Fault.RESET)
					: Faults.oneOf(List.of(Fault.CUT, Fault.RESET)))
				.forEach((fault) -> aways.add(new Away(store, fault)));
		}
		return Faults.repeated(aways);
	}

	@ParameterizedTest
	@MethodSource("killed")
	void aStoreThatIsKilledIsWrittenToAgainWhenItIsBack(Store store) throws Exception {
		try (KnownStream stream = KnownStream.start(TOPIC, CITY)) {
			stream.awaitSent(KnownStream.RATE);

			ServerProcess.of(store.server).killAndAwait();

			Faults.recovers("F8: " + store + " killed; its sink has caught up", () -> awaitCaughtUp(store.sink));
			this.sinks.doing().forEach((sink) -> awaitCaughtUp(sink.sink()));
			ORACLE.assertAllIsThere(stream.end());
		}
	}

	static List<Store> killed() {
		return Faults.repeated(Faults.oneOf(List.of(Store.values())));
	}

	/** As long as it must be, and in profile faults a minute longer. */
	private void whileAway(Away away, KnownStream stream) {
		Store store = away.store();
		if (away.fault() != Fault.SLOW) {
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
		if (away.fault() != Fault.SLOW && store.unavailable != null) {
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

	private static void assertSaidOnce(Away away, List<String> lines) {
		if (away.fault() != Fault.SLOW) {
			assertThat(lines.stream().filter((line) -> !line.contains(" orders-" + away.store().sink + " waits: ")))
				.singleElement()
				.asString()
				.contains(" " + away.store().sink + " waits: ");
		}
	}

}
