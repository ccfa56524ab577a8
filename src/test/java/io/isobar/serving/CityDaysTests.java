package io.isobar.serving;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.isobar.batch.BatchViews;
import io.isobar.batch.ClosedDays;
import io.isobar.batch.DayRanges;
import io.isobar.speed.SpeedViews;
import io.isobar.views.State;
import io.isobar.views.View;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/** Which layer is asked for which day. */
class CityDaysTests {

	/** Noon of that day in Paris. */
	private static final Instant NOW = Instant.parse("2026-11-21T11:00:00Z");

	private static final LocalDate TODAY = LocalDate.of(2026, 11, 21);

	private static final LocalDate BOUNDARY = LocalDate.of(2026, 11, 20);

	private final BatchViews batch = mock(BatchViews.class);

	private final SpeedViews speed = mock(SpeedViews.class);

	private final List<BatchViews.Day> published = new ArrayList<>();

	private final List<SpeedViews.DayState> streamed = new ArrayList<>();

	private BatchDays known;

	@BeforeEach
	void layers() {
		DayRanges closed = new DayRanges(List.of(new DayRanges.Range(LocalDate.of(2026, 11, 1), BOUNDARY)));
		ClosedDays.Current current = new ClosedDays.Current(7, NOW, Map.of("Paris", closed));
		this.known = new BatchDays(current, this.batch, Period.ofDays(5), 2);
		when(this.batch.days(anyInt(), anyString(), any(), any())).thenReturn(this.published);
		when(this.speed.oldestDay(any())).thenReturn(TODAY.minusDays(35));
		when(this.speed.cityDays(anyString(), any(), any())).thenReturn(this.streamed);
	}

	private CityDays days(String zone) {
		return new CityDays("Paris", ZoneId.of(zone), NOW, 7, this.known.current().of("Paris"), this.known, this.speed);
	}

	private void publish(String day, int readings, boolean isFinal) {
		this.published.add(new BatchViews.Day(LocalDate.parse(day), Resolution.HOUR, false, 24, isFinal,
				DayTests.state(readings, 0)));
	}

	private void stream(String day, int readings) {
		State state = WeatherViews.CITY_DAY.zero();
		state.set(state.view().indexOf(WeatherViews.READINGS), 0, readings);
		state.set(state.view().indexOf("readings_open_meteo"), 0, readings);
		this.streamed.add(new SpeedViews.DayState("Paris", LocalDate.parse(day), false, state));
	}

	@Test
	void beforeTheBoundaryBatchAnswersAndAfterItTheFuller() {
		publish("2026-11-18", 5, true);
		publish("2026-11-20", 5, true);
		stream("2026-11-18", 24);
		stream("2026-11-20", 6);
		stream("2026-11-21", 1);

		List<Day> days = days("Europe/Paris").days(LocalDate.of(2026, 11, 18), TODAY.plusDays(9));

		assertThat(days)
			.extracting((day) -> day.date() + " " + day.layer().word() + " " + day.readings() + " " + day.status())
			.containsExactly("2026-11-18 batch 5 final", "2026-11-19 batch 0 provisional",
					"2026-11-20 speed 6 provisional", "2026-11-21 speed 1 provisional");
		verify(this.speed).cityDays("Paris", BOUNDARY, TODAY);
	}

	@Test
	void itIsKnownFromWhenToWhenEitherLayerHasReadings() {
		assertThat(days("Europe/Paris").known()).isEmpty();
		stream("2026-11-20", 6);
		assertThat(days("Europe/Paris").known())
			.contains(new BatchViews.Known(LocalDate.of(2026, 11, 20), LocalDate.of(2026, 11, 20)));
		when(this.batch.known(7, "Paris", TODAY))
			.thenReturn(Optional.of(new BatchViews.Known(LocalDate.of(2012, 1, 1), LocalDate.of(2015, 12, 31))));

		assertThat(days("Europe/Paris").known())
			.contains(new BatchViews.Known(LocalDate.of(2012, 1, 1), LocalDate.of(2026, 11, 20)));
		assertThat(days("Europe/Paris").batchKnown())
			.contains(new BatchViews.Known(LocalDate.of(2012, 1, 1), LocalDate.of(2015, 12, 31)));
	}

