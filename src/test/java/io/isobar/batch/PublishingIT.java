package io.isobar.batch;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.isobar.batch.PublishedTables.Day;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.Launches;
import io.isobar.simulation.Provided;
import io.isobar.weather.Metric;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.scope.context.StepContext;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.test.MetaDataInstanceFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Going back and forward among generations: by whom, to which, and who sees what of it.
 */
class PublishingIT {

	private static final String DATABASE = "publishing";

	private static PublishedTables tables;

	@BeforeAll
	static void tables() {
		tables = new PublishedTables(DATABASE);
	}

	@BeforeEach
	void nothingIsThere() {
		tables.clear(Map.of("Paris", "Europe/Paris"));
		tables.setNow("2026-11-21T01:00:00Z");
	}

	/** Of Paris there are whole days, and hours that nobody measured. */
	@Test
	void simulatedHoursDoNotTakeACityOutOfTheComparison() {
		LocalDate day = LocalDate.of(2026, 11, 10);
		tables.publish(List.of(Day.of("Paris", "2026-11-10").with("simulated", true),
				Day.of("Paris", "2026-11-11").with("resolution", "day").with("temperature_sum", 480.0)));

		assertThat(new BatchViews(tables.jdbc).comparison(Metric.TEMPERATURE, day, day.plusDays(1)))
			.extracting(BatchViews.Compared::city, BatchViews.Compared::mean)
			.containsExactly(tuple("Paris", 20.0));
	}

	@Test
	void goingBackHoldsScheduledRunsUntilItIsReleased() {
		int first = publish(10);
		int second = publish(11);
		tables.makeCurrent(first);

		int third = export(12);
		assertThat(tables.publish(third, true)).hasValueSatisfying((hold) -> {
			assertThat(hold.by()).isEqualTo("operator");
			assertThat(hold.from()).isEqualTo(second);
			assertThat(hold.to()).isEqualTo(first);
			assertThat(hold.since()).isEqualTo(tables.now());
		});
		assertThat(current()).isEqualTo(first);

		tables.transaction.executeWithoutResult((status) -> tables.generations.release(Dataset.WEATHER, "operator"));
		assertThat(tables.publish(third, true)).isEmpty();
		assertThat(current()).isEqualTo(third);
	}

	@Test
	void aHeldRunSaysSoOnItsExecution() {
		int first = publish(10);
		int second = publish(11);
		tables.makeCurrent(first);
		int third = export(12);

		List<String> notes = runPublish(third, true);

		assertThat(current()).isEqualTo(first);
		assertThat(notes).containsExactly(("Generation %d is made, but not published: operator went back from "
				+ "generation %d to %d, which holds the publishing of scheduled runs. Release it on the page of "
				+ "generations (/jobs/generations); then the next run publishes, or launch one now.")
			.formatted(third, second, first));
		assertThat(runPublish(third, false)).isEmpty();
		assertThat(current()).isEqualTo(third);
	}

