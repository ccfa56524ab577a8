package io.isobar.operations;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.isobar.batch.RunEnded;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RunAnnouncementTests {

	@Test
	void theLogSaysInOneLineHowARunEndedAndWhereToLook(CapturedOutput output) {
		RunEnded ended = new RunEnded(7, "schedule", List.of(new RunEnded.Collected("Open-Meteo", false, 10)), null);

		new RunAnnouncement(() -> "http://localhost:8081").say(ended);

		assertThat(output.getOut().lines().filter((line) -> line.contains("has ended"))).singleElement()
			.asString()
			.contains(" INFO ")
			.endsWith(ended.sentence() + " See http://localhost:8081/jobs/executions/7");
	}

}
