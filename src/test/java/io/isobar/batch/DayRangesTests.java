package io.isobar.batch;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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

	@Property(tries = 500)
	void rangesAreCombinedAsTheirDaysAre(@ForAll @Size(max = 30) Set<@IntRange(max = 40) Integer> one,
			@ForAll @Size(max = 30) Set<@IntRange(max = 40) Integer> other) {
		DayRanges here = of(one);
		DayRanges there = of(other);
		Set<Integer> both = new TreeSet<>(one);
		both.addAll(other);
		Set<Integer> less = new TreeSet<>(one);
		less.removeAll(other);
		Set<Integer> common = new TreeSet<>(one);
		common.retainAll(other);

		assertThat(here.plus(there)).isEqualTo(of(both));
		assertThat(here.minus(there)).isEqualTo(of(less));
		assertThat(here.and(there)).isEqualTo(of(common));
		assertThat(here.start())
			.isEqualTo(one.stream().min(Comparator.naturalOrder()).map((day) -> LocalDate.ofEpochDay(day)));
	}

	private static DayRanges of(Set<Integer> days) {
		List<DayRanges.Range> ranges = new ArrayList<>();
		for (int day = 0; day <= 41; day++) {
			int from = day;
			while (days.contains(day)) {
				day++;
			}
			if (day > from) {
				ranges.add(new DayRanges.Range(LocalDate.ofEpochDay(from), LocalDate.ofEpochDay(day)));
			}
		}
		return new DayRanges(ranges);
	}

}
