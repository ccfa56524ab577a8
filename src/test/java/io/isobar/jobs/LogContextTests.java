package io.isobar.jobs;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

class LogContextTests {

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void aThreadLogsForTheJobThatStartsItAndForNobodyAfterwards() throws Exception {
		@Nullable String[] seen = new String[1];
		MDC.setContextMap(Map.of("executionId", "12"));
		Runnable work = new LogContext().decorate(() -> seen[0] = MDC.get("executionId"));

		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			thread.submit(work).get();
			String after = thread.submit(() -> MDC.get("executionId")).get();

			assertThat(seen[0]).isEqualTo("12");
			assertThat(after).isNull();
		}
		finally {
			thread.shutdown();
		}
	}

}
