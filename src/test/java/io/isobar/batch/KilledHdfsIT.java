package io.isobar.batch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.isobar.embedded.ForkedApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** HDFS is killed while a job writes to it. */
class KilledHdfsIT {

	@TempDir
	Path temp;

	@Test
	void aFileThatWasWrittenButHadNotItsNameYetIsKeptAllTheSame() throws Exception {
		Path files = Files.createDirectories(this.temp.resolve("files"));
		Files.writeString(files.resolve("oslo.csv"), """
				city,country,observed_at,temperature
				Oslo,NO,2025-01-01T00:00:00Z,-4.5
				""");
		Files.writeString(files.resolve("mapping.yaml"), "timezone: Europe/Oslo");
		Path data = this.temp.resolve("data");
		List<String> arguments = new ArrayList<>(List.of(ForkedApplication.WITHOUT_SPEED_LAYER));
		arguments.addAll(List.of("-Dpause.at=raw.written", "--isobar.jobs.attempts=20", "--isobar.jobs.multiplier=1"));
		try (AnotherInstance instance = AnotherInstance
			.of(ForkedApplication.start(data, arguments.toArray(String[]::new)))
			.awaitUp()) {
			ForkedApplication application = instance.application();
			instance.launch("weather_import", "{\"path\":\"" + files + "\"}");
			await().atMost(AnotherInstance.LONG).until(application::isPaused);

			long hdfs = Long.parseLong(Files.readString(data.resolve("hdfs/up")));
			ProcessHandle.of(hdfs).orElseThrow().destroyForcibly();
			application.resume();

			instance.awaitEnd();
			instance.run("weather_batch_processing", "{\"collect\":\"false\"}");
			assertThat(instance.answers().get(1)).contains("Oslo", "2025-01", "\"readings\":1,");
		}
	}

}
