package io.isobar.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.spark.SparkSessions;
import io.isobar.spark.WeatherAnalysis;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

/** The batch layer's analysis, in one warm process, over lakes in folders. */
final class Isobar {

	/** Years before this one are kept folded. */
	private static final int CLOSED_BEFORE = History.LAST.getYear();

	private final SparkSession spark;

	/** What the newest result of each lake was made from. */
	private final Map<String, WeatherAnalysis.Basis> newest = new HashMap<>();

	private int runs;

	private Isobar(SparkSession spark) {
		this.spark = spark;
	}

	public static void main(String[] args) throws IOException {
		Map<String, String> client = Map.of("fs.defaultFS", "file:///", "fs.file.impl",
				CountedFileSystem.class.getName());
		Configuration counted = new Configuration();
		client.forEach(counted::set);
		// Hadoop keeps the first file system that it is asked for
		FileSystem.get(URI.create("file:///"), counted);
		Isobar isobar = new Isobar(SparkSessions.inProcess("local[2]", client));
		try {
			Worker.serve((words) -> isobar.run(words.get(0), words.get(1), words.subList(2, words.size())));
		}
		finally {
			isobar.spark.stop();
		}
	}

	private Map<String, Double> run(String task, String folder, List<String> words) throws IOException {
		return switch (task) {
			case "write" ->
				Map.of("readings", (double) History.write(readings(folder), Integer.parseInt(words.get(0))));
			case "append" ->
				Map.of("readings", (double) History.appendDay(readings(folder), LocalDate.parse(words.get(0))));
			case "recompute" -> analyse(folder, null);
			case "night" -> analyse(folder, this.newest.get(folder));
			case "profile" -> profile(folder);
			default -> throw new IllegalArgumentException("The batch layer has no task " + task);
		};
	}

	private Map<String, Double> analyse(String folder, WeatherAnalysis.@Nullable Basis basis) throws IOException {
		Lake lake = LocalLake.in(Path.of(folder), 1);
		long version = LocalLake.readings(lake).version().orElseThrow();
		CountedFileSystem.reset();
		long started = System.nanoTime();
		Map<String, Double> figures = new LinkedHashMap<>();
		WeatherAnalysis.Written written = WeatherAnalysis.run(this.spark,
				new WeatherAnalysis.Request(lake.readings().toString(), version, lake.analysis().toString(),
						lake.path("weather/analysis/results/" + this.runs++).toString(), History.zones(), basis,
						CLOSED_BEFORE),
				(done) -> figures.putIfAbsent("until-" + done, (System.nanoTime() - started) / 1e9));
		if (basis != null && written.notIncremental() != null) {
			throw new IllegalStateException("Everything was folded: " + written.notIncremental());
		}
		this.newest.put(folder, new WeatherAnalysis.Basis(version, written.states()));
		figures.put("files", (double) CountedFileSystem.files());
		figures.put("bytes", (double) CountedFileSystem.bytes());
		return figures;
	}

	/** The share of the three methods in which a recompute spends most of its time. */
	private Map<String, Double> profile(String folder) throws IOException {
		Path file = Path.of(folder, "profile.jfr");
		try (Recording recording = new Recording()) {
			recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(20));
			recording.start();
			analyse(folder, null);
			recording.stop();
			recording.dump(file);
		}
		Map<String, Long> samples = RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getStackTrace() != null && !event.getStackTrace().getFrames().isEmpty())
			.map((event) -> event.getStackTrace().getFrames().get(0))
			.collect(Collectors.groupingBy(Isobar::method, Collectors.counting()));
		double all = samples.values().stream().mapToLong(Long::longValue).sum();
		Map<String, Double> top = new LinkedHashMap<>();
		samples.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
			.limit(3)
			.forEach((method) -> top.put(method.getKey(), method.getValue() / all));
		return top;
	}

	private static String method(RecordedFrame frame) {
		String type = frame.getMethod().getType().getName();
		return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
	}

	private static ReadingStore readings(String folder) {
		return LocalLake.readings(LocalLake.in(Path.of(folder), 1));
	}

}
