package io.isobar.lake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

class HdfsHealthIndicatorTests {

	@Test
	void aLakeThatAnswersIsUp(@TempDir Path folder) {
		Lake lake = LocalLake.in(folder);
		// Hadoop takes its time with its first file system
		assertThat(lake.files()).isNotNull();

		assertThat(new HdfsHealthIndicator(lake).health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void aNameNodeThatTakesConnectionsAndNeverAnswersIsDown() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			URI address = URI.create("hdfs://127.0.0.1:" + silent.getLocalPort());

			Health health = new HdfsHealthIndicator(new Lake(() -> address, new LakeSettings("/isobar", 2))).health();

			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("address", address)
				.containsEntry("reason", "It has not answered within 3 s.");
		}
	}

}
