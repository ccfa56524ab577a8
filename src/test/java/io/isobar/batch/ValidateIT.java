package io.isobar.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.isobar.batch.PublishedTables.Day;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.lake.LakeTable;
import io.isobar.views.WeatherViews;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.scope.context.StepContext;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.test.MetaDataInstanceFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

/** What keeps a result from being published, until a person accepts it. */
class ValidateIT {

	private static PublishedTables tables;

	private final List<String> noted = new ArrayList<>();

	@BeforeAll
	static void tables() {
		tables = new PublishedTables("validate");
	}

	@BeforeEach
	void threeCitiesArePublished() {
		tables.clear(Map.of("Paris", "Europe/Paris", "Lyon", "Europe/Paris", "Oslo", "Europe/Oslo"));
		tables.setNow("2026-11-21T01:00:00Z");
		List<Day> days = new ArrayList<>(Day.of("Paris", "2026-01-01", "2026-11-20"));
		days.addAll(Day.of("Lyon", "2026-11-01", "2026-11-20"));
		days.addAll(Day.of("Oslo", "2026-11-20", "2026-11-20"));
		tables.answered("open_meteo", "Paris", "2026-11-01", "2026-11-20", false);
		tables.publish(days);
	}

	@Test
	void whatWasNotComputedAnewKeepsItsCounts() {
		Map<String, Long> counted = validate(Day.of("Lyon", "2026-11-01", "2026-11-30"), "", "Lyon\t2026-11");

		assertThat(counted).isEqualTo(Map.of("Paris", 324 * 24L, "Lyon", 30 * 24L, "Oslo", 24L));
	}

	@Test
	void aFullResultIsCountedAsItIs() {
		List<Day> days = new ArrayList<>(Day.of("Paris", "2026-01-01", "2026-11-20"));
		days.addAll(Day.of("Lyon", "2026-11-01", "2026-11-20"));
		days.addAll(Day.of("Oslo", "2026-11-20", "2026-11-20"));

		assertThat(validate(days, "")).isEqualTo(Map.of("Paris", 324 * 24L, "Lyon", 20 * 24L, "Oslo", 24L));
	}

	@Test
	void aDayThatStandsTwiceIsRefused() {
		List<Day> days = Day.of("Lyon", "2026-11-01", "2026-11-20");
		days.add(days.get(3));

		assertThatThrownBy(() -> validate(days, "", "Lyon\t2026-11")).isInstanceOf(Validate.RuleBroken.class)
			.hasMessage(
					"Rule duplicates: Lyon 2026-11-04 stands more than once in the result. Launch the job with recompute=full; if it is right so, launch the job with accept=duplicates. Nothing was published.");
	}

	@Test
	void aClosedDayThatHasLostItsReadingsIsRefused() {
		List<Day> days = Day.of("Paris", "2026-11-01", "2026-11-19");

		assertThatThrownBy(() -> validate(days, "", "Paris\t2026-11")).isInstanceOf(Validate.RuleBroken.class)
			.hasMessageStartingWith("Rule lost-days: Paris 2026-11-20 was closed, with readings, in generation ")
			.hasMessageEndingWith("launch the job with accept=lost-days. Nothing was published.");
	}

	@Test
	void anOpenDayMayLoseItsReadings() {
		// The last days of Lyon are neither answered nor settled
		Map<String, Long> counted = validate(Day.of("Lyon", "2026-11-01", "2026-11-19"), "", "Lyon\t2026-11");

		assertThat(counted).containsEntry("Lyon", 19 * 24L);
	}

	@Test
	void aResultThatHasLostAHundredthIsRefused() {
		List<Day> days = Day.of("Paris", "2026-11-01", "2026-11-20")
			.stream()
			.map((day) -> day.with(WeatherViews.READINGS, 18L))
			.toList();

		assertThatThrownBy(() -> validate(days, "", "Paris\t2026-11")).isInstanceOf(Validate.RuleBroken.class)
			.hasMessageContaining("Rule shrinking: the result counts 8160 readings, generation ")
			.hasMessageContaining(" has 8280, and readings are never deleted");
	}

