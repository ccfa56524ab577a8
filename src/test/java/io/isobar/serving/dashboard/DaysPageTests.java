package io.isobar.serving.dashboard;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;

import io.isobar.batch.BatchViews.Known;
import io.isobar.provider.Cities;
import io.isobar.serving.CityDays;
import io.isobar.serving.Day;
import io.isobar.serving.UnifiedDays;
import io.isobar.web.StoreUnavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** Which days of which city are shown. */
class DaysPageTests {

	private static final LocalDate TODAY = LocalDate.of(2026, 11, 21);

	private final UnifiedDays days = mock(UnifiedDays.class);

	private MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void whereNobodySaysWhichTheNewestDaysOfTheCityAreShown() {
		known("Seattle", "2012-01-01", "2015-12-31");

		Map<String, Object> model = model("Seattle", null, null);

		assertThat(shown(model)).isEqualTo("2015-12-02–2015-12-31, 30 days, empty: false");
		assertThat(model).doesNotContainKey("known");
		known("Seattle", "2012-01-01", "2026-11-01");
		assertThat(shown(model("Seattle", null, null))).isEqualTo("2026-10-23–2026-11-21, 30 days, empty: false");
	}

	@Test
	void wherePeriodAndCityDoNotMeetItIsSaidFromWhenToWhenThereIsAny() {
		Known known = known("Seattle", "2012-01-01", "2015-12-31");

		Map<String, Object> model = model("Seattle", "2026-02-01", "2026-02-03");

		assertThat(shown(model)).isEqualTo("2026-02-01–2026-02-03, 3 days, empty: true");
		assertThat(model).containsEntry("known", known)
			.containsEntry("newest", new DaysPage.Period(LocalDate.of(2015, 12, 2), LocalDate.of(2015, 12, 31)));
	}

	@Test
	void aCityWithoutAnyReadingIsShownFromToday() {
		CityDays city = city("Seattle", Optional.empty());
		when(this.days.all()).thenReturn(List.of(city));

		assertThat(shown(model("Seattle", null, null))).isEqualTo("2026-10-23–2026-11-21, 30 days, empty: true");
	}

	@Test
	void whereTheSpeedLayersStoreIsAwayTheBatchLayerSaysFromWhenToWhen() {
		Known known = new Known(LocalDate.of(2012, 1, 1), LocalDate.of(2015, 12, 31));
		CityDays city = city("Seattle", Optional.of(known));
		doThrow(new StoreUnavailable("Cassandra", null)).when(city).days(any(), any());
		doThrow(new StoreUnavailable("Cassandra", null)).when(city).known();
		when(this.days.all()).thenReturn(List.of(city));

		Map<String, Object> model = model("Seattle", null, null);

		assertThat(shown(model)).isEqualTo("2015-12-02–2015-12-31, 30 days, empty: false");
		assertThat(model).containsEntry("away", "Cassandra");
	}

	@Test
	void whatIsWrongWithTheAddressIsSaidInThePage() {
		known("Seattle", "2012-01-01", "2015-12-31");

		assertThat(model("Atlantis", null, null).get("errors")).asString().contains("city=There is no city Atlantis.");
		assertThat(this.response.getStatus()).isEqualTo(404);
		assertThat(model("Seattle", "yesterday", "2026-02-30").get("errors")).asString()
			.contains("from=yesterday is no day.", "to=2026-02-30 is no day.");
		assertThat(this.response.getStatus()).isEqualTo(400);
		assertThat(model("Seattle", "2026-02-02", "2026-02-01").get("errors")).asString()
			.contains("from=The first day");
		assertThat(model("Seattle", "2010-02-02", "2026-02-01").get("errors")).asString().contains("at most a year");
		assertThat(this.response.getStatus()).isEqualTo(200);
	}

	private Known known(String name, String first, String last) {
		Known known = new Known(LocalDate.parse(first), LocalDate.parse(last));
		CityDays city = city(name, Optional.of(known));
		when(this.days.all()).thenReturn(List.of(city));
		return known;
	}

	/** A city that has a reading of every day that is known. */
	private static CityDays city(String name, Optional<Known> known) {
		CityDays city = mock(CityDays.class);
		when(city.city()).thenReturn(name);
		when(city.today()).thenReturn(TODAY);
		when(city.known()).thenReturn(known);
		when(city.batchKnown()).thenReturn(known);
		when(city.days(any(), any()))
			.thenAnswer((asked) -> days(asked.getArgument(0), asked.getArgument(1), known.orElse(null)));
		when(city.batchDays(any(), any()))
			.thenAnswer((asked) -> days(asked.getArgument(0), asked.getArgument(1), known.orElse(null)));
		return city;
	}

	private static List<Day> days(LocalDate from, LocalDate to, @Nullable Known known) {
		return from.datesUntil(to.plusDays(1)).map((date) -> {
			Day day = mock(Day.class);
			when(day.date()).thenReturn(date);
			when(day.isMissing())
				.thenReturn(known == null || date.isBefore(known.first()) || date.isAfter(known.last()));
			return day;
		}).toList();
	}

	private static String shown(Map<String, Object> model) {
		return "%s–%s, %d days, empty: %s".formatted(model.get("from"), model.get("to"),
				new TreeSet<>(((List<?>) model.get("days")).stream().map((day) -> ((Day) day).date()).toList()).size(),
				model.get("empty"));
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> model(String city, @Nullable String from, @Nullable String to) {
		ExtendedModelMap model = new ExtendedModelMap();
		this.response = new MockHttpServletResponse();
		new DaysPage(this.days, mock(Cities.class), mock(ObjectProvider.class), FormatsTests.messages()).days(city,
				from, to, Locale.ENGLISH, this.response, model);
		return model;
	}

}
