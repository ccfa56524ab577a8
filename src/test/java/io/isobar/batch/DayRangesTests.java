package io.isobar.batch;

import java.time.LocalDate;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DayRangesTests {

	private final DayRanges days = new DayRanges(
			List.of(new DayRanges.Range(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 4)),
					new DayRanges.Range(LocalDate.of(2026, 11, 10), LocalDate.of(2026, 11, 11))));

	@ParameterizedTest
	@CsvSource({ "2026-10-31, 2026-10-31, false", "2026-11-01, 2026-11-01, true", "2026-11-03, 2026-11-03, true",
			"2026-11-04, 2026-11-04, false", "2026-11-10, 2026-11-10, true", "2026-11-11, 2026-11-11, false",
			"2026-11-01, 2026-11-03, true", "2026-11-01, 2026-11-04, false", "2026-10-31, 2026-11-02, false",
			"2026-11-02, 2026-11-10, false" })
	void aRangeHasItsFirstDayAndNotTheOneAfterIt(LocalDate first, LocalDate last, boolean contained) {
		assertThat(this.days.containsAll(first, last)).isEqualTo(contained);
	}

	@Test
	void theyEndAfterTheLastDay() {
		assertThat(this.days.end()).hasValue(LocalDate.of(2026, 11, 11));
		assertThat(DayRanges.NONE.end()).isEmpty();
		assertThat(DayRanges.NONE.contains(LocalDate.of(2026, 11, 1))).isFalse();
	}

}
