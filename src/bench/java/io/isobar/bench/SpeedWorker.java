package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.isobar.speed.SpeedLayer;
import org.jspecify.annotations.Nullable;

/** The application with its speed layer and its servers, in one warm process. */
final class SpeedWorker {

	private @Nullable SpeedLayer layer;

	private SpeedWorker() {
	}

	public static void main(String[] args) throws IOException {
		SpeedWorker worker = new SpeedWorker();
		Worker.serve((words) -> worker.run(words.get(0), words.subList(1, words.size())));
		if (worker.layer != null) {
			worker.layer.close();
		}
		System.exit(0);
	}

	private Map<String, Double> run(String task, List<String> words) throws Exception {
		if (task.equals("start")) {
			if (this.layer != null) {
				this.layer.close();
			}
			this.layer = SpeedLayer.start(words.get(0), words.subList(1, words.size()));
			Map<String, Double> started = new LinkedHashMap<>(this.layer.ports());
			servers().forEach((name, server) -> started.put("pid-" + name, (double) server.pid()));
			return started;
		}
		SpeedLayer running = this.layer;
		if (running == null) {
			throw new IllegalStateException("The application was not started.");
		}
		switch (task) {
			case "backlog" -> {
				running.backlog(Integer.parseInt(words.get(0)));
				return Map.of();
			}
			case "poll" -> {
				return running.poll(Long.parseLong(words.get(0)), SpeedWorker::measure);
			}
			case "drain" -> {
				return running.drain(words, SpeedWorker::measure);
			}
			case "stream" -> {
				running.stream();
				return Map.of();
			}
			case "streamed" -> {
				return running.streamed();
			}
			case "outage" -> {
				return running.outage(words.get(0), Long.parseLong(words.get(1)),
						Duration.ofSeconds(Long.parseLong(words.get(2))));
			}
			case "bare" -> {
				return running.bare(words.get(0), Long.parseLong(words.get(1)), SpeedWorker::measure);
			}
			default -> throw new IllegalArgumentException("The speed layer has no task " + task);
		}
	}

	/** Seconds and CPU seconds of this process and of each server. */
	private static Map<String, Double> measure(SpeedLayer.Task task) throws Exception {
		System.gc();
		Map<String, Double> before = cpuSeconds();
		Disturbance others = Disturbance.start();
		long began = System.nanoTime();
		task.run();
		double seconds = (System.nanoTime() - began) / 1e9;
		Map<String, Double> took = new LinkedHashMap<>();
		took.put("seconds", seconds);
		double servers = 0;
		for (Map.Entry<String, Double> after : cpuSeconds().entrySet()) {
			double used = after.getValue() - before.getOrDefault(after.getKey(), 0.0);
			took.put("cpu-" + after.getKey(), used);
			servers += (after.getKey().equals("isobar")) ? 0 : used;
		}
		took.put("disturbed", others.share(servers));
		return took;
	}

	private static Map<String, Double> cpuSeconds() throws IOException {
		Map<String, Double> seconds = new TreeMap<>();
		seconds.put("isobar", Worker.cpuSeconds(ProcessHandle.current()));
		for (Map.Entry<String, ProcessHandle> server : servers().entrySet()) {
			seconds.put(server.getKey(), Worker.cpuSeconds(server.getValue()));
		}
		return seconds;
	}

	/** The servers that this process has forked, by the names of their folders. */
	private static Map<String, ProcessHandle> servers() throws IOException {
		Map<String, ProcessHandle> servers = new TreeMap<>();
		for (ProcessHandle child : ProcessHandle.current().children().toList()) {
			// All of it, however long its class path is
			List<String> words = List
				.of(Files.readString(Path.of("/proc", String.valueOf(child.pid()), "cmdline")).split("\0"));
			int launcher = words.indexOf("io.isobar.embedded.Launcher");
			if (launcher >= 0) {
				servers.put(Path.of(words.get(launcher + 1)).getFileName().toString(), child);
			}
		}
		return servers;
	}

}
