package io.isobar.bench;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.isobar.bench.Results.Spread;
import io.isobar.speed.SpeedLayer;
import org.jspecify.annotations.Nullable;

/** The speed layer's part of BENCHMARKS.md. */
final class SpeedReport {

	static final String HEADING = "# Speed layer";

	private static final double MILLION = 1e6;

	private final SpeedBenchmarks benchmarks;

	private final String commit;

	private final List<String> reaches = new ArrayList<>();

	SpeedReport(SpeedBenchmarks benchmarks, String commit) {
		this.benchmarks = benchmarks;
		this.commit = commit;
	}

	List<String> text() throws IOException {
		List<String> text = new ArrayList<>();
		text.add(HEADING);
		text.add(
				"""

						Written by `mvn -Pbench -Dbench.only=speed -Dbench.rounds=%d -Dbench.readings=%d -Dbench.load=%d -Dbench.outage=%d
						verify`; nothing here was typed by hand.

						%s · commit %s · %s · Java %s

						The application as it is started by default, with its servers beside it on the same machine, each in a process
						of its own. Median (least–most) of the rounds; a round in which others took more than %.0f %% of the machine was
						repeated up to two times. %s
						"""
					.formatted(this.benchmarks.rounds(), this.benchmarks.messages(), this.benchmarks.load().toSeconds(),
							this.benchmarks.outage().toSeconds(), LocalDate.now(ZoneOffset.UTC), this.commit,
							Report.machine(), Runtime.version().feature(), 100 * Benchmarks.DISTURBED, disturbed()));
		latency(text);
		throughput(text);
		outages(text);
		bounds(text);
		text.add("\n## What the speed layer is to reach\n\n| | measured | reach | |\n|---|---|---|---|");
		text.addAll(this.reaches);
		text.add("\n## Raw figures of the speed layer\n\n```csv\nwhat,round,figures");
		text.addAll(this.benchmarks.raw());
		text.add("```");
		return text;
	}

	private String disturbed() {
		double[] shares = this.benchmarks.measured()
			.stream()
			.flatMap(List::stream)
			.filter((figures) -> figures.all().containsKey("disturbed"))
			.mapToDouble((figures) -> figures.of("disturbed"))
			.toArray();
		return "Of the %d that count, others took more in %d.".formatted(shares.length,
				IntStream.range(0, shares.length).filter((i) -> shares[i] > Benchmarks.DISTURBED).count());
	}

	private void latency(List<String> text) {
		text.add(
				"""
						## Until a reading can be seen, in milliseconds

						Messages of %,d cities are sent at fixed times, %d s at each rate, whatever becomes of those before; what counts
						is the time since a message was to be sent. *Kafka alone* is a consumer of the same topic in the same run;
						*event* is the arrival in `/api/speed/events`; *latest* is when `/api/speed/latest` shows this reading, or a
						newer one of its city, asked for up to ten cities a second one after the other, 0.2 ms after each answer;
						*latest, awaited* is the arrival of the answer of `/api/speed/latest` with `wait`, asked %d ms before the message
						is sent, for ten other cities a second. Before the rounds that count both were asked without a pause, of what was
						there, so that they are compiled. *Streaming job* is `stream_speed_views` within the same application, in rounds
						of its own in which the listeners stand still: the time from when Kafka appended a message until its micro-batch
						is in Cassandra.

						| messages/s | | p50 | p95 | p99 | p99.9 |
						|---|---|---|---|---|---|"""
					.formatted(SpeedLayer.CITIES, this.benchmarks.load().toSeconds(), Load.WAITED_BEFORE.toMillis()));
		Map<String, String> names = Map.of("kafka", "Kafka alone", "events", "event", "latest", "latest", "awaited",
				"latest, awaited");
		for (int rate : SpeedBenchmarks.RATES) {
			for (String what : List.of("kafka", "events", "latest", "awaited")) {
				text.add("| %d | %s | %s | %s | %s | %s |".formatted(rate, names.get(what), latency(rate, what, "50"),
						latency(rate, what, "95"), latency(rate, what, "99"), latency(rate, what, "99.9")));
			}
		}
		int rate = SpeedBenchmarks.RATES.get(1);
		text.add("| %d | streaming job | %s | %s | %s | %s |".formatted(rate, streaming("50"), streaming("95"),
				streaming("99"), streaming("99.9")));
		for (String what : List.of("events", "latest", "awaited")) {
			Spread ratio = spread("latency at " + rate,
					(figures) -> figures.of(what + "-p50") / figures.of("kafka-p50"));
			reach("%s, p50 : Kafka's own, at %d messages/s".formatted(names.get(what), rate), ratio, "at most 2",
					ratio.median() <= 2);
			Spread p99 = latency(rate, what, "99");
			reach("%s, p99 in ms, at %d messages/s".formatted(names.get(what), rate), p99, "below 100",
					p99.median() < 100);
			double job = streaming("50").median() / latency(rate, what, "50").median();
			reach("the streaming job, p50 : %s, p50, at %d messages/s".formatted(names.get(what), rate),
					new Spread(job, job, job), "at least 5", job >= 5);
		}
	}

