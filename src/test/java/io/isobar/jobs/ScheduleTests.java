package io.isobar.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduleTests {

	private static final List<ZoneId> ZONES = List.of(ZoneId.of("Europe/Paris"), ZoneId.of("America/New_York"),
			ZoneId.of("Australia/Lord_Howe"), ZoneId.of("Asia/Kolkata"));

	@ParameterizedTest(name = "{0} {1}")
	@CsvSource({
			// Clocks are put forward over it, back over it, or not at all
			"Europe/Paris, 2026-03-29, 2026-03-29T03:00+02:00", "Europe/Paris, 2026-10-25, 2026-10-25T02:00+02:00",
			"Europe/Paris, 2026-06-01, 2026-06-01T02:00+02:00", "America/New_York, 2026-03-08, 2026-03-08T03:00-04:00",
			"America/New_York, 2026-11-01, 2026-11-01T02:00-05:00",
			// By half an hour only
			"Australia/Lord_Howe, 2026-10-04, 2026-10-04T02:30+11:00",
			"Australia/Lord_Howe, 2026-04-05, 2026-04-05T02:00+10:30" })
	void twoOClockComesOnceADayAlsoWhereClocksChange(String zone, LocalDate day, ZonedDateTime time) {
		Schedule nightly = new Schedule("0 0 2 * * *", ZoneId.of(zone));
		Instant midnight = day.atStartOfDay(ZoneId.of(zone)).toInstant();
		Instant nextMidnight = day.plusDays(1).atStartOfDay(ZoneId.of(zone)).toInstant();

		List<Instant> times = new ArrayList<>();
		for (Instant next = nightly.next(midnight); next != null
				&& next.isBefore(nextMidnight); next = nightly.next(next)) {
			times.add(next);
		}

		assertThat(times).containsExactly(time.toInstant());
		assertThat(nightly.last(nextMidnight)).contains(time.toInstant());
	}

	/** Whenever one looks, the days that were due are each one once. */
	@Property(tries = 20)
	void noDayIsLeftOutOrComesTwice(@ForAll @IntRange(max = 3) int zone, @ForAll @IntRange(max = 23) int hour,
			@ForAll @IntRange(min = 10, max = 300) int minutes) {
		ZoneId there = ZONES.get(zone);
		Schedule daily = new Schedule("0 30 " + hour + " * * *", there);
		// Both changes of that year
		for (LocalDateTime begin : List.of(LocalDateTime.of(2026, 3, 1, 0, 0), LocalDateTime.of(2026, 10, 1, 0, 0))) {
			Instant now = begin.atZone(there).toInstant();
			Instant end = now.plus(Duration.ofDays(37));
			Set<Instant> due = new HashSet<>();
			Set<LocalDate> days = new HashSet<>();
			for (; now.isBefore(end); now = now.plus(Duration.ofMinutes(minutes))) {
				daily.last(now).ifPresent((last) -> {
					due.add(last);
					days.add(LocalDate.ofInstant(last, there));
				});
			}

			assertThat(due).hasSameSizeAs(days);
			// Those of the month, and the one before its first
			assertThat(days.size()).isBetween(37, 39);
		}
	}

	@Property
	void theLastTimeIsTheOneAfterWhichTheNextIsInTheFuture(@ForAll @IntRange(max = 3) int zone,
			@ForAll @IntRange(max = 23) int hour, @ForAll @IntRange(max = 525_600) int minute) {
		Schedule daily = new Schedule("0 15 " + hour + " * * *", ZONES.get(zone));
		Instant now = Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofMinutes(minute));

		Instant last = daily.last(now).orElseThrow();

		assertThat(last).isBeforeOrEqualTo(now);
		assertThat(daily.next(last)).isAfter(now);
	}

	@Test
	void whatComesOftenOrSeldomHasALastTimeToo() {
		ZoneId utc = ZoneId.of("UTC");
		Instant now = Instant.parse("2026-11-25T10:00:30Z");

		assertThat(new Schedule("* * * * * *", utc).last(now)).contains(now);
		assertThat(new Schedule("0 0 4 1 * *", utc).last(now)).contains(Instant.parse("2026-11-01T04:00:00Z"));
		assertThat(new Schedule("0 0 2 29 2 *", utc).last(now)).isEmpty();
		assertThat(new Schedule("-", utc).last(now)).isEmpty();
	}

}
