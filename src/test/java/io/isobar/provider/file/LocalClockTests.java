package io.isobar.provider.file;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LocalClockTests {

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	@Test
	void theHourThatComesTwiceIsTwoInstants() throws RowRejected {
		LocalClock clock = new LocalClock();
		List<Instant> instants = new ArrayList<>();
		for (String local : List.of("01:00", "02:00", "02:30", "02:00", "02:30", "03:00")) {
			instants.add(clock.instant(LocalDateTime.parse("2023-10-29T" + local), PARIS));
		}

		assertThat(instants).extracting(Instant::toString)
			.containsExactly("2023-10-28T23:00:00Z", "2023-10-29T00:00:00Z", "2023-10-29T00:30:00Z",
					"2023-10-29T01:00:00Z", "2023-10-29T01:30:00Z", "2023-10-29T02:00:00Z");
	}

	@Test
	void theNextAutumnBeginsAnew() throws RowRejected {
		LocalClock clock = new LocalClock();
		clock.instant(LocalDateTime.parse("2022-10-30T02:00"), PARIS);
		clock.instant(LocalDateTime.parse("2022-10-30T02:00"), PARIS);

		assertThat(clock.instant(LocalDateTime.parse("2023-10-29T02:00"), PARIS))
			.isEqualTo(Instant.parse("2023-10-29T00:00:00Z"));
	}

	@Test
	void aTimeThatClocksSkippedDoesNotExist() {
		assertThatExceptionOfType(RowRejected.class)
			.isThrownBy(() -> new LocalClock().instant(LocalDateTime.parse("2023-03-26T02:30"), PARIS))
			.withMessageContaining("2023-03-26T02:30 does not exist in Europe/Paris");
	}

	@Property
	void aFileInTheOrderOfTimeKeepsItsInstants(@ForAll("zones") ZoneId zone,
			@ForAll @IntRange(min = 0, max = 60) int year, @ForAll @IntRange(min = 0, max = 366) int day,
			@ForAll @IntRange(min = 1, max = 60) int minutes) throws RowRejected {
		// Not more than an hour between two rows: else a file in local time is ambiguous
		LocalClock clock = new LocalClock();
		Instant start = Instant.parse("1970-01-01T00:00:00Z").plusSeconds((year * 366L + day) * 86_400);
		for (int i = 0; i < 200; i++) {
			Instant instant = start.plusSeconds(i * minutes * 60L);
			LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
			if (i > 0 || zone.getRules().getValidOffsets(local).size() == 1) {
				assertThat(clock.instant(local, zone)).isEqualTo(instant);
			}
			else {
				return;
			}
		}
	}

	@Provide
	Arbitrary<ZoneId> zones() {
		return Arbitraries
			.of("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Adelaide", "UTC", "America/Sao_Paulo")
			.map(ZoneId::of);
	}

}
