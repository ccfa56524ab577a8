package io.isobar.batch;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.isobar.batch.PublishedTables.Day;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Which days the batch layer answers for, and which of them may still change. */
class ClosedDaysIT implements DayResultsContract {

	private static PublishedTables tables;

	@BeforeAll
	static void tables() {
		tables = new PublishedTables("closed_days");
	}

	@BeforeEach
	void nothingIsThere() {
		tables.clear(Map.of("Paris", "Europe/Paris", "Lyon", "Europe/Paris"));
		tables.setNow("2026-11-21T01:00:00Z");
	}

	// What is relied on

	@Override
	public DayResults days() {
		return tables.days;
	}

	@Override
	public void write(Runnable work) {
		tables.transaction.executeWithoutResult((status) -> work.run());
	}

	@Override
	public int exported(String city, LocalDate from, LocalDate to, String origin) {
		return tables
			.export(Day.of(city, from.toString(), to.toString()).stream().map((day) -> day.from(origin)).toList());
	}

	@Override
	public void collected(String city, LocalDate day, Instant asked) {
		tables.answered("open_meteo", city, day.toString(), day.toString(), false);
		tables.jdbc.sql("UPDATE collected_day SET collected = ? WHERE city = ? AND local_day = ?")
			.params(Timestamp.from(asked), city, day)
			.update();
	}

	// Closing