	private Spread streaming(String percent) {
		return spread(SpeedBenchmarks.STREAMING, (figures) -> figures.of("written-p" + percent));
	}

	private Spread latency(int rate, String what, String percent) {
		return spread("latency at " + rate, (figures) -> figures.of(what + "-p" + percent));
	}

	private void throughput(List<String> text) {
		text.add(
				"""

						## A backlog of %,d readings

						Drained into empty stores by the real listeners, each sink alone and all three at the same time. *Poll* is a
						consumer that only polls, with the listeners' settings. *Bare* is the barest program that does the same to a
						store with what is prepared in memory: Cassandra's driver with the same statements and concurrency, InfluxDB's
						client with the same batches of lines, Delta's kernel with the same rows in commits of the same size (200,000 of
						them, as more don't fit the memory). A sink's *limit* is a poll and then the bare program,
						1/(1/poll + 1/bare); that of all three is 1/Σ(1/limit). CPU is user and system time for a million readings.

						| | readings/s | limit, readings/s | of its limit | CPU s of isobar | CPU s of the servers |
						|---|---|---|---|---|---|"""
					.formatted(this.benchmarks.messages()));
		row(text, "poll", null);
		for (String sink : SpeedBenchmarks.SINKS) {
			row(text, "bare " + sink, null);
			Spread share = rounds((round) -> rate(sink, round) / limit(sink, round));
			row(text, sink, share);
			reach(sink + " alone : its limit", share, "at least 0.8", share.median() >= 0.8);
		}
		Spread share = rounds((round) -> rate("all", round) / limit("all", round));
		row(text, "all", share);
		reach("all three together : their limit", share, "at least 0.8", share.median() >= 0.8);
		Spread slowest = rounds((round) -> SpeedBenchmarks.SINKS.stream()
			.mapToDouble((sink) -> this.benchmarks.measured("all").get(round).of(sink + "-together")
					/ (limit(sink, round) / SpeedBenchmarks.SINKS.size()))
			.min()
			.orElseThrow());
		reach("the slowest, while all are at it : a third of its limit", slowest, "at least 0.5",
				slowest.median() >= 0.5);
	}

	private void row(List<String> text, String what, @Nullable Spread share) {
		Spread rate = rounds((round) -> rate(what, round));
		String limit = (share != null) ? "%,.0f".formatted(rounds((round) -> limit(what, round)).median()) : "";
		text.add("| %s | %,.0f (%,.0f–%,.0f) | %s | %s | %.1f | %.1f |".formatted(what, rate.median(), rate.least(),
				rate.most(), limit, (share != null) ? share : "", cpu(what, true), cpu(what, false)));
	}

	private double cpu(String what, boolean client) {
		return spread(what, (figures) -> figures.all()
			.entrySet()
			.stream()
			.filter((figure) -> figure.getKey().startsWith("cpu-") && figure.getKey().equals("cpu-isobar") == client)
			.mapToDouble(Map.Entry::getValue)
			.sum() / figures.of("messages") * MILLION).median();
	}

	private double rate(String what, int round) {
		return rate(this.benchmarks.measured(what).get(round));
	}

	private static double rate(Figures figures) {
		return figures.of("messages") / figures.of("seconds");
	}

	private double limit(String what, int round) {
		if (what.equals("all")) {
			return 1 / SpeedBenchmarks.SINKS.stream().mapToDouble((sink) -> 1 / limit(sink, round)).sum();
		}
		return 1 / (1 / rate("poll", round) + 1 / rate("bare " + what, round));
	}

