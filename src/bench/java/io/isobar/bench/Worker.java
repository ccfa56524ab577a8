package io.isobar.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A process of its own that does one task after the other, so that what each engine takes
 * can be told apart. A task is a line of words; the answer is a line of figures.
 */
final class Worker implements AutoCloseable {

	private static final String ANSWER = "answer ";

	private static final String FAILED = "failed ";

	/** What a worker does with the words of a task. */
	@FunctionalInterface
	interface Tasks {

		/** Does it, and tells figures of its own. */
		Map<String, Double> run(List<String> words) throws Exception;

	}

	private final String name;

	private final Process process;

	private final PrintStream tasks;

	private final BufferedReader answers;

	private final Path log;

	/**
	 * Starts a worker.
	 * @param main reads tasks by {@link #serve}
	 * @param log where its own output goes
	 */
	Worker(String name, Class<?> main, List<String> options, Path log) throws IOException {
		this.name = name;
		this.log = log;
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		this.process = new ProcessBuilder(command).redirectError(new File(log.toString())).start();
		this.tasks = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		this.answers = new BufferedReader(new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
	}

	/** Has a task done, and measures it. */
	Measured run(String... words) throws IOException {
		Files.writeString(proc("clear_refs"), "5");
		double cpu = cpuSeconds();
		Disturbance others = Disturbance.start();
		long started = System.nanoTime();
		this.tasks.println(String.join("\t", words));
		Map<String, Double> figures = answer(String.join(" ", words));
		double seconds = (System.nanoTime() - started) / 1e9;
		double used = cpuSeconds() - cpu;
		return new Measured(seconds, used, peakMemory(), others.share(used), figures);
	}

	private Map<String, Double> answer(String task) throws IOException {
		while (true) {
			String line = this.answers.readLine();
			if (line == null || line.startsWith(FAILED)) {
				throw new IllegalStateException("%s failed at \"%s\": %s. Its log: %s".formatted(this.name, task,
						(line != null) ? line.substring(FAILED.length()) : "it has ended", this.log));
			}
			if (line.startsWith(ANSWER)) {
				Map<String, Double> figures = new TreeMap<>();
				for (String figure : line.substring(ANSWER.length()).split(" ")) {
					if (figure.contains("=")) {
						figures.put(figure.substring(0, figure.indexOf('=')),
								Double.valueOf(figure.substring(figure.indexOf('=') + 1)));
					}
				}
				return figures;
			}
		}
	}

	/** User and system time of the process with all its threads, in seconds. */
	private double cpuSeconds() throws IOException {
		return cpuSeconds(this.process.toHandle());
	}

	/** With that of the servers that it has forked. */
	double cpuSecondsOfAll() throws IOException {
		double seconds = cpuSeconds();
		for (ProcessHandle child : this.process.children().toList()) {
			seconds += cpuSeconds(child);
		}
		return seconds;
	}

	static double cpuSeconds(ProcessHandle process) throws IOException {
		String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
		// The name of the command stands in parentheses and may contain anything
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / Disturbance.TICKS;
	}

	/** The most memory that was resident since the beginning of the task, in bytes. */
	private long peakMemory() throws IOException {
		for (String line : Files.readAllLines(proc("status"))) {
			if (line.startsWith("VmHWM:")) {
				return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
			}
		}
		throw new IllegalStateException("The kernel does not tell the peak of memory (VmHWM).");
	}

	private Path proc(String file) {
		return Path.of("/proc", String.valueOf(this.process.pid()), file);
	}

	@Override
	public void close() {
		this.tasks.close();
		try {
			this.process.waitFor();
		}
		catch (InterruptedException ex) {
			this.process.destroy();
			Thread.currentThread().interrupt();
		}
	}

	/** Does tasks until there are no more. */
	static void serve(Tasks tasks) throws IOException {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		// Whatever else is printed goes to the log
		System.setOut(System.err);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			try {
				StringBuilder answer = new StringBuilder(ANSWER);
				tasks.run(List.of(line.split("\t")))
					.forEach((name, value) -> answer.append(name).append('=').append(value).append(' '));
				out.println(answer);
			}
			catch (Exception ex) {
				ex.printStackTrace();
				out.println(FAILED + String.valueOf(ex.getMessage()).lines().findFirst().orElse(""));
			}
		}
	}

}