	/** The step {@code publish} of a run, and what it notes. */
	private static List<String> runPublish(int generation, boolean scheduled) {
		JobParametersBuilder parameters = new JobParametersBuilder();
		if (scheduled) {
			parameters.addJobParameter(Launches.SCHEDULED, true, Boolean.class);
		}
		StepExecution step = MetaDataInstanceFactory.createStepExecution(parameters.toJobParameters());
		RunContext run = new RunContext(step.getJobExecution());
		run.pin(1, tables.now());
		run.exported(generation);
		List<String> notes = new ArrayList<>();
		ExecutionNotes kept = mock(ExecutionNotes.class, (call) -> {
			notes.add(call.getArgument(1));
			return null;
		});
		// Nobody else is there
		Fence open = mock(Fence.class, (call) -> {
			if (call.getArgument(1) instanceof Supplier<?> work) {
				return work.get();
			}
			call.<Runnable>getArgument(1).run();
			return null;
		});
		Publish publish = new Publish(tables.generations,
				new LateReadings(tables.generations, tables.days, new Provided<>(null),
						(version, days, zones) -> Map.of()),
				mock(Reconciliation.class), tables.pruning, mock(AnalysisPruning.class), kept, open);
		tables.transaction.executeWithoutResult((status) -> {
			try {
				publish.execute(step.createStepContribution(), new ChunkContext(new StepContext(step)));
			}
			catch (JobInterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		return notes;
	}

	@Test
	void aRunThatAPersonLaunchesPublishesAlthoughScheduledOnesAreHeld() {
		int first = publish(10);
		publish(11);
		tables.makeCurrent(first);

		int third = publish(12);

		assertThat(current()).isEqualTo(third);
		assertThat(tables.generations.hold(Dataset.WEATHER)).isPresent();
	}

	@Test
	void goingForwardHoldsNothing() {
		int first = publish(10);
		int second = publish(11);
		tables.makeCurrent(first);
		tables.transaction.executeWithoutResult((status) -> tables.generations.release(Dataset.WEATHER, "operator"));

		assertThat(tables.makeCurrent(second).current()).isTrue();

		assertThat(tables.generations.holds()).isEmpty();
	}

	@Test
	void makingCurrentWhatIsCurrentChangesNothing() {
		publish(10);
		int second = publish(11);

		assertThat(tables.makeCurrent(second).number()).isEqualTo(second);

		assertThat(tables.generations.holds()).isEmpty();
	}

	@Test
	void whatIsPublishedAlreadyIsNotPublishedAgain() {
		int first = publish(10);
		int second = publish(11);
		tables.makeCurrent(first);

		// As a restart does that does not know whether its publishing had succeeded
		tables.publish(second, false);

		assertThat(current()).isEqualTo(first);
	}

	@Test
	void onlyAKeptGenerationCanBeMadeCurrent() {
		int first = publish(10);
		for (int i = 0; i < PublishedTables.KEPT; i++) {
			publish(11 + i);
		}
		int attempt = export(20);

		assertThatThrownBy(() -> tables.makeCurrent(first)).isInstanceOf(GenerationRefusal.NoLongerKept.class)
			.hasMessage(
					"Generation %d is no longer kept: isobar keeps the newest 3 (isobar.batch.generations). Choose one of the list of generations."
						.formatted(first));
		assertThatThrownBy(() -> tables.makeCurrent(attempt)).isInstanceOf(GenerationRefusal.NeverPublished.class);
		assertThatThrownBy(() -> tables.makeCurrent(999_999)).isInstanceOf(GenerationRefusal.Unknown.class)
			.hasMessage("There is no generation 999999. The list of generations has those that are kept.");
		assertThat(tables.generations.kept()).extracting(Generation::number).doesNotContain(first, attempt);
	}

	@Test
	void goingBackIsRefusedWhereNobodyCouldAnswerForDaysThatWouldBeOpenAgain() {
		tables.setNow("2026-10-10T01:00:00Z");
		tables.answered("open_meteo", "Paris", "2026-10-01", "2026-10-09", true);
		int first = tables.publish(Day.of("Paris", "2026-10-01", "2026-10-09"));
		tables.setNow("2026-11-21T01:00:00Z");
		tables.answered("open_meteo", "Paris", "2026-10-10", "2026-11-20", true);
		int second = tables.publish(Day.of("Paris", "2026-10-01", "2026-11-20"));
		tables.setSpeed(Period.ofDays(35));

		assertThatThrownBy(() -> tables.makeCurrent(first)).isInstanceOf(GenerationRefusal.NotCompletable.class)
			.hasMessage(
					"With generation %d nobody could answer for 7 days that have readings now (the first is 2026-10-10 in Paris, the last 2026-10-16): they would be open again, and Cassandra no longer keeps what was streamed of them. Nothing has changed. Launch the job again: what it publishes takes the place of a generation that is wrong."
						.formatted(first));
		assertThat(current()).isEqualTo(second);
		assertThat(tables.generations.holds()).isEmpty();

		tables.setSpeed(Period.ofDays(42));
		assertThat(tables.makeCurrent(first).current()).isTrue();
	}

	@Test
	void daysThatHaveNoLessReadingsThenMayBeOpenAgain() {
		tables.setSpeed(Period.ofDays(2));
		int first = tables.publish(Day.of("Paris", "2026-11-17", "2026-11-17"));
		tables.answered("open_meteo", "Paris", "2026-11-17", "2026-11-17", true);
		int second = tables.publish(Day.of("Paris", "2026-11-17", "2026-11-17"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-17,2026-11-18)}");

		tables.makeCurrent(first);

		assertThat(tables.closedDays("Paris")).isEqualTo("{}");
		assertThat(tables.makeCurrent(second).number()).isEqualTo(second);
	}

	@Test
	void theCurrentGenerationIsKeptHoweverOldItIs() {
		int first = publish(10);
		publish(11);
		publish(12);
		tables.makeCurrent(first);

		int attempt = export(13);
		tables.publish(attempt, true);
		tables.pruning.prune();

		assertThat(tables.generations.kept()).extracting(Generation::number).contains(first);
		assertThat(readings()).isEqualTo(10);
	}

	@Test
	void rowsThatNobodyNeedsAreDeletedAWhileLater() {
		publish(10);
		for (int i = 0; i < PublishedTables.KEPT; i++) {
			publish(11 + i);
		}

		tables.pruning.prune();
		assertThat(rows()).isEqualTo(1 + PublishedTables.KEPT);
		tables.setNow(tables.now().plus(Pruning.GRACE));
		tables.pruning.prune();

		assertThat(rows()).isEqualTo(PublishedTables.KEPT);
	}

	@Test
	void whoeverReadsWhileRowsAreDeletedReadsOn() throws Exception {
		publish(10);
		try (Connection reader = connect()) {
			reader.setAutoCommit(false);
			reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			long before = readings(reader)[1];
			for (int i = 0; i < PublishedTables.KEPT; i++) {
				publish(11 + i);
			}
			tables.setNow(tables.now().plus(Pruning.GRACE));
			tables.pruning.prune();

			assertThat(before).isEqualTo(10);
			assertThat(readings(reader)[1]).isEqualTo(10);
		}
	}

	/**
	 * Sixteen readers poll while somebody goes back and forward, and runs publish. Each
	 * generation counts its own number of readings in every city, so a mix would show.
	 */
	@Test
	void readersNeverSeeAMixNorAGenerationThatNobodyAskedFor() throws Exception {
		Map<Long, Long> counts = new ConcurrentHashMap<>();
		List<Integer> kept = new ArrayList<>();
		for (int i = 0; i < PublishedTables.KEPT; i++) {
			kept.add(publishCounted(i + 1, counts));
		}
		AtomicLong switches = new AtomicLong();
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService readers = Executors.newFixedThreadPool(16);
		try {
			AtomicLong reads = new AtomicLong();
			List<Future<Void>> polls = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				polls.add(readers.submit(poll(counts, switches, reads, over)));
			}
			Random random = new Random(18);
			for (int i = 0; i < 60; i++) {
				long seen = reads.get();
				switches.incrementAndGet();
				if (i % 6 == 5) {
					kept.remove(0);
					kept.add(publishCounted(random.nextInt(20) + 1, counts));
					tables.setNow(tables.now().plus(Duration.ofMinutes(40)));
					tables.pruning.prune();
				}
				else {
					tables.makeCurrent(kept.get(random.nextInt(kept.size())));
				}
				switches.incrementAndGet();
				await().until(() -> reads.get() > seen + 16 || polls.stream().anyMatch(Future::isDone));
			}
			over.set(true);
			for (Future<Void> poll : polls) {
				poll.get();
			}
		}
		finally {
			over.set(true);
			readers.shutdown();
		}
	}

	/** Between two switches, every answer is of the same generation. */
	private static Callable<Void> poll(Map<Long, Long> counts, AtomicLong switches, AtomicLong reads,
			AtomicBoolean over) {
		return () -> {
			long lastAt = -1;
			long last = -1;
			try (Connection reader = connect()) {
				while (!over.get()) {
					long before = switches.get();
					long[] seen = readings(reader);
					assertThat(counts).containsEntry(seen[0], seen[1]);
					if (before % 2 == 0 && switches.get() == before) {
						if (lastAt == before) {
							assertThat(seen[0]).isEqualTo(last);
						}
						lastAt = before;
						last = seen[0];
					}
					reads.incrementAndGet();
				}
			}
			return null;
		};
	}

	private int publishCounted(long readings, Map<Long, Long> counts) {
		List<Day> days = Day.of("Paris", "2026-11-01", "2026-11-20")
			.stream()
			.map((day) -> day.with("readings", readings))
			.toList();
		int generation = tables.export(days);
		counts.put((long) generation, 20 * readings);
		tables.publish(generation, false);
		return generation;
	}

	private static int publish(long readings) {
		int generation = export(readings);
		tables.publish(generation, false);
		return generation;
	}

	private static int export(long readings) {
		return tables.export(List.of(Day.of("Paris", "2026-11-10").with("readings", readings)));
	}

	private static int current() {
		return tables.generations.current(Dataset.WEATHER).orElseThrow().number();
	}

	private static int rows() {
		return tables.jdbc.sql("SELECT count(*) FROM city_day").query(Integer.class).single();
	}

	private static long readings() {
		return tables.jdbc.sql("""
				SELECT sum(readings) FROM city_day d JOIN current_generation g
				ON d.valid_from <= g.generation AND g.generation < d.valid_to""").query(Long.class).single();
	}

	/** The current generation and how many readings it counts. */
	private static long[] readings(Connection reader) throws Exception {
		try (PreparedStatement statement = reader.prepareStatement("""
				SELECT g.generation, sum(readings) FROM city_day d JOIN current_generation g
				ON d.valid_from <= g.generation AND g.generation < d.valid_to GROUP BY g.generation""");
				ResultSet rows = statement.executeQuery()) {
			assertThat(rows.next()).isTrue();
			return new long[] { rows.getLong(1), rows.getLong(2) };
		}
	}

	private static Connection connect() throws Exception {
		JdbcConnectionDetails details = EmbeddedStores.postgresql(DATABASE);
		return DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(), details.getPassword());
	}

}
