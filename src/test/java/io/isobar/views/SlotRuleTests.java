package io.isobar.views;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Readings;
import io.isobar.weather.Resolution;

import static org.assertj.core.api.Assertions.assertThat;

/** Which readings count, told by examples. */
class SlotRuleTests {

	private static final Readings PARIS = Readings.in("Paris").hour(9);

	@Test
	void aRealReadingOutranksASimulatedOne() {
		assertThat(theDay(PARIS.celsius(20), PARIS.from(Origin.SIMULATED).collectedAfterDays(9).celsius(30))
			.meanTemperature()).isEqualTo(20);
	}

	@Test
	void whatRealReadingsOfADayDidNotMeasureMayBeSimulatedAndStandsApart() {
		List<Day> days = fold(PARIS.hour(9).celsius(20), PARIS.hour(10).from(Origin.SIMULATED).celsius(30),
				PARIS.hour(11).from(Origin.SIMULATED).measuring(Metric.HUMIDITY, 60));

		assertThat(days).extracting(Day::simulated).containsExactly(true, false);
		assertThat(days).extracting(Day::readings).containsExactly(0L, 1L);
		assertThat(days.get(0).state().count(index(WeatherViews.count(Metric.TEMPERATURE)))).isZero();
		assertThat(days.get(0).state().count(index(WeatherViews.count(Metric.HUMIDITY)))).isEqualTo(1);
	}

	@Test
	void aDayWithoutAnyRealReadingIsSimulated() {
		assertThat(theDay(PARIS.from(Origin.SIMULATED).celsius(30)))
			.satisfies((day) -> assertThat(day.simulated()).isTrue())
			.satisfies((day) -> assertThat(day.readings()).isEqualTo(1));
	}

	@Test
	void anOriginNobodyKnowsRanksBelowTheRealOnes() {
		assertThat(theDay(PARIS.celsius(20), PARIS.from(new Origin("balcony")).collectedAfterDays(9).celsius(30)))
			.satisfies((day) -> assertThat(day.meanTemperature()).isEqualTo(20));
	}

	@Test
	void historyOutranksCurrentConditions() {
		assertThat(theDay(PARIS.celsius(20), PARIS.at(9, 40).by(Channel.STREAM).celsius(30)).meanTemperature())
			.isEqualTo(20);
	}

	@Test
	void withinASlotTheNewestMeasuredCounts() {
		assertThat(
				theDay(PARIS.at(9, 10).by(Channel.STREAM).celsius(20), PARIS.at(9, 50).by(Channel.STREAM).celsius(30))
					.meanTemperature())
			.isEqualTo(30);
	}

	@Test
	void ofTwoAtTheSameInstantTheNewestCollectedCounts() {
		assertThat(theDay(PARIS.by(Channel.FILE).collectedAfterDays(3).celsius(30),
				PARIS.by(Channel.FILE).collectedAfterDays(2).celsius(20))
			.meanTemperature()).isEqualTo(30);
	}

	@Test
	void whatTheBestReadingDoesNotHaveIsTakenFromTheNext() {
		Day day = theDay(PARIS.measuring(Metric.HUMIDITY, 50), PARIS.by(Channel.FILE).celsius(20));

		assertThat(day.state().count(index(WeatherViews.count(Metric.HUMIDITY)))).isEqualTo(1);
		assertThat(day.meanTemperature()).isEqualTo(20);
		assertThat(day.readings()).isEqualTo(1);
	}

	@Test
	void aProvidersNewestAnswerSpeaksForTheWholeDaySoAWithdrawnHourIsGone() {
		Day day = theDay(PARIS.hour(9).celsius(20), PARIS.hour(10).celsius(22),
				PARIS.hour(9).collectedAfterDays(3).celsius(21));

		assertThat(day.readings()).isEqualTo(1);
		assertThat(day.meanTemperature()).isEqualTo(21);
	}

	@Test
	void aProvidersNewestAnswerMayBeThatThereIsNothing() {
		assertThat(fold(PARIS.celsius(20), PARIS.collectedAfterDays(3).nothing())).isEmpty();
	}

	@Test
	void anotherProvidersAnswerReplacesNothing() {
		Day day = theDay(PARIS.hour(9).celsius(20),
				PARIS.hour(10).from(Origin.VISUAL_CROSSING).collectedAfterDays(3).celsius(22));

		assertThat(day.readings()).isEqualTo(2);
	}

	@Test
	void whatWasObservedAfterItWasCollectedIsNoReading() {
		assertThat(fold(PARIS.collectedAfterDays(-1).celsius(20))).isEmpty();
	}

	@Test
	void wholeDaysNeverMixWithHours() {
		List<Day> days = fold(PARIS.celsius(20), PARIS.wholeDay(10, 17, 25));

		assertThat(days).extracting(Day::resolution).containsExactly(Resolution.HOUR, Resolution.DAY);
		assertThat(days).extracting(Day::readings).containsExactly(1L, 1L);
		assertThat(days.get(1).state().number(index(WeatherViews.max(Metric.TEMPERATURE)))).isEqualTo(25);
	}

	@Test
	void aDaysMeanIsNeitherItsLowestNorItsHighest() {
		Reading day = new ReadingDraft("Paris", Instant.parse("2025-06-14T22:00:00Z"), Resolution.DAY, Origin.FILE,
				Channel.FILE, Instant.parse("2025-06-20T00:00:00Z"))
			.value(Metric.HUMIDITY, 60.0)
			.build();

		assertThat(theDay(day).state().number(index(WeatherViews.max(Metric.HUMIDITY)))).isNaN();
	}

	@Test
	void ofEqualExtremesTheEarliestCounts() {
		Day day = theDay(PARIS.hour(8).celsius(20), PARIS.hour(9).celsius(20), PARIS.hour(10).celsius(19),
				PARIS.hour(11).celsius(19));

		assertThat(Stamp.instant(day.state().stamp(index(WeatherViews.max(Metric.TEMPERATURE)))))
			.isEqualTo(PARIS.hour(8).instant());
		assertThat(Stamp.instant(day.state().stamp(index(WeatherViews.min(Metric.TEMPERATURE)))))
			.isEqualTo(PARIS.hour(10).instant());
	}

	private static int index(String component) {
		return WeatherViews.CITY_DAY.indexOf(component);
	}

	private static Day theDay(Reading... readings) {
		List<Day> days = fold(readings);
		assertThat(days).hasSize(1);
		return days.get(0);
	}

	private static List<Day> fold(Reading... readings) {
		List<Day> days = new ArrayList<>();
		ReadingsFold.fold(RandomReadings.ordered(List.of(readings)), (city) -> Readings.ZONE,
				new ReadingsFold.Output() {

					@Override
					public void cityDay(String city, long day, Resolution resolution, boolean simulated, State state) {
						days.add(new Day(resolution, simulated, state.copy()));
					}

					@Override
					public void cityMonthPairs(String city, long month, boolean simulated, State state) {
					}

				});
		return days;
	}

	record Day(Resolution resolution, boolean simulated, State state) {

		double meanTemperature() {
			return this.state.number(index(WeatherViews.sum(Metric.TEMPERATURE)))
					/ this.state.count(index(WeatherViews.count(Metric.TEMPERATURE)));
		}

		long readings() {
			return this.state.count(index(WeatherViews.READINGS));
		}

	}

}
