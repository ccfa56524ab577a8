package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.bench.Results.Spread;
import io.isobar.serving.ServingLayer;

/**
 * Measures how many requests a second the serving layer answers, beside an address of the
 * same application that has the same bytes in memory.
 */
final class ServingBenchmarks {

	static final String HEADING = "# Serving layer";

	private static final int CONNECTIONS = 16;

	private static final int WARM_UP = 6;

	private static final int REPEATS = 2;

	private static final Duration TIME = Duration.ofSeconds(5);

	/**
	 * What is asked for.
	 *
	 * @param reach the share of the limit that it is to reach; 0 where none is asked for
	 */
	private record Asked(String name, String address, boolean viewer, double reach) {
	}

	private static final List<Asked> ASKED = List.of(new Asked("latest", "/api/speed/latest", false, 0.7),
			new Asked("daily", "/api/views/daily?city=Seattle&from=2014-01-01&to=2014-12-31", false, 0.5),
			new Asked("totals", "/api/orders/totals?page=100&size=50", true, 0));

	private final Path folder;

	private final int rounds;

	private final String commit;

	private final Map<String, List<Requests.Answered>> answered = new LinkedHashMap<>();

	private final Map<String, Integer> bytes = new LinkedHashMap<>();

	private final List<String> raw = new ArrayList<>();

	ServingBenchmarks(Path folder, int rounds, String commit) {
		this.folder = folder;
		this.rounds = rounds;
		this.commit = commit;
	}

	void measure(List<String> options) throws IOException, InterruptedException {
		Path logs = Files.createDirectories(this.folder.resolve("logs"));
		Path data = this.folder.resolve("serving").toAbsolutePath();
		try (Worker worker = new Worker("isobar", ServingWorker.class, options, logs.resolve("serving.log"))) {
			int port = (int) worker.run("start", data.toString()).figure("port");
			String viewer = ServingLayer.viewer(data);
			for (Asked each : ASKED) {
				this.bytes.put(each.name(), (int) worker.run("keep", each.name(), each.address()).figure("bytes"));
			}
			for (int round = -WARM_UP; round < this.rounds; round++) {
				for (Asked each : ASKED) {
					String authorization = each.viewer() ? viewer : "";
					ask(worker, round, each.name() + " from memory",
							new Requests(port, "/api/views/same?of=" + each.name(), authorization));
					ask(worker, round, each.name(), new Requests(port, each.address(), authorization));
				}
			}
		}
		catch (IllegalStateException ex) {
			System.out.println("serving.log:\n" + Files.readString(logs.resolve("serving.log")));
			throw ex;
		}
	}

	private void ask(Worker worker, int round, String what, Requests requests)
			throws IOException, InterruptedException {
		for (int attempt = 0;; attempt++) {
			double cpu = worker.cpuSecondsOfAll();
			Disturbance others = Disturbance.start();
			Requests.Answered answered = requests.ask(CONNECTIONS, TIME);
			double disturbed = others.share(worker.cpuSecondsOfAll() - cpu);
			System.out.println("round %d: %s: %s, disturbed %.2f".formatted(round + 1, what, answered, disturbed));
			if (round < 0 || disturbed <= Benchmarks.DISTURBED || attempt == REPEATS) {
				this.raw.add("%s,%d,%.0f,%.3f,%.3f,%.3f".formatted(what, round + 1, answered.perSecond(),
						answered.p50(), answered.p99(), disturbed));
				if (round >= 0) {
					this.answered.computeIfAbsent(what, (key) -> new ArrayList<>()).add(answered);
				}
				return;
			}
		}
	}

	/** The serving layer's part of BENCHMARKS.md. */
	List<String> text() throws IOException {
		List<String> text = new ArrayList<>();
		text.add(HEADING);
		text.add(
				"""

						Written by `mvn -Pbench -Dbench.only=serving verify`; nothing here was typed by hand.

						%s · commit %s · %s · Java %s

						The application as it is started by default, with its servers beside it on the same machine. %d connections, each
						asks again as soon as it is answered, %d s in each round; whoever asks runs on the same cores. *From memory* is
						another address of the same application, that gives the same bytes through the same filters: the limit. *latest*
						is `/api/speed/latest` of all cities, *daily* is `/api/views/daily` of a city and a year, *totals* a page of 50
						of `/api/orders/totals` of %,d customers. Median (least–most) of the rounds.

						| | bytes | requests/s | p50, ms | p99, ms | of the limit |
						|---|---|---|---|---|---|"""
					.formatted(LocalDate.now(ZoneOffset.UTC), this.commit, Report.machine(),
							Runtime.version().feature(), CONNECTIONS, TIME.toSeconds(), ServingLayer.CUSTOMERS));
		List<String> reaches = new ArrayList<>();
		for (Asked each : ASKED) {
			String memory = each.name() + " from memory";
			text.add(row(each, memory, ""));
			List<Requests.Answered> limits = this.answered.getOrDefault(memory, List.of());
			List<Requests.Answered> answers = this.answered.getOrDefault(each.name(), List.of());
			Spread share = Spread.of(java.util.stream.IntStream.range(0, answers.size())
				.mapToDouble((round) -> answers.get(round).perSecond() / limits.get(round).perSecond()));
			text.add(row(each, each.name(), share.toString()));
			if (each.reach() > 0) {
				reaches.add("| %s, requests/s : from memory | %s | at least %s | %s |".formatted(each.name(), share,
						each.reach(), (share.median() >= each.reach()) ? "reached" : "**missed**"));
				Spread p99 = Spread.of(answers.stream().mapToDouble(Requests.Answered::p99));
				reaches.add("| %s, p99 in ms | %s | below 50 | %s |".formatted(each.name(), p99,
						(p99.median() < 50) ? "reached" : "**missed**"));
			}
		}
		text.add("\n## What the serving layer is to reach\n\n| | measured | reach | |\n|---|---|---|---|");
		text.addAll(reaches);
		text.add("\n## Raw figures of the serving layer\n\n```csv\nwhat,round,requests/s,p50,p99,disturbed");
		text.addAll(this.raw);
		text.add("```");
		return text;
	}

	private String row(Asked asked, String what, String share) {
		List<Requests.Answered> rounds = this.answered.getOrDefault(what, List.of());
		Spread rate = Spread.of(rounds.stream().mapToDouble(Requests.Answered::perSecond));
		return "| %s | %,d | %,.0f (%,.0f–%,.0f) | %s | %s | %s |".formatted(what, this.bytes.get(asked.name()),
				rate.median(), rate.least(), rate.most(),
				Spread.of(rounds.stream().mapToDouble(Requests.Answered::p50)),
				Spread.of(rounds.stream().mapToDouble(Requests.Answered::p99)), share);
	}

}
