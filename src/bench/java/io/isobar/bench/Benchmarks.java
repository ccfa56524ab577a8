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
	 * batch, speed or both, years separated by commas, rounds, messages of a backlog,
	 * seconds under load, seconds of an outage, options of the processes
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path folder = Path.of(args[0]);
		remove(folder);
		Files.createDirectories(folder);
		Path report = Path.of(args[1]);
		int rounds = Integer.parseInt(args[5]);
		List<String> options = List.of(args).subList(9, args.length);
		try {
			if (!args[3].equals("speed")) {
				Benchmarks benchmarks = new Benchmarks(folder,
						Stream.of(args[4].split(",")).map(Integer::valueOf).toList(), rounds);
				benchmarks.measure(options);
				Parts before = Parts.of(report);
				before.withBatch(new Report(benchmarks.results, benchmarks.years, args[2]).text(before.batch()))
					.write(report);
			}
			if (!args[3].equals("batch")) {
				SpeedBenchmarks benchmarks = new SpeedBenchmarks(folder, rounds, Integer.parseInt(args[6]),
						Duration.ofSeconds(Long.parseLong(args[7])), Duration.ofSeconds(Long.parseLong(args[8])));
				benchmarks.measure(options);
				Parts.of(report).withSpeed(new SpeedReport(benchmarks, args[2]).text()).write(report);
			}
		}
		finally {
			remove(folder);
		}
	}

	private void measure(List<String> options) throws IOException {
		Path logs = Files.createDirectories(this.folder.resolve("logs"));
		List<String> application = new ArrayList<>(options);
		application.add("-Xmx2g");
		try (Worker isobar = new Worker("isobar", Isobar.class, application, logs.resolve("isobar.log"));
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

	/** The report's two parts, of which one may stay as it was. */
	private record Parts(String batch, String speed) {

		static Parts of(Path file) throws IOException {
			String text = (Files.exists(file)) ? Files.readString(file) : "";
			int speed = ("\n" + text).indexOf("\n" + SpeedReport.HEADING + "\n");
			return (speed < 0) ? new Parts(text, "") : new Parts(text.substring(0, speed), text.substring(speed));
		}

		Parts withBatch(List<String> text) {
			return new Parts(String.join("\n", text) + "\n\n", this.speed);
		}

		Parts withSpeed(List<String> text) {
			String between = (this.batch.isEmpty() || this.batch.endsWith("\n\n")) ? "" : "\n";
			return new Parts(this.batch + between, String.join("\n", text) + "\n");
		}

		void write(Path file) throws IOException {
			Files.writeString(file,
					(this.speed.isEmpty()) ? this.batch.stripTrailing() + "\n" : this.batch + this.speed);
		}

	}

	/** One of several alternating rounds. */
	@FunctionalInterface
	private interface Round {

		List<Results.Line> run() throws IOException;

	}

}
