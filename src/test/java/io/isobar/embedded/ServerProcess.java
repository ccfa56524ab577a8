package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * The process of an embedded server of this test JVM, to be held up or ended. All
 * contexts share it: it has to be there again when a test ends.
 */
public final class ServerProcess {

	private final Path up;

	private ServerProcess(Path up) {
		this.up = up;
	}

	/** The process of that server, such as {@code cassandra}. */
	public static ServerProcess of(String server) {
		return new ServerProcess(
				Path.of(System.getProperty("isobar.data-dir", "target/embedded-data"), server, Launcher.UP));
	}

	/** Runs while the process is held up: it takes connections, and never answers. */
	public void whileHeldUp(Runnable test) {
		signal("STOP");
		try {
			// A signal is only sent: on a busy machine an answer may still come
			await().until(() -> processes().stream().allMatch((process) -> isStopped(process.pid())));
			test.run();
		}
		finally {
			signal("CONT");
		}
	}

	/** Whether a process was paused (SIGSTOP), with all its threads. */
	static boolean isStopped(long process) {
		try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
			for (Path thread : threads.toList()) {
				String stat = Files.readString(thread.resolve("stat"));
				// The name of the command stands in parentheses and may contain anything
				if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
					return false;
				}
			}
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Kills it, and waits until it has been started again. */
	public void killAndAwait() {
		long killed = pid();
		processes().forEach(ProcessHandle::destroyForcibly);
		awaitAnother(killed);
	}

	/** Asks it to end (SIGTERM), and waits until it has been started again. */
	public void terminateAndAwait() {
		long ended = pid();
		ProcessHandle.of(ended).orElseThrow().destroy();
		awaitAnother(ended);
	}

	private void awaitAnother(long former) {
		await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> pid() != former);
	}

	private long pid() {
		try {
			return Long.parseLong(Files.readString(this.up));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** PostgreSQL is several, and none a child of the one that watches it. */
	private List<ProcessHandle> processes() {
		Stream<ProcessHandle> postmaster = Stream.empty();
		try (Stream<Path> storages = Files.list(this.up.getParent())) {
			Optional<Path> file = storages.map((each) -> each.resolve("postmaster.pid"))
				.filter(Files::exists)
				.findAny();
			if (file.isPresent()) {
				postmaster = ProcessHandle.of(Long.parseLong(Files.readAllLines(file.get()).get(0).strip()))
					.stream()
					.flatMap((each) -> Stream.concat(Stream.of(each), each.descendants()));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return Stream.concat(Stream.of(ProcessHandle.of(pid()).orElseThrow()), postmaster).toList();
	}

	private void signal(String signal) {
		try {
			for (ProcessHandle process : processes()) {
				new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
