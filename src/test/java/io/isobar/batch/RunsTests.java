package io.isobar.batch;

import java.time.Clock;
import java.util.List;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.Launches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.scheduling.TaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/** What was interrupted goes on; what can't now, when it is told again. */
@ExtendWith(OutputCaptureExtension.class)
class RunsTests {

	private static final int MOST = 3;

	private final Launches launches = mock(Launches.class);

	private final Runs runs = runs();

	private Runs runs() {
		BatchSettings settings = mock(BatchSettings.class);
		given(settings.attempts()).willReturn(MOST);
		return new Runs(settings, mock(FirstRun.class), mock(Generations.class), this.launches,
				mock(TaskScheduler.class), Clock.systemUTC());
	}

	@Test
	void whereOneCanNotGoOnTheOthersDo() {
		Execution weather = execution(7, WeatherBatchJob.NAME, 1);
		Execution orders = execution(8, OrdersBatchJob.NAME, 1);
		given(this.launches.restart(eq(7L), anyString()))
			.willThrow(new DataAccessResourceFailureException("PostgreSQL is away"));

		this.runs.interrupted(new ExecutionsInterrupted(List.of(weather, orders)));
		verify(this.launches).restart(eq(8L), anyString());

		this.runs.interrupted(new ExecutionsInterrupted(List.of(weather)));
		verify(this.launches, times(2)).restart(eq(7L), anyString());
	}

	@Test
	void oneThatWasInterruptedTooOftenWaitsForAPersonWhichIsSaidOnce(CapturedOutput output) {
		Execution weather = execution(7, WeatherBatchJob.NAME, MOST);

		this.runs.interrupted(new ExecutionsInterrupted(List.of(weather)));
		this.runs.interrupted(new ExecutionsInterrupted(List.of(weather)));

		verify(this.launches, never()).restart(eq(7L), anyString());
		assertThat(output.getOut().lines().filter((line) -> line.contains("waits for a person"))).hasSize(1);
	}

	private static Execution execution(long id, String job, int attempt) {
		Execution execution = mock(Execution.class);
		given(execution.executionId()).willReturn(id);
		given(execution.jobName()).willReturn(job);
		given(execution.attempt()).willReturn(attempt);
		return execution;
	}

}