	/** Whoever has closed it had a clock that was ahead. */
	@Test
	void aDayThatHasNotEndedIsNotClosed() {
		DayRanges all = new DayRanges(List.of(new DayRanges.Range(LocalDate.of(2026, 11, 1), TODAY.plusYears(1))));
		this.known = new BatchDays(new ClosedDays.Current(7, NOW, Map.of("Paris", all)), this.batch, Period.ofDays(5),
				2);
		publish("2026-11-20", 5, true);
		stream("2026-11-20", 24);
		stream("2026-11-21", 1);

		assertThat(days("Europe/Paris").days(BOUNDARY, TODAY)).extracting((day) -> day.layer().word() + day.readings())
			.containsExactly("batch5", "speed1");
		assertThat(days("Europe/Paris").isClosed(BOUNDARY, BOUNDARY)).isTrue();
		assertThat(days("Europe/Paris").isClosed(BOUNDARY, TODAY)).isFalse();
	}

	/** Where clocks change, and where somebody changes them. */
	@ParameterizedTest
	@CsvSource({ "Europe/Paris, 2026-03-29, 23", "Europe/Paris, 2026-10-25, 25", "America/New_York, 2026-03-08, 23",
			"America/New_York, 2026-11-01, 25", "America/St_Johns, 2026-03-08, 23",
			"America/St_Johns, 2026-11-01, 25" })
	void whateverClocksSayEveryReadingStaysInItsDayAndWhatIsClosedIsAnsweredTheSame(String zone, LocalDate day,
			int hours) {
		ZoneId there = ZoneId.of(zone);
		DayRanges closed = new DayRanges(List.of(new DayRanges.Range(day.minusDays(9), day.plusDays(1))));
		this.known = new BatchDays(new ClosedDays.Current(7, NOW, Map.of("Paris", closed)), this.batch,
				Period.ofDays(5), 2);
		this.published.add(new BatchViews.Day(day, Resolution.HOUR, false, hours, true, DayTests.state(hours, 0)));
		stream(day.toString(), hours - 1);
		Instant right = day.plusDays(1).atTime(3, 0).atZone(there).toInstant();
		for (Duration wrong : List.of(Duration.ZERO, Duration.ofHours(-1), Duration.ofHours(1), Duration.ofDays(365))) {
			CityDays seen = new CityDays("Paris", there, right.plus(wrong), 7, closed, this.known, this.speed);

			assertThat(seen.isClosed(day.minusDays(9), day)).as("clock %s", wrong).isTrue();
			assertThat(seen.days(day, day)).as("clock %s", wrong)
				.extracting((each) -> "%s %s %d of %d".formatted(each.date(), each.layer().word(), each.readings(),
						each.expectedReadings()))
				.containsExactly("%s batch %d of %d".formatted(day, hours, hours));
		}
	}

	/**
	 * Real readings have the temperature only; its humidity is still the simulated one.
	 */
	@Test
	void aDayThatShowsAnythingSimulatedIsSimulatedAndNotFinal() {
		publish("2026-11-18", 24, true);
		publish("2026-11-19", 24, true);
		stream("2026-11-21", 3);
		LocalDate measured = LocalDate.of(2026, 11, 18);
		this.published
			.add(new BatchViews.Day(measured, Resolution.HOUR, true, 24, false, simulated(WeatherViews.SUMMARY, null)));
		this.published.add(new BatchViews.Day(measured.plusDays(1), Resolution.HOUR, true, 24, false,
				simulated(WeatherViews.SUMMARY, Metric.HUMIDITY)));
		this.streamed
			.add(new SpeedViews.DayState("Paris", TODAY, true, simulated(WeatherViews.CITY_DAY, Metric.HUMIDITY)));

		assertThat(days("Europe/Paris").days(measured, TODAY))
			.extracting((day) -> "%s %s %s %s".formatted(day.date(), day.status(), day.isSimulated(),
					day.summary().humidityMean()))
			.containsExactly("2026-11-18 final false null", "2026-11-19 provisional true 60.0",
					"2026-11-20 provisional false null", "2026-11-21 provisional true 60.0");
	}

	/**
	 * What is left of a simulated state beside real readings: no readings, and one metric
	 * or none.
	 */
	private static State simulated(View view, @Nullable Metric metric) {
		State state = view.zero();
		if (metric != null) {
			state.set(view.indexOf(WeatherViews.count(metric)), 0, 2);
			state.set(view.indexOf(WeatherViews.sum(metric)), 120, 0);
		}
		return state;
	}

	@Test
	void anOpenDayIsNeverFinal() {
		publish("2026-11-20", 24, true);

		assertThat(days("Europe/Paris").days(BOUNDARY, BOUNDARY).get(0).status()).isEqualTo("provisional");
	}

	@Test
	void aClosedDayWithoutReadingsIsFinalOnceNobodyIsAskedAgain() {
		List<Day> days = days("Europe/Paris").days(LocalDate.of(2026, 11, 15), LocalDate.of(2026, 11, 16));

		assertThat(days).extracting(Day::status).containsExactly("final", "provisional");
	}

