package io.isobar.provider.openmeteo;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.isobar.provider.TestCities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.History;
import io.isobar.provider.History.Outcome;
import io.isobar.provider.MovableClock;
import io.isobar.provider.PlainQuotas;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.http.TestLimits;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OpenMeteoHttpTests {

	private static final Instant NOW = Instant.parse("2025-03-13T08:10:30Z");

	private static final MovableClock CLOCK = new MovableClock(NOW);

	private static final LocalDate TENTH = LocalDate.of(2025, 3, 10);

	@RegisterExtension
	private static final WireMockExtension vendor = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final PlainQuotas quotas = new PlainQuotas(CLOCK);

	@Test
	void historyIsAskedInUtcForAllThatTheLocalDaysTouch() {
		answer(json(hours("2025-03-09", 48, "7", "0.1")));

		History history = provider().history(TestCities.PARIS, TENTH, TENTH, NOW);

		vendor.verify(1,
				getRequestedFor(urlPathEqualTo("/v1/archive")).withQueryParam("latitude", equalTo("48.8566"))
					.withQueryParam("longitude", equalTo("2.3522"))
					.withQueryParam("start_date", equalTo("2025-03-09"))
					.withQueryParam("end_date", equalTo("2025-03-10"))
					.withQueryParam("timezone", equalTo("GMT"))
					.withQueryParam("temperature_unit", equalTo("celsius"))
					.withQueryParam("wind_speed_unit", equalTo("kmh"))
					.withQueryParam("precipitation_unit", equalTo("mm"))
					.withQueryParam("hourly", containing("temperature_2m,apparent_temperature")));
		assertThat(history.readings()).hasSize(24);
		assertThat(history.readings().get(0).observedAt()).isEqualTo(Instant.parse("2025-03-09T23:00:00Z"));
		assertThat(history.readings())
			.allSatisfy((reading) -> assertThat(reading.values().has(Metric.PRECIPITATION)).isTrue());
		assertThat(history.counts().read()).isEqualTo(24);
		assertThat(history.days()).containsExactly(Map.entry(TENTH, Outcome.VALUES));
		assertThat(history.cost()).isLessThanOrEqualTo(provider().costOfHistory(TENTH, TENTH));
	}

	@Test
	void theSumOfADaysLastHourIsAskedFor() {
		City city = new City("Accra", "GH", 5.6, -0.19, ZoneId.of("Africa/Accra"), true);
		answer(json(hours("2025-03-10", 48, "7", "0.1").replace("48.9", "5.6").replace("2.3", "-0.2")));

		History history = provider().history(city, TENTH, TENTH, NOW);

		vendor.verify(getRequestedFor(anyUrl()).withQueryParam("start_date", equalTo("2025-03-10"))
			.withQueryParam("end_date", equalTo("2025-03-11")));
		assertThat(history.readings().get(23).values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.1);
	}

	@Test
	void insideItsDelayADayHasNoData() {
		answer(json(hours("2025-03-09", 48, "null", "null")));

		History history = provider().history(TestCities.PARIS, TENTH, TENTH, NOW);

		assertThat(history.days()).containsExactly(Map.entry(TENTH, Outcome.NO_DATA));
		assertThat(history.readings()).singleElement().satisfies((reading) -> assertThat(reading.isEmpty()).isTrue());
		assertThat(history.counts().filtered()).isEqualTo(24);
	}

	@Test
	void nowIsAskedOfTheForecast() {
		answer(json(
				"""
						{"latitude": 48.9, "longitude": 2.3, "utc_offset_seconds": 0, "current_units": {"temperature_2m": "°C"},
						 "current": {"time": "2025-03-13T08:00", "interval": 900, "temperature_2m": 9.5, "weather_code": 61},
						 "hourly": {"time": ["2025-03-13T07:00", "2025-03-13T08:00"], "temperature_2m": [9, 9.5], "precipitation": [0, 0.3]}}"""));

		CurrentConditions current = provider().current(TestCities.PARIS, NOW);

		vendor.verify(1,
				getRequestedFor(urlPathEqualTo("/v1/forecast")).withQueryParam("current", containing("temperature_2m"))
					.withQueryParam("hourly", containing("precipitation"))
					.withQueryParam("past_days", equalTo("1"))
					.withQueryParam("forecast_days", equalTo("3")));
		assertThat(current.reading().values().orNaN(Metric.TEMPERATURE)).isEqualTo(9.5);
		assertThat(current.lastHour()).isNotNull();
		assertThat(current.lastHour().values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.3);
		assertThat(current.rain()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					400 | Latitude must be in range of -90 to 90°. Given: 95.0.                       | REFUSED       |                      | 1
					400 | No data is available for this location                                      | REFUSED       |                      | 1
					200 | Invalid timezone                                                            | REFUSED       |                      | 1
					429 | Minutely API request limit exceeded. Please try again in one minute.        | QUOTA_USED_UP | 2025-03-13T08:11:00Z | 1
					429 | Hourly API request limit exceeded. Please try again in the next hour.       | QUOTA_USED_UP | 2025-03-13T09:00:00Z | 1
					429 | Daily API request limit exceeded. Please try again tomorrow.                | QUOTA_USED_UP | 2025-03-14T00:00:00Z | 1
					429 | Too many concurrent requests                                                | BUSY          |                      | 3
					503 | The service is overloaded                                                   | TROUBLE       |                      | 3
					500 | Something went wrong.                                                       | TROUBLE       |                      | 3
					400 | The supplied API key is invalid.                                            | UNAUTHORIZED  |                      | 1
					""")
	void anErrorIsToldByItsReason(int status, String reason, Reason expected, Instant until, int calls) {
		answer(json("{\"reason\": \"%s\", \"error\": true}".formatted(reason)).withStatus(status));

		ProviderFailed failure = failure(expected);

		assertThat(failure).hasMessageContaining(reason);
		assertThat(failure.until().orElse(null)).isEqualTo(until);
		assertThat(failure.body()).isPresent();
		vendor.verify(calls, getRequestedFor(anyUrl()));
		// An error counts as a call; of a 200 it is not known what it has cost
		assertThat(this.quotas.booked()).hasSize(calls).containsOnly((status == 200) ? 1.4 : 1.0);
	}

	@Test
	void somethingOtherThanJsonIsRefused() {
		answer(aResponse().withHeader("Content-Type", "text/html").withBody("<html>Welcome to the hotel</html>"));

		assertThat(failure(Reason.BAD_ANSWER)).hasMessageContaining("portal");
	}

	@Test
	void jsonThatWasCutOffIsRefused() {
		answer(json("{\"latitude\": 48.9, \"hourly\": {\"time\": ["));

		assertThat(failure(Reason.BAD_ANSWER)).hasMessageContaining("cut off");
	}

	@Test
	void anAnswerOfAnotherGridCellIsRefused() {
		answer(json(hours("2025-03-09", 48, "7", "0").replace("48.9", "47.9")));

		assertThat(failure(Reason.WRONG_PLACE)).hasMessageContaining("106 km away from Paris");
	}

	@Test
	void aDayThatTheAnswerDoesNotSpeakOfStaysOpen() {
		answer(json(hours("2025-03-09", 47, "7", "0.1")));

		History history = provider().history(TestCities.PARIS, TENTH.minusDays(1), TENTH.plusDays(1), NOW);

		assertThat(history.unanswered()).containsExactly(TENTH.plusDays(1));
		assertThat(history.days()).containsOnlyKeys(TENTH.minusDays(1), TENTH);
	}

	@Test
	void anAnswerAboutOtherDaysIsRefused() {
		answer(json(hours("2024-03-09", 48, "7", "0")));

		failure(Reason.WRONG_DAYS);
	}

	@Test
	void anAnswerInOtherUnitsIsRefused() {
		answer(json(hours("2025-03-09", 48, "7", "0").replace("°C", "°F")));

		assertThat(failure(Reason.WRONG_UNITS)).hasMessageContaining("temperature_2m is in °F");
	}

	@Test
	void aCityWithoutAPlaceCannotBeAskedFor() {
		City city = new City("Atlantis", "XX", null, null, ZoneId.of("UTC"), true);

		ProviderFailed failure = catchThrowableOfType(ProviderFailed.class,
				() -> provider().history(city, TENTH, TENTH, NOW));

		assertThat(failure).hasMessageContaining("latitude and longitude of Atlantis");
		assertThat(failure.reason()).isEqualTo(Reason.NOT_LOCATED);
		vendor.verify(0, getRequestedFor(anyUrl()));
	}

	private static String hours(String from, int hours, String temperature, String precipitation) {
		return """
				{"latitude": 48.9, "longitude": 2.3, "generationtime_ms": 0.1, "utc_offset_seconds": 0, "timezone": "GMT",
				 "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
				 "hourly": {"time": [%s], "temperature_2m": [%s], "precipitation": [%s]}}"""
			.formatted(
					joined(hours, (hour) -> "\"%s\"".formatted(LocalDate.parse(from).atStartOfDay().plusHours(hour))),
					joined(hours, (hour) -> temperature), joined(hours, (hour) -> precipitation));
	}

	private static String joined(int hours, java.util.function.IntFunction<String> element) {
		return IntStream.range(0, hours).mapToObj(element).collect(Collectors.joining(","));
	}

	private static ResponseDefinitionBuilder json(String body) {
		return aResponse().withHeader("Content-Type", "application/json; charset=utf-8")
			.withBody(body.getBytes(StandardCharsets.UTF_8));
	}

	private static void answer(ResponseDefinitionBuilder response) {
		vendor.stubFor(get(anyUrl()).willReturn(response));
	}

	private ProviderFailed failure(Reason reason) {
		ProviderFailed failure = catchThrowableOfType(ProviderFailed.class,
				() -> provider().history(TestCities.PARIS, TENTH, TENTH, NOW));
		assertThat(failure).isNotNull();
		assertThat(failure.reason()).isEqualTo(reason);
		return failure;
	}

	private OpenMeteo provider() {
		URI url = URI.create(vendor.baseUrl());
		return new OpenMeteo(new OpenMeteoSettings(url, url, 10_000, Period.ofDays(5)), TestLimits.patient(),
				this.quotas, CLOCK);
	}

}
