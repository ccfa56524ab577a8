package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.ui.ExtendedModelMap;

import io.isobar.batch.BatchViews;
import io.isobar.batch.BatchViews.Month;
import io.isobar.batch.OneMoment;
import io.isobar.provider.Cities;
import io.isobar.weather.City;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

/** Which months of which city are shown. */
class HistoryPageTests {

	private static final City LYON = city("Lyon", true);

	private static final City SEATTLE = city("Seattle", false);

	private final BatchViews views = mock(BatchViews.class);

	private final Cities cities = mock(Cities.class);

	private final PlatformTransactionManager transactions = mock(PlatformTransactionManager.class);

	private final List<Month> published = new ArrayList<>();

	private MockHttpServletResponse response = new MockHttpServletResponse();

	@BeforeEach
	void cities() {
		when(this.cities.all()).thenReturn(List.of(LYON, SEATTLE));
		when(this.cities.listed()).thenReturn(List.of(LYON));
		when(this.views.months(any(), any(), any())).thenAnswer((asked) -> {
			String city = asked.getArgument(0);
			YearMonth from = asked.getArgument(1);
			YearMonth to = asked.getArgument(2);
			return this.published.stream()
				.filter((month) -> (city == null || month.city().equals(city))
						&& (from == null || !month.month().isBefore(from))
						&& (to == null || !month.month().isAfter(to)))
				.toList();
		});
	}

	@Test
	void whereNobodySaysWhichTheNewestMonthsOfTheCityAreShown() {
		publish("Seattle", "2012-01", "2015-12");
		publish("Lyon", "2026-09", "2026-11");

		assertThat(shown("Seattle", null, null)).isEqualTo("Seattle 2014-01–2015-12, 24 months");
		assertThat(shown(null, null, null)).isEqualTo("Lyon 2024-12–2026-11, 3 months");
		assertThat(shown("Seattle", null, "2013-06")).isEqualTo("Seattle 2011-07–2013-06, 18 months");
		assertThat(shown("Seattle", "2012-03", null)).isEqualTo("Seattle 2012-03–2015-12, 46 months");
	}

	@Test
	void allThatThePageSaysIsOfOneMoment() {
		publish("Lyon", "2026-09", "2026-11");
		InOrder order = inOrder(this.transactions, this.views);

		shown("Lyon", null, null);

		order.verify(this.transactions)
			.getTransaction(
					argThat((wanted) -> wanted.getIsolationLevel() == TransactionDefinition.ISOLATION_REPEATABLE_READ));
		order.verify(this.views).normals("Lyon");
		order.verify(this.transactions).commit(any());
		order.verifyNoMoreInteractions();
	}

	@Test
	void aCityOfWhichNothingIsKnownIsShownFirstOnlyWhereThatIsSoOfAll() {
		assertThat(shown(null, null, null)).isEqualTo("Lyon 2024-12–2026-11, 0 months");

		publish("Seattle", "2012-01", "2015-12");

		assertThat(shown(null, null, null)).isEqualTo("Seattle 2014-01–2015-12, 24 months");
	}

	@Test
	void aMonthThatIsStillToComeIsNotTheNewest() {
		publish("Lyon", "2026-09", "2026-11");
		publish("Lyon", "2099-01", "2099-01");

		assertThat(shown("Lyon", null, null)).startsWith("Lyon 2024-12–2026-11");
	}

	@Test
	void wherePeriodAndCityDoNotMeetItIsSaidFromWhenToWhenThereIsAny() {
		publish("Seattle", "2012-01", "2015-12");

		Map<String, Object> model = model("Seattle", "2026-01", "2026-02", Locale.ENGLISH);

		assertThat(model).containsEntry("known",
				new HistoryPage.Period(YearMonth.parse("2012-01"), YearMonth.parse("2015-12")));
		assertThat(model).containsEntry("newest",
				new HistoryPage.Period(YearMonth.parse("2014-01"), YearMonth.parse("2015-12")));
	}

	@Test
	void whatIsWrongWithTheAddressIsSaidInThePage() {
		assertThat(errors("Atlantis", null, null, Locale.ENGLISH)).containsOnlyKeys("city")
			.containsEntry("city", "There is no city Atlantis. Choose one of the list; capitals count.");
		assertThat(this.response.getStatus()).isEqualTo(404);
		assertThat(errors("Lyon", "May", "2026-13", Locale.FRENCH))
			.containsEntry("from", "May n'est pas un mois. Écrivez-le comme 2026-01.")
			.containsEntry("to", "2026-13 n'est pas un mois. Écrivez-le comme 2026-01.");
		assertThat(this.response.getStatus()).isEqualTo(400);
		assertThat(errors("Lyon", "2026-05", "2026-04", Locale.ENGLISH)).containsOnlyKeys("from");
		assertThat(errors("Lyon", "1900-01", "2026-04", Locale.ENGLISH)).containsOnlyKeys("to");
		assertThat(this.response.getStatus()).isEqualTo(200);
		assertThat(errors("Lyon", "", "", Locale.ENGLISH)).isEmpty();
	}

	/** A name with a NUL would be an error of it. */
	@Test
	void postgresqlIsNotAskedForACityThatIsNotKnown() {
		assertThat(errors("Lyon\0", null, null, Locale.ENGLISH)).containsOnlyKeys("city");

		assertThat(this.response.getStatus()).isEqualTo(404);
		verifyNoInteractions(this.views);
	}

	private void publish(String city, String first, String last) {
		for (YearMonth month = YearMonth.parse(first); !month.isAfter(YearMonth.parse(last)); month = month
			.plusMonths(1)) {
			this.published.add(new Month(city, month, "hour", 700, 1, 9.5, 1.0, 20.0, null, null, null, null, null));
		}
	}

	private String shown(@Nullable String city, @Nullable String from, @Nullable String to) {
		Map<String, Object> model = model(city, from, to, Locale.ENGLISH);
		return "%s %s–%s, %d months".formatted(model.get("city"), model.get("from"), model.get("to"),
				((List<?>) model.get("rows")).size());
	}

	@SuppressWarnings("unchecked")
	private Map<String, String> errors(String city, @Nullable String from, @Nullable String to, Locale locale) {
		return (Map<String, String>) model(city, from, to, locale).get("errors");
	}

	private Map<String, Object> model(@Nullable String city, @Nullable String from, @Nullable String to,
			Locale locale) {
		ExtendedModelMap model = new ExtendedModelMap();
		this.response = new MockHttpServletResponse();
		Clock clock = Clock.fixed(Instant.parse("2026-11-21T11:00:00Z"), ZoneOffset.UTC);
		new HistoryPage(this.views, this.cities, FormatsTests.messages(), clock, new OneMoment(this.transactions))
			.history(city, from, to, locale, this.response, model);
		return model;
	}

	private static City city(String name, boolean listed) {
		return new City(name, "FR", 45.0, 5.0, ZoneId.of("Europe/Paris"), listed);
	}

}