	@Test
	void whatIsClosedNeedsNoSpeedLayer() {
		when(this.speed.cityDays(anyString(), any(), any())).thenThrow(new StoreUnavailable("Cassandra", null));

		assertThat(days("Europe/Paris").days(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 19))).hasSize(19);
		assertThatThrownBy(() -> days("Europe/Paris").days(LocalDate.of(2026, 11, 1), BOUNDARY))
			.isInstanceOf(StoreUnavailable.class);
		assertThat(days("Europe/Paris").batchDays(LocalDate.of(2026, 11, 1), BOUNDARY)).hasSize(20);
	}

	@Test
	void openDaysThatTheSpeedLayerNoLongerKeepsAreNotAskedOfIt() {
		assertThat(days("Europe/Paris").days(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 10, 16))).hasSize(289);

		verify(this.speed, never()).cityDays(anyString(), any(), any());
	}

	@Test
	void thereAreNoDaysAfterTheCitysToday() {
		assertThat(days("Pacific/Kiritimati").days(TODAY, TODAY.plusDays(3))).extracting(Day::date)
			.containsExactly(TODAY, TODAY.plusDays(1));
		assertThat(days("Pacific/Honolulu").days(TODAY, TODAY.plusDays(3))).extracting(Day::date)
			.containsExactly(TODAY);
		assertThat(days("Europe/Paris").days(TODAY.plusDays(1), TODAY.plusDays(3))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "Europe/Paris, 2026-03-29, 23", "Europe/Paris, 2026-10-25, 25", "Europe/Paris, 2026-10-24, 24",
			"Asia/Kolkata, 2026-03-29, 24", "Pacific/Apia, 2011-12-30, 0", "America/St_Johns, 2026-03-08, 23" })
	void theHoursThatAreExpectedAreThoseThatTheClocksShowed(String zone, LocalDate day, int expected) {
		assertThat(days(zone).days(day, day).get(0).expectedReadings()).isEqualTo(expected);
	}

	@Test
	void ofTheYearsThatWereAskedForLastNothingIsAskedAgain() {
		for (int i = 0; i < 3; i++) {
			days("Europe/Paris").days(LocalDate.of(2025, 6, 1), LocalDate.of(2026, 11, 19));
		}
		verify(this.batch, times(1)).days(7, "Paris", LocalDate.of(2025, 1, 1), LocalDate.of(2026, 12, 31));

		days("Europe/Paris").days(LocalDate.of(2024, 6, 1), LocalDate.of(2024, 6, 1));
		days("Europe/Paris").days(LocalDate.of(2026, 6, 1), LocalDate.of(2026, 6, 1));
		days("Europe/Paris").days(LocalDate.of(2025, 6, 1), LocalDate.of(2025, 6, 1));

		verify(this.batch, times(3)).days(anyInt(), anyString(), any(), any());
	}

	@Test
	void aMonthIsMergedFromItsDaysOfEitherLayer() {
		publish("2026-11-10", 24, true);
		publish("2026-11-11", 12, true);
		stream("2026-11-20", 6);
		stream("2026-11-21", 2);

		List<Month> months = days("Europe/Paris").months(YearMonth.of(2026, 10), YearMonth.of(2027, 3));

		assertThat(months).extracting(Month::month).containsExactly(YearMonth.of(2026, 10), YearMonth.of(2026, 11));
		assertThat(months.get(0).summary().readings()).isZero();
		assertThat(months.get(0).expectedReadings()).isEqualTo(31 * 24 + 1);
		assertThat(months.get(1)).satisfies((month) -> {
			assertThat(month.summary().readings()).isEqualTo(44);
			assertThat(month.batchDays()).isEqualTo(2);
			assertThat(month.speedDays()).isEqualTo(2);
			assertThat(month.expectedReadings()).isEqualTo(720);
			assertThat(month.coverage()).isEqualTo(44.0 / 720);
		});
	}

	@Test
	void aMonthIsOfWholeDaysWhereTheyCoverMoreOfIt() {
		publish("2026-11-10", 24, true);
		for (int day = 11; day < 14; day++) {
			this.published.add(new BatchViews.Day(LocalDate.of(2026, 11, day), Resolution.DAY, false, 1, true,
					DayTests.state(1, 0)));
		}

		Month month = days("Europe/Paris").months(YearMonth.of(2026, 11), YearMonth.of(2026, 11)).get(0);

		assertThat(month.resolution()).isEqualTo(Resolution.DAY);
		assertThat(month.summary().readings()).isEqualTo(3);
		assertThat(month.expectedReadings()).isEqualTo(30);
	}

}
