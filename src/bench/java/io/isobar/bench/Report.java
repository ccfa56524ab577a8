package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.isobar.bench.Results.Spread;

/** BENCHMARKS.md. */
final class Report {

	/** Until then a recompute has written the states of {@code city_day}. */
	private static final String CITY_DAY_WRITTEN = "until-0.4";

	private static final double WORSE = 1.15;

	private static final double MEGABYTE = 1e6;

	private final Results results;

	private final List<Integer> years;

	private final String commit;

	private final int most;

	Report(Results results, List<Integer> years, String commit) {
		this.results = results;
		this.years = years;
		this.commit = commit;
		this.most = years.get(years.size() - 1);
	}

	/** A figure and what it is to reach. */
	private record Reach(String figure, String reached, String wanted, boolean met) {
	}

	List<String> text(String before) throws IOException {
		List<String> text = new ArrayList<>();
		text.add(
				"""
						# Benchmarks

						Written by `mvn -Pbench verify`; nothing here was typed by hand.

						%s · commit %s · %s · %s

						Histories of %d cities with a reading every hour, in a lake on the local disk, written by the lake's own
						writer: a sorted file for each month. *Recompute* folds all of it, writes the states of `city_day` and of all
						pairs of metrics by month, and merges everything that is shown. *Night* does the same after one new day, in a
						month that is nearly full, going out from the result of the day before; without collecting, and without the
						export to PostgreSQL. Spark runs as in the application: in one warm process with 2 threads,
						`-Xmx2g -XX:G1HeapRegionSize=8m`.
						DuckDB has 2 threads and a limit of 2 GB, reads the same files, groups by days of UTC and knows nothing of
						slots: *scan* reads every column, *city_day* writes the same columns to a Parquet file, *months* merges months
						from that file and computes the correlation of every pair of metrics for each city from the readings.

						Rounds of both engines alternate; median (least–most) of the rounds after warming up. CPU is user and system
						time of the engine's process, memory its most resident. The first round of all is told beside, as it ran cold.
						"""
					.formatted(LocalDate.now(ZoneOffset.UTC), this.commit, machine(), versions(), History.CITIES));
		text.add(this.results.disturbances());
		tables(text);
		reaches(text);
		regressions(text, before);
		text.add("\n## Raw figures\n\n```csv");
		text.addAll(this.results.csv());
		text.add("```");
		return text;
	}

	private void tables(List<String> text) {
		for (int years : this.years) {
			text.add("\n## %d year%s: %,d readings\n".formatted(years, (years > 1) ? "s" : "",
					this.results.readings.get(years)));
			text.add("| | seconds | CPU seconds | readings/s | memory, MB | files read | MB read | first, seconds |");
			text.add("|---|---|---|---|---|---|---|---|");
			row(text, years, "isobar", "recompute", true);
			row(text, years, "isobar", "night", false);
			row(text, years, "DuckDB", "scan", true);
			row(text, years, "DuckDB", "city_day", true);
			row(text, years, "DuckDB", "months", true);
		}
	}

	private void row(List<String> text, int years, String engine, String task, boolean readsAll) {
		Spread seconds = this.results.spread(years, engine, task, Measured::seconds);
		boolean counted = engine.equals("isobar");
		text.add("| %s: %s | %s | %s | %s | %.0f | %s | %s | %.2f |".formatted(engine, task, seconds,
				this.results.spread(years, engine, task, Measured::cpuSeconds),
				readsAll ? "%,.0f"
					.formatted(Objects.requireNonNull(this.results.readings.get(years)) / seconds.median()) : "",
				this.results.spread(years, engine, task, (measured) -> measured.memory() / MEGABYTE).most(),
				counted ? "%.0f".formatted(median(years, task, "files")) : "",
				counted ? "%.2f".formatted(median(years, task, "bytes") / MEGABYTE) : "",
				this.results.first(years, engine, task).seconds()));
	}

	private double median(int years, String task, String figure) {
		return this.results.spread(years, "isobar", task, (measured) -> measured.figure(figure)).median();
	}