	@Test
	void aDayThatHasEndedAndWasAnsweredIsClosed() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 21));
		assertThat(tables.closed.boundary("Lyon")).isEmpty();
	}

	@Test
	void thatThereAreNoValuesIsAnAnswerToo() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-18"));

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
	}

	@Test
	void aDayWithoutAnAnswerIsClosedWhenItsSettlingTimeIsOver() {
		tables.answered("open_meteo", "Paris", "2026-11-01", "2026-11-10", true);

		tables.publish(Day.of("Paris", "2026-11-01", "2026-11-10"));

		// Today is the 21st, and five days are waited for
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-01,2026-11-16)}");
	}

	@Test
	void aFileForOneSaturdayAfterAFailedWeekClosesThatSaturdayAlone() {
		tables.setNow("2026-11-22T01:00:00Z");
		List<Day> days = new ArrayList<>(Day.of("Paris", "2026-11-01", "2026-11-14"));
		days.add(Day.of("Paris", "2026-11-21").from("file"));

		tables.publish(days);

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-01,2026-11-17),[2026-11-21,2026-11-22)}");
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 22));
	}

	@Test
	void aRowOfTheYear2099MovesNothing() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);
		List<Day> days = new ArrayList<>(Day.of("Paris", "2026-11-10", "2026-11-20"));
		days.add(Day.of("Paris", "2099-01-01").from("file"));
		days.add(Day.of("Lyon", "2099-01-01").from("file"));

		tables.publish(days);

		assertThat(tables.closed.boundaries()).isEqualTo(Map.of("Paris", LocalDate.of(2026, 11, 21)));
	}

	@Test
	void aCityAddedTodayMovesNoOther() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);
		tables.answered("open_meteo", "Lyon", "2026-11-20", "2026-11-20", false);

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
		assertThat(tables.closedDays("Lyon")).isEqualTo("{[2026-11-20,2026-11-21)}");
	}

	@ParameterizedTest
	@CsvSource({ "Pacific/Auckland, 2026-11-21", "America/Los_Angeles, 2026-11-20", "+05:30, 2026-11-21" })
	void aDayEndsWhereItsCityIs(String zone, String boundary) {
		tables.clear(Map.of("Paris", zone));
		tables.setNow("2026-11-21T05:00:00Z");
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-21", false);

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.parse(boundary));
	}

	@Test
	void whatIsClosedStaysClosed() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));
		tables.jdbc.sql("DELETE FROM collected_day").update();
		tables.setNow("2026-11-19T01:00:00Z");

		tables.publish(List.of(Day.of("Paris", "2026-11-15").with("readings", 25L)), "Paris\t2026-11");

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
		// The clock has gone back: no boundary is after today
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 19));
	}

	/** An hour back over midnight, an hour forward, and right again. */
	@Test
	void aClockThatIsPutBackOrForwardByAnHourOpensNothing() {
		tables.setNow("2026-11-21T23:30:00Z");
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-21", false);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-21"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-22)}");

		for (String wrong : List.of("2026-11-21T22:30:00Z", "2026-11-22T00:30:00Z", "2026-11-21T23:35:00Z")) {
			tables.setNow(wrong);
			tables.publish(Day.of("Paris", "2026-11-10", "2026-11-21"));

			assertThat(tables.closedDays("Paris")).as(wrong).isEqualTo("{[2026-11-10,2026-11-22)}");
		}
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 22));
	}

	@Test
	void whatAClockHasClosedThatWasAYearAheadIsOpenAgainAfterTheNextRun() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));
		tables.setNow("2027-11-21T01:00:00Z");
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2027-11-16)}");

		tables.setNow("2026-11-21T02:00:00Z");
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 21));
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		// Two days more than have ended, as it may be this clock that is wrong
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-23)}");
		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 21));
	}

	@Test
	void goingBackOpensWhatWasOpenThen() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-19", false);
		int first = tables.publish(Day.of("Paris", "2026-11-10", "2026-11-19"));
		tables.answered("open_meteo", "Paris", "2026-11-20", "2026-11-20", false);
		int second = tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		tables.makeCurrent(first);

		assertThat(tables.closed.boundary("Paris")).hasValue(LocalDate.of(2026, 11, 20));
		assertThat(tables.generations.kept()).extracting(Generation::number, Generation::boundary)
			.containsExactly(tuple(second, LocalDate.of(2026, 11, 21)), tuple(first, LocalDate.of(2026, 11, 20)));
	}

	/** What it had sent then may be about any of them. */
	@Test
	void asLongAsTheStreamIsNotInNoMoreDaysAreClosed() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-19", true);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-19"));
		tables.answered("open_meteo", "Paris", "2026-11-20", "2026-11-20", true);
		tables.answered("open_meteo", "Lyon", "2026-11-20", "2026-11-20", true);
		tables.setStreamIsIn(false);

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-20)}");
		assertThat(tables.closedDays("Lyon")).isEqualTo("{}");
		tables.setStreamIsIn(true);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
	}

	/** Another run has collected them since, and has failed. */
	@Test
	void whatWasAnsweredSinceTheReadingsWerePinnedClosesNothing() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", false);
		tables.setPinned(Instant.now().minusSeconds(3600));

		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-16)}");
		tables.setPinned(Instant.now().plusSeconds(3600));
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
	}

	@Test
	void theCurrentGenerationIsReadWithItsDays() {
		assertThat(tables.closed.current()).isEmpty();
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-12", true);
		tables.answered("open_meteo", "Paris", "2026-11-20", "2026-11-20", true);
		int generation = tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		ClosedDays.Current current = tables.closed.current().orElseThrow();

		assertThat(current.generation()).isEqualTo(generation);
		assertThat(current.publishedAt()).isEqualTo(tables.now());
		assertThat(current.of("Paris").contains(LocalDate.of(2026, 11, 20))).isTrue();
		assertThat(current.of("Paris").contains(LocalDate.of(2026, 11, 19))).isFalse();
		assertThat(current.of("Lyon").end()).isEmpty();
		assertThat(tables.closed.cities("Lyon"))
			.containsExactly(new ClosedDays.CityNow("Lyon", ZoneId.of("Europe/Paris"), generation));
		assertThat(tables.closed.cities(null)).hasSize(2);
		assertThat(tables.closed.cities("Atlantis")).isEmpty();
	}

	// Rules for a day

	@ParameterizedTest
	@CsvSource({ "readings, 25, slots, 25 readings where 24 are possible",
			"temperature_count, 25, counts, 25 values of temperature in 24 readings",
			"temperature_min, 15.5, extremes, temperature from 15.5 to 15",
			"temperature_max, 71, range, temperature from 5 to 71" })
	void aDayThatBreaksARuleStaysOpenAndIsNamed(String column, String value, String rule, String detail) {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", true);
		List<Day> days = Day.of("Paris", "2026-11-10", "2026-11-20");
		Object broken = column.startsWith("temperature_m") ? (Object) Double.valueOf(value) : Long.valueOf(value);
		days.set(2, days.get(2).with(column, broken));

		int generation = tables.publish(days);

		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-12),[2026-11-13,2026-11-21)}");
		assertThat(tables.closed.broken(generation))
			.containsExactly(new ClosedDays.Broken("Paris", LocalDate.of(2026, 11, 12), rule, detail));
	}

	/** As in a file of highest and lowest temperatures, with the rain of each day. */
	@Test
	void aDayThatCameAsAWholeNeedNotHaveExtremesOfEveryMetric() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", true);
		List<Day> days = Day.of("Paris", "2026-11-10", "2026-11-20");
		Day rainy = days.get(2).with("precipitation_count", 1L).with("precipitation_sum", 4.5);
		days.set(2,
				rainy.with("resolution", "day")
					.with("readings", 1L)
					.with("temperature_count", 1L)
					.with("expected_readings", 1));
		days.set(4, days.get(4).with("precipitation_count", 1L));

		int generation = tables.publish(days);

		assertThat(tables.closed.broken(generation)).containsExactly(
				new ClosedDays.Broken("Paris", LocalDate.of(2026, 11, 14), "extremes", "precipitation from ? to ?"));
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-14),[2026-11-15,2026-11-21)}");
	}

	/** Their readings do not count, for the hour has a real one. */
	@Test
	void whatIsSimulatedBesideRealReadingsBreaksNoRule() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", true);
		List<Day> days = new ArrayList<>(Day.of("Paris", "2026-11-10", "2026-11-20"));
		Day simulated = days.get(2).from("simulated").with("simulated", true).with("readings", 0L);
		days.set(2, days.get(2).with("temperature_count", 0L));
		days.add(simulated);

		int generation = tables.publish(days);

		assertThat(tables.closed.broken(generation)).isEmpty();
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-11-10,2026-11-21)}");
	}

	@Test
	void aBrokenDayStaysOpenUntilItIsMended() {
		tables.answered("open_meteo", "Paris", "2026-10-30", "2026-11-20", true);
		List<Day> days = Day.of("Paris", "2026-10-30", "2026-11-20");
		Day good = days.get(0);
		days.set(0, good.with("readings", 30L));
		tables.publish(days);

		tables.publish(Day.of("Paris", "2026-11-01", "2026-11-20"), "Paris\t2026-11");
		String before = tables.closedDays("Paris");
		tables.publish(List.of(good, Day.of("Paris", "2026-10-31")), "Paris\t2026-10");

		assertThat(before).isEqualTo("{[2026-10-31,2026-11-21)}");
		assertThat(tables.closedDays("Paris")).isEqualTo("{[2026-10-30,2026-11-21)}");
	}

	// Provisional and final

	@ParameterizedTest
	@CsvSource({ "file, false, final", "open_meteo, false, provisional", "open_meteo, true, final",
			"simulated, true, provisional" })
	void whatMayStillChangeIsProvisional(String origin, boolean settled, String status) {
		tables.answered(origin, "Paris", "2026-11-20", "2026-11-20", settled);

		tables.publish(List.of(Day.of("Paris", "2026-11-20").from(origin)));

		assertThat(tables.status("Paris", "2026-11-20")).isEqualTo(status);
	}

	@Test
	void aDayThatSettlesBecomesFinalThoughNothingElseOfItHasChanged() {
		tables.answered("open_meteo", "Paris", "2026-10-30", "2026-11-20", false);
		tables.answered("open_meteo", "Lyon", "2026-10-30", "2026-11-20", false);
		List<Day> days = Day.of("Paris", "2026-10-30", "2026-11-20");
		days.addAll(Day.of("Lyon", "2026-10-30", "2026-11-20"));
		tables.publish(days);
		tables.answered("open_meteo", "Paris", "2026-10-30", "2026-10-31", true);

		int generation = tables.publish(List.of(Day.of("Lyon", "2026-12-01")), "Lyon\t2026-12");

		assertThat(tables.status("Paris", "2026-10-31")).isEqualTo("final");
		assertThat(tables.status("Paris", "2026-11-01")).isEqualTo("provisional");
		assertThat(tables.rowsWrittenBy(generation)).isEqualTo(4 + 1);
	}

	@Test
	void aRunThatFindsNothingNewWritesNothing() {
		tables.answered("open_meteo", "Paris", "2026-11-10", "2026-11-20", true);
		tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"));

		assertThat(tables.rowsWrittenBy(tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20")))).isZero();
		assertThat(tables.rowsWrittenBy(tables.publish(Day.of("Paris", "2026-11-10", "2026-11-20"), "Paris\t2026-11")))
			.isZero();
	}

}
