package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is relied on of what generations say of days, wherever it is kept. Paris and Lyon
 * are known, and nothing else.
 */
interface DayResultsContract {

	LocalDate TODAY = LocalDate.of(2026, 11, 21);

	DayResults days();

	/** Runs in a transaction. */
	void write(Runnable work);

	/**
	 * A generation with 24 readings on each of these days.
	 * @param origin open_meteo or file
	 */
	int exported(String city, LocalDate from, LocalDate to, String origin);

	/** A provider has answered. */
	void collected(String city, LocalDate day, Instant asked);

	private static DayRanges november(int from, int to) {
		return DayRanges.of(TODAY.withDayOfMonth(from), TODAY.withDayOfMonth(to));
	}

	private DayResults.Facts facts(@Nullable Integer base, @Nullable Instant pinned) {
		return days().facts(base, Map.of("Paris", TODAY), Period.ofDays(5), pinned).get(0);
	}

	@Test
	default void citiesHaveTheirZones() {
		assertThat(days().zones())
			.isEqualTo(Map.of("Paris", ZoneId.of("Europe/Paris"), "Lyon", ZoneId.of("Europe/Paris")));
	}

	@Test
	default void everyGenerationKeepsItsOwnClosedDays() {
		write(() -> days().keep(101, Map.of("Paris", november(1, 4).plus(november(6, 7)))));
		write(() -> days().keep(102, Map.of("Paris", november(1, 9), "Lyon", november(2, 3))));
		write(() -> days().keep(103, Map.of("Lyon", november(2, 3))));

		assertThat(days().closed(100)).isEmpty();
		assertThat(days().closed(101)).isEqualTo(Map.of("Paris", november(1, 4).plus(november(6, 7))));
		assertThat(days().closed(102)).isEqualTo(Map.of("Paris", november(1, 9), "Lyon", november(2, 3)));
		assertThat(days().closed(103)).isEqualTo(Map.of("Lyon", november(2, 3)));
	}

	@Test
	default void whatIsKeptOfAnAttemptLastIsWhatItHas() {
		write(() -> days().keep(101, Map.of("Paris", november(1, 4))));
		write(() -> days().keep(102, Map.of("Paris", november(1, 9), "Lyon", november(2, 3))));
		write(() -> days().keep(102, Map.of("Paris", november(1, 8))));

		assertThat(days().closed(101)).isEqualTo(Map.of("Paris", november(1, 4)));
		assertThat(days().closed(102)).isEqualTo(Map.of("Paris", november(1, 8)));
	}

	@Test
	default void readingsAreThoseOfAGeneration() {
		int generation = exported("Paris", LocalDate.of(2026, 11, 2), LocalDate.of(2026, 11, 4), "open_meteo");

		assertThat(days().readings(generation, "Paris", LocalDate.of(2026, 11, 3), TODAY))
			.isEqualTo(Map.of(LocalDate.of(2026, 11, 3), 24L, LocalDate.of(2026, 11, 4), 24L));
		assertThat(days().readings(generation, "Lyon", LocalDate.of(2026, 11, 3), TODAY)).isEmpty();
		assertThat(days().readings(generation - 1, "Paris", LocalDate.of(2026, 11, 3), TODAY)).isEmpty();
	}

	@Test
	default void whereNothingIsKnownThereIsNoFirstDay() {
		DayResults.Facts facts = facts(null, null);

		assertThat(facts).isEqualTo(new DayResults.Facts("Paris", TODAY, TODAY.minusDays(5), DayRanges.NONE, null,
				DayRanges.NONE, DayRanges.NONE));
	}

	@Test
	default void answersCountThatWereAskedForBeforeReadingsWerePinned() {
		Instant pinned = Instant.parse("2026-11-21T02:00:00Z");
		collected("Paris", TODAY.minusDays(10), pinned.minusSeconds(5));
		collected("Paris", TODAY.minusDays(3), pinned.minusSeconds(5));
		collected("Paris", TODAY.minusDays(2), pinned);
		collected("Paris", TODAY.minusDays(1), pinned.plusSeconds(5));
		collected("Paris", TODAY, pinned.minusSeconds(5));

		assertThat(facts(null, pinned).answered()).isEqualTo(november(18, 20));
		assertThat(facts(null, null).answered()).isEqualTo(november(18, 21));
		assertThat(facts(null, pinned).first()).isEqualTo(TODAY.minusDays(10));
	}

	@Test
	default void aFileCoversItsDaysAndWhatWasClosedIsKnown() {
		exported("Paris", LocalDate.of(2026, 11, 15), LocalDate.of(2026, 11, 17), "file");
		assertThat(facts(null, null).first()).isEqualTo(LocalDate.of(2026, 11, 15));
		assertThat(facts(null, null).answered()).isEqualTo(november(16, 18));

		int generation = exported("Paris", LocalDate.of(2026, 11, 15), LocalDate.of(2026, 11, 17), "open_meteo");
		assertThat(facts(null, null).answered()).isEqualTo(DayRanges.NONE);
		write(() -> days().keep(generation + 7, Map.of("Paris", november(1, 4))));
		DayResults.Facts facts = facts(generation + 7, null);

		assertThat(facts.before()).isEqualTo(november(1, 4));
		assertThat(facts.first()).isEqualTo(LocalDate.of(2026, 11, 1));
	}

}
