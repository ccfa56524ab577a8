package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures the speed layer: how soon a message can be seen while others come, and how
 * fast a backlog is brought into the stores, beside the barest programs that do the same.
 * The application and its servers run in processes of their own.
 */
final class SpeedBenchmarks {

	static final List<String> SINKS = List.of("cassandra", "influxdb", "lake");

	/** Messages a second. */
	static final List<Integer> RATES = List.of(100, 1000);

	/** What was measured of the job of Structured Streaming. */
	static final String STREAMING = "streaming job at " + RATES.get(1);

	/** The sinks whose server is paused, by whose name it goes. */
	static final List<String> PAUSED = List.of("cassandra", "influxdb");

	/** Every process compiles for minutes; each round is told of, also these. */
	private static final int WARM_UP = 3;

	private static final int REPEATS = 2;

	private final Path folder;

	private final int rounds;

	private final int messages;

	private final Duration load;

	private final Duration outage;

	/** By what was measured: round by round. */
	private final Map<String, List<Figures>> measured = new LinkedHashMap<>();

	private final List<String> raw = new ArrayList<>();

	SpeedBenchmarks(Path folder, int rounds, int messages, Duration load, Duration outage) {
		this.folder = folder;
		this.rounds = rounds;
		this.messages = messages;
		this.load = load;
		this.outage = outage;
	}

	Collection<List<Figures>> measured() {
		return this.measured.values();
	}

	/** What counts of one thing that was measured, round by round. */
	List<Figures> measured(String what) {
		return this.measured.getOrDefault(what, List.of());
	}

	List<String> raw() {
		return this.raw;
	}

	int rounds() {
		return this.rounds;
	}

	int messages() {
		return this.messages;
	}

	Duration load() {
		return this.load;
	}

	Duration outage() {
		return this.outage;
	}

	/** Measures everything. */
	void measure(List<String> options) throws IOException, InterruptedException {
		Path logs = Files.createDirectories(this.folder.resolve("logs"));
		List<String> application = new ArrayList<>(options);
		application.add("-Disobar.data-dir=" + this.folder.resolve("data").toAbsolutePath());
		try (Worker worker = new Worker("isobar", SpeedWorker.class, application, logs.resolve("speed.log"))) {
			latencies(worker);
			throughput(worker);
		}
		catch (IllegalStateException ex) {
			System.out.println("speed.log:\n" + Files.readString(logs.resolve("speed.log")));
			throw ex;
		}
	}

	private void latencies(Worker worker) throws IOException, InterruptedException {
		Figures started = new Figures(worker.run("start", "live").figures());
		try (Load load = new Load("live", (int) started.of("kafka"), (int) started.of("web"))) {
			for (int round = -WARM_UP; round < this.rounds; round++) {
				if (round < 0) {
					load.warmUp(this.load);
				}
				for (int rate : RATES) {
					latency(load, worker, rate, round);
				}
				streaming(load, worker, round);
			}
			// A store that has never been given much at once compiles what that takes
			for (String sink : PAUSED) {
				for (int round = 0; round < WARM_UP; round++) {
					worker.run("bare", sink, String.valueOf(this.messages));
				}
			}
			for (int round = -1; round < this.rounds; round++) {
				for (String sink : PAUSED) {
					outage(load, worker, round, sink, started.of("pid-" + sink));
				}
			}
		}
	}

	/** And then the limit, while as many messages come. */
	private void outage(Load load, Worker worker, int round, String sink, double server)
			throws IOException, InterruptedException {
		try (Load.Flow flow = load.flow(RATES.get(1))) {
			Thread.sleep(3000);
			add(round, "outage " + sink,
					worker.run("outage", sink, "%.0f".formatted(server), String.valueOf(this.outage.toSeconds()))
						.figures());
			String most = String.valueOf(RATES.get(1) * this.outage.toSeconds());
			add(round, "poll beside " + sink, undisturbed(worker.run("poll", most)));
			add(round, "bare beside " + sink, undisturbed(worker.run("bare", sink, most)));
		}
	}