	private void reaches(List<String> text) {
		int least = this.years.get(0);
		Spread nights = Results.ratio(seconds(this.most, "isobar", "night"), seconds(least, "isobar", "night"));
		double files = median(this.most, "night", "files");
		double bytes = median(this.most, "night", "bytes");
		Spread night = Results.ratio(seconds(this.most, "isobar", "night"), duckEverything());
		Spread cityDay = Results.ratio(cityDay(), seconds(this.most, "DuckDB", "city_day"));
		Spread months = Results.ratio(months(), seconds(this.most, "DuckDB", "months"));
		double memory = this.years.stream()
			.flatMap((years) -> List.of("recompute", "night")
				.stream()
				.map((task) -> this.results.spread(years, "isobar", task, Measured::memory).most()))
			.mapToDouble(Double::doubleValue)
			.max()
			.orElseThrow();
		List<Reach> reaches = List.of(
				new Reach("readings read by a night, %d : %d years".formatted(this.most, least),
						"%.0f files, %.3f MB : %.0f files, %.3f MB".formatted(files, bytes / MEGABYTE,
								median(least, "night", "files"), median(least, "night", "bytes") / MEGABYTE),
						"the same",
						files == median(least, "night", "files") && bytes == median(least, "night", "bytes")),
				new Reach("night, %d : %d years".formatted(this.most, least), nights.toString(), "at most 1.1",
						nights.median() <= 1.1),
				new Reach("night : DuckDB's recompute of everything", night.toString(), "below 1", night.median() < 1),
				new Reach("`city_day`, written : DuckDB", cityDay.toString(), "at most 2", cityDay.median() <= 2),
				new Reach("everything but `city_day` : DuckDB's months and correlations", months.toString(), "below 1",
						months.median() < 1),
				new Reach("memory of isobar", "%.0f MB".formatted(memory / MEGABYTE), "below 2500 MB",
						memory < 2500 * MEGABYTE));
		text.add("\n## What is to be reached, at %d years\n\n| | measured | reach | |\n|---|---|---|---|"
			.formatted(this.most));
		reaches.forEach((reach) -> text.add("| %s | %s | %s | %s |".formatted(reach.figure(), reach.reached(),
				reach.wanted(), reach.met() ? "reached" : "**missed**")));
		String profile = this.results.profile.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
			.map((method) -> "%s %.0f %%".formatted(method.getKey(), 100 * method.getValue()))
			.collect(Collectors.joining(", "));
		List<Reach> missed = reaches.stream().filter((reach) -> !reach.met()).toList();
		if (!missed.isEmpty()) {
			text.add("");
		}
		missed.forEach((reach) -> text
			.add("- Missed: %s is %s, not %s. Most of a recompute's time goes into %s; `city_day` takes %.0f %% of it."
				.formatted(reach.figure(), reach.reached(), reach.wanted(), profile,
						100 * Results.ratio(cityDay(), seconds(this.most, "isobar", "recompute")).median())));
	}

	/** Ratios of CPU time, which is steadier, beside those of the report before. */
	private void regressions(List<String> text, String before) {
		text.add("\n## CPU seconds of isobar to those of DuckDB\n\n| | now | before |\n|---|---|---|");
		for (int years : this.years) {
			for (String task : List.of("recompute", "night")) {
				String name = "%s of %d year%s : everything".formatted(task, years, (years > 1) ? "s" : "");
				double duck = this.results.spread(years, "DuckDB", "city_day", Measured::cpuSeconds).median()
						+ this.results.spread(years, "DuckDB", "months", Measured::cpuSeconds).median();
				double now = this.results.spread(years, "isobar", task, Measured::cpuSeconds).median() / duck;
				Matcher known = Pattern.compile(Pattern.quote("| " + name + " |") + " ([0-9.]+)").matcher(before);
				boolean isKnown = known.find();
				text.add(
						"| %s | %.3f | %s |".formatted(name, now,
								isKnown ? known.group(1)
										+ ((now > WORSE * Double.parseDouble(known.group(1))) ? " **regression**" : "")
										: ""));
			}
		}
	}

	private double[] seconds(int years, String engine, String task) {
		return this.results.of(years, engine, task).stream().mapToDouble(Measured::seconds).toArray();
	}

	private double[] cityDay() {
		return this.results.of(this.most, "isobar", "recompute")
			.stream()
			.mapToDouble((measured) -> measured.figure(CITY_DAY_WRITTEN))
			.toArray();
	}

	private double[] months() {
		return this.results.of(this.most, "isobar", "recompute")
			.stream()
			.mapToDouble((measured) -> measured.seconds() - measured.figure(CITY_DAY_WRITTEN))
			.toArray();
	}

	private double[] duckEverything() {
		double[] seconds = seconds(this.most, "DuckDB", "city_day");
		double[] months = seconds(this.most, "DuckDB", "months");
		for (int round = 0; round < seconds.length; round++) {
			seconds[round] += months[round];
		}
		return seconds;
	}

	static String machine() throws IOException {
		String processor = Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 2))
			.findFirst()
			.orElse("unknown processor");
		long kilobytes = Long.parseLong(Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", ""));
		return String.format(Locale.ROOT, "%d × %s, %.0f GiB", Runtime.getRuntime().availableProcessors(), processor,
				kilobytes / 1024.0 / 1024.0);
	}

	private static String versions() {
		return "Java %s, Spark %s, Delta %s, DuckDB %s".formatted(Runtime.version().feature(),
				org.apache.spark.package$.MODULE$.SPARK_VERSION(), io.delta.package$.MODULE$.VERSION(),
				System.getProperty("duckdb.version"));
	}

}
