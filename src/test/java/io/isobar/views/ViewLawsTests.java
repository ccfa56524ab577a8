package io.isobar.views;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;

/** What every view of weather promises, whatever the readings are. */
class ViewLawsTests {

	@Provide
	Arbitrary<List<Reading>> readings() {
		return RandomReadings.arbitrary();
	}

	@Property(tries = 200)
	void mergingIsAssociativeAndCommutativeAndZeroChangesNothing(@ForAll("readings") List<Reading> first,
			@ForAll("readings") List<Reading> second, @ForAll("readings") List<Reading> third) {
		for (View view : List.of(WeatherViews.CITY_DAY, WeatherViews.CITY_MONTH_PAIRS)) {
			State a = total(view, first);
			State b = total(view, second);
			State c = total(view, third);

			FoldedStates.assertEqual("a+b", a.copy().merge(b), b.copy().merge(a));
			FoldedStates.assertEqual("a+b+c", a.copy().merge(b).merge(c), a.copy().merge(b.copy().merge(c)));
			FoldedStates.assertEqual("a+0", a.copy().merge(view.zero()), a);
			FoldedStates.assertEqual("0+a", view.zero().merge(a), a);
		}
	}

	@Property(tries = 200)
	void whereverHistoryIsCutBatchBeforeMergedWithSpeedAfterEqualsBatchOfAll(@ForAll("readings") List<Reading> all,
			@ForAll Random random) {
		LocalDate cut = all.isEmpty() ? LocalDate.EPOCH : localDay(all.get(random.nextInt(all.size())));
		List<Reading> before = all.stream().filter((reading) -> localDay(reading).isBefore(cut)).toList();
		List<Reading> after = all.stream().filter((reading) -> !localDay(reading).isBefore(cut)).toList();

		FoldedStates merged = FoldedStates.of(before).merge(FoldedStates.of(after));

		merged.assertEqualTo(FoldedStates.of(all));
	}

	@Property(tries = 200)
	void theOrderInWhichReadingsArriveDoesNotMatter(@ForAll("readings") List<Reading> readings, @ForAll Random random) {
		List<Reading> shuffled = new ArrayList<>(readings);
		Collections.shuffle(shuffled, random);

		FoldedStates.of(shuffled).assertEqualTo(FoldedStates.of(readings));
	}

	@Property(tries = 200)
	void aReadingThatComesTwiceCountsOnce(@ForAll("readings") List<Reading> readings, @ForAll Random random) {
		List<Reading> twice = new ArrayList<>(readings);
		readings.stream().filter((reading) -> random.nextBoolean()).forEach(twice::add);

		FoldedStates.of(twice).assertEqualTo(FoldedStates.of(readings));
	}

	@Property(tries = 200)
	void theFoldEqualsAStraightforwardReadingOfTheRule(@ForAll("readings") List<Reading> readings) {
		FoldedStates.of(readings).assertEqualTo(PlainFold.of(readings));
	}

	private static State total(View view, List<Reading> readings) {
		State total = view.zero();
		FoldedStates.of(readings).states.values()
			.stream()
			.filter((state) -> state.view() == view)
			.forEach(total::merge);
		return total;
	}

	private static LocalDate localDay(Reading reading) {
		Instant at = reading.observedAt();
		return at.atZone(RandomReadings.ZONES.get(reading.city())).toLocalDate();
	}

}
