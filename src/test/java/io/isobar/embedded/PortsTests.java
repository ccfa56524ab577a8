package io.isobar.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PortsTests {

	@TempDir
	private Path folder;

	@Test
	void theWellKnownPortIsTakenWhereItIsFree() throws IOException {
		int wellKnown = freePort();

		assertThat(new Ports(this.folder).choose("hdfs", null, wellKnown)).isEqualTo(wellKnown);
	}

	@Test
	void anotherPortIsTakenWhereTheWellKnownOneIsBusy() throws IOException {
		try (ServerSocket busy = listen()) {
			int port = new Ports(this.folder).choose("hdfs", null, busy.getLocalPort());

			assertThat(port).isNotEqualTo(busy.getLocalPort()).isPositive();
		}
	}

	@Test
	void thePortOfLastTimeComesBeforeTheWellKnownOne() throws IOException {
		int last = freePort();
		new Ports(this.folder).remember("hdfs", last, Map.of());

		assertThat(new Ports(this.folder).choose("hdfs", null, freePort())).isEqualTo(last);
	}

	@Test
	void thePortOfLastTimeIsGivenUpWhereItIsBusy() throws IOException {
		try (ServerSocket busy = listen()) {
			new Ports(this.folder).remember("hdfs", busy.getLocalPort(), Map.of());
			int wellKnown = freePort();

			assertThat(new Ports(this.folder).choose("hdfs", null, wellKnown)).isEqualTo(wellKnown);
		}
	}

	@Test
	void aPortThatIsSetComesBeforeAll() throws IOException {
		new Ports(this.folder).remember("hdfs", freePort(), Map.of());
		int set = freePort();

		assertThat(new Ports(this.folder).choose("hdfs", set, freePort())).isEqualTo(set);
	}

	@Test
	void aPortThatIsSetButBusyIsRefused() throws IOException {
		try (ServerSocket busy = listen()) {
			Ports ports = new Ports(this.folder);

			assertThatThrownBy(() -> ports.choose("hdfs", busy.getLocalPort(), 8020))
				.isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
					assertThat(problem.what()).contains("Port " + busy.getLocalPort() + " for hdfs is busy")
						.contains("isobar.embedded.hdfs.port");
					assertThat(problem.whatToDo()).contains("set another port");
				});
		}
	}

	@Test
	void zeroMeansAnyPortAlsoWhereOneIsRemembered() throws IOException {
		int last = freePort();
		new Ports(this.folder).remember("hdfs", last, Map.of());

		assertThat(new Ports(this.folder).choose("hdfs", 0, last)).isNotEqualTo(last).isPositive();
	}

	@Test
	void twoServersNeverGetTheSamePort() throws IOException {
		Ports ports = new Ports(this.folder);
		int wellKnown = freePort();

		assertThat(ports.choose("hdfs", null, wellKnown)).isNotEqualTo(ports.choose("kafka", null, wellKnown));
	}

	@Test
	void anUnreadablePortIsPassedOver() throws IOException {
		Files.writeString(this.folder.resolve(Ports.FILE), "isobar.embedded.hdfs.port=none\n");
		int wellKnown = freePort();

		assertThat(new Ports(this.folder).choose("hdfs", null, wellKnown)).isEqualTo(wellKnown);
	}

	@Test
	void anotherApplicationFindsAllItNeedsAndOnlyTheOwnerCanRead() throws IOException {
		Ports ports = new Ports(this.folder);
		ports.remember("hdfs", 8021, Map.of("isobar.lake.uri", "hdfs://127.0.0.1:8021"));
		ports.remember("postgresql", 5433, Map.of("spring.datasource.password", "a\\b=c"));

		Path file = this.folder.resolve("ports.properties");
		Properties properties = new Properties();
		try (var reader = Files.newBufferedReader(file)) {
			properties.load(reader);
		}
		assertThat(properties).containsEntry("isobar.lake.uri", "hdfs://127.0.0.1:8021")
			.containsEntry("spring.datasource.password", "a\\b=c");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
	}

	private static ServerSocket listen() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = listen()) {
			return socket.getLocalPort();
		}
	}

}
