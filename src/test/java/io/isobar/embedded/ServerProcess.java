package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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
			test.run();
		}
		finally {
			signal("CONT");
		}
	}

	/** Kills it, and waits until it has been started again. */
	public void killAndAwait() {
		long killed = pid();
		ProcessHandle.of(killed).orElseThrow().destroyForcibly();
		await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> pid() != killed);
	}

	private long pid() {
		try {
			return Long.parseLong(Files.readString(this.up));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void signal(String signal) {
		try {
			new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
