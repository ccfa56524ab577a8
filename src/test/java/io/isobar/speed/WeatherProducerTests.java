package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.function.Predicate;

import io.isobar.jobs.Duties;
import io.isobar.provider.Cities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.MovableClock;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.provider.Quotas.Allowance;
import io.isobar.provider.TestCities;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/** Rounds through the cities. */
class WeatherProducerTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	private static final int LONG = 60_000;

	private final MovableClock clock = new MovableClock(NOW);

	private final Providers providers = mock();

	private final Cities cities = mock();

	private final Duties duties = mock();

	private final WeatherProducer producer = producer(this.providers, mock(Quotas.class));

	private WeatherProducer producer(Providers providers, Quotas quotas) {
		return new WeatherProducer(new ProducerSettings(true, Mode.CONTINUOUS, Duration.ofSeconds(1), 10),
				new SpeedSettings(true, "weather", Period.ofDays(35)), mock(KafkaClients.class), this.cities, providers,
				quotas, this.duties, new SimpleMeterRegistry(), this.clock);
	}

	@BeforeEach
	void itIsThisOnesDuty() {
		given(this.cities.listed()).willReturn(List.of(TestCities.PARIS));
		given(this.duties.isMine(WeatherProducer.DUTY)).willReturn(true);
	}

	@AfterEach
	void stop() {
		this.producer.stop();
	}

	@Test
	void whoCanGoOnNoMoreLeavesItsDutyToAnother() {
		Provider simulator = mock();
		given(this.providers.inOrder()).willReturn(List.of(simulator));
		given(this.providers.current(any(), any(), any())).willThrow(new NoClassDefFoundError("io/isobar/Gone"));

		this.producer.start();

		verify(this.duties, timeout(LONG)).giveUp(WeatherProducer.DUTY);
	}

	@Test
	void aClockThatIsSetBackWhileSomebodyIsAskedHoldsUpNoRound() {
		Provider simulator = mock();
		given(simulator.origin()).willReturn(Origin.SIMULATED);
		given(this.providers.inOrder()).willReturn(List.of(simulator));
		given(this.providers.current(any(), any(), any())).willAnswer((call) -> {
			call.<Predicate<Provider>>getArgument(2).test(simulator);
			this.clock.move(Duration.ofHours(-1));
			return nothing(Origin.SIMULATED);
		});

		this.producer.start();

		verify(this.providers, timeout(LONG).atLeast(2)).current(any(), any(), any());
	}

	@Test
	void whoAnswersForOneCityAndNotForAnotherIsReplacedForThatOneOnly() {
		Provider vendor = mock();
		given(vendor.origin()).willReturn(Origin.OPEN_METEO);
		given(vendor.isSetUp()).willReturn(true);
		given(vendor.costOfCurrent()).willReturn(1.0);
		given(vendor.current(eq(TestCities.PARIS), any())).willReturn(nothing(Origin.OPEN_METEO));
		given(vendor.current(eq(TestCities.OSLO), any()))
			.willThrow(new ProviderFailed(Origin.OPEN_METEO, Reason.BAD_ANSWER, "cut off"));
		Provider simulator = mock();
		given(simulator.origin()).willReturn(Origin.SIMULATED);
		given(simulator.isSetUp()).willReturn(true);
		given(simulator.current(any(), any())).willReturn(nothing(Origin.SIMULATED));
		given(this.cities.listed()).willReturn(List.of(TestCities.OSLO, TestCities.PARIS));
		Quotas quotas = mock();
		given(quotas.left(any(), any())).willReturn(new Allowance(500, NOW, NOW.plus(Duration.ofDays(1))));
		WeatherProducer patient = producer(
				new Providers(List.of(Origin.OPEN_METEO, Origin.SIMULATED), List.of(vendor, simulator)), quotas);

		patient.start();
		try {
			verify(simulator, timeout(LONG).atLeast(3)).current(eq(TestCities.OSLO), any());
			verify(vendor).current(eq(TestCities.PARIS), any());
			verify(simulator, never()).current(eq(TestCities.PARIS), any());
		}
		finally {
			patient.stop();
		}
	}

	private CurrentConditions nothing(Origin origin) {
		ReadingDraft draft = new ReadingDraft("Paris", NOW, Resolution.HOUR, origin, Channel.STREAM, NOW);
		return new CurrentConditions(draft.build(), null, null, null, Outlook.UNKNOWN, 0);
	}

}