	/** What comes meanwhile is no disturbance. */
	private static Map<String, Double> undisturbed(Measured measured) {
		Map<String, Double> figures = new LinkedHashMap<>(measured.figures());
		figures.remove("disturbed");
		return figures;
	}

	private void latency(Load load, Worker worker, int rate, int round) throws IOException, InterruptedException {
		for (int attempt = 0;; attempt++) {
			double cpu = worker.cpuSecondsOfAll();
			Disturbance others = Disturbance.start();
			Load.Seen seen;
			try {
				seen = load.send(rate, this.load, true);
			}
			catch (IllegalStateException ex) {
				// As where others take so much that the stream of events is cut off
				if (attempt == REPEATS) {
					throw ex;
				}
				System.out.println("failed, repeated: latency at %d: %s".formatted(rate, ex.getMessage()));
				continue;
			}
			double disturbed = others.share(worker.cpuSecondsOfAll() - cpu);
			Map<String, Double> figures = new LinkedHashMap<>();
			figures.put("disturbed", disturbed);
			percentiles(figures, "kafka", seen.kafka());
			percentiles(figures, "events", Objects.requireNonNull(seen.events()));
			percentiles(figures, "latest", seen.latest());
			percentiles(figures, "awaited", seen.awaited());
			if (round < 0 || disturbed <= Benchmarks.DISTURBED || attempt == REPEATS) {
				add(round, "latency at " + rate, figures);
				return;
			}
			System.out.println("disturbed, repeated: latency at %d: %s".formatted(rate, figures));
		}
	}

	/** Spark's job has the machine for itself: the listeners stand still. */
	private void streaming(Load load, Worker worker, int round) throws IOException, InterruptedException {
		double cpu = worker.cpuSecondsOfAll();
		Disturbance others = Disturbance.start();
		worker.run("stream");
		Load.Seen seen = load.send(RATES.get(1), this.load, false);
		Map<String, Double> figures = new LinkedHashMap<>(worker.run("streamed").figures());
		figures.put("disturbed", others.share(worker.cpuSecondsOfAll() - cpu));
		percentiles(figures, "kafka", seen.kafka());
		add(round, STREAMING, figures);
	}

	private static void percentiles(Map<String, Double> figures, String what, Load.Latencies latencies) {
		for (String percent : List.of("50", "95", "99", "99.9")) {
			figures.put(what + "-p" + percent, latencies.percentile(Double.parseDouble(percent) / 100));
		}
	}

	private void throughput(Worker worker) throws IOException {
		worker.run("start", "backlog");
		worker.run("backlog", String.valueOf(this.messages));
		for (int round = -WARM_UP; round < this.rounds; round++) {
			drain(worker, round, "poll", "poll", String.valueOf(this.messages));
			for (String sink : SINKS) {
				drain(worker, round, sink, "drain", sink);
				drain(worker, round, "bare " + sink, "bare", sink, String.valueOf(this.messages));
			}
			List<String> all = new ArrayList<>(SINKS);
			all.add(0, "drain");
			drain(worker, round, "all", all.toArray(String[]::new));
		}
	}

	private void drain(Worker worker, int round, String what, String... words) throws IOException {
		for (int attempt = 0;; attempt++) {
			Map<String, Double> figures = worker.run(words).figures();
			if (round < 0 || new Figures(figures).of("disturbed") <= Benchmarks.DISTURBED || attempt == REPEATS) {
				add(round, what, figures);
				return;
			}
			System.out.println("disturbed, repeated: %s: %s".formatted(what, figures));
		}
	}

	private void add(int round, String what, Map<String, Double> figures) {
		System.out.println("round %d: %s: %s".formatted(round + 1, what, figures));
		StringBuilder line = new StringBuilder("%s,%d,".formatted(what, round + 1));
		figures.forEach((name, value) -> line.append("%s=%.3f;".formatted(name, value)));
		this.raw.add(line.toString());
		if (round >= 0) {
			this.measured.computeIfAbsent(what, (key) -> new ArrayList<>()).add(new Figures(figures));
		}
	}

}
