package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures the analysis of histories of 1, 10 and 40 years and of one new day, and DuckDB
 * over the same files: in alternating rounds of one run, each engine in a process of its
 * own.
 */
public final class Benchmarks {

	/** A round in which others took more of the machine is repeated… */
	static final double DISTURBED = 0.1;

	/** …so often. */
	private static final int REPEATS = 2;

	private final Path folder;

	private final List<Integer> years;

	private final int rounds;

	private final Results results = new Results();

	/** By years: the next day that has not been appended yet. */
	private final Map<Integer, LocalDate> newDays = new HashMap<>();

	private Benchmarks(Path folder, List<Integer> years, int rounds) {
		this.folder = folder;
		this.years = years;
		this.rounds = rounds;
	}

	/**
	 * Measures, and writes the report.
	 * @param args folder for the lakes (removed at the end), file of the report, commit,
	 * batch, speed, serving or all, years separated by commas, rounds, messages of a
	 * backlog, seconds under load, seconds of an outage, options of the processes
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path folder = Path.of(args[0]);
		remove(folder);
		Files.createDirectories(folder);
		Path report = Path.of(args[1]);
		int rounds = Integer.parseInt(args[5]);
		List<String> options = List.of(args).subList(9, args.length);
		try {
			if (args[3].equals("batch") || args[3].equals("all")) {
				Benchmarks benchmarks = new Benchmarks(folder,
						Stream.of(args[4].split(",")).map(Integer::valueOf).toList(), rounds);
				benchmarks.measure(options);
				Parts before = Parts.of(report);
				before.withBatch(new Report(benchmarks.results, benchmarks.years, args[2]).text(before.batch()))
					.write(report);
			}
			if (args[3].equals("speed") || args[3].equals("all")) {
				SpeedBenchmarks benchmarks = new SpeedBenchmarks(folder, rounds, Integer.parseInt(args[6]),
						Duration.ofSeconds(Long.parseLong(args[7])), Duration.ofSeconds(Long.parseLong(args[8])));
				benchmarks.measure(options);
				Parts.of(report).withSpeed(new SpeedReport(benchmarks, args[2]).text()).write(report);
			}
			if (args[3].equals("serving") || args[3].equals("all")) {
				ServingBenchmarks benchmarks = new ServingBenchmarks(folder, rounds, args[2]);
				benchmarks.measure(options);
				Parts.of(report).withServing(benchmarks.text()).write(report);
			}
		}
		finally {
			remove(folder);
		}
	}

	private void measure(List<String> options) throws IOException {
		Path logs = Files.createDirectories(this.folder.resolve("logs"));
		try (Worker isobar = new Worker("isobar", Isobar.class, options, logs.resolve("isobar.log"));
				Worker duck = new Worker("DuckDB", DuckDb.class, List.of("-Xmx256m"), logs.resolve("duckdb.log"))) {
			for (int years : this.years) {
				long readings = (long) isobar.run("write", lake(years), String.valueOf(years)).figure("readings");
				say("%d years: %d readings written".formatted(years, readings));
				this.results.readings.put(years, readings);
				this.newDays.put(years, History.FIRST_NEW_DAY);
			}
			for (int years : this.years) {
				// Small histories are done before the code is warm
				rounds(years, (years < 10) ? 3 : 1, () -> recomputes(isobar, duck, years));
			}
			rounds(0, 1, () -> nights(isobar));
			this.results.profile.putAll(isobar.run("profile", lake(most())).figures());
		}
		catch (IllegalStateException ex) {
			for (String log : List.of("isobar.log", "duckdb.log")) {
				say(log + ":\n" + Files.readString(logs.resolve(log)));
			}
			throw ex;
		}
	}

	/** Some rounds that warm up, then those that count. */
	private void rounds(int years, int warmUp, Round round) throws IOException {
		for (int i = -warmUp; i < this.rounds; i++) {
			for (int attempt = 0;; attempt++) {
				List<Results.Line> lines = round.run();
				double disturbed = lines.stream().mapToDouble((line) -> line.measured().disturbed()).max().orElse(0);
				say("%s round %d: %s".formatted((years > 0) ? years + " years" : "nights", i + 1, lines));
				if (i < 0 || disturbed <= DISTURBED || attempt == REPEATS) {
					this.results.add(i, lines);
					break;
				}
			}
		}
	}

	private List<Results.Line> recomputes(Worker isobar, Worker duck, int years) throws IOException {
		return List.of(line(isobar, years, "isobar", "recompute"), line(duck, years, "DuckDB", "scan"),
				line(duck, years, "DuckDB", "city_day"), line(duck, years, "DuckDB", "months"));
	}

	private List<Results.Line> nights(Worker isobar) throws IOException {
		List<Results.Line> lines = new ArrayList<>();
		for (int years : this.years) {
			LocalDate day = this.newDays.merge(years, LocalDate.EPOCH, (next, ignored) -> next.plusDays(1));
			isobar.run("append", lake(years), day.minusDays(1).toString());
			lines.add(line(isobar, years, "isobar", "night"));
		}
		return lines;
	}

	private Results.Line line(Worker worker, int years, String engine, String task) throws IOException {
		return new Results.Line(years, engine, task, worker.run(task, lake(years)));
	}

	private String lake(int years) throws IOException {
		return Files.createDirectories(this.folder.resolve(years + "-years")).toAbsolutePath().toString();
	}

	private int most() {
		return this.years.get(this.years.size() - 1);
	}

	private static void say(String sentence) {
		System.out.println(sentence);
	}

	private static void remove(Path folder) throws IOException {
		if (Files.exists(folder)) {
			try (Stream<Path> files = Files.walk(folder)) {
				Path[] all = files.toArray(Path[]::new);
				for (int i = all.length - 1; i >= 0; i--) {
					Files.delete(all[i]);
				}
			}
		}
	}

	/** The report's parts, of which any may stay as it was. */
	private record Parts(String batch, String speed, String serving) {

		static Parts of(Path file) throws IOException {
			String text = "\n" + ((Files.exists(file)) ? Files.readString(file) : "");
			int serving = at(text, ServingBenchmarks.HEADING, text.length());
			int speed = at(text, SpeedReport.HEADING, serving);
			return new Parts(text.substring(0, speed).strip(), text.substring(speed, serving).strip(),
					text.substring(serving).strip());
		}

		private static int at(String text, String heading, int otherwise) {
			int found = text.indexOf("\n" + heading + "\n");
			return (found < 0) ? otherwise : found;
		}

		Parts withBatch(List<String> text) {
			return new Parts(String.join("\n", text), this.speed, this.serving);
		}

		Parts withSpeed(List<String> text) {
			return new Parts(this.batch, String.join("\n", text), this.serving);
		}

		Parts withServing(List<String> text) {
			return new Parts(this.batch, this.speed, String.join("\n", text));
		}

		void write(Path file) throws IOException {
			Files.writeString(file,
					Stream.of(this.batch, this.speed, this.serving)
						.map(String::strip)
						.filter((part) -> !part.isEmpty())
						.collect(java.util.stream.Collectors.joining("\n\n", "", "\n")));
		}

	}

	/** One of several alternating rounds. */
	@FunctionalInterface
	private interface Round {

		List<Results.Line> run() throws IOException;

	}

}