	private void outages(List<String> text) {
		text.add(
				"""

						## After an outage

						A store is paused (SIGSTOP) for %d s while %d messages a second come, and goes on. *Catching up* is counted from
						the sink's first write until it is less than a second behind. Its *limit meanwhile* is that of as many messages,
						a poll and then the bare program, measured thereupon while as many messages come for all sinks: what these and
						Kafka take is taken from both. The first time of each store does not count.

						| | behind | goes on after, s | catching up, readings/s | limit meanwhile, readings/s | of its limit meanwhile | of its limit | of that of all three | the other store behind, s |
						|---|---|---|---|---|---|---|---|---|"""
					.formatted(this.benchmarks.outage().toSeconds(), SpeedBenchmarks.RATES.get(1)));
		for (String sink : SpeedBenchmarks.PAUSED) {
			String what = "outage " + sink;
			double limit = rounds((round) -> limit(sink, round)).median();
			double limitOfAll = rounds((round) -> limit("all", round)).median();
			Spread rate = spread(what, SpeedReport::rate);
			Spread share = spread(what, (outage) -> rate(outage) / limit);
			Spread meanwhile = rounds((round) -> rate(what, round) / limitMeanwhile(sink, round));
			Spread ofAll = spread(what, (outage) -> rate(outage) / limitOfAll);
			Spread others = spread(what, (outage) -> outage.of("others-seconds-behind"));
			text.add("| %s | %,.0f | %s | %,.0f (%,.0f–%,.0f) | %,.0f | %s | %s | %s | %s |".formatted(sink,
					spread(what, (outage) -> outage.of("behind")).median(),
					spread(what, (outage) -> outage.of("goes-on-after")), rate.median(), rate.least(), rate.most(),
					rounds((round) -> limitMeanwhile(sink, round)).median(), meanwhile, share, ofAll, others));
			reach("%s catching up : its limit".formatted(sink), share, "at least 0.7", share.median() >= 0.7);
			reach("%s catching up : its limit meanwhile".formatted(sink), meanwhile, "at least 0.7",
					meanwhile.median() >= 0.7);
			reach("%s catching up : the limit of all three".formatted(sink), ofAll, "at least 0.7",
					ofAll.median() >= 0.7);
			reach("the other store meanwhile, seconds behind", others, "below 2", others.most() < 2);
		}
	}

	private void bounds(List<String> text) {
		text.add(
				"""

						## What bounds it

						How many of the machine's %d processors were busy, and with what. Where all are, nothing is faster unless somebody
						does less; the rest is waiting: for the disk, or for an answer that nothing else is done without.

						| | busy | isobar | Kafka | Cassandra | InfluxDB | HDFS |
						|---|---|---|---|---|---|---|"""
					.formatted(Runtime.getRuntime().availableProcessors()));
		List<String> rows = new ArrayList<>();
		SpeedBenchmarks.SINKS.forEach((sink) -> rows.addAll(List.of("bare " + sink, sink)));
		rows.add("all");
		SpeedBenchmarks.PAUSED.forEach((sink) -> rows.add("bare beside " + sink));
		for (String what : rows) {
			text.add("| %s | %.2f | %s |".formatted(what, busy(what, "cpu-"),
					Stream.of("isobar", "kafka", "cassandra", "influxdb", "hdfs")
						.map((process) -> "%.2f".formatted(busy(what, "cpu-" + process)))
						.collect(Collectors.joining(" | "))));
		}
	}

	/** Of how many processors those took all the time whose figures begin so. */
	private double busy(String what, String figure) {
		return spread(what,
				(figures) -> figures.all()
					.entrySet()
					.stream()
					.filter((each) -> each.getKey().startsWith(figure))
					.mapToDouble(Map.Entry::getValue)
					.sum() / figures.of("seconds"))
			.median();
	}

	/** With the messages that the sink itself has written in the same time. */
	private double limitMeanwhile(String sink, int round) {
		return SpeedBenchmarks.RATES.get(1)
				+ 1 / (1 / rate("poll beside " + sink, round) + 1 / rate("bare beside " + sink, round));
	}

	private Spread rounds(ToDoubleFunction<Integer> figure) {
		return Spread.of(IntStream.range(0, this.benchmarks.measured("all").size()).mapToDouble(figure::applyAsDouble));
	}

	private Spread spread(String what, ToDoubleFunction<Figures> figure) {
		return Spread.of(this.benchmarks.measured(what).stream().mapToDouble(figure));
	}

	private void reach(String figure, Spread measured, String wanted, boolean met) {
		this.reaches.add("| %s | %s | %s | %s |".formatted(figure, measured, wanted, met ? "reached" : "**missed**"));
	}

}
