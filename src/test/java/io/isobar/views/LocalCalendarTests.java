package io.isobar.views;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LocalCalendarTests {

	@ParameterizedTest
	@CsvSource({ "Europe/Paris, 2025-06-15, 24", "Europe/Paris, 2025-03-30, 23", "Europe/Paris, 2025-10-26, 25",
			"Asia/Kolkata, 2025-06-15, 24", "Pacific/Apia, 2011-12-30, 0", "Pacific/Apia, 2011-12-29, 24",
			"America/Sao_Paulo, 2018-02-17, 25", "America/Sao_Paulo, 2018-11-04, 23",
			"America/St_Johns, 2010-11-06, 25",
			// Half an hour back: the hour in which it happens is begun twice
			"Australia/Lord_Howe, 2025-04-06, 25", "Australia/Lord_Howe, 2025-10-05, 24" })
	void aDayHasAsManySlotsAsItsClockShowsHours(String zone, LocalDate day, int slots) {
		assertThat(new LocalCalendar(ZoneId.of(zone)).expectedSlots(day.toEpochDay())).isEqualTo(slots);
	}

	/** Whole years, with all changes of the clocks there are. */
	@ParameterizedTest
	@ValueSource(strings = { "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata" })
	void aReadingBelongsToTheDayThatClocksShowedWhenItWasMeasuredAndToASlotOfIt(String zone) {
		LocalCalendar calendar = new LocalCalendar(ZoneId.of(zone));
		Instant end = Instant.parse("2028-01-01T00:00:00Z");
		Map<LocalDate, Set<Long>> slots = new TreeMap<>();
		for (Instant at = Instant.parse("2026-01-01T00:00:00Z"); at.isBefore(end); at = at.plusSeconds(599)) {
			LocalDate day = LocalDate.ofInstant(at, ZoneId.of(zone));
			long second = at.getEpochSecond();

			assertThat(calendar.dayOf(second)).as("%s", at).isEqualTo(day.toEpochDay());
			assertThat(calendar.dayOf(calendar.slotStart(second))).as("%s", at).isEqualTo(day.toEpochDay());
			assertThat(second).as("%s", at)
				.isBetween(calendar.dayStart(day.toEpochDay()), calendar.dayEnd(day.toEpochDay()) - 1);
			slots.computeIfAbsent(day, (any) -> new TreeSet<>()).add(calendar.slotStart(second));
		}
		// The first and the last are cut
		slots.remove(LocalDate.of(2025, 12, 31));
		slots.remove(LocalDate.of(2026, 1, 1));
		slots.remove(LocalDate.of(2027, 12, 31));
		slots.remove(LocalDate.of(2028, 1, 1));
		slots.forEach((day, each) -> assertThat(each).as("%s", day).hasSize(calendar.expectedSlots(day.toEpochDay())));
	}

	@Test
	void theHourThatIsRepeatedInAutumnIsTwoSlots() {
		LocalCalendar calendar = new LocalCalendar(ZoneId.of("Europe/Paris"));
		long first = Instant.parse("2025-10-26T00:30:00Z").getEpochSecond();
		long second = Instant.parse("2025-10-26T01:30:00Z").getEpochSecond();

		assertThat(Instant.ofEpochSecond(calendar.slotStart(first))).isEqualTo("2025-10-26T00:00:00Z");
		assertThat(Instant.ofEpochSecond(calendar.slotStart(second))).isEqualTo("2025-10-26T01:00:00Z");
	}

	@Test
	void inAZoneOfHalfAnHourASlotBeginsAtTheHalfHourOfUniversalTime() {
		LocalCalendar calendar = new LocalCalendar(ZoneId.of("Asia/Kolkata"));

		long start = calendar.slotStart(Instant.parse("2025-06-15T10:45:00Z").getEpochSecond());

		assertThat(Instant.ofEpochSecond(start)).isEqualTo("2025-06-15T10:30:00Z");
	}

	@Test
	void aSlotDoesNotBeginBeforeTheLastClockChange() {
		LocalCalendar calendar = new LocalCalendar(ZoneId.of("Australia/Lord_Howe"));
		long afterTheChange = Instant.parse("2025-04-05T15:10:00Z").getEpochSecond();

		assertThat(Instant.ofEpochSecond(calendar.slotStart(afterTheChange))).isEqualTo("2025-04-05T15:00:00Z");
	}

	@Test
	void aDayThatClocksWentBackIntoEndsWhenItsLastHourEnds() {
		LocalCalendar calendar = new LocalCalendar(ZoneId.of("America/Sao_Paulo"));

		long end = calendar.dayEnd(LocalDate.of(2018, 2, 17).toEpochDay());

		assertThat(Instant.ofEpochSecond(end)).isEqualTo("2018-02-18T03:00:00Z");
	}

}
