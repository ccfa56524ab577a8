package io.isobar.batch;

import java.time.Duration;
import java.util.Map;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;

import org.springframework.batch.core.BatchStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Launches jobs and waits for their end. */
public final class JobRuns {

	private final Launches launches;

	private final Executions executions;

	public JobRuns(Launches launches, Executions executions) {
		this.launches = launches;
		this.executions = executions;
	}

	/** The execution of that job with these parameters, once it has ended. */
	public Execution ended(String job, Map<String, String> parameters) {
		return awaitEnd(this.launches.launch(job, parameters, "test").executionId());
	}

	/** As {@link #ended}, and it completed. */
	public Execution completed(String job, Map<String, String> parameters) {
		Execution execution = ended(job, parameters);
		assertThat(execution.status()).as(() -> this.executions.failures(execution).toString())
			.isEqualTo(BatchStatus.COMPLETED);
		return execution;
	}

	public Execution restarted(long executionId) {
		return awaitEnd(this.launches.restart(executionId, "test").executionId());
	}

	/** That execution, once it has ended. */
	Execution awaitEnd(long executionId) {
		await().atMost(Duration.ofMinutes(5))
			.until(() -> this.executions.find(executionId).map((execution) -> !execution.isRunning()).orElse(false));
		return this.executions.find(executionId).orElseThrow();
	}

}
