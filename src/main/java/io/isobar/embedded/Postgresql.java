package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL: batch views, generations, jobs and everything else that is relational. */
final class Postgresql implements EmbeddedServer {

	static final String USER = "weather";

	static final String DATABASE = "weather_db";

	private static final Logger logger = LoggerFactory.getLogger(Postgresql.class);

	private static final String PASSWORD_FILE = "password";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** A number that no process has. */
	private static final String NOBODY = String.valueOf(Integer.MAX_VALUE);

	private final Path folder;

	private final String majorVersion;

	/**
	 * @param version the server's version, such as 18.6.0
	 */
	Postgresql(Path dataFolder, String version) {
		this.folder = dataFolder.resolve(name());
		this.majorVersion = version.split("\\.")[0];
	}

	@Override
	public String name() {
		return "postgresql";
	}

	@Override
	public String purpose() {
		return "batch views, jobs, cities (user " + USER + ")";
	}

	@Override
	public int wellKnownPort() {
		return 5432;
	}

	@Override
	public String mainClass() {
		return "io.isobar.embedded.postgresql.PostgresServer";
	}

	@Override
	public List<String> jvmOptions() {
		// It only watches the server; unpacking it, once, takes memory, which is given
		// back
		return List.of("-Xms8m", "-Xmx192m", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20",
				"-XX:-ShrinkHeapInSteps", "-Djdk.nio.maxCachedBufferSize=65536", "-XX:+UseSerialGC",
				"-XX:TieredStopAtLevel=1", "-Xss256k", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
	}

	@Override
	public List<String> arguments(Path folder, int port) {
		return List.of(folder.toString(), Integer.toString(port), this.majorVersion, USER,
				folder.resolve(PASSWORD_FILE).toString());
	}

	@Override
	public String address(int port) {
		return url(port, DATABASE);
	}

	static String url(int port, String database) {
		return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
	}

	@Override
	public Map<String, String> properties(int port) {
		return Map.of("spring.datasource.url", url(port, DATABASE), "spring.datasource.username", USER,
				"spring.datasource.password", password());
	}

	/** The password, which is generated once; a person may change it in its file. */
	String password() {
		try {
			return Files.readString(this.folder.resolve(PASSWORD_FILE)).strip();
		}
		catch (IOException ex) {
			throw new EmbeddedProblem("The password of PostgreSQL can't be read: " + ex.getMessage() + ".",
					"Give this user the right to read it; or delete the file, and the next start generates another.",
					ex);
		}
	}

	@Override
	public void prepare(Path folder) throws IOException {
		Path file = folder.resolve(PASSWORD_FILE);
		if (!Files.exists(file)) {
			byte[] random = new byte[18];
			new SecureRandom().nextBytes(random);
			DataFolder.writeSecret(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
		}
	}

	/** Where the JVM around it was killed, PostgreSQL itself is still there. */
	@Override
	public void clear(Path folder) throws IOException {
		Path storage = folder.resolve(this.majorVersion);
		Path pidFile = storage.resolve("postmaster.pid");
		if (!Files.exists(pidFile)) {
			return;
		}
		Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
			.filter((process) -> process.info().command().orElse("").contains("postgres"))
			.filter((process) -> process.info()
				.arguments()
				.map((arguments) -> List.of(arguments).contains(storage.toString()))
				.orElse(true));
		if (left.isPresent()) {
			logger.info("Stopping PostgreSQL (process {}) that was left on {}.", left.get().pid(), folder);
			// INT disconnects the clients, QUIT does not even wait for that
			if (!ends(left.get(), "INT", Duration.ofSeconds(5)) && !ends(left.get(), "QUIT", Duration.ofSeconds(3))) {
				left.get().destroyForcibly();
			}
		}
		awaitEnd(folder);
		forgetProcess(pidFile);
	}

	/** When PostgreSQL is killed, its processes notice it and end, a moment later. */
	private static void awaitEnd(Path folder) throws IOException {
		Path binaries = folder.toRealPath().resolve("binaries");
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (ProcessHandle.allProcesses().anyMatch((process) -> isOf(binaries, process)) && System.nanoTime() < end) {
			LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
		}
	}

	private static boolean isOf(Path binaries, ProcessHandle process) {
		return process.info().command().filter((command) -> Path.of(command).startsWith(binaries)).isPresent();
	}

	/**
	 * PostgreSQL does not start while there is a process of the number that is noted:
	 * another program that has it now, or a killed one whose parent has not asked for its
	 * end. What else is noted tells it whether its memory is still in use.
	 */
	private static void forgetProcess(Path pidFile) throws IOException {
		if (Files.exists(pidFile)) {
			List<String> lines = new ArrayList<>(Files.readAllLines(pidFile));
			lines.set(0, NOBODY);
			Files.write(pidFile, lines);
		}
	}

	private static boolean ends(ProcessHandle process, String signal, Duration within) throws IOException {
		try {
			new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
		}
		catch (IOException ex) {
			// No shell here: the platform knows one way only
			process.destroy();
		}
		try {
			process.onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IOException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