	@Test
	void aCityThatHasLostATenthIsRefusedThoughItIsSmall() {
		assertThatThrownBy(() -> validate(List.of(Day.of("Oslo", "2026-11-20").with(WeatherViews.READINGS, 20L)), "",
				"Oslo\t2026-11"))
			.isInstanceOf(Validate.RuleBroken.class)
			.hasMessageContaining("Rule shrinking: Oslo counts 20 readings, in generation ")
			.hasMessageContaining(" it had 24");
	}

	@Test
	void whatAPersonAcceptsIsNotedAndGoesOn() {
		List<Day> days = Day.of("Paris", "2026-11-01", "2026-11-10");

		assertThatThrownBy(() -> validate(days, "shrinking", "Paris\t2026-11"))
			.hasMessageContaining("accept=lost-days,shrinking");
		Map<String, Long> counted = validate(days, "lost-days, shrinking", "Paris\t2026-11");

		assertThat(counted).containsEntry("Paris", 314 * 24L);
		assertThat(this.noted).hasSize(2)
			.anyMatch((note) -> note.startsWith("Rule lost-days is broken, which was accepted: Paris 2026-11-11, "))
			.anyMatch((note) -> note.startsWith("Rule shrinking is broken, which was accepted: the result counts "));
	}

	@Test
	void nothingIsNeverPublished() {
		tables.clear(Map.of());

		assertThatThrownBy(() -> validate(List.of(), "shrinking,lost-days")).isInstanceOf(Validate.RuleBroken.class)
			.hasMessageContaining("There are no readings, so there is nothing to publish.");
	}

	@Test
	void aResultThatAnotherHasOvertakenIsRefused() {
		int base = tables.generations.current(Dataset.WEATHER).orElseThrow().number();
		int newer = tables.publish(Day.of("Paris", "2026-01-01", "2026-11-20"));

		assertThatThrownBy(() -> validate(base, List.of(), "")).isInstanceOf(Overtaken.class)
			.hasMessage(
					"Generation %d has become current since this run analysed, which went out from generation %d. Nothing was published; launch the job anew."
						.formatted(newer, base));
	}

	/** Validates what the lake has in the changed months, or altogether. */
	private Map<String, Long> validate(List<Day> lake, String accept, String... changed) {
		return validate(tables.generations.current(Dataset.WEATHER).map(Generation::number).orElse(null), lake, accept,
				changed);
	}

	private Map<String, Long> validate(Integer base, List<Day> lake, String accept, String... changed) {
		StepExecution step = MetaDataInstanceFactory
			.createStepExecution(new JobParametersBuilder().addString("accept", accept).toJobParameters());
		RunContext run = new RunContext(step.getJobExecution());
		run.startFrom(base);
		if (changed.length > 0) {
			run.changed(List.of(changed));
		}
		CityDayRows rows = new CityDayRows(null, null, tables.database, tables.template) {

			@Override
			void read(RunContext run, List<String> columns, LakeTable.RowConsumer consumer) {
				lake.forEach((day) -> {
					try {
						consumer.row(columns.stream().map(day::value).toArray());
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				});
			}

			@Override
			void published(int generation, Scope scope, Consumer<PublishedDay> consumer) {
				tables.transaction.executeWithoutResult((status) -> super.published(generation, scope, consumer));
			}

		};
		ExecutionNotes notes = mock(ExecutionNotes.class, (call) -> {
			this.noted.add(call.getArgument(1));
			return null;
		});
		new Validate(rows, tables.generations, notes, mock(Reconciliation.class)).execute(step.createStepContribution(),
				new ChunkContext(new StepContext(step)));
		return run.cityReadings();
	}

}
