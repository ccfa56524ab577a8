package io.isobar.embedded;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.awaitility.Awaitility.await;

/**
 * The whole application in a JVM of its own, as a person starts it, on a data folder of
 * its own: for tests that kill it.
 */
public final class ForkedApplication implements AutoCloseable {

	/** For tests that need neither it nor its servers: it starts in half of the time. */
	public static final String[] WITHOUT_SPEED_LAYER = { "--isobar.speed.enabled=false",
			"--isobar.embedded.kafka.enabled=false", "--isobar.embedded.cassandra.enabled=false",
			"--isobar.embedded.influxdb.enabled=false" };

	/** Even on a machine that has much else to do. */
	private static final Duration START = Duration.ofMinutes(8);

	private static final String STARTED = "Started IsobarApplication";

	private static final String PASSWORD = "of-this-test-only";

	private final Process process;

	private final Path data;

	private final Path output;

	/** Where it was told to be; in profile embedded, it says so itself. */
	private final @Nullable String web;

	private ForkedApplication(Process process, Path data, Path output, @Nullable String web) {
		this.process = process;
		this.data = data;
		this.output = output;
		this.web = web;
	}

	/**
	 * Starts it, without waiting.
	 * @param data its data folder
	 * @param arguments more arguments of the application, or with -D of its JVM; its web
	 * server takes any port, nothing runs at the first start, and nobody outside is asked
	 */
	public static ForkedApplication start(Path data, String... arguments) throws IOException {
		return fork(data, null, List.of("--server.port=0"), arguments);
	}

	/**
	 * Starts another instance, in profile cluster, on servers that run already: those of
	 * {@link EmbeddedStores}. It has a speed layer if the arguments say where Kafka is.
	 * @param folder for its output
	 * @param database of its own, or of whom it shares the stores with
	 * @param root of the lake, likewise
	 */
	public static ForkedApplication startOnStores(Path folder, String database, String root, String... arguments)
			throws IOException {
		JdbcConnectionDetails postgresql = EmbeddedStores.postgresql(database);
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		boolean speed = Arrays.stream(arguments).anyMatch((argument) -> argument.startsWith("--spring.kafka."));
		return fork(folder, "http://localhost:" + port,
				List.of("--spring.profiles.active=cluster", "--isobar.speed.enabled=" + speed, "--server.port=" + port,
						"--spring.datasource.url=" + postgresql.getJdbcUrl(),
						"--spring.datasource.username=" + postgresql.getUsername(),
						"--spring.datasource.password=" + postgresql.getPassword(),
						"--isobar.lake.uri=" + EmbeddedStores.hdfs(), "--isobar.lake.root=" + root,
						"--isobar.viewer.password=" + PASSWORD, "--isobar.operator.password=" + PASSWORD,
						"--isobar.admin.password=" + PASSWORD),
				arguments);
	}

	private static ForkedApplication fork(Path data, @Nullable String web, List<String> own, String... arguments)
			throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("--add-opens"))
			.forEach(command::add);
		// The folder before the long class path: of a process's arguments only a few
		// thousand
		// characters can be seen
		Arrays.stream(arguments).filter((argument) -> argument.startsWith("-D")).forEach(command::add);
		// It ends before what it has compiled twice would pay off
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g", "-Disobar.data-dir=" + data,
				"-cp", classPath(), "io.isobar.IsobarApplication", "--isobar.first-run.history=P0D",
				"--isobar.provider.order=simulator"));
		command.addAll(own);
		Arrays.stream(arguments).filter((argument) -> !argument.startsWith("-D")).forEach(command::add);
		Path output = Files.createTempFile(Files.createDirectories(data.getParent()), "application", ".out");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		// A failed test must not leave it running
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new ForkedApplication(process, data, output, web);
	}

	// Its own classes, without those and the settings of the tests
	private static String classPath() {
		String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return Arrays.stream(own.split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith("test-classes"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	/** Waits until everything is up: for the port table, where it prints one. */
	public ForkedApplication awaitUp() {
		return awaitOutput((this.web != null) ? STARTED : "Dashboards: ");
	}

	/** Waits until it has printed these words. */
	public ForkedApplication awaitOutput(String words) {
		await().atMost(START).failFast(() -> {
			if (!this.process.isAlive()) {
				throw new IllegalStateException("The application ended: " + output());
			}
		}).until(() -> output().contains(words));
		return this;
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** All that it has printed. */
	public String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Address of its web server. */
	public String web() {
		if (this.web != null) {
			return this.web;
		}
		Matcher address = Pattern.compile("Dashboards: (http://\\S+)").matcher(output());
		if (!address.find()) {
			throw new IllegalStateException("The application is not up yet: see " + this.output);
		}
		return address.group(1);
	}

	/** The password of that user. */
	public String password(String user) throws IOException {
		return (this.web != null) ? PASSWORD
				: properties("passwords.properties").getProperty("isobar." + user + ".password");
	}

	/** Where its servers are: what stands in {@code ports.properties}. */
	public Properties ports() throws IOException {
		return properties("ports.properties");
	}

	private Properties properties(String file) throws IOException {
		Properties properties = new Properties();
		try (Reader reader = Files.newBufferedReader(this.data.resolve(file))) {
			properties.load(reader);
		}
		return properties;
	}

	/** Its process, those of its servers, and theirs. */
	public Set<ProcessHandle> processes() {
		// PostgreSQL itself is a child of no one
		Stream<ProcessHandle> servers = ProcessHandle.allProcesses()
			.filter((each) -> each.info()
				.arguments()
				.map((arguments) -> String.join(" ", arguments).contains(this.data.toString()))
				.orElse(false));
		return Stream.concat(Stream.of(this.process.toHandle()), servers)
			.flatMap((each) -> Stream.concat(Stream.of(each), each.descendants()))
			.filter(ProcessHandle::isAlive)
			.collect(Collectors.toSet());
	}

	/** Kills its JVM alone ({@code kill -9}), and leaves its servers to notice. */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/** Whether it was paused (SIGSTOP), with all its threads. */
	public boolean isPaused() {
		return ServerProcess.isStopped(this.process.pid());
	}

	/** Lets it go on (SIGCONT). */
	public void resume() throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-CONT", Long.toString(this.process.pid())).start().waitFor();
	}

	/** Asks it to end (SIGTERM). */
	public void terminate() {
		this.process.destroy();
	}

	/** Waits for its end, and gives its exit code. */
	public int exitCode() throws InterruptedException {
		if (!this.process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("The application has not ended: see " + this.output);
		}
		return this.process.exitValue();
	}

	/** Ends it, with its servers. */
	@Override
	public void close() throws InterruptedException {
		terminate();
		exitCode();
	}

}
