package io.isobar.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

import io.isobar.jobs.StepProgress;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.lake.LocalLake;
import io.isobar.spark.CompactReadings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.batch.core.step.StepExecution;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

class SparkClusterTests {

	@TempDir
	private Path temp;

	@Test
	void aMasterThatDoesNotAnswerIsNamedAndNothingIsSubmitted() throws IOException {
		SubmittedApplications applications = mock();
		String master = "spark://127.0.0.1:" + closedPort();
		SparkCluster cluster = new SparkCluster(settings(master), LocalLake.in(this.temp), applications,
				mock(StepProgress.class));

		assertThatThrownBy(() -> cluster.run(mock(StepExecution.class), new CompactReadings(),
				new CompactReadings.Request("readings", 2)))
			.isInstanceOf(IOException.class)
			.hasMessage("The Spark master " + master + " does not answer. Start it, or set isobar.spark.master to the "
					+ "address that its page shows; then restart this execution.");
		verifyNoInteractions(applications);
	}

	private SparkSettings settings(String master) throws IOException {
		Path submit = Files.createFile(Files.createDirectory(this.temp.resolve("bin")).resolve("spark-submit"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
		return new SparkSettings(master, this.temp, submit, Map.of(), Duration.ofMinutes(1));
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
