package io.isobar.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The embedded servers under the real application, which is killed and stopped. It is
 * started as seldom as can be: it takes its time.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmbeddedServersIT {

	// Promised: nothing is left of a killed application after these
	private static final Duration NOTHING_IS_LEFT = Duration.ofSeconds(10);

	private static final List<String> SERVERS = List.of("postgresql", "hdfs", "kafka", "cassandra", "influxdb");

	private static final String[] ANY_PORTS = { "--isobar.embedded.postgresql.port=0", "--isobar.embedded.hdfs.port=0",
			"--isobar.embedded.kafka.port=0", "--isobar.embedded.cassandra.port=0",
			"--isobar.embedded.influxdb.port=0" };

	@TempDir
	private static Path temp;

	private static Path data;

	// All tests use it, one after the other, and leave it running
	private static ForkedApplication application;

	@BeforeAll
	static void folder() {
		data = temp.resolve("data");
	}

	@AfterAll
	static void stop() throws InterruptedException {
		if (application != null) {
			application.close();
		}
	}

	@Test
	@Order(1)
	void anApplicationThatIsKilledAtItsFirstStartLeavesNoProcessAndStartsTheNextTime() throws Exception {
		ForkedApplication killed = ForkedApplication.start(data, ANY_PORTS);
		await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(data.resolve("postgresql/18/postgresql.conf")));

		killed.kill();

		await().atMost(NOTHING_IS_LEFT).until(() -> killed.processes().isEmpty());
		// Any ports at first, and later the same ones, as they are remembered
		application = ForkedApplication.start(data, ANY_PORTS).awaitUp();
		assertThat(query(application.ports(), "select 1")).isEqualTo("1");
		for (String server : SERVERS) {
			assertThat(application.output()).containsOnlyOnce(
					server + " is up on port " + application.ports().get("isobar.embedded." + server + ".port") + ",");
		}
	}

	@Test
	@Order(8)
	void aKilledApplicationLosesNothingAlsoWhereItIsStartedAgainAtOnce() throws Exception {
		Properties ports = application.ports();
		String table = "survivors_" + System.nanoTime();
		String file = "/" + table;
		execute(ports, "create table " + table + " (name text)");
		execute(ports, "insert into " + table + " values ('row')");
		write(ports, file, "file");
		Set<ProcessHandle> processes = application.processes();

		application.kill();
		application = ForkedApplication.start(data).awaitUp();

		assertThat(processes).noneMatch(ProcessHandle::isAlive);
		assertThat(application.ports()).isEqualTo(ports);
		assertThat(query(ports, "select name from " + table)).isEqualTo("row");
		assertThat(read(ports, file)).isEqualTo("file");
	}

	/** The last one, as what is read afterwards needs two of the servers only. */
	@Test
	@Order(9)
	void aStoppedApplicationLeavesNoProcessAndLosesNothing() throws Exception {
		Properties ports = application.ports();
		String file = "/stopped-" + System.nanoTime();
		write(ports, file, "file");
		Set<ProcessHandle> processes = application.processes();

		application.terminate();
		application.exitCode();

		await().atMost(NOTHING_IS_LEFT).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
		assertThat(processes).hasSizeGreaterThan(4);
		assertThat(application.output()).doesNotContain("did not stop within");
		assertThat(Files.readString(data.resolve("logs/postgresql.log"))).contains("database system is shut down");
		application = ForkedApplication.start(data, ForkedApplication.WITHOUT_SPEED_LAYER).awaitUp();
		assertThat(read(ports, file)).isEqualTo("file");
		Set<ProcessHandle> others = application.processes();

		application.kill();

		await().atMost(NOTHING_IS_LEFT).until(() -> others.stream().noneMatch(ProcessHandle::isAlive));
	}

	@Test
	@Order(6)
	void aKilledServerIsStartedAgainOnItsPort() throws Exception {
		Properties ports = application.ports();
		Map<String, Long> killed = new LinkedHashMap<>();
		for (String server : SERVERS) {
			killed.put(server, process(server));
		}

		// All at once: they come up side by side
		killed.values().forEach((process) -> ProcessHandle.of(process).orElseThrow().destroyForcibly());

		killed.forEach((server, process) -> {
			await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> process(server) != process);
			assertThat(application.output())
				.containsOnlyOnce(server + " (process " + process + ") ended by itself with exit code 137");
		});
		assertThat(query(ports, "select 1")).isEqualTo("1");
		write(ports, "/again-" + System.nanoTime(), "again");
	}

	@Test
	@Order(7)
	void aPostgresqlThatDiesAloneIsStartedAgain() throws Exception {
		Path pid = data.resolve("postgresql/18/postmaster.pid");
		String killed = Files.readAllLines(pid).get(0);

		ProcessHandle.of(Long.parseLong(killed)).orElseThrow().destroyForcibly();

		await().atMost(Duration.ofMinutes(2))
			.ignoreExceptions()
			.until(() -> query(application.ports(), "select 1") != null
					&& !Files.readAllLines(pid).get(0).equals(killed));
	}

	@Test
	@Order(7)
	void aPostgresqlThatIsKilledWithAllItsProcessesIsStartedAgainAtTheFirstAttempt() throws Exception {
		long killed = process("postgresql");
		Path pid = data.resolve("postgresql/18/postmaster.pid");
		ProcessHandle server = ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).get(0))).orElseThrow();
		Stream.of(Stream.of(ProcessHandle.of(killed).orElseThrow(), server), server.descendants())
			.flatMap((processes) -> processes)
			.toList()
			.forEach(ProcessHandle::destroyForcibly);

		await().atMost(Duration.ofMinutes(4)).ignoreExceptions().until(() -> process("postgresql") != killed);

		assertThat(query(application.ports(), "select 1")).isEqualTo("1");
		assertThat(Files.readString(data.resolve("logs/postgresql.log"))).doesNotContain("could not start server");
	}

	@Test
	@Order(3)
	void aSecondApplicationOnTheSameFolderIsRefusedWithASentence() throws Exception {
		ForkedApplication second = ForkedApplication.start(data);

		assertThat(second.exitCode()).isEqualTo(1);
		assertThat(second.output()).contains("The data folder " + data + " is in use by another isobar (process ")
			.doesNotContain("\tat ");
	}

	@Test
	@Order(5)
	void aSecondApplicationInProfileClusterUsesTheStoresOfTheFirst(@TempDir Path other) throws Exception {
		try (ForkedApplication second = ForkedApplication.start(other.resolve("data"),
				"--spring.profiles.active=cluster", "--isobar.viewer.password=viewer-viewer",
				"--isobar.operator.password=operator-operator", "--isobar.admin.password=admin-admin",
				"--spring.config.import=file:" + data.resolve("ports.properties"))) {
			second.awaitOutput("Started IsobarApplication");

			assertThat(second.processes()).hasSize(1);
			assertThat(other.resolve("data")).doesNotExist();
			assertThat(second.output()).doesNotContain("Dashboards: ");
		}
	}

	@Test
	@Order(4)
	void aPortThatIsSetButBusyEndsTheStartWithASentence(@TempDir Path other) throws Exception {
		String busy = application.ports().getProperty("isobar.embedded.postgresql.port");

		ForkedApplication refused = ForkedApplication.start(other.resolve("data"),
				"--isobar.embedded.postgresql.port=" + busy);

		assertThat(refused.exitCode()).isEqualTo(1);
		assertThat(refused.output()).contains("Port " + busy + " for postgresql is busy").doesNotContain("\tat ");
		await().atMost(NOTHING_IS_LEFT).until(() -> refused.processes().isEmpty());
	}

	@Test
	@Order(2)
	void theServersListenOnLoopbackAlone() throws Exception {
		for (String server : SERVERS) {
			int port = Integer.parseInt(application.ports().getProperty("isobar.embedded." + server + ".port"));
			try (ServerSocket anotherInterface = new ServerSocket()) {
				anotherInterface.bind(new InetSocketAddress("127.0.0.2", port));
			}
		}
	}

	private static long process(String server) throws IOException {
		return Long.parseLong(Files.readString(data.resolve(server).resolve("up")));
	}

	private static Connection connect(Properties ports) throws SQLException {
		return DriverManager.getConnection(ports.getProperty("spring.datasource.url"),
				ports.getProperty("spring.datasource.username"), ports.getProperty("spring.datasource.password"));
	}

	private static void execute(Properties ports, String sql) throws SQLException {
		try (Connection connection = connect(ports); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String query(Properties ports, String sql) throws SQLException {
		try (Connection connection = connect(ports);
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
	}

	private static FileSystem hdfs(Properties ports) throws IOException {
		return FileSystem.newInstance(URI.create(ports.getProperty("isobar.lake.uri")), new Configuration());
	}

	private static void write(Properties ports, String file, String content) throws IOException {
		try (FileSystem hdfs = hdfs(ports); OutputStream out = hdfs.create(new org.apache.hadoop.fs.Path(file))) {
			out.write(content.getBytes(StandardCharsets.UTF_8));
		}
	}

	private static String read(Properties ports, String file) throws IOException {
		try (FileSystem hdfs = hdfs(ports); InputStream in = hdfs.open(new org.apache.hadoop.fs.Path(file))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
