package io.isobar.provider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/** The providers as the application wires them, against a vendor that is away or not. */
class ProvidersTests {

	private static final Instant NOW = Instant.parse("2025-03-13T08:00:00Z");

	private static final LocalDate TENTH = LocalDate.of(2025, 3, 10);

	@RegisterExtension
	private static final WireMockExtension vendor = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final MovableClock clock = new MovableClock(NOW);

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.logged.start();
		logger().addAppender(this.logged);
	}

	@AfterEach
	void stopListening() {
		logger().detachAppender(this.logged);
	}

	@Test
	void withoutAKeyAndWithoutANetworkHistoryIsSimulated() {
		context(nobody()).run((context) -> {
			Providers providers = context.getBean(Providers.class);

			assertThat(providers.historian().origin()).isEqualTo(Origin.OPEN_METEO);
			assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);
			assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);
			assertThat(providers.current(TestCities.PARIS, NOW).reading().origin()).isEqualTo(Origin.SIMULATED);
			assertThat(warnings()).singleElement()
				.asString()
				.contains("Open-Meteo cannot be reached")
				.contains("Check the network");
		});
	}

	@Test
	void anOutageIsProbedAgainAfterAWhileBehindTheBackOfACall() {
		URI away = nobody();
		context(away).run((context) -> {
			Providers providers = context.getBean(Providers.class);
			assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);
			var server = new com.github.tomakehurst.wiremock.WireMockServer(
					WireMockConfiguration.wireMockConfig().bindAddress("127.0.0.1").port(away.getPort()));
			server.start();
			try {
				server.stubFor(get(anyUrl()).willReturn(hour()));
				assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);

				this.clock.move(Duration.ofMinutes(5));

				await().untilAsserted(() -> assertThat(history(providers).origin()).isEqualTo(Origin.OPEN_METEO));
			}
			finally {
				server.stop();
			}
		});
	}

	@Test
	void anOpenMeteoThatAnsweredOnceIsNeverReplaced() {
		vendor.stubFor(get(anyUrl()).willReturn(hour()));
		context(URI.create(vendor.baseUrl())).run((context) -> {
			Providers providers = context.getBean(Providers.class);
			assertThat(history(providers).origin()).isEqualTo(Origin.OPEN_METEO);

			vendor.stubFor(
					get(anyUrl()).willReturn(error("Daily API request limit exceeded. Please try again tomorrow.")));

			assertThat(failure(providers).reason()).isEqualTo(Reason.QUOTA_USED_UP);
		});
	}

	@Test
	void anOpenMeteoThatAnswersWithAnErrorIsNotReplacedEither() {
		vendor.stubFor(get(anyUrl()).willReturn(error("No data is available for this location")));
		context(URI.create(vendor.baseUrl())).run((context) -> {
			Providers providers = context.getBean(Providers.class);

			assertThat(failure(providers).reason()).isEqualTo(Reason.REFUSED);
			assertThat(providers.current(TestCities.PARIS, NOW).reading().origin()).isEqualTo(Origin.SIMULATED);
			assertThat(providers.current(TestCities.OSLO, NOW).reading().origin()).isEqualTo(Origin.SIMULATED);
			assertThat(warnings()).hasSize(1);
		});
	}

	@Test
	void whatCannotBeBookedIsNeitherAskedNorSimulated() {
		vendor.stubFor(get(anyUrl()).willReturn(hour()));
		context(URI.create(vendor.baseUrl()))
			.withBean("ledger", Quotas.class, NoLedger::new, (definition) -> definition.setPrimary(true))
			.run((context) -> {
				Providers providers = context.getBean(Providers.class);
				assertThat(failure(providers).reason()).isEqualTo(Reason.NOT_BOOKED);
				assertThat(catchThrowableOfType(ProviderFailed.class, () -> providers.current(TestCities.PARIS, NOW))
					.reason()).isEqualTo(Reason.NOT_BOOKED);
				vendor.verify(0, getRequestedFor(anyUrl()));
			});
	}

	@Test
	void aCityWithoutAPlaceIsNotAskedForAndLeavesOpenMeteoUnheardOf() {
		City atlantis = new City("Atlantis", "XX", null, null, ZoneId.of("UTC"), true);
		context(nobody()).run((context) -> {
			Providers providers = context.getBean(Providers.class);
			assertThat(failure(providers, atlantis).reason()).isEqualTo(Reason.NOT_LOCATED);
			assertThat(providers.current(atlantis, NOW).reading().origin()).isEqualTo(Origin.SIMULATED);

			assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);
		});
	}

	@Test
	void withAKeyHistoryComesFromVisualCrossingAlone() {
		vendor.stubFor(get(anyUrl()).willReturn(hour()));
		context(URI.create(vendor.baseUrl()))
			.withPropertyValues("VISUAL_CROSSING_API_KEY=SECRET", "isobar.provider.visual-crossing.url=" + nobody())
			.run((context) -> {
				Providers providers = context.getBean(Providers.class);

				assertThat(providers.historian().origin()).isEqualTo(Origin.VISUAL_CROSSING);
				assertThat(failure(providers).reason()).isEqualTo(Reason.UNREACHABLE);
				assertThat(failure(providers).origin()).isEqualTo(Origin.VISUAL_CROSSING);
			});
	}

	@Test
	void whoIsNotNamedIsNotAsked() {
		context(nobody()).withPropertyValues("isobar.provider.order=simulator", "VISUAL_CROSSING_API_KEY=SECRET")
			.run((context) -> {
				Providers providers = context.getBean(Providers.class);

				assertThat(providers.inOrder()).extracting(Provider::origin).containsExactly(Origin.SIMULATED);
				assertThat(history(providers).origin()).isEqualTo(Origin.SIMULATED);
				assertThat(warnings()).isEmpty();
			});
		context(nobody()).withPropertyValues("isobar.provider.order=open-meteo")
			.run((context) -> assertThat(failure(context.getBean(Providers.class)).reason())
				.isEqualTo(Reason.UNREACHABLE));
	}

	@Test
	void termsAndKeysComeFromTheConfiguration() {
		context(nobody())
			.withPropertyValues("isobar.provider.visual-crossing.key=SECRET",
					"isobar.provider.visual-crossing.daily-budget=5", "isobar.provider.open-meteo.settles-after=P7D")
			.run((context) -> {
				Providers providers = context.getBean(Providers.class);

				assertThat(providers.inOrder()).extracting(Provider::origin)
					.containsExactly(Origin.VISUAL_CROSSING, Origin.OPEN_METEO, Origin.SIMULATED);
				assertThat(providers.historian().terms())
					.hasToString("Terms[dailyBudget=5, unit=records, settlesAfter=P2D]");
				assertThat(providers.find(Origin.OPEN_METEO))
					.hasValueSatisfying((provider) -> assertThat(provider.terms())
						.hasToString("Terms[dailyBudget=10000, unit=calls, settlesAfter=P7D]"));
			});
	}

	@Test
	void wrongSettingsStopTheStartWithSentences() {
		refused("isobar.provider.order=simulator,simulator", "names a provider twice");
		refused("isobar.provider.order=", "isobar.provider.order is empty");
		refused("isobar.provider.order=visual-crossing", "VISUAL_CROSSING_API_KEY");
		refused("isobar.provider.visual-crossing.url=ftp://host/x", "isobar.provider.visual-crossing.url is no URL");
		refused("isobar.provider.visual-crossing.daily-budget=0", "daily-budget is not positive");
		refused("isobar.provider.open-meteo.archive-url=archive-api.open-meteo.com/v1/archive",
				"isobar.provider.open-meteo.forecast-url and archive-url must be URLs of the web");
		refused("isobar.provider.open-meteo.forecast-url=ftp://host/x",
				"isobar.provider.open-meteo.forecast-url and archive-url must be URLs of the web");
		refused("isobar.provider.open-meteo.settles-after=-P1D", "settles-after is negative");
	}

	private void refused(String property, String sentence) {
		context(nobody()).withPropertyValues(property)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause().hasMessageContaining(sentence));
	}

	private ApplicationContextRunner context(URI openMeteo) {
		return ProviderContext.at(this.clock)
			.withPropertyValues("isobar.provider.open-meteo.archive-url=" + openMeteo,
					"isobar.provider.open-meteo.forecast-url=" + openMeteo);
	}

	private static History history(Providers providers) {
		return history(providers, TestCities.PARIS);
	}

	private static History history(Providers providers, City city) {
		return providers.history(city, TENTH, TENTH, NOW, Use.HISTORY);
	}

	private static ProviderFailed failure(Providers providers) {
		return failure(providers, TestCities.PARIS);
	}

	private static ProviderFailed failure(Providers providers, City city) {
		ProviderFailed failure = catchThrowableOfType(ProviderFailed.class, () -> history(providers, city));
		assertThat(failure).isNotNull();
		return failure;
	}

	private static com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder hour() {
		return json(
				"{\"latitude\": 48.9, \"longitude\": 2.3, \"hourly\": {\"time\": [\"2025-03-10T00:00\"], \"temperature_2m\": [7]}}");
	}

	private static com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder error(String reason) {
		return json("{\"error\": true, \"reason\": \"%s\"}".formatted(reason)).withStatus(400);
	}

	private static com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder json(String body) {
		return aResponse().withHeader("Content-Type", "application/json")
			.withBody(body.getBytes(StandardCharsets.UTF_8));
	}

	/** Its database is away. */
	private static final class NoLedger implements Quotas {

		@Override
		public Quota of(Origin origin, String name, Terms terms) {
			return (use, most) -> {
				throw new ProviderFailed(origin, Reason.NOT_BOOKED, "The ledger is away.");
			};
		}

		@Override
		public Allowance left(Provider provider, Use use) {
			return new Allowance(0, NOW, NOW);
		}

	}

	/** An address at which nobody listens. */
	private static URI nobody() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return URI.create("http://127.0.0.1:" + socket.getLocalPort());
		}
		catch (IOException failure) {
			throw new java.io.UncheckedIOException(failure);
		}
	}

	private List<String> warnings() {
		return this.logged.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger("io.isobar.provider");
	}

}
