package io.isobar.jobs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.batch.core.BatchStatus;

import static org.assertj.core.api.Assertions.assertThat;

class ExecutionTests {

	private static final Execution.Around ALONE = new Execution.Around(true, null, null, null);

	private static final Instant START = Instant.parse("2024-11-14T02:00:00Z");

	@ParameterizedTest
	@CsvSource(textBlock = """
			COMPLETED, false, false, false, true
			STARTING,  true,  false, false, false
			STARTED,   true,  false, false, false
			STOPPING,  false, false, true,  false
			STOPPED,   false, true,  true,  true
			FAILED,    false, true,  true,  true
			ABANDONED, false, false, true,  true
			UNKNOWN,   false, false, true,  true
			""")
	void theStatusDecides(BatchStatus status, boolean stop, boolean restart, boolean abandon, boolean delete) {
		Execution execution = execution(status, ALONE);

		assertThat(execution.stoppable()).isEqualTo(stop);
		assertThat(execution.restartable()).isEqualTo(restart);
		assertThat(execution.abandonable()).isEqualTo(abandon);
		assertThat(execution.deleteRefused().isEmpty()).isEqualTo(delete);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			FAILED  | The process that ran it ended before it did. Restart it to go on. | true
			STOPPED | The application was stopped. Restart it to go on.                 | true
			STOPPED |                                                                   | false
			FAILED  | The application was stopped. Restart it to go on.                 | false
			FAILED  | java.io.IOException: the disk is full                             | false
			""")
	void whatDidNotEndByItselfWasInterrupted(BatchStatus status, @Nullable String message, boolean interrupted) {
		Execution execution = new Execution(7, 7, "toy", status, "", message, 1, START, START, START, Map.of(), ALONE);

		assertThat(execution.isInterrupted()).isEqualTo(interrupted);
	}

	@Test
	void onlyTheNewestAttemptIsRestarted() {
		Execution execution = execution(BatchStatus.FAILED,
				new Execution.Around(true, new Execution.Other(1285, BatchStatus.FAILED, "operator"), null, null));

		assertRefused(execution.restartRefused(), JobRefusal.NotLegal.class,
				"There is a newer attempt: execution 1285, FAILED.");
	}

	@Test
	void theSecondOfTwoOperatorsIsToldWhoWasFirst() {
		Execution execution = execution(BatchStatus.FAILED,
				new Execution.Around(true, new Execution.Other(1286, BatchStatus.STARTED, "operator"), null,
						new Execution.Other(1286, BatchStatus.STARTED, "operator")));

		assertRefused(execution.restartRefused(), JobRefusal.AlreadyRunning.class,
				"operator has restarted it already, as execution 1286.");
	}

	@Test
	void aJobThatPublishesRunsOnce() {
		Execution execution = execution(BatchStatus.STOPPED,
				new Execution.Around(true, null, null, new Execution.Other(1290, BatchStatus.STOPPING, "schedule")));

		assertRefused(execution.restartRefused(), JobRefusal.AlreadyRunning.class,
				"weather is running already: execution 1290, launched by schedule. Wait for its end, or stop it.");
	}

	@Test
	void anInstanceThatWasEndedStaysEnded() {
		Execution execution = execution(BatchStatus.FAILED,
				new Execution.Around(true, null, new Execution.Other(1280, BatchStatus.ABANDONED, ""), null));

		assertRefused(execution.restartRefused(), JobRefusal.NotLegal.class,
				"Execution 1280 of the same instance is ABANDONED, so it can't go on. To do its work, launch weather anew.");
	}

	@Test
	void aJobThatIsGoneCantBeRestarted() {
		Execution execution = execution(BatchStatus.FAILED, new Execution.Around(false, null, null, null));

		assertRefused(execution.restartRefused(), JobRefusal.NotLegal.class,
				"The application has no job weather any more.");
	}

	@ParameterizedTest
	@EnumSource
	void everyRefusalHasASentence(BatchStatus status) {
		Execution execution = execution(status, ALONE);

		assertThat(Stream
			.of(execution.stopRefused(), execution.restartRefused(), execution.abandonRefused(),
					execution.deleteRefused())
			.flatMap(Optional::stream)
			.map((refusal) -> refusal.sentence().text())).allMatch((text) -> text.endsWith("."))
			.noneMatch((text) -> text.contains("{"));
	}

	@Test
	void aLaterAttemptThatCompletedHasRepairedIt() {
		assertThat(execution(BatchStatus.FAILED, ALONE).repairedBy()).isNull();
		assertThat(execution(BatchStatus.FAILED, after(1285, BatchStatus.COMPLETED)).repairedBy()).isEqualTo(1285);
		assertThat(execution(BatchStatus.FAILED, after(1285, BatchStatus.ABANDONED)).repairedBy()).isNull();
		assertThat(execution(BatchStatus.ABANDONED, after(1283, BatchStatus.COMPLETED)).repairedBy()).isNull();
	}

	private static Execution.Around after(long executionId, BatchStatus status) {
		return new Execution.Around(true, null, new Execution.Other(executionId, status, "operator"), null);
	}

	@Test
	void aRunningExecutionHasADurationSoFar() {
		assertThat(execution(BatchStatus.STARTED, ALONE).duration(START.plusSeconds(90)))
			.isEqualTo(Duration.ofSeconds(90));
		assertThat(execution(BatchStatus.STARTED, ALONE).duration(START.minusSeconds(1))).isEqualTo(Duration.ZERO);
	}

	@Test
	void aFailureTellsItsMessageAndItsRoot() {
		Exception root = new IllegalStateException("disk is full");
		Exception wrapper = new RuntimeException(root);
		Failure failure = Failure.of("export", new IOException("export failed", wrapper));

		assertThat(failure.message()).isEqualTo("export failed");
		assertThat(failure.cause()).isEqualTo("disk is full");
		assertThat(failure.stackTrace()).contains("Caused by: java.lang.IllegalStateException: disk is full");
		assertThat(Failure.of(null, new NullPointerException()).message()).isEqualTo("NullPointerException");
		assertThat(Failure.of(null, wrapper).message()).isEqualTo("disk is full");
		assertThat(Failure.of(null, wrapper).cause()).isNull();
	}

	@Test
	void aFailureIsReadFromTheDescriptionOfAnExit() {
		Failure failure = Failure.ofDescription("export", """
				java.io.IOException: export failed
					at io.isobar.Export.run(Export.java:1)
				Caused by: java.lang.RuntimeException: wrapped
				Caused by: java.lang.IllegalStateException: disk: full
					... 3 more""");

		assertThat(failure.message()).isEqualTo("export failed");
		assertThat(failure.cause()).isEqualTo("disk: full");
		assertThat(Failure.ofDescription(null, "java.lang.NullPointerException\n\tat x").message())
			.isEqualTo("NullPointerException");
		assertThat(Failure.ofDescription(null, Recovery.KILLED)).extracting(Failure::message, Failure::cause)
			.containsExactly(Recovery.KILLED, null);
	}

	private static void assertRefused(Optional<JobRefusal> refusal, Class<?> type, String sentence) {
		assertThat(refusal).hasValueSatisfying((refused) -> {
			assertThat(refused).isInstanceOf(type);
			assertThat(refused.sentence().text()).isEqualTo(sentence);
		});
	}

	private static Execution execution(BatchStatus status, Execution.Around around) {
		@Nullable Instant end = status.isRunning() ? null : START.plusSeconds(60);
		return new Execution(1284, 7, "weather", status, "UNKNOWN", null, 1, START, START, end, Map.of(), around);
	}

}
