package io.isobar.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** All that was measured. */
final class Results {

	/** A task that was measured once. */
	record Line(int years, String engine, String task, Measured measured) {

		@Override
		public String toString() {
			return "%s %s %d: %.2f s".formatted(this.engine, this.task, this.years, this.measured.seconds());
		}

	}

	/** Median and bounds. */
	record Spread(double median, double least, double most) {

		static Spread of(DoubleStream values) {
			double[] sorted = values.sorted().toArray();
			if (sorted.length == 0) {
				throw new IllegalStateException("Nothing was measured.");
			}
			int middle = sorted.length / 2;
			double median = (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
			return new Spread(median, sorted[0], sorted[sorted.length - 1]);
		}

		/** {@code 1.23 (1.20–1.31)}. */
		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", this.median, this.least, this.most);
		}

	}

	/** By years. */
	final Map<Integer, Long> readings = new TreeMap<>();

	/** Methods with their share of a recompute's time, the largest first. */
	final Map<String, Double> profile = new TreeMap<>();

	private record Numbered(int round, Line line) {
	}

	private final List<Numbered> lines = new ArrayList<>();

	/**
	 * Adds a round.
	 * @param round from 0; below: it warmed up
	 */
	void add(int round, List<Line> lines) {
		lines.forEach((line) -> this.lines.add(new Numbered(round, line)));
	}

	/** What counts of one task, in the order of rounds. */
	List<Measured> of(int years, String engine, String task) {
		return this.lines.stream()
			.filter((numbered) -> numbered.round() >= 0)
			.map(Numbered::line)
			.filter((line) -> line.years() == years && line.engine().equals(engine) && line.task().equals(task))
			.map(Line::measured)
			.toList();
	}

	/** The first time of all, when nothing was warm. */
	Measured first(int years, String engine, String task) {
		return this.lines.stream()
			.map(Numbered::line)
			.filter((line) -> line.years() == years && line.engine().equals(engine) && line.task().equals(task))
			.findFirst()
			.orElseThrow()
			.measured();
	}

	Spread spread(int years, String engine, String task, ToDoubleFunction<Measured> figure) {
		return Spread.of(of(years, engine, task).stream().mapToDouble(figure));
	}

	/** Round by round, so that what slows down a whole round does not count. */
	static Spread ratio(double[] first, double[] second) {
		double[] ratios = new double[first.length];
		Arrays.setAll(ratios, (round) -> first[round] / second[round]);
		return Spread.of(Arrays.stream(ratios));
	}

	/** How much the machine was shared with others. */
	String disturbances() {
		double[] shares = this.lines.stream()
			.filter((numbered) -> numbered.round() >= 0)
			.mapToDouble((numbered) -> numbered.line().measured().disturbed())
			.toArray();
		long disturbed = Arrays.stream(shares).filter((share) -> share > Benchmarks.DISTURBED).count();
		return "In %d of the %d measurements that count, others took more than %.0f %% of the machine; in the median, %.0f %%."
			.formatted(disturbed, shares.length, 100 * Benchmarks.DISTURBED,
					100 * Spread.of(Arrays.stream(shares)).median());
	}

	/** Every line, as comma-separated values. */
	List<String> csv() {
		List<String> csv = new ArrayList<>();
		csv.add("years,round,engine,task,seconds,cpu_seconds,peak_memory_bytes,disturbed,figures");
		for (Numbered numbered : this.lines) {
			Measured measured = numbered.line().measured();
			StringBuilder figures = new StringBuilder();
			measured.figures()
				.forEach((name, value) -> figures.append(figures.isEmpty() ? "" : ";")
					.append(String.format(Locale.ROOT, name.startsWith("until") ? "%s=%.3f" : "%s=%.0f", name, value)));
			csv.add(String.format(Locale.ROOT, "%d,%d,%s,%s,%.3f,%.2f,%d,%.3f,%s", numbered.line().years(),
					numbered.round() + 1, numbered.line().engine(), numbered.line().task(), measured.seconds(),
					measured.cpuSeconds(), measured.memory(), measured.disturbed(), figures));
		}
		return csv;
	}

}
