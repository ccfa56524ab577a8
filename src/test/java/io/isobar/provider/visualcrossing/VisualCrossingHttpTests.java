package io.isobar.provider.visualcrossing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.isobar.provider.TestCities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.History;
import io.isobar.provider.History.Outcome;
import io.isobar.provider.MovableClock;
import io.isobar.provider.PlainQuotas;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.TestLimits;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class VisualCrossingHttpTests {

	private static final String KEY = "SECRET+KEY";

	private static final Instant NOW = Instant.parse("2025-03-13T08:00:00Z");

	private static final LocalDate TENTH = LocalDate.of(2025, 3, 10);

	private static final LocalDate ELEVENTH = LocalDate.of(2025, 3, 11);

	private static final String ANSWER = """
			{"queryCost": 48, "latitude": 48.8567, "longitude": 2.3508, "resolvedAddress": "Paris, France",
			 "address": "Paris,FR", "timezone": "Europe/Paris", "tzoffset": 1, "days": [
			  {"datetime": "2025-03-10", "source": "obs", "hours": [
			    {"datetime": "00:00:00", "datetimeEpoch": 1741561200, "temp": 7.4, "precip": 0.2, "source": "obs"},
			    {"datetime": "01:00:00", "datetimeEpoch": 1741564800, "temp": 7, "source": "obs"}]},
			  {"datetime": "2025-03-11", "source": "obs"}]}""";

	@RegisterExtension
	private static final WireMockExtension vendor = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final MovableClock clock = new MovableClock(NOW);

	private final PlainQuotas quotas = new PlainQuotas(this.clock);

	@Test
	void historyIsAskedAsTheContractSays() {
		answer(aResponse().withHeader("Content-Type", "application/json; charset=utf-8").withBody(ANSWER));

		History history = provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW);

		vendor.verify(1,
				getRequestedFor(urlPathEqualTo(
						"/VisualCrossingWebServices/rest/services/timeline/48.8566,2.3522/2025-03-10/2025-03-11"))
					.withQueryParam("unitGroup", equalTo("metric"))
					.withQueryParam("include", equalTo("days,hours,obs,remote"))
					.withQueryParam("contentType", equalTo("json"))
					.withQueryParam("lang", equalTo("en"))
					.withQueryParam("key", equalTo(KEY)));
		assertThat(history.raw()).isEqualTo(ANSWER.getBytes(StandardCharsets.UTF_8));
		assertThat(history.cost()).isEqualTo(48);
		assertThat(history.url()).endsWith("lang=en&key=***").doesNotContain("SECRET");
		assertThat(history.days()).containsExactly(Map.entry(TENTH, Outcome.VALUES),
				Map.entry(ELEVENTH, Outcome.NO_DATA));
		assertThat(history.readings()).hasSize(3);
		assertThat(history.readings().get(0)).satisfies((reading) -> {
			assertThat(reading.channel()).isEqualTo(Channel.HISTORY);
			assertThat(reading.collected()).isEqualTo(NOW);
			assertThat(reading.values().orNaN(Metric.PRECIPITATION)).isEqualTo(0.2);
		});
		assertThat(history.readings().get(2)).satisfies((reading) -> assertThat(reading.isEmpty()).isTrue());
	}

	@Test
	void whatWasStoredIsReadAgainAsItWasRead() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER));
		History history = provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW);

		History again = provider().reread(TestCities.PARIS, TENTH, ELEVENTH, NOW, history.raw());

		assertThat(again.readings()).isEqualTo(history.readings());
		assertThat(again.days()).isEqualTo(history.days());
	}

	@Test
	void aCityWithoutAPlaceIsAskedByName() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER));
		City city = new City("São Paulo", "BR", null, null, ZoneId.of("America/Sao_Paulo"), true);

		provider().history(city, TENTH, TENTH, NOW);

		vendor.verify(getRequestedFor(urlPathEqualTo(
				"/VisualCrossingWebServices/rest/services/timeline/S%C3%A3o%20Paulo,BR/2025-03-10/2025-03-10")));
	}

	@Test
	void nowIsAskedForOneRecord() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody("""
				{"queryCost": 1, "latitude": 48.86, "longitude": 2.35, "days": [],
				 "currentConditions": {"datetimeEpoch": 1741852800, "temp": 9, "source": "obs"}}"""));

		CurrentConditions current = provider().current(TestCities.PARIS, NOW);

		vendor.verify(1,
				getRequestedFor(urlPathEqualTo("/VisualCrossingWebServices/rest/services/timeline/48.8566,2.3522")));
		assertThat(current.cost()).isEqualTo(provider().costOfCurrent()).isEqualTo(1);
		assertThat(current.reading().values().orNaN(Metric.TEMPERATURE)).isEqualTo(9);
	}

	@Test
	void aPackedAnswerIsUnpacked() throws IOException {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withHeader("Content-Encoding", "gzip")
			.withBody(packed(ANSWER)));

		assertThat(provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW).raw())
			.isEqualTo(ANSWER.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void aPackedAnswerThatWasCutOffIsRefused() throws IOException {
		byte[] packed = packed(ANSWER);
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withHeader("Content-Encoding", "gzip")
			.withBody(Arrays.copyOf(packed, packed.length / 2)));

		assertThat(failure(Reason.BAD_ANSWER)).hasMessageContaining("cannot be unpacked");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					400 | Bad API Request:Invalid location parameter value.                    | REFUSED       | isobar.cities                         | 1
					401 | No account found with API key 'SECRET+KEY'                           | UNAUTHORIZED  | VISUAL_CROSSING_API_KEY               | 1
					401 | No session or key found                                              | UNAUTHORIZED  | VISUAL_CROSSING_API_KEY               | 1
					404 | Request did not match an endpoint.                                   | REFUSED       | isobar.provider.visual-crossing.url   | 1
					429 | Maximum daily cost exceeded                                          | QUOTA_USED_UP | 2025-03-14T00:00:00Z                  | 1
					400 | Maximum daily cost exceeded                                          | QUOTA_USED_UP | 2025-03-14T00:00:00Z                  | 1
					429 | Maximum concurrent jobs has been exceeded                            | BUSY          | Try again later                       | 3
					500 | key=SECRET%2BKEY failed                                              | TROUBLE       | Try again later                       | 3
					503 | <html>down</html>                                                    | TROUBLE       | Try again later                       | 3
					200 | <html>Welcome to the hotel</html>                                    | BAD_ANSWER    | portal                                | 1
					""")
	void anErrorIsToldByItsText(int status, String body, Reason reason, String advice, int calls) {
		answer(aResponse().withStatus(status).withHeader("Content-Type", "text/html").withBody(body));

		ProviderFailed failure = failure(reason);

		assertThat(failure).hasMessageContaining(advice).hasMessageContaining("Visual Crossing");
		assertThat(failure.getMessage()).doesNotContain("SECRET");
		assertThat(failure.body()).hasValueSatisfying(
				(kept) -> assertThat(new String(kept, StandardCharsets.UTF_8)).isNotEmpty().doesNotContain("SECRET"));
		assertThat(failure).hasNoCause();
		vendor.verify(calls, getRequestedFor(anyUrl()));
		// Records that are returned are charged
		assertThat(this.quotas.booked()).hasSize(calls).containsOnly((status == 200) ? 48.0 : 0.0);
	}

	@Test
	void whatMayPassIsTriedAgainAndEachTryIsBooked() {
		vendor.stubFor(
				get(anyUrl()).inScenario("passing").willReturn(aResponse().withStatus(503)).willSetStateTo("passed"));
		vendor.stubFor(get(anyUrl()).inScenario("passing")
			.whenScenarioStateIs("passed")
			.willReturn(
					aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER.replace("48,", "40,"))));

		assertThat(provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW).hasValues()).isTrue();

		assertThat(this.quotas.booked()).containsExactly(0.0, 40.0);
	}

	@Test
	void whatAGatewayLeavesOpenStaysBooked() {
		answer(aResponse().withStatus(504).withBody("upstream timed out"));

		failure(Reason.TROUBLE);

		assertThat(this.quotas.booked()).containsExactly(48.0, 48.0, 48.0);
	}

	@Test
	void nothingIsTriedAgainThatWouldTakeLongerThanOneQuestionMay() {
		answer(aResponse().withStatus(503));

		failure(provider(KEY, TestLimits.slow()), Reason.TROUBLE);

		vendor.verify(1, getRequestedFor(anyUrl()));
	}

	@Test
	void aCallThatTheBudgetDoesNotAllowIsNotMade() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER));
		VisualCrossing provider = provider();
		for (int i = 0; i < 1000 / 48; i++) {
			provider.history(TestCities.PARIS, TENTH, ELEVENTH, NOW);
		}

		failure(provider, Reason.QUOTA_USED_UP);

		vendor.verify(1000 / 48, getRequestedFor(anyUrl()));
	}

	@Test
	void aDayThatTheAnswerDoesNotSpeakOfStaysOpen() {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withBody(ANSWER.replace("2025-03-11", "2024-03-11")));

		History history = provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW);

		assertThat(history.days()).containsExactly(Map.entry(TENTH, Outcome.VALUES));
		assertThat(history.unanswered()).containsExactly(ELEVENTH);
		assertThat(history.readings()).hasSize(2);
	}

	@Test
	void aQuotaThatIsUsedUpIsNotAskedForUntilItIsGrantedAnew() {
		answer(aResponse().withStatus(429).withBody("Maximum daily cost exceeded"));
		VisualCrossing provider = provider();
		failure(provider, Reason.QUOTA_USED_UP);

		ProviderFailed second = failure(provider, Reason.QUOTA_USED_UP);
		assertThat(second.until()).hasValue(Instant.parse("2025-03-14T00:00:00Z"));
		assertThat(second.mayPass()).isTrue();
		vendor.verify(1, getRequestedFor(anyUrl()));

		this.clock.move(Duration.ofHours(16));
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER));
		assertThat(provider.history(TestCities.PARIS, TENTH, ELEVENTH, NOW).hasValues()).isTrue();
	}

	@Test
	void jsonThatWasCutOffIsRefusedAndKept() {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withBody(ANSWER.substring(0, ANSWER.length() - 20)));

		assertThat(failure(Reason.BAD_ANSWER).body()).isPresent();
	}

	@Test
	void aConnectionThatBreaksIsTriedAgain() {
		answer(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));

		assertThat(failure(Reason.TROUBLE)).hasMessageContaining("cut the connection");
		assertThat(this.quotas.booked()).containsExactly(48.0, 48.0, 48.0);
	}

	@Test
	void anAnswerAboutAnotherPlaceIsRefused() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER.replace("48.8567", "33.66")));

		assertThat(failure(Reason.WRONG_PLACE)).hasMessageContaining("km away from Paris")
			.hasMessageContaining("isobar.cities");
	}

	@Test
	void anAnswerAboutOtherDaysIsRefused() {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withBody(ANSWER.replace("2025-03", "2024-02")));

		assertThat(failure(Reason.WRONG_DAYS)).hasMessageContaining("2024-02-10 to 2024-02-11");
		assertThat(this.quotas.booked()).containsExactly(48.0);
	}

	@Test
	void anAnswerInFahrenheitIsRefused() {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withBody(ANSWER.replace("7.4", "74").replace("\"temp\": 7,", "\"temp\": 71,")));

		assertThat(failure(Reason.WRONG_UNITS)).hasMessageContaining("°F");
	}

	@Test
	void anotherHostIsNotFollowed() {
		answer(aResponse().withStatus(302).withHeader("Location", "http://127.0.0.2:1/x?key=" + KEY));

		assertThat(failure(Reason.REDIRECTED)).hasMessageContaining("another host")
			.extracting(Throwable::getMessage)
			.asString()
			.doesNotContain("SECRET");
		vendor.verify(1, getRequestedFor(anyUrl()));
	}

	@Test
	void theSameHostIsFollowed() {
		answer(aResponse().withStatus(301).withHeader("Location", "/moved"));
		vendor.stubFor(get(urlPathEqualTo("/moved"))
			.willReturn(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER)));

		assertThat(provider().history(TestCities.PARIS, TENTH, ELEVENTH, NOW).hasValues()).isTrue();
	}

	@Test
	void anAnswerThatIsTooLargeIsRefused() {
		answer(aResponse().withHeader("Content-Type", "application/json").withBody(ANSWER));

		assertThat(failure(provider(KEY, TestLimits.small(100)), Reason.BAD_ANSWER)).hasMessageContaining("larger");
	}

	@Test
	void anAnswerThatUnpacksToTooMuchIsRefused() throws IOException {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withHeader("Content-Encoding", "gzip")
			.withBody(packed("{" + " ".repeat(100_000) + "}")));

		assertThat(failure(provider(KEY, TestLimits.small(10_000)), Reason.BAD_ANSWER)).hasMessageContaining("larger");
	}

	@Test
	void anAnswerThatDripsIsGivenUp() {
		answer(aResponse().withHeader("Content-Type", "application/json")
			.withBody(ANSWER)
			.withChunkedDribbleDelay(100, 20_000));

		assertThat(failure(provider(KEY, TestLimits.impatient()), Reason.TOO_SLOW)).hasMessageContaining("fewer days");
	}

	@Test
	void whoNeverAnswersIsUnreachableAndNotWaitedForAgain() {
		answer(aResponse().withFixedDelay(20_000).withBody(ANSWER));
		VisualCrossing provider = provider(KEY, TestLimits.impatient());

		assertThat(failure(provider, Reason.UNREACHABLE)).hasMessageContaining("did not answer");
		failure(provider, Reason.UNREACHABLE);
		vendor.verify(1, getRequestedFor(anyUrl()));
		assertThat(this.quotas.booked()).containsExactly(48.0);
	}

	@Test
	void withoutAKeyNothingIsSent() {
		assertThat(failure(provider(null, TestLimits.patient()), Reason.UNAUTHORIZED))
			.hasMessageContaining("VISUAL_CROSSING_API_KEY");
		vendor.verify(0, getRequestedFor(anyUrl()));
	}

	@Test
	void historyIsPredictedToCostOneRecordAnHour() {
		assertThat(provider().costOfHistory(TENTH, ELEVENTH)).isEqualTo(48);
	}

	private void answer(ResponseDefinitionBuilder response) {
		vendor.stubFor(get(anyUrl()).willReturn(response));
	}

	private ProviderFailed failure(Reason reason) {
		return failure(provider(), reason);
	}

	private ProviderFailed failure(VisualCrossing provider, Reason reason) {
		ProviderFailed failure = catchThrowableOfType(ProviderFailed.class,
				() -> provider.history(TestCities.PARIS, TENTH, ELEVENTH, NOW));
		assertThat(failure).isNotNull();
		assertThat(failure.reason()).isEqualTo(reason);
		return failure;
	}

	private VisualCrossing provider() {
		return provider(KEY, TestLimits.patient());
	}

	private VisualCrossing provider(@Nullable String key, Limits limits) {
		return new VisualCrossing(new VisualCrossingSettings(key, URI.create(vendor.baseUrl()), 1000, Period.ofDays(2)),
				limits, this.quotas, this.clock);
	}

	private static byte[] packed(String text) throws IOException {
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
			packing.write(text.getBytes(StandardCharsets.UTF_8));
		}
		return packed.toByteArray();
	}

}
