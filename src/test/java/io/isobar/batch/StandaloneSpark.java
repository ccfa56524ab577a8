package io.isobar.batch;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A standalone cluster of Spark on loopback, its master and its workers each a JVM of
 * their own, and a Spark to submit with: all from the jars on the test's own class path,
 * without those of isobar and of the libraries that a Spark does not have.
 */
final class StandaloneSpark implements AutoCloseable {

	private static final String LOOPBACK = "127.0.0.1";

	/** For JVMs that live for seconds. */
	static final String SMALL = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

	private static final Duration START = Duration.ofMinutes(3);

	private static final Pattern NOT_OF_SPARK = Pattern.compile(
			"(delta|hipparchus|unitycatalog|jackson-datatype-jdk8|spring|hibernate|jjwt|spark-sql-kafka|spark-token"
					+ "|kafka-clients|commons-pool2|java-driver|native-protocol|config|reactive-streams|reactor).*");

	private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:\\d+)");

	private static final Pattern PAGE = Pattern.compile("Bound MasterWebUI .*:(\\d+)");

	private final Path folder;

	private final List<Process> processes = new ArrayList<>();

	private final String address;

	private final URI page;

	StandaloneSpark(Path folder) throws IOException {
		this.folder = folder;
		makeHome();
		Path output = fork("master", "org.apache.spark.deploy.master.Master", "--host", LOOPBACK, "--port", "0",
				"--webui-port", "0");
		this.address = await().atMost(START).until(() -> find(MASTER, output), (found) -> !found.isEmpty());
		this.page = URI.create("http://127.0.0.1:"
				+ await().atMost(START).until(() -> find(PAGE, output), (found) -> !found.isEmpty()) + "/json/");
	}

	private void makeHome() throws IOException {
		Path jars = Files.createDirectories(home().resolve("jars"));
		for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
			.split(File.pathSeparator)) {
			Path jar = Path.of(entry);
			if (Files.isRegularFile(jar) && !NOT_OF_SPARK.matcher(jar.getFileName().toString()).matches()) {
				Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
			}
		}
		Path conf = Files.createDirectories(home().resolve("conf"));
		Files.writeString(conf.resolve("logback.xml"), """
				<configuration>
				  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
				    <encoder><pattern>%d{HH:mm:ss} %-5level %logger{0}: %msg%n%ex{3}</pattern></encoder>
				  </appender>
				  <logger name="org.apache.spark.deploy" level="INFO"/>
				  <root level="WARN"><appender-ref ref="CONSOLE"/></root>
				</configuration>
				""");
		Path submit = Files.createDirectories(home().resolve("bin")).resolve("spark-submit");
		Files.writeString(submit, """
				#!/bin/sh
				exec %s -cp '%s' -Xmx512m %s %s org.apache.spark.deploy.SparkSubmit "$@"
				""".formatted(java(), classPath(), SMALL, String.join(" ", addOpens())));
		Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	/** The Spark to submit with. */
	Path home() {
		return this.folder.resolve("home");
	}

	/** The address of its master. */
	String address() {
		return this.address;
	}

	/** Adds a worker, and waits until the master knows it. */
	void startWorker() throws IOException {
		long before = alive();
		fork("worker", "org.apache.spark.deploy.worker.Worker", "--host", LOOPBACK, "--cores", "1", "--memory", "1g",
				"--webui-port", "0", "--work-dir", this.folder.resolve("work").toString(), this.address);
		await().atMost(START).until(() -> alive() > before);
	}

	/** Kills the worker that was added last, and waits until the master knows. */
	void killWorker() {
		long before = alive();
		this.processes.get(this.processes.size() - 1).destroyForcibly();
		await().atMost(START).until(() -> alive() < before);
	}

	private long alive() {
		long alive = 0;
		for (JsonNode worker : state().path("workers")) {
			alive += (worker.path("state").asText().equals("ALIVE")) ? 1 : 0;
		}
		return alive;
	}

	/** How many applications are registered with the master now. */
	int applications() {
		return state().path("activeapps").size();
	}

	/** How many executors there are, each of one core. */
	int executors() {
		int taken = 0;
		for (JsonNode worker : state().path("workers")) {
			taken += (worker.path("state").asText().equals("ALIVE")) ? worker.path("coresused").asInt() : 0;
		}
		return taken;
	}

	/** How much memory an executor of the only application gets, in MB. */
	int executorMemory() {
		return state().path("activeapps").path(0).path("memoryperexecutor").asInt();
	}

	/** Kills an application, as a person does on the master's page. */
	void kill(String application) {
		ask(HttpRequest.newBuilder(this.page.resolve("/app/kill/"))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("id=" + application + "&terminate=true")));
	}

	private JsonNode state() {
		try {
			return new JsonMapper().readTree(ask(HttpRequest.newBuilder(this.page)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String ask(HttpRequest.Builder request) {
		try {
			return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path fork(String name, String mainClass, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(java(), "-cp", classPath(), "-Xmx256m", "-Dspark.master.rest.enabled=false"));
		command.addAll(List.of(SMALL.split(" ")));
		command.addAll(addOpens());
		command.add(mainClass);
		command.addAll(List.of(arguments));
		Path output = Files.createTempFile(this.folder, name, ".out");
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment()
			.putAll(Map.of("SPARK_HOME", home().toString(), "SPARK_SCALA_VERSION", "2.13", "SPARK_LOCAL_IP", LOOPBACK));
		Process process = builder.start();
		// A failed test must not leave it running
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		this.processes.add(process);
		return output;
	}

	private String classPath() {
		return home().resolve("conf") + File.pathSeparator + home().resolve("jars") + "/*";
	}

	private static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	private static List<String> addOpens() {
		return ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("--add-opens"))
			.toList();
	}

	private static String find(Pattern pattern, Path output) throws IOException {
		Matcher found = pattern.matcher(Files.readString(output));
		return (found.find()) ? found.group(1) : "";
	}

	@Override
	public void close() throws InterruptedException, IOException {
		for (Process process : this.processes) {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
		FileSystemUtils.deleteRecursively(home());
	}

}
